# shellcheck shell=bash
# Debian packages. Needs ui.sh. Meant to be sourced.

LIBRARIES=(libopencv-core-dev libopencv-imgproc-dev libopencv-videoio-dev libopencv-imgcodecs-dev)
# Where the bindings are generated and linked; any package that gives the command will do.
TOOLS=(clang:clang g++:g++ pkg-config:pkg-config)
# For tests: a real RTSP server, a browser with what drives it, brokers, what judges the systemd unit.
TESTING=(openssl python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    chromium chromium-driver python3-selenium python3-aiosmtpd mosquitto nats-server postgresql faketime
    systemd)
# PyTorch for scripts/train, from Debian: PyPI's is built for CUDA and takes gigabytes.
TRAINING=(python3-torch python3-numpy python3-pil python3-venv)
# For scripts/package: what FFmpeg and OpenCV are built with, and what packs and tries the result.
PACKAGING=(dpkg-dev cmake make nasm xz-utils libssl-dev zlib1g-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libdav1d-dev
    debootstrap mmdebstrap buildah umoci crun curl iproute2)

# debian: whether packages can be asked for by their Debian names.
debian() {
    have dpkg-query && have apt-get
}

# not_installed PACKAGE...: those of them that are not installed, one a line.
not_installed() {
    local status
    # shellcheck disable=SC2016 # the format is dpkg-query's
    status=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null) || true
    comm -13 <(sed -n 's/^installed //p' <<<"$status" | sort -u) <(printf '%s\n' "$@" | sort -u)
}

# missing_packages: what building and running lacks, one a line. An empty PYTHON counts as missing.
missing_packages() {
    local pair
    not_installed "${LIBRARIES[@]}"
    for pair in "${TOOLS[@]}"; do
        if ! have "${pair%%:*}"; then printf '%s\n' "${pair##*:}"; fi
    done
    if [[ ! -e /etc/ssl/certs/ca-certificates.crt ]]; then printf 'ca-certificates\n'; fi
    if [[ -z ${PYTHON:-} ]]; then printf '%s\n' python3 python3-venv; fi
}

# as_root: the words that make a command run as root ("" for root itself); fails without a way.
as_root() {
    if ((EUID == 0)); then return 0; fi
    if have sudo; then
        if sudo -n true 2>/dev/null || [[ -t 0 ]]; then
            printf 'sudo\n'
            return 0
        fi
    fi
    return 1
}

apt_install() {
    "${ROOT[@]}" apt-get -q update &&
        "${ROOT[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
            install --no-install-recommends "$@"
}

# install_packages PACKAGE...: installs them, or says which command would.
install_packages() {
    local -a ROOT=()
    local root command="apt-get install --no-install-recommends $*"
    if (($# == 0)); then return 0; fi
    say "System packages: $*"
    if ! root=$(as_root); then
        fail "system packages are missing and this user cannot install them" \
            "run as root:  $command" "and start again"
    fi
    if [[ -n $root ]]; then
        ROOT=("$root")
        # A password is asked for here, not in the middle of a progress line.
        sudo -v || fail "sudo refused" "run as root:  $command"
    fi
    retry run_shown "apt-get install ($# packages and what they need)" \
        /var/cache/apt/archives 0 apt_install "$@" ||
        fail "apt-get could not install $*" \
            "look at the lines above, then run as root:  $command" "and start again"
}
