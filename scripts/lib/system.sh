# shellcheck shell=bash
# Debian packages, and a Python that is good enough. Needs ui.sh. Meant to be sourced.

LIBRARIES=(libopencv-core-dev libopencv-imgproc-dev libopencv-videoio-dev libopencv-imgcodecs-dev)
# Where the bindings are generated and linked; any package that gives the command will do.
TOOLS=(clang:clang g++:g++ pkg-config:pkg-config)

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

# missing_packages: Debian packages to install, one a line. An empty PYTHON counts as missing.
missing_packages() {
    local pair
    # shellcheck disable=SC2016 # the format is dpkg-query's
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${LIBRARIES[@]}" 2>/dev/null |
        sed -n 's/^installed //p' | sort | comm -13 - <(printf '%s\n' "${LIBRARIES[@]}" | sort)
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

# install_system: installs what is missing, or says which command would.
install_system() {
    local -a packages ROOT=()
    local root
    if ! have dpkg-query || ! have apt-get; then
        say "  this is no Debian-like system: install the equivalents of ${LIBRARIES[*]}," \
            "clang, g++, pkg-config and Python 3.11 or newer yourself"
        return 0
    fi
    mapfile -t packages < <(missing_packages)
    if ((${#packages[@]} == 0)); then return 0; fi
    local command="apt-get install --no-install-recommends ${packages[*]}"
    say "System packages: ${packages[*]}"
    if ! root=$(as_root); then
        fail "system packages are missing and this user cannot install them" \
            "run as root:  $command" "and start again"
    fi
    if [[ -n $root ]]; then
        ROOT=("$root")
        # A password is asked for here, not in the middle of a progress line.
        sudo -v || fail "sudo refused" "run as root:  $command"
    fi
    retry run_shown "apt-get install (${#packages[@]} packages and what they need)" \
        /var/cache/apt/archives 0 apt_install "${packages[@]}" ||
        fail "apt-get could not install ${packages[*]}" \
            "look at the lines above, then run as root:  $command" "and start again"
}
