# shellcheck shell=bash
# The libraries that a package brings itself: FFmpeg and OpenCV, built from the sources of this Debian release with no
# more in them than Footfall reads and writes. Needs ui.sh and PACKAGES. Meant to be sourced.
#
# Debian's own OpenCV packages need 230 others, 572 MB: geodata, medical pictures, databases. These need four small
# libraries that have the same names in Debian 12 and 13. FFmpeg is built under the LGPL: nothing of the GPL is in it.

SOURCES=$PACKAGES/sources
LIBRARIES_ROOT=$PACKAGES/libraries

# What cameras send and recorders store, and what `--output` writes.
DECODERS=h264,hevc,mpeg4,mpeg1video,mpeg2video,mjpeg,vp8,vp9,libdav1d,h263,flv,msmpeg4v1,msmpeg4v2,msmpeg4v3,wmv1,wmv2,wmv3,vc1
DECODERS+=,rawvideo,ffv1,huffyuv,ffvhuff,png,bmp,gif
# Sound is not used; to know its form lets a stream begin sooner.
DECODERS+=,aac,mp3float,ac3,pcm_s16le,pcm_s16be,pcm_u8,pcm_alaw,pcm_mulaw,adpcm_g726
DEMUXERS=mov,matroska,avi,mpegts,mpegps,mpegvideo,h264,hevc,m4v,mjpeg,mpjpeg,flv,asf,ivf,gif,rtsp,sdp,rtp,hls,rawvideo,image2,image2pipe
PARSERS=h264,hevc,mpeg4video,mpegvideo,mjpeg,vp8,vp9,av1,h263,vc1,png,bmp,aac,mpegaudio,ac3
PROTOCOLS=file,pipe,http,https,httpproxy,tls,tcp,udp,rtp,srtp,rtmp,rtmps,rtmpt,crypto
FILTERS=h264_mp4toannexb,hevc_mp4toannexb,extract_extradata,mpeg4_unpack_bframes,vp9_superframe_split,av1_frame_split,av1_frame_merge,aac_adtstoasc

FFMPEG_OPTIONS=(--prefix=/usr --libdir=/usr/lib --toolchain=hardened --disable-static --enable-shared --disable-programs
    --disable-doc --disable-debug --disable-autodetect --disable-everything --disable-avdevice --disable-avfilter
    --disable-postproc --disable-swresample --enable-network --enable-pthreads --enable-openssl --enable-zlib
    --enable-libdav1d --enable-decoder="$DECODERS" --enable-demuxer="$DEMUXERS" --enable-parser="$PARSERS"
    --enable-protocol="$PROTOCOLS" --enable-bsf="$FILTERS" --enable-encoder=mpeg4,mjpeg
    --enable-muxer=mp4,mov,matroska,avi,rtp)

# OpenCV off: all that core, imgproc, imgcodecs and videoio can do without.
OPENCV_WITHOUT=(1394 ADE ARAVIS CAROTENE EIGEN GDAL GDCM GPHOTO2 GSTREAMER GTK IPP ITT JASPER LAPACK MSMF OPENCL
    OPENEXR OPENJPEG OPENNI OPENNI2 PROTOBUF QT QUIRC TBB TIFF VA VTK)

# fetch_sources: the signed sources of this Debian release, as they are now: with its latest mends of holes.
fetch_sources() {
    local release
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    [[ -n $release ]] || fail "this Debian release has no name in /etc/os-release"
    mkdir -p "$SOURCES/lists"
    {
        printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s\n' \
            "http://deb.debian.org/debian $release main" \
            "http://deb.debian.org/debian-security $release-security main"
    } >"$SOURCES/sources.list"
    local -a apt=(apt-get -q -o "Dir::Etc::SourceList=$SOURCES/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$SOURCES/lists" -o APT::Sandbox::User=)
    (cd "$SOURCES" && "${apt[@]}" update && rm -rf ffmpeg-* opencv-* && "${apt[@]}" source ffmpeg opencv &&
        rm -rf lists sources.list)
}

