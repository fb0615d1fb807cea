#!/usr/bin/env bash
# What a user of the image goes through, in a namespace without a network, by crun: scripts/package --test runs it there.
# What holds is told on stdout, everything else on stderr.
set -euo pipefail

BUNDLE=$1 STATE=$2 SERVER=$3 PICTURES=$4
HERE=$(dirname "$0")
NAME=footfall-$$

holds() { printf '%s\n' "$*"; }

broken() {
    printf 'broken: %s\n' "$*" >&2
    exit 1
}

crun_here() { crun --root "$STATE.crun" --cgroup-manager=disabled "$@"; }

# run_image ARGUMENT...: the container, with a root that is read-only, as nobody.
run_image() {
    python3 "$HERE/container.py" "$BUNDLE/config.json" "$STATE" "$@"
    (cd "$BUNDLE" && exec crun --root "$STATE.crun" --cgroup-manager=disabled run "$NAME")
}

counts_the_clip() {
    run_image demo --crossings - >"$STATE.jsonl"
    [[ -s $STATE.jsonl ]] || broken "nobody was counted"
    holds "read-only and as nobody, the image counts the sample clip: $(wc -l <"$STATE.jsonl") crossings"
}

is_well() { crun_here exec "$NAME" /usr/lib/footfall/alive 2>"$STATE.exec"; }

counts_at_a_camera() {
    local pid tries status=0
    run_image run --config /etc/footfall/footfall.toml >&2 &
    pid=$!
    for ((tries = 0; tries < ${TRIES:-240}; tries++)); do
        if is_well; then break; fi
        sleep 1
    done
    ((tries < ${TRIES:-240})) || broken "the health check does not become good: $(<"$STATE.exec")"
    [[ -s $STATE/footfall.db ]] || broken "there is no ledger in the volume"
    if crun_here exec "$NAME" /bin/sh -c 'echo x >/usr/x' 2>/dev/null; then broken "its root can be written"; fi
    crun_here kill "$NAME" TERM
    wait "$pid" || status=$?
    ((status == 0)) || broken "told to end, it ends with $status"
    holds "at a camera named by its environment: the health check is good, the ledger in the volume, SIGTERM ends it in order"
}

mount -t proc proc /proc
ip link set lo up
# crun knows cgroups of the second version only; others are nothing to it here.
umount --recursive /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup
coproc CAMERA { RATE=10 exec /usr/bin/python3 "$SERVER" rtsp "$PICTURES" 8554; }
read -r _ <&"${CAMERA[0]}"
counts_the_clip
counts_at_a_camera
