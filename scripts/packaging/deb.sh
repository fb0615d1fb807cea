# shellcheck shell=bash
# The Debian package. Needs ui.sh, PACKAGES, STAGE, OUT and ARCHITECTURE. Meant to be sourced.

# deb VERSION: packs the tree.
deb() {
    local version=$1 root=$PACKAGES/deb script
    local file=$OUT/footfall_${version}_$ARCHITECTURE.deb
    rm -rf "$root"
    mkdir -p "$root/DEBIAN"
    cp -a "$STAGE/." "$root/"
    for script in preinst postinst prerm postrm; do
        sed "s/@VERSION@/$version/" "packaging/debian/$script" >"$root/DEBIAN/$script"
        chmod 755 "$root/DEBIAN/$script"
    done
    printf '/etc/footfall/footfall.toml\n' >"$root/DEBIAN/conffiles"
    chmod 640 "$root/etc/footfall/footfall.toml"
    control "$version" >"$root/DEBIAN/control"
    (cd "$root" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2) >"$root/DEBIAN/md5sums"
    find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" "$file" >&2
}

# control VERSION: what dpkg is told. Which libraries are needed is read from the files themselves.
control() {
    local size
    size=$(du -sk --apparent-size "$STAGE" | cut -f1)
    cat <<END
Package: footfall
Version: $1
Architecture: $ARCHITECTURE
Maintainer: Footfall <footfall@localhost>
Installed-Size: $size
Depends: $(shared_libraries), adduser, ca-certificates
Section: video
Priority: optional
Description: tracks people in video and counts them as they pass a line
 A camera or a recording goes in; people are detected, followed, and counted once each as they pass a line. With a
 page, an HTTP interface, and publishers for MQTT, webhooks and NATS. On a CPU; nothing leaves the machine.
 .
 The re-identification network in it was trained on research-only data and is not for commercial use; see
 /usr/share/doc/footfall/copyright.
END
}

# shared_libraries: the packages that have what the program and its libraries load and do not bring, with versions.
shared_libraries() {
    local root=$PACKAGES/shlibs
    rm -rf "$root"
    mkdir -p "$root/debian"
    printf 'Source: footfall\n\nPackage: footfall\nArchitecture: any\n' >"$root/debian/control"
    (cd "$root" && dpkg-shlibdeps -O --ignore-missing-info -l"$STAGE/usr/lib/footfall" "$STAGE/usr/bin/footfall" \
        "$STAGE/usr/lib/footfall/"*.so.* "$STAGE/usr/lib/footfall/onnxruntime/"*/lib/*.so 2>/dev/null) |
        sed -n 's/^shlibs:Depends=//p' | sed 's/, /\n/g' | grep -vE "^($(brought)) " | paste -sd, | sed 's/,/, /g'
}

# brought: Debian's packages of the libraries that the package brings itself, as a pattern. dpkg-shlibdeps knows them by
# their names alone, and would want both.
brought() {
    local library
    for library in "$STAGE/usr/lib/footfall/"*.so.*; do
        # libopencv_core.so.406 is in libopencv-core406.
        basename "$library" | sed 's/_/-/; s/\.so\./-?/'
    done | paste -sd'|'
}
