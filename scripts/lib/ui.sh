# shellcheck shell=bash
# Words for people, and running a slow or flaky command with progress. Meant to be sourced.
# All of it goes to standard error: standard output belongs to results.

# say TEXT...: one line.
say() {
    printf '%s\n' "$*" >&2
}

# fail TEXT...: one or more lines of what went wrong, and the end.
fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    if (($#)); then
        printf '       %s\n' "$@" >&2
    fi
    exit 1
}

# have COMMAND: whether it can be run.
have() {
    command -v "$1" >/dev/null 2>&1
}

# stop_tree PID: ends a process and all that it started. (A signal to a process group would not do:
# sudo knows a user by the terminal, and must stay in the group that the terminal belongs to.)
stop_tree() {
    local child
    for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do stop_tree "$child"; done
    kill "$1" 2>/dev/null || true
}

# run_shown LABEL FOLDER MEGABYTES COMMAND...: runs a command with its output in a log, and shows on
# a terminal how much has arrived in FOLDER (0 megabytes: unknown). Shows the log's end on failure.
run_shown() {
    local label=$1 folder=$2 megabytes=$3 log status started=$SECONDS pid arrived total=""
    shift 3
    log=$(mktemp)
    if ((megabytes)); then total=" of $megabytes"; fi
    say "  $label ..."
    "$@" >"$log" 2>&1 &
    pid=$!
    # shellcheck disable=SC2064 # the process of now
    trap "stop_tree $pid; rm -f '$log'; exit 130" INT TERM
    while [[ -t 2 ]] && kill -0 "$pid" 2>/dev/null; do
        arrived=$(du -sm "$folder" 2>/dev/null | cut -f1)
        printf '\r  %s ... %s%s MB, %d s ' "$label" "${arrived:-0}" "$total" $((SECONDS - started)) >&2
        sleep 0.3
    done
    status=0
    wait "$pid" || status=$?
    trap - INT TERM
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
    if ((status)); then
        tail -n 12 "$log" | sed 's/^/    | /' >&2
    else
        say "  $label: done in $((SECONDS - started)) s"
    fi
    rm -f "$log"
    return "$status"
}

# retry COMMAND...: up to three attempts, with a pause that grows. Registries have bad minutes.
retry() {
    local attempt
    for attempt in 1 2 3; do
        if "$@"; then return 0; fi
        if ((attempt < 3)); then
            say "  failed; trying again in $((attempt * 3)) s"
            sleep $((attempt * 3))
        fi
    done
    return 1
}
