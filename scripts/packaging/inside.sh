#!/usr/bin/env bash
# What a user goes through, in a bare Debian without a network: scripts/package --test runs it there. What holds is told
# on stdout, everything else on stderr.
set -euo pipefail

VERSION=$1
# Where this lies, with the packages.
TRIAL=$(dirname "$0")
CONFIG=/etc/footfall/footfall.toml
LEDGER=/var/lib/footfall/camera.db
CAMERA=rtsp://127.0.0.1:8554/camera
# As the user of the service. (It takes the place of what starts it, so signals reach it.)
AS_SERVICE=(setpriv --reuid=footfall --regid=footfall --init-groups --)
export DEBIAN_FRONTEND=noninteractive

holds() { printf '%s\n' "$*"; }

broken() {
    printf 'broken: %s\n' "$*" >&2
    exit 1
}

is() { [[ $1 == "$2" ]] || broken "$3: $1, and not $2"; }

about() { stat -c '%a %U %G' "$1"; }

install_it() {
    # There is no network: what the package needs lies in the archive of apt.
    apt-get -q -y install --no-install-recommends "$1" </dev/null >&2
}

nothing_else_is_here() {
    local tool
    for tool in python3 cargo cc clang; do
        if command -v "$tool" >/dev/null; then broken "there is $tool"; fi
    done
}

installed() {
    is "$(about $CONFIG)" "640 footfall footfall" "$CONFIG"
    is "$(about /etc/footfall)" "750 footfall footfall" /etc/footfall
    is "$(about /var/lib/footfall)" "700 footfall footfall" /var/lib/footfall
    if id -nG footfall | grep -qw video; then :; else broken "footfall may not open cameras"; fi
    [[ -L /etc/systemd/system/multi-user.target.wants/footfall.service ]] || broken "the service is not enabled"
    dpkg-query -W -f '${Conffiles}\n' footfall | grep -q "$CONFIG" || broken "$CONFIG is no conffile"
    bash -n /usr/share/bash-completion/completions/footfall
    zcat /usr/share/man/man1/footfall-run.1.gz | grep -q 'footfall' || broken "no man page"
    holds "installed: user, folders, conffile, service, man pages, completions"
}

# asks_for_a_camera: what systemd asks before it starts the service.
asks_for_a_camera() {
    local said
    if said=$("${AS_SERVICE[@]}" sh -c "footfall check --has-source $CONFIG 2>&1; test \$? -ne 1"); then
        broken "the service would start without a camera"
    fi
    [[ $said == *"sudo footfall init"* ]] || broken "it says $said"
    holds "without a camera the service does not start, and says what to do"
}

# first_line FILE: keeps all lines in it, and when the first came, since this has begun.
first_line() {
    local line
    : >"$1"
    while read -r line; do
        if [[ ! -s $1 ]]; then printf '%s\n' "$SECONDS" >"$TRIAL/first"; fi
        printf '%s\n' "$line" >>"$1"
    done
}

tells_its_version() {
    footfall version --json | grep -q "\"version\": *\"$VERSION\"" || broken "it tells of another version"
    holds "$(footfall --version)"
}

counts_the_clip() {
    local started=$SECONDS
    footfall demo --crossings - </dev/null | first_line "$TRIAL/demo.jsonl"
    [[ -s "$TRIAL/demo.jsonl" ]] || broken "nobody was counted"
    holds "the sample clip: $(wc -l <"$TRIAL/demo.jsonl") crossings, in $((SECONDS - started)) s;" \
        "the first one $(<"$TRIAL/first") s after \`apt-get install\` was begun"
}

sets_a_camera_up() {
    footfall init "camera=$CAMERA" --seconds 3 >&2
    is "$(about $CONFIG)" "640 footfall footfall" "$CONFIG after init"
    grep -q "file = \"$LEDGER\"" "$CONFIG" || broken "the ledger is elsewhere"
    "${AS_SERVICE[@]}" sh -c "footfall check --has-source $CONFIG" || broken "init has named no source"
    holds "footfall init as root has set the service up"
}

# answer PATH: what the page says.
answer() {
    exec 3<>/dev/tcp/127.0.0.1/8080 || return 1
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n' "$1" >&3
    cat <&3
    exec 3>&-
}

