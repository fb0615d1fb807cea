# shellcheck shell=bash
# The peers' environments, each under peers/ in the cache. Sourced after scripts/bench/prepare.sh.

# The peers do not agree on their dependencies, so each group has an environment of its own.
ENVIRONMENTS=(trackers supervision norfair trackforge boxmot)

# prepare_peers [ENVIRONMENT...]: makes those that are missing; all of them if none is named.
prepare_peers() {
    local environment
    mkdir -p "$FOOTFALL_CACHE/peers"
    for environment in "${@:-${ENVIRONMENTS[@]}}"; do
        make_venv "peers/$environment" "$ROOT/scripts/peers/requirements/$environment.txt" "$PYTHON"
    done
}
