# shellcheck shell=bash
# The program of a package: linked against the libraries that it brings, which it finds beside itself. Needs ui.sh,
# PACKAGES, LIBRARIES_ROOT and SOURCE_DATE_EPOCH. Meant to be sourced.

# The program of an earlier version, with other tables in its ledger: of the last commit before there were packages.
EARLIER_COMMIT=65e6b2c

# cargo_for_package ARGUMENT...: cargo with the flags of a package. No path of this machine gets into the program, so
# the same commit gives the same bytes wherever it lies. Symbols are left out: panics say where they are without.
cargo_for_package() {
    local home=${CARGO_HOME:-$HOME/.cargo}
    local -a flags=("--remap-path-prefix=$home=/cargo" "--remap-path-prefix=$PACKAGES=/build"
        "--remap-path-prefix=$PWD=/footfall"
        # By this kind of path, unlike RUNPATH, libraries find the libraries that they need, too.
        -Clink-arg=-Wl,--disable-new-dtags "-Clink-arg=-Wl,-rpath,\$ORIGIN/../lib/footfall")
    local maps="-ffile-prefix-map=$home=/cargo -ffile-prefix-map=$PACKAGES=/build -g0"
    # shellcheck disable=SC2030,SC2031 # for this command alone
    env CARGO_ENCODED_RUSTFLAGS="$(
        IFS=$'\x1f'
        printf '%s' "${flags[*]}"
    )" CFLAGS="$maps" CXXFLAGS="$maps" CARGO_PROFILE_RELEASE_DEBUG=false CARGO_PROFILE_RELEASE_STRIP=symbols \
        CARGO_INCREMENTAL=0 FOOTFALL_COMMIT="$COMMIT" OPENCV_LINK_PATHS="$LIBRARIES_ROOT/usr/lib" \
        OPENCV_INCLUDE_PATHS="$LIBRARIES_ROOT/usr/include/opencv4" \
        cargo "$1" --release --locked --target-dir "$PACKAGES/program" "${@:2}"
}

# program: builds it.
program() {
    find_cargo
    run_shown "Footfall $VERSION (a clean build takes six minutes of a processor)" "$PACKAGES/program" 0 \
        cargo_for_package build --bin footfall || fail "Footfall could not be built"
}

# earlier_program: builds it, once.
earlier_program() {
    local root=$PACKAGES/earlier tree=$PACKAGES/earlier/tree
    if [[ -e $root/$EARLIER_COMMIT ]]; then return 0; fi
    find_cargo
    git cat-file -e "$EARLIER_COMMIT^{commit}" 2>/dev/null ||
        fail "there is no commit $EARLIER_COMMIT here, whose program is the earlier one" \
            "fetch the whole history: git fetch --unshallow"
    rm -rf "$root"
    mkdir -p "$tree"
    git archive "$EARLIER_COMMIT" | tar -x -C "$tree"
    run_shown "Footfall of an earlier version" "$PACKAGES/program" 0 \
        cargo_for_package build --bin footfall --manifest-path "$tree/Cargo.toml" ||
        fail "the earlier version could not be built"
    cp "$PACKAGES/program/release/footfall" "$root/footfall"
    rm -rf "$tree"
    touch "$root/$EARLIER_COMMIT"
}
