# shellcheck shell=bash
# Tries what was made as a user gets it: in a bare Debian, without compilers, Python or a network. Needs ui.sh, PACKAGES,
# OUT, VERSION, ARCHITECTURE, source.sh; root. Meant to be sourced.

TRY=$PACKAGES/try
# Where the package lies in there.
TRIAL=/trial
# An earlier version, for upgrades and for going back.
EARLIER=0.0.1

# try_all RELEASE...: the package in each, then the tarball and the image.
try_all() {
    local release started=$SECONDS
    ((EUID == 0)) || fail "trying packages wants root: they are installed into a bare Debian"
    [[ -e $(deb_file "$VERSION") ]] || fail "there is no $(deb_file "$VERSION")" "make it with:  scripts/package"
    scripts/setup --only package
    mkdir -p "$TRY"
    : >"$TRY/times"
    prepare_try
    for release in "$@"; do try_package "$release"; done
    try_tarball "$1"
    try_image
    if ((from_source)); then try_source "$1"; fi
    if [[ -n $report ]]; then python3 "$here/packaging/report.py" "$OUT" "$STAGE" "$TRY/times" >"$report"; fi
    say "All of it holds; that took $((SECONDS - started)) s."
}

# note_time WHAT SECONDS: for the report.
note_time() {
    printf '%s\t%s\n' "$1" "$2" >>"$TRY/times"
}

deb_file() {
    printf '%s/footfall_%s_%s.deb' "$OUT" "$1" "$ARCHITECTURE"
}

# prepare_try: what goes into every Debian beside the package: an earlier package, and pictures for a camera.
prepare_try() {
    local root=$TRY/earlier
    earlier_program
    rm -rf "$root"
    dpkg-deb --raw-extract "$(deb_file "$VERSION")" "$root"
    sed -i "s/^Version: .*/Version: $EARLIER/" "$root/DEBIAN/control"
    sed -i "s/\"$VERSION\"/\"$EARLIER\"/" "$root/DEBIAN/"{preinst,prerm}
    install -m 755 "$PACKAGES/earlier/footfall" "$root/usr/bin/footfall"
    dpkg-deb --root-owner-group -Znone --build "$root" "$TRY/earlier.deb" >/dev/null
    rm -rf "$root"
    pictures
}

# pictures: those of the sample clip as files, for a camera to send.
pictures() {
    if [[ -e $TRY/pictures.done ]]; then return 0; fi
    scripts/setup --only dev
    "$FOOTFALL_CACHE/dev/bin/python" "$here/packaging/pictures.py" "$FOOTFALL_CACHE/clips/vtest.avi" "$TRY/pictures"
    touch "$TRY/pictures.done"
}

# bare RELEASE: the smallest Debian that installs packages, as a tar file; with the archives of what the package needs,
# as a machine has them that was online a moment ago.
bare() {
    local file=$TRY/$1.tar root=$TRY/$1.new
    rm -rf "$root"
    debootstrap --variant=minbase "$1" "$root" http://deb.debian.org/debian &&
        mkdir -p "$root$TRIAL" && cp "$(deb_file "$VERSION")" "$root$TRIAL/footfall.deb" &&
        chroot "$root" apt-get -q update &&
        chroot "$root" apt-get -q -y install --no-install-recommends --download-only "$TRIAL/footfall.deb" &&
        tar -C "$root" -cf "$file" . && rm -rf "$root"
}

# unpack RELEASE: a fresh one at $TRY/RELEASE. It is made once, and again when the package needs something else.
unpack() {
    local needs
    needs=$(dpkg-deb --field "$(deb_file "$VERSION")" Depends)
    if [[ ! -e $TRY/$1.needs || $(<"$TRY/$1.needs") != "$needs" ]]; then
        rm -f "$TRY/$1.needs"
        retry run_shown "a bare Debian $1" "$TRY" 0 bare "$1" || fail "debootstrap made no Debian $1"
        printf '%s\n' "$needs" >"$TRY/$1.needs"
    fi
    rm -rf "${TRY:?}/$1"
    mkdir "$TRY/$1"
    tar -C "$TRY/$1" -xf "$TRY/$1.tar"
    cp "$TRY/earlier.deb" "$here/packaging/inside.sh" "$TRY/$1$TRIAL/"
    cp "$(deb_file "$VERSION")" "$TRY/$1$TRIAL/footfall.deb"
}

