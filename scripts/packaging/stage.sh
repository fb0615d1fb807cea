# shellcheck shell=bash
# The tree that every package is made of: usr/ and etc/ as they are on a machine. Needs ui.sh, PACKAGES, LIBRARIES_ROOT
# and FOOTFALL_CACHE. Meant to be sourced.

STAGE=$PACKAGES/stage

# stage: puts everything in its place.
stage() {
    rm -rf "$STAGE"
    mkdir -p "$STAGE"
    install -D -m 755 "$PACKAGES/program/release/footfall" "$STAGE/usr/bin/footfall"
    stage_libraries
    stage_networks
    stage_documents
    install -D -m 644 packaging/footfall.service "$STAGE/usr/lib/systemd/system/footfall.service"
    install -D -m 644 packaging/footfall.toml "$STAGE/etc/footfall/footfall.toml"
}

# stage_libraries: by the names under which the loader looks for them: libopencv_core.so.406, and no links to it.
stage_libraries() {
    local lib=$STAGE/usr/lib/footfall library name
    mkdir -p "$lib"
    for library in opencv_core opencv_imgproc opencv_imgcodecs opencv_videoio avcodec avformat avutil swscale; do
        name=$(objdump -p "$LIBRARIES_ROOT/usr/lib/lib$library.so" | sed -n 's/^ *SONAME *//p')
        install -m 644 "$LIBRARIES_ROOT/usr/lib/lib$library.so" "$lib/$name"
        strip --strip-unneeded "$lib/$name"
    done
    # Its name changes from one Debian release to the next.
    copy_library "$lib" "libdav1d.so.[0-9]"
}

# copy_library FOLDER PATTERN: one of this system's libraries, by the name under which libavcodec or OpenCV loads it.
copy_library() {
    local found
    found=$(needed "$STAGE/usr/lib/footfall" | awk -v pattern="^$2\$" '$1 ~ pattern { found = $3 } END { print found }')
    [[ -n $found ]] || fail "no library $2 is needed by $STAGE/usr/lib/footfall"
    install -m 644 "$found" "$1/$(basename "$found")"
}

# needed FOLDER: which libraries those in it load, as ldd shows them.
needed() {
    LD_LIBRARY_PATH=$1 ldd "$1"/*.so.* | grep '=> /'
}

stage_networks() {
    local share=$STAGE/usr/share/footfall version file
    mkdir -p "$share/models" "$share/clips" "$STAGE/usr/lib/footfall/onnxruntime"
    for version in "$FOOTFALL_CACHE/onnxruntime/"[0-9]*; do
        # What depends on the processor lies below lib; the program looks for it below share.
        install -D -m 644 "$version/lib/libonnxruntime.so" \
            "$STAGE/usr/lib/footfall/onnxruntime/$(basename "$version")/lib/libonnxruntime.so"
    done
    ln -s ../../lib/footfall/onnxruntime "$share/onnxruntime"
    # On a CPU, which is what a package is for, these are three times as fast as those with floating point.
    install -m 644 "$FOOTFALL_CACHE/models/"nanodet-g{,-overhead}-int8.onnx "$share/models/"
    install -m 644 "$FOOTFALL_CACHE/clips/vtest.avi" "$share/clips/"
}

stage_documents() {
    local doc=$STAGE/usr/share/doc/footfall man=$STAGE/usr/share/man/man1 manual=$PACKAGES/manual version
    rm -rf "$manual"
    "$STAGE/usr/bin/footfall" manual "$manual"
    install -D -m 644 -t "$man" "$manual/man/"*.1
    gzip -9n "$man/"*.1
    install -D -m 644 "$manual/completions/footfall.bash" "$STAGE/usr/share/bash-completion/completions/footfall"
    install -D -m 644 "$manual/completions/_footfall" "$STAGE/usr/share/zsh/vendor-completions/_footfall"
    install -D -m 644 "$manual/completions/footfall.fish" "$STAGE/usr/share/fish/vendor_completions.d/footfall.fish"
    install -D -m 644 -t "$doc" README.md CHANGELOG.md docs/running.md docs/publishing.md
    install -D -m 644 -t "$doc/models" models/nanodet-g.md models/nanodet-g-overhead.md models/reid-mobilenet-128.md
    install -D -m 644 -t "$doc/examples" assets/footfall.toml
    cp -r --no-preserve=mode assets/dashboard packaging/compose "$doc/examples/"
    install -D -m 644 -t "$doc/licences" LICENSE-MIT LICENSE-APACHE
    install -m 644 "$FOOTFALL_CACHE/models/nanodet-g.LICENSE" "$doc/licences/human-models"
    for version in "$FOOTFALL_CACHE/onnxruntime/"[0-9]*; do
        install -m 644 "$version/LICENSE" "$doc/licences/onnxruntime"
        gzip -9nc "$version/ThirdPartyNotices.txt" >"$doc/licences/onnxruntime-third-party.gz"
    done
    install -m 644 "$(source_of opencv)/LICENSE" "$doc/licences/opencv"
    install -m 644 crates/video/fonts/LICENSE "$doc/licences/font"
    install -m 644 "$(compgen -G '/usr/share/doc/libdav1d[0-9]*/copyright')" "$doc/licences/dav1d"
    install -m 644 "$(source_of ffmpeg)/COPYING.LGPLv2.1" "$doc/licences/ffmpeg"
    gzip -9nc "$PACKAGES/bom.json" >"$doc/bom.json.gz"
    copyright >"$doc/copyright"
    gzip -9n "$doc/CHANGELOG.md"
}

# copyright: Debian's machine-readable form.
copyright() {
    sed -e "s|@FFMPEG@|$(source_version ffmpeg)|" -e "s|@OPENCV@|$(source_version opencv)|" \
        -e "s|@FFMPEG_OPTIONS@|${FFMPEG_OPTIONS[*]}|" packaging/debian/copyright
}

# settle FOLDER: times and rights that say nothing of when and by whom it was made.
settle() {
    find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    chmod -R u=rwX,go=rX "$1"
}
