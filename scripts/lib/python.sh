# shellcheck shell=bash
# Pythons: one that is good enough, and virtual environments in the cache. Needs ui.sh and
# FOOTFALL_CACHE. Meant to be sourced.

# find_python: sets PYTHON to an interpreter of 3.11 or newer that can make virtual environments.
find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if PYTHON=$("$candidate" -c 'import ensurepip, sys, tomllib, venv; print(sys.executable)' 2>/dev/null); then
            return 0
        fi
    done
    PYTHON=
    return 1
}

# venv_ready NAME REQUIREMENTS: whether make_venv has nothing to do. The stamp is the requirements'
# own checksum: another version of them means a new environment. (Another version of Python lacks pip.)
venv_ready() {
    local venv=$FOOTFALL_CACHE/$1
    [[ -e $venv/stamp && $(<"$venv/stamp") == "$(sha256sum <"$2")" ]] &&
        "$venv/bin/python" -c 'import pip' 2>/dev/null
}

# make_venv NAME REQUIREMENTS PYTHON [OPTION...]: a virtual environment in the cache, made when first
# needed; options go to `python -m venv`.
make_venv() {
    local name=$1 requirements=$2 python=$3 venv=$FOOTFALL_CACHE/$1
    shift 3
    if venv_ready "$name" "$requirements"; then return 0; fi
    rm -rf "$venv"
    run_shown "Python environment" "$FOOTFALL_CACHE" 0 "$python" -m venv "$@" "$venv" ||
        fail "$python could not make a virtual environment in $venv" \
            "check that there is space, and that $python -m venv works"
    retry run_shown "its packages from PyPI" "$venv" 0 "$venv/bin/python" -m pip install \
        --disable-pip-version-check --require-hashes --only-binary=:all: -r "$requirements" ||
        fail "pip could not install $requirements" "check the network and pip's index, then start again"
    sha256sum <"$requirements" >"$venv/stamp"
}