# count_for FRAMES: the service's program as its user, until so many frames were processed.
count_for() {
    local pid tries
    "${AS_SERVICE[@]}" footfall run --config "$CONFIG" --log-format json >&2 &
    pid=$!
    for ((tries = 0; tries < 600; tries++)); do
        if (answer /metrics) 2>/dev/null | awk -v want="$1" \
            '/^footfall_frames_total/ && $2 >= want { found = 1 } END { exit !found }'; then break; fi
        kill -0 "$pid" 2>/dev/null || broken "the program has ended"
        sleep 0.5
    done
    ((tries < 600)) || broken "no $1 frames in five minutes"
    (answer /) | grep -qi '<html' || broken "no page"
    kill -TERM "$pid"
    wait "$pid" || broken "it does not end well when it is told to"
}

serves() {
    count_for 20
    is "$(about $LEDGER)" "600 footfall footfall" "$LEDGER"
    holds "as the service's user it counts over RTSP and serves the page"
}

# counted: how many crossings are in the ledger, by the newer program.
counted() {
    footfall report --ledger "$LEDGER" --format csv --by day >"$TRIAL/report.csv"
    cat "$TRIAL/report.csv" >&2
    awk -F, 'NR > 1 { found = found + 1 } END { exit !found }' "$TRIAL/report.csv" || broken "the ledger tells of no day"
}

# counts_as_before: the earlier program, as its user, with a configuration of its own time.
counts_as_before() {
    cat >"$CONFIG" <<END
# mine
[[source]]
name = "camera"
url = "$CAMERA"

[[source.line]]
name = "door"
from = [384, 576]
to = [384, 0]

[ledger]
file = "$LEDGER"

[serve]
address = "127.0.0.1:8080"
END
    FOOTFALL_CACHE=/usr/share/footfall count_for 150
    [[ -s $LEDGER ]] || broken "the earlier program has left no ledger"
    holds "an earlier version counts, with a ledger of its own"
}

upgrades() {
    local before copy
    local -a copies
    before=$(sha256sum "$CONFIG")
    install_it "$TRIAL/footfall.deb"
    is "$(dpkg-query -W -f '${Version}' footfall)" "$VERSION" version
    is "$(sha256sum "$CONFIG")" "$before" "the configuration after the upgrade"
    is "$(about $CONFIG)" "640 footfall footfall" "$CONFIG after the upgrade"
    count_for 5
    copies=("$LEDGER".version-*)
    copy=${copies[0]}
    [[ -e $copy ]] || broken "no copy of the ledger was kept"
    is "$(about "$copy")" "600 footfall footfall" "the copy"
    footfall ledger check "$LEDGER" >&2
    counted
    count_for 5
    [[ ! -e $copy ]] || broken "the copy stays for ever"
    holds "upgraded: configuration and ledger stay; a copy of the ledger ($(basename "$copy")) lay beside it until it was run"
}

does_not_go_back() {
    local said
    if said=$(dpkg -i "$TRIAL/earlier.deb" 2>&1 </dev/null); then broken "it went back to an earlier version"; fi
    printf '%s\n' "$said" >&2
    [[ $said == *"refused"* && $said == *"sudo apt-get remove footfall"* ]] || broken "no words on how to go back"
    is "$(dpkg-query -W -f '${Status} ${Version}' footfall)" "install ok installed $VERSION" "the package"
    footfall --version >&2
    holds "an earlier version is refused, with words"
}

goes() {
    apt-get -q -y remove footfall </dev/null >&2
    [[ -e $CONFIG && -e $LEDGER ]] || broken "removing has taken what was to stay"
    [[ ! -e /usr/bin/footfall && ! -e /usr/lib/footfall ]] || broken "removing leaves files"
    holds "removed: configuration and ledger stay"
    apt-get -q -y purge footfall </dev/null >&2
    [[ ! -e /etc/footfall && ! -e /var/lib/footfall ]] || broken "purging leaves files"
    if getent passwd footfall >&2; then broken "purging leaves the user"; fi
    [[ ! -e /etc/systemd/system/multi-user.target.wants/footfall.service ]] || broken "purging leaves the service enabled"
    holds "purged: nothing is left, and nothing was asked"
}

purged_at_once() {
    apt-get -q -y purge footfall </dev/null >&2
    [[ ! -e /etc/footfall && ! -e /var/lib/footfall ]] || broken "purging leaves files"
}

nothing_else_is_here
install_it "$TRIAL/footfall.deb"
installed
tells_its_version
asks_for_a_camera
counts_the_clip
sets_a_camera_up
serves
purged_at_once
install_it "$TRIAL/earlier.deb"
installed
counts_as_before
upgrades
does_not_go_back
goes
