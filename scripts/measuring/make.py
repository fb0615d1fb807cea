"""Makes a table, once it is certain what of."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import certificate
import fingerprint
from tables import ROOT, Table

PREPARED = Path(__file__).with_name("prepared")
QUIET = 0.3
"""Cores in use, at most, on a machine that is called quiet."""


def one(table: Table, data: Path | None, options: list[str], out: Path | None = None) -> int:
    """Makes a table and keeps it with its certificate; with options, or where it has no file, prints it only.

    With `out` it goes into that file, without a certificate.

    Ends the program with words for people where the certificate could not be true.
    """
    if table.by_hand:
        sys.exit(
            f"error: {table.file} is written by hand, from {table.by_hand}.\n"
            f"       Write its figures anew, then: scripts/measure --certify {table.name}"
        )
    if "--help" in options:
        return subprocess.run(filled(table, Path("DATA"), Path("SCRATCH"), options)).returncode
    if table.wants_data() and data is None:
        sys.exit(f"error: {table.name} wants a folder with ground truth: {table.typed()}; see scripts/measure --help")
    program = subprocess.run([PREPARED, table.environment], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if program.returncode:
        sys.exit(f"error: what {table.name} needs could not be prepared")
    environment = os.environ | ({"FOOTFALL": program.stdout.strip()} if program.stdout.strip() else {})
    is_kept = bool(table.file) and not options and not out
    born = birth(table, data, program.stdout.strip()) if is_kept else None
    with tempfile.TemporaryDirectory() as scratch:
        command = filled(table, data, Path(scratch), options)
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
        written = Path(scratch, "table.md")
        page = written.read_text() if written.is_file() else done.stdout
    if out and done.returncode == 0:
        out.write_text(page)
    else:
        print(page, end="")
    if done.returncode:
        sys.exit(f"error: {table.name} ended with status {done.returncode}; nothing was kept")
    if born:
        if fingerprint.of(table, ROOT, data) != born.parts:
            sys.exit(f"error: what {table.name} depends on has changed while it was made; nothing was kept")
        certificate.put(ROOT / table.file, page, born)
        print(f"written: {table.file}", file=sys.stderr)
    return 0


def certify(table: Table) -> int:
    """Gives a table that is written by hand a certificate of today: whoever calls this has made its figures anew."""
    if not table.by_hand:
        sys.exit(f"error: a command makes {table.name}, and certifies it: {table.typed()}")
    certificate.put(ROOT / table.file, None, birth(table, None, ""))
    print(f"certified: {table.file}", file=sys.stderr)
    return 0


def filled(table: Table, data: Path | None, scratch: Path, options: list[str]) -> list[str]:
    """The command, under what prepares it, its places filled in."""
    places = {"data": data, "scratch": scratch, "table": scratch / "table.md", "cache": os.environ["FOOTFALL_CACHE"]}
    return [str(PREPARED), table.environment, *(word.format(**places) for word in table.command), *options]


def birth(table: Table, data: Path | None, program: str) -> certificate.Certificate:
    """The certificate of what is about to be made."""
    paths = [*table.code, *table.peers, *own_networks(table)]
    commit = git("rev-parse", "HEAD").strip()
    if not commit:
        sys.exit(f"error: {ROOT.name} is no git repository: a certificate names a commit")
    if dirty := git("status", "--porcelain", "--", *paths):
        sys.exit(f"error: {table.name} depends on what no commit has; commit it first:\n{dirty}")
    check_networks(table)
    told = said(program) if program else {}
    if program:
        check_program(table, told.get("commit", ""), commit)
    return certificate.Certificate(
        made_by=f"by hand: {table.by_hand}" if table.by_hand else f"`{table.typed()}`",
        commit=commit,
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        program=", ".join(told[name] for name in ("footfall", "built from", "ONNX Runtime", "OpenCV") if name in told),
        machine=machine(),
        parts=fingerprint.of(table, ROOT, data),
    )


def check_program(table: Table, built: str, commit: str) -> None:
    """Ends where a program that was given was built from other code than the commit's."""
    if built == commit:
        return
    code = [path for path in table.code if path.startswith("crates/")]
    with tempfile.TemporaryDirectory() as folder:
        there = [path for path in code if built and git("cat-file", "-t", f"{built}:{path}")]
        if there:
            archive = subprocess.run(["git", "archive", built, "--", *there], cwd=ROOT, stdout=subprocess.PIPE)
            subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
        other = [path for path in code if fingerprint.of_code(Path(folder), path) != fingerprint.of_code(ROOT, path)]
    if other:
        sys.exit(
            f"error: FOOTFALL was built from {built[:12] or 'no known commit'}, where {', '.join(other)}\n"
            f"       is not as in {commit[:12]}: build it anew, or unset FOOTFALL"
        )


def check_networks(table: Table) -> None:
    """Ends where the cache has another network than the manifest pins."""
    for name in table.networks:
        path = Path(os.environ["FOOTFALL_CACHE"], "models", name)
        if path.is_file() and fingerprint.sha256(path) != fingerprint.of_network(ROOT, name):
            sys.exit(f"error: {name} in the cache is not the pinned one; scripts/setup fetches it")


def own_networks(table: Table) -> list[str]:
    """Those that lie in the repository, and the manifest that pins the others."""
    own = [f"models/{name}" for name in table.networks]
    return [path if (ROOT / path).is_file() else "models/manifest.toml" for path in own]


def said(program: str) -> dict[str, str]:
    """What `footfall version` tells: versions by name, and the commit."""
    lines = subprocess.run([program, "version"], check=True, capture_output=True, text=True).stdout.splitlines()
    version, _, rest = lines[0].partition(" (")
    told = {"footfall": version, "commit": rest.rstrip(")")}
    told["built from"] = f"built from {told['commit']}"
    return told | {" ".join(line.split()[:-1]): line.strip() for line in lines[1:]}


def machine() -> str:
    """Processor, cores and system."""
    rows = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else []
    names = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
    model = names[0] if names else platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def busy(seconds: float = 2.0) -> float:
    """Cores in use now, by whatever runs. (The load average would still tell of the measurement before.)"""

    def used() -> int:
        user, nice, system, _idle, _waiting, *rest = map(int, Path("/proc/stat").read_text().split()[1:9])
        return user + nice + system + sum(rest)

    before = used()
    time.sleep(seconds)
    return (used() - before) / os.sysconf("SC_CLK_TCK") / seconds


def git(*words: str) -> str:
    """What a git command prints; nothing where it fails."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""
