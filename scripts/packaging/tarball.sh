# shellcheck shell=bash
# The tarball that runs from any folder, on any Linux with this processor and a C library that is not older. Needs ui.sh,
# PACKAGES, STAGE, OUT and VERSION. Meant to be sourced.

# What Debian has under names of its own, and other systems may not have at all.
BROUGHT=(libjpeg libpng16 libwebp libsharpyuv libssl libcrypto)

# tarball VERSION: the tree of a package as one folder.
tarball() {
    local name=footfall-$1-linux-$ARCHITECTURE library loaded
    local root=$PACKAGES/tarball/$name
    rm -rf "$PACKAGES/tarball"
    mkdir -p "$root"
    cp -a "$STAGE/usr/." "$root/"
    mkdir -p "$root/etc"
    mv "$root/lib/systemd/system/footfall.service" "$root/etc/"
    rm -r "$root/lib/systemd"
    cp "$STAGE/etc/footfall/footfall.toml" "$root/etc/"
    loaded=$(needed "$STAGE/usr/lib/footfall")
    for library in "${BROUGHT[@]}"; do
        # A library that this system's builds do without is not missed.
        if [[ $loaded == *"$library.so"* ]]; then
            copy_library "$root/lib/footfall" "$library\.so\.[0-9]+"
        fi
    done
    cp packaging/tarball.md "$root/README.md"
    settle "$root"
    tar --sort=name --owner=0 --group=0 --numeric-owner --format=gnu --mtime="@$SOURCE_DATE_EPOCH" \
        -C "$PACKAGES/tarball" -c "$name" | xz -T1 -6 >"$OUT/$name.tar.xz"
}