try_package() {
    local log=$TRY/$1.log
    unpack "$1"
    say "Debian $1:"
    alone "$TRY/$1" "$TRIAL/inside.sh" "$VERSION" 2>"$log" | sed 's/^/  /' >&2 || {
        tail -n 20 "$log" | sed 's/^/    | /' >&2
        fail "the package does not do what it should in Debian $1: the whole log is $log"
    }
    note_time "Debian $1: from \`apt-get install\`, its archives at hand, to the first count of the sample clip" \
        "$(<"$TRY/$1$TRIAL/first")"
    rm -rf "${TRY:?}/$1"
}

# alone ROOT COMMAND...: in a namespace without a network, whose loopback has a camera at port 8554.
alone() {
    local root=$1
    shift
    # shellcheck disable=SC2016 # for the shell in there
    unshare --net --mount --pid --fork bash -euo pipefail -c '
        root=$1 server=$2 pictures=$3
        shift 3
        ip link set lo up
        mount -t proc proc "$root/proc"
        coproc CAMERA { RATE=10 exec /usr/bin/python3 "$server" rtsp "$pictures" 8554; }
        read -r _ <&"${CAMERA[0]}"
        # It ends with its standard input, which bash holds, and would close if it became the command itself.
        chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root "$@" || exit $?
    ' alone "$root" "$PWD/tests/live/server.py" "$TRY/pictures" "$@"
}

# enter RELEASE: a shell there, with the network of this machine.
enter() {
    ((EUID == 0)) || fail "this wants root"
    mkdir -p "$TRY"
    prepare_try
    unpack "$1"
    say "the package is $TRIAL/footfall.deb; the folder goes when you leave"
    chroot "$TRY/$1" /bin/bash || true
    rm -rf "${TRY:?}/$1"
}

# try_tarball RELEASE: from a folder of an odd name, moved after it was unpacked.
try_tarball() {
    local name=footfall-$VERSION-linux-$ARCHITECTURE root=$TRY/$1
    unpack "$1"
    mkdir -p "$root/a folder"
    tar -C "$root" -xf "$OUT/$name.tar.xz"
    mv "$root/$name" "$root/a folder/"
    alone "$root" "/a folder/$name/bin/footfall" demo --crossings "$TRIAL/tarball.jsonl" 2>"$TRY/tarball.log" ||
        fail "the tarball does not count the sample clip: see $TRY/tarball.log"
    [[ -s $root$TRIAL/tarball.jsonl ]] || fail "the tarball has counted nobody"
    say "The tarball counts the sample clip in a bare Debian $1: $(wc -l <"$root$TRIAL/tarball.jsonl") crossings"
    rm -rf "$root"
}

# try_image: unpacked, and run without a daemon.
try_image() {
    local root=$TRY/image log=$TRY/image.log
    rm -rf "$root"
    mkdir -p "$root/layout" "$root/state"
    tar -C "$root/layout" -xf "$OUT/footfall-$VERSION-$ARCHITECTURE.oci.tar"
    umoci unpack --image "$root/layout:$VERSION" "$root/bundle" >"$log" 2>&1 || fail "umoci cannot unpack the image: see $log"
    say "The image:"
    unshare --net --mount --pid --fork "$here/packaging/inside_image.sh" "$root/bundle" "$root/state" \
        "$PWD/tests/live/server.py" "$TRY/pictures" 2>>"$log" | sed 's/^/  /' >&2 || {
        tail -n 20 "$log" | sed 's/^/    | /' >&2
        fail "the image does not do what it should: the whole log is $log"
    }
    rm -rf "$root"
}
