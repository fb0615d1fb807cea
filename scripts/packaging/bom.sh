# shellcheck shell=bash
# The bill of materials. Needs ui.sh, PACKAGES, OUT and COMMIT. Meant to be sourced.

# bom: all crates in the program, by a tool that asks cargo; and the rest from where its versions are pinned.
bom() {
    local tree=$PACKAGES/tree tool=$FOOTFALL_CACHE/tools/cargo-cyclonedx-$CYCLONEDX/bin/cargo-cyclonedx
    rm -rf "$tree"
    mkdir -p "$tree"
    # The tool writes beside each crate: into a copy, at a place that says nothing.
    git archive "$COMMIT" | tar -x -C "$tree"
    run_shown "bill of materials" "$tree" 0 env CARGO_TARGET_DIR="$PACKAGES/program" "$tool" cyclonedx --format json \
        --no-build-deps --manifest-path "$tree/Cargo.toml" || fail "the crates could not be listed"
    sed -i "s|$tree|/footfall|g" "$tree/footfall.cdx.json"
    python3 "$here/packaging/bom.py" "$tree/footfall.cdx.json" models/manifest.toml "$PACKAGES/bom.json" \
        "OpenCV=$(source_version opencv)=Apache-2.0=pkg:deb/debian/opencv@$(source_version opencv)?arch=source" \
        "FFmpeg=$(source_version ffmpeg)=LGPL-2.1-or-later=pkg:deb/debian/ffmpeg@$(source_version ffmpeg)?arch=source" \
        "dav1d=$(dpkg-query -W -f '${Version}' libdav1d-dev)=BSD-2-Clause=pkg:deb/debian/libdav1d-dev@$(dpkg-query -W -f '${Version}' libdav1d-dev)"
    cp "$PACKAGES/bom.json" "$OUT/footfall-$VERSION.cdx.json"
    rm -rf "$tree"
}
