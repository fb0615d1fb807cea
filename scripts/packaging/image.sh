# shellcheck shell=bash
# The image for containers: Debian slim, made anew from Debian's packages, with the Debian package in it. Needs ui.sh,
# here, PACKAGES, OUT and VERSION; root. Meant to be sourced.

# What Debian's slim images leave out.
SLIM=('/usr/share/doc/*' '/usr/share/info/*' '/usr/share/linda/*' '/usr/share/lintian/*' '/usr/share/locale/*'
    '/usr/share/man/*' '/usr/share/groff/*')

# image VERSION: one layer, and what a runtime is to know. No daemon is asked.
image() {
    local root=$PACKAGES/image file=$OUT/footfall-$1-$ARCHITECTURE.oci.tar
    rm -rf "$root"
    mkdir -p "$root"
    run_shown "Debian slim with Footfall" "$root" 0 root_of_image "$root/layer.tar" ||
        fail "the image's files could not be put together" "it wants root, and Debian's packages"
    run_shown "the image" "$root" 0 pack_image "$root" "$file" || fail "the image could not be packed"
}

# root_of_image FILE: all files of the image. mmdebstrap gives the same bytes for the same packages.
# shellcheck disable=SC2016 # $1 in a hook is the image's root, for the shell that runs it
root_of_image() {
    local pattern
    local -a options=()
    for pattern in "${SLIM[@]}"; do options+=("--dpkgopt=path-exclude=$pattern"); done
    mmdebstrap --mode=root --variant=minbase "${options[@]}" \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt='path-include=/usr/share/doc/footfall/*' \
        --customize-hook="cp '$OUT/footfall_${VERSION}_$ARCHITECTURE.deb' \"\$1/footfall.deb\"" \
        --customize-hook='chroot "$1" apt-get -q -y install --no-install-recommends /footfall.deb' \
        --customize-hook='rm -f "$1/footfall.deb" "$1"/var/log/*.log "$1"/var/log/apt/* "$1/var/cache/ldconfig/aux-cache"' \
        --customize-hook="cp packaging/image/footfall.toml \"\$1/etc/footfall/footfall.toml\"" \
        --customize-hook="install -m 755 packaging/image/alive \"\$1/usr/lib/footfall/alive\"" \
        --customize-hook='chown -R 65534:65534 "$1/etc/footfall" "$1/var/lib/footfall"; chmod -R u=rwX,go= "$1/var/lib/footfall"; chmod 755 "$1/etc/footfall"; chmod 644 "$1/etc/footfall/footfall.toml"' \
        --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
        "$RELEASE" "$1" http://deb.debian.org/debian http://deb.debian.org/debian
}

# pack_image FOLDER FILE: with buildah, in storage of its own.
pack_image() {
    local root=$1 container
    local -a buildah=(buildah --root "$root/storage" --runroot "$root/run" --storage-driver vfs)
    container=$("${buildah[@]}" from scratch) &&
        "${buildah[@]}" add --quiet "$container" "$root/layer.tar" / &&
        "${buildah[@]}" config --user 65534:65534 --entrypoint '["/usr/bin/footfall"]' \
            --cmd 'run --config /etc/footfall/footfall.toml' --volume /var/lib/footfall --workingdir /var/lib/footfall \
            --port 8080 --stop-signal SIGTERM --env HOME=/var/lib/footfall --env TMPDIR=/var/lib/footfall \
            --label "org.opencontainers.image.version=$VERSION" --label "org.opencontainers.image.revision=$COMMIT" \
            --label org.opencontainers.image.title=Footfall \
            --label "org.opencontainers.image.licenses=MIT OR Apache-2.0" "$container" &&
        "${buildah[@]}" commit --quiet --format oci --disable-compression=false --timestamp "$SOURCE_DATE_EPOCH" "$container" \
            "oci:$root/layout:$VERSION" &&
        "${buildah[@]}" rm "$container" >/dev/null &&
        python3 "$here/packaging/health_check.py" "$root/layout" /usr/lib/footfall/alive &&
        tar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" \
            -C "$root/layout" -cf "$2" blobs index.json oci-layout &&
        rm -rf "$root/storage" "$root/run"
}