# source_of NAME: the unpacked sources.
source_of() {
    find "$SOURCES" -mindepth 1 -maxdepth 1 -type d -name "$1-*"
}

# source_version NAME: what Debian calls them: 5.1.9-0+deb12u1.
source_version() {
    sed -n 's/^Version: //p' "$SOURCES/$1"_*.dsc
}

# maps: compiler flags by which no path of this machine gets into what is built.
maps() {
    printf -- '-ffile-prefix-map=%s=. -g0' "$PACKAGES"
}

build_ffmpeg() {
    cd "$(source_of ffmpeg)"
    ./configure "${FFMPEG_OPTIONS[@]}" --extra-cflags="$(maps)" &&
        make -j"$(nproc)" && make install DESTDIR="$LIBRARIES_ROOT"
}

build_opencv() {
    local part
    local -a options=()
    for part in "${OPENCV_WITHOUT[@]}"; do options+=("-DWITH_$part=OFF"); done
    mkdir -p "$PACKAGES/opencv"
    cd "$PACKAGES/opencv"
    PKG_CONFIG_SYSROOT_DIR=$LIBRARIES_ROOT PKG_CONFIG_LIBDIR=$LIBRARIES_ROOT/usr/lib/pkgconfig:$(pkg-config --variable pc_path pkg-config) \
        CFLAGS="$(maps) $(dpkg-buildflags --get CPPFLAGS) -fstack-protector-strong" \
        CXXFLAGS="$(maps) $(dpkg-buildflags --get CPPFLAGS) -fstack-protector-strong" \
        LDFLAGS="-Wl,-z,relro -Wl,-z,now" \
        cmake "$(source_of opencv)" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib \
        -DCMAKE_SKIP_RPATH=ON -DBUILD_LIST=core,imgproc,imgcodecs,videoio -DBUILD_SHARED_LIBS=ON -DWITH_FFMPEG=ON -DWITH_V4L=ON \
        -DWITH_JPEG=ON -DWITH_PNG=ON -DWITH_WEBP=ON -DBUILD_TESTS=OFF -DBUILD_PERF_TESTS=OFF -DBUILD_EXAMPLES=OFF \
        -DBUILD_opencv_apps=OFF -DBUILD_JAVA=OFF -DBUILD_opencv_python3=OFF -DENABLE_PRECOMPILED_HEADERS=OFF \
        -DBUILD_INFO_SKIP_SYSTEM_VERSION=ON -DOPENCV_TIMESTAMP="" "${options[@]}" &&
        make -j"$(nproc)" && make install DESTDIR="$LIBRARIES_ROOT"
}

# libraries: builds both, once for each version of their sources and each way of building them.
libraries() {
    local stamp=$LIBRARIES_ROOT/stamp now
    if [[ ! -e $SOURCES/complete ]]; then
        retry run_shown "sources of FFmpeg and OpenCV from Debian" "$SOURCES" 150 fetch_sources ||
            fail "the sources of FFmpeg and OpenCV could not be had from Debian" "look at the lines above; is deb.debian.org reached?"
        touch "$SOURCES/complete"
    fi
    now="$(source_version ffmpeg) $(source_version opencv) $(sha256sum <"$here/packaging/libraries.sh")"
    if [[ -e $stamp && $(<"$stamp") == "$now" ]]; then return 0; fi
    rm -rf "$LIBRARIES_ROOT" "$PACKAGES/opencv"
    mkdir -p "$LIBRARIES_ROOT"
    run_shown "FFmpeg $(source_version ffmpeg)" "$LIBRARIES_ROOT" 0 build_ffmpeg || fail "FFmpeg could not be built"
    run_shown "OpenCV $(source_version opencv)" "$LIBRARIES_ROOT" 0 build_opencv || fail "OpenCV could not be built"
    printf '%s\n' "$now" >"$stamp"
}
