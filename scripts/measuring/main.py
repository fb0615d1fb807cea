"""scripts/measure - every measurement of this repository

usage: scripts/measure                              list them
       scripts/measure NAME [DATA]                  make a table anew, with its certificate
       scripts/measure NAME [DATA] --out FILE       make it into another file; the repository's stays as it is
       scripts/measure NAME [DATA] -- OPTION...     print it, by other options (-- --help tells which); nothing is kept
       scripts/measure --stale [DATA]               list the tables that something has changed for since they were made
       scripts/measure --all [DATA] [--within MINUTES]   make all stale ones anew, the quickest first
       scripts/measure --certify NAME               certify a card whose figures were written anew by hand

DATA is a folder with ground truth, which is not part of this repository: scripts/measure sample-clip -- --help says
how it is laid out. A certificate names the commit, the date, the program, and of code, networks, other people's
packages and DATA what the table depends on. A table is stale when any of it has changed: --stale names what, and ends
with status 1. --all leaves out what wants a quiet machine while other programs are busy.
"""

import sys
from pathlib import Path

import certificate
import fingerprint
import make
import tables
from tables import ROOT, Table


def main(words: list[str]) -> int:
    """What the command line asks for; the exit status."""
    words, options = split(words)
    words, out = out_file(words)
    if "-h" in words or "--help" in words:
        print(__doc__.strip())
        return 0
    registry = tables.load()
    match words:
        case []:
            return listed(registry)
        case ["--stale", *rest] if len(rest) <= 1:
            return stale(registry, folder(rest))
        case ["--all", *rest]:
            return every(registry, *all_options(rest))
        case ["--certify", name]:
            return make.certify(named(registry, name))
        case [name, *rest] if len(rest) <= 1 and not name.startswith("-"):
            return make.one(named(registry, name), folder(rest), options, out)
    sys.exit(f"error: cannot read `{' '.join(words)}` (see scripts/measure --help)")


def named(registry: dict[str, Table], name: str) -> Table:
    if name not in registry:
        sys.exit(f"error: there is no measurement {name}; scripts/measure lists them")
    return registry[name]


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """Before and after `--`."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def out_file(words: list[str]) -> tuple[list[str], Path | None]:
    """The words without `--out FILE`, and that file."""
    if "--out" not in words:
        return words, None
    at = words.index("--out")
    if at + 1 == len(words):
        sys.exit("error: --out wants a file")
    return words[:at] + words[at + 2 :], Path(words[at + 1])


def folder(words: list[str]) -> Path | None:
    """DATA, which must be there if it is given."""
    if not words:
        return None
    place = Path(words[0])
    if not place.is_dir():
        sys.exit(f"error: DATA is to be a folder, and {place} is none")
    return place.resolve()


def all_options(words: list[str]) -> tuple[Path | None, float]:
    """DATA, and how many minutes a table may take."""
    within = float("inf")
    if "--within" in words:
        at = words.index("--within")
        try:
            within = float(words[at + 1])
        except (IndexError, ValueError):
            sys.exit("error: --within wants a number of minutes")
        words = words[:at] + words[at + 2 :]
    if len(words) > 1:
        sys.exit(f"error: cannot read `--all {' '.join(words)}` (see scripts/measure --help)")
    return folder(words), within


def listed(registry: dict[str, Table]) -> int:
    width = max(map(len, registry))
    for table in registry.values():
        cost = "by hand" if table.by_hand else f"{table.minutes:g} min"
        wants = ["DATA"] * table.wants_data() + ["a quiet machine"] * table.quiet
        more = f"; wants {' and '.join(wants)}" if wants else ""
        print(f"{table.name:{width}}  {table.about} ({cost}{more})")
    return 0


def changed(table: Table, data: Path | None, root: Path = ROOT) -> list[str] | None:
    """What has changed since a table was made: nothing, or names; `None` where nobody can tell."""
    path = root / str(table.file)
    made = certificate.read(path.read_text()) if path.is_file() else None
    if made is None:
        return None
    then, now = made.parts, fingerprint.of(table, root, data)
    # Of DATA nothing is known without it, nor what was in it before there were certificates.
    names = [name for name in then | now if not name.startswith("DATA/") or (name in then and name in now)]
    return [name for name in names if then.get(name) != now.get(name)]


def stale(registry: dict[str, Table], data: Path | None) -> int:
    found = 0
    kept = [table for table in registry.values() if table.file]
    for table in kept:
        names = changed(table, data)
        if names == []:
            continue
        found += 1
        print(f"{table.file}: {'has no certificate' if names is None else 'since it was made: ' + ', '.join(names)}")
        by_hand = f"by hand, from {table.by_hand}; then scripts/measure --certify {table.name}"
        print(f"    {by_hand if table.by_hand else table.typed()}")
    print(f"{found} of {len(kept)} tables are stale", file=sys.stderr)
    return int(found > 0)


def every(registry: dict[str, Table], data: Path | None, within: float) -> int:
    """Makes the stale tables anew; what fails is named at the end, and is the status."""
    wanted = [table for table in registry.values() if table.file and table.command and changed(table, data) != []]
    failed = []
    for table in sorted(wanted, key=lambda table: table.minutes):
        reason = ""
        if table.minutes > within:
            reason = f"takes {table.minutes:g} minutes"
        elif table.wants_data() and data is None:
            reason = "wants DATA"
        elif table.quiet and (cores := make.busy()) > make.QUIET:
            reason = f"wants a quiet machine, and other programs use {cores:.1f} cores"
        if reason:
            print(f"{table.name}: left as it is: {reason}", file=sys.stderr)
            continue
        print(f"{table.name}: {table.minutes:g} minutes", file=sys.stderr)
        try:
            make.one(table, data, [])
        except SystemExit as error:
            print(f"{table.name}: {error}", file=sys.stderr)
            failed.append(table.name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
