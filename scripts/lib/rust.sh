# shellcheck shell=bash
# Cargo, and how the tests run under it. Needs ui.sh. Meant to be sourced.

# The version of the tool that lists all crates in the program, for scripts/package.
# shellcheck disable=SC2034 # for whoever sources this
CYCLONEDX=0.5.9

# find_cargo: puts rustup's folder on the path where a shell without a profile lacks it.
find_cargo() {
    if ! have cargo && [[ -x $HOME/.cargo/bin/cargo ]]; then PATH=$HOME/.cargo/bin:$PATH; fi
    have cargo || fail "Rust is not installed (there is no cargo)" \
        "see https://rustup.rs, or:  apt-get install rustup && rustup default stable"
}
