# shellcheck shell=bash
# How long somebody waits who builds Footfall, beside those who install a package. Needs ui.sh, try.sh, COMMIT; root and a
# network. Meant to be sourced.

# try_source RELEASE: README's first command from a clone, in a bare Debian that has git, and Rust from this machine.
try_source() {
    local root=$TRY/source log=$TRY/source.log started
    unpack "$1"
    rm -rf "$root"
    mv "$TRY/$1" "$root"
    chroot "$root" apt-get -q -y install --no-install-recommends git ca-certificates >"$log" 2>&1 ||
        fail "git cannot be installed in Debian $1: see $log"
    # Whom this machine trusts, and where it asks for names.
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    cp /etc/resolv.conf "$root/etc/"
    git clone --quiet --bare . "$root$TRIAL/footfall.git"
    say "From source, in a bare Debian $1 (half an hour; its log is $log) ..."
    started=$SECONDS
    # shellcheck disable=SC2016 # for the shell in there
    with_rust "$root" 'git clone -q "$1/footfall.git" clone && cd clone && git checkout -q "$2" && scripts/demo' \
        demo "$TRIAL" "$COMMIT" >>"$log" 2>&1 || {
        tail -n 20 "$log" | sed 's/^/    | /' >&2
        fail "scripts/demo does not count the sample clip in a bare Debian $1: the whole log is $log"
    }
    note_time "Debian $1, from source: from \`git clone\`, with Rust and git there, to the end of \`scripts/demo\`" \
        $((SECONDS - started))
    say "  scripts/demo counts the sample clip, $((SECONDS - started)) s after the clone was begun"
    rm -rf "$root"
}

# with_rust ROOT SCRIPT ARGUMENT...: a script of bash's in there, with this machine's network and compiler.
with_rust() {
    local root=$1 rust
    shift
    rust=$(rustc --print sysroot)
    mkdir -p "$root/rust"
    # shellcheck disable=SC2016 # for the shell in there
    unshare --mount --pid --fork bash -euo pipefail -c '
        root=$1 rust=$2 trust=/etc/ssl/certs/ca-certificates.crt
        shift 2
        mount -t proc proc "$root/proc"
        mount --bind -o ro "$rust" "$root/rust"
        exec chroot "$root" /usr/bin/env -i PATH=/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
            HOME=/root SSL_CERT_FILE="$trust" NODE_EXTRA_CA_CERTS="$trust" \
            /bin/bash -euo pipefail -c "cd; $1" "${@:2}"
    ' alone "$root" "$rust" "$@"
}
