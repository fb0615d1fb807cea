"""Makes a ledger of ten million crossings over five years, and measures what reading it costs.

The ledger is made by the first two scripts of the schema, as programs made it before quarters were summed up. With
`--before` the same is measured with a program of that time, before the ledger is brought forward.
"""

import argparse
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import setting

SCHEMA = setting.ROOT / "crates/ledger/src/schema"
YEARS = 5
RUNS = 250
BEFORE = "9e869d6"
PATIENCE = 20
"""Seconds that an answer is waited for; a report is waited for three times as long."""

FILL = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows)
INSERT INTO event (identity, run, kind, utc, name, direction, track, frame, time, detail)
SELECT CAST(printf('%016d', i) AS BLOB), 1 + i * :runs / :rows, 'crossing',
    :start + CAST((i + 0.0) * :length / :rows AS INTEGER),
    CASE i * 7919 % 3 WHEN 0 THEN 'front' WHEN 1 THEN 'side' ELSE 'back' END,
    iif(i * 2654435761 % 4294967296 < 2147483648, 'in', 'out'), i % 100000, 10 * i,
    CAST((i + 0.0) * :length / :rows AS INTEGER),
    printf('{"confidence":%.2f,"decided":%d,"point":[%d.5,288.25],"reasons":[]}', 0.5 + i % 50 / 100.0, 10 * i, i % 700)
FROM n
"""


def fill(path: Path, rows: int) -> None:
    """A ledger of one camera with three lines, up to now; its last run was killed."""
    end = int(time.time() * 1e6)
    length = YEARS * 365 * 86_400 * 1_000_000
    start = end - length
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.execute("PRAGMA auto_vacuum = INCREMENTAL")
    ledger.execute("PRAGMA synchronous = OFF")
    for version in ("v1", "v2"):
        ledger.executescript((SCHEMA / f"{version}.sql").read_text())
    ledger.executescript("DROP INDEX event_by_kind_and_time; DROP INDEX event_by_run;")
    ledger.execute("BEGIN")
    ledger.execute("INSERT INTO source VALUES (1, 'live:shop', 'shop', 0, NULL)")
    for run in range(RUNS):
        began, ended = (start + length * edge // RUNS for edge in (run, run + 1))
        values = (run + 1, b"%d" % run, began, began, ended, None if run + 1 == RUNS else ended)
        ledger.execute("INSERT INTO run VALUES (?, ?, 1, ?, ?, ?, ?, 'stopped', '0.1.0', 'c')", values)
    ledger.execute(FILL, {"rows": rows, "runs": RUNS, "start": start, "length": length})
    ledger.execute("COMMIT")
    ledger.executescript(
        "CREATE INDEX event_by_kind_and_time ON event (kind, utc); CREATE INDEX event_by_run ON event (run);"
    )
    ledger.execute("PRAGMA application_id = 1181708148")
    ledger.execute("PRAGMA user_version = 2")
    ledger.execute("PRAGMA journal_mode = WAL")
    ledger.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def peak(process: int) -> float:
    """The most memory that was resident at once, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024 / 1e6


def processor(process: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(url: str) -> float | str:
    """Milliseconds until the answer is there, or why there is none."""
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        return f"status {error.code}"
    except OSError:
        return f"more than {PATIENCE} s"
    return 1e3 * (time.perf_counter() - began)


def median(url: str) -> float | str:
    first = ask(url)
    if isinstance(first, str) or first > 2000:
        return first
    return statistics.median(sorted(found for found in (ask(url) for _ in range(21)) if isinstance(found, float)))


@contextmanager
def serving(program: Path, ledger: Path, config: str = "") -> Iterator[tuple[subprocess.Popen, str, float]]:
    """A server, where it is, and how many seconds it took until it answered."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "bench.toml")
        file.write_text(config)
        words = [program, "serve", "--ledger", ledger, "--address", f"127.0.0.1:{port}", "--config", file]
        began = time.perf_counter()
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL, env={**os.environ, "TZ": "Europe/Zurich"})
        try:
            while isinstance(ask(f"http://127.0.0.1:{port}/healthz"), str):
                time.sleep(0.01)
                if process.poll() is not None or time.perf_counter() - began > 1800:
                    sys.exit(f"{program} serve does not answer")
            yield process, f"http://127.0.0.1:{port}", time.perf_counter() - began
        finally:
            process.terminate()
            process.wait()


def served(program: Path, ledger: Path) -> dict[str, float | str]:
    now = datetime.now(UTC)
    month = (now - timedelta(days=396)).strftime("%Y-%m-%dT%H:%M:%SZ")
    old = (now - timedelta(days=700)).strftime("%Y-%m-%dT%H:%M:%SZ")
    old_end = (now - timedelta(days=699)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with serving(program, ledger) as (process, url, start):
        time.sleep(3)
        used, seconds = processor(process.pid), 20
        time.sleep(seconds)
        found: dict[str, float | str] = {
            "the page answers after, s": start,
            "idle, % of a core": 100 * (processor(process.pid) - used) / seconds,
            "`today`, ms": median(f"{url}/api/v1/today"),
            "13 months by day, ms": median(f"{url}/api/v1/counts?by=day&from={month}"),
            "the last 20 crossings, ms": median(f"{url}/api/v1/crossings?last=20"),
            "a day two years ago as CSV, ms": median(f"{url}/api/v1/crossings.csv?from={old}&to={old_end}"),
        }
        found["server, most MB"] = peak(process.pid)
    return found


def reported(program: Path, ledger: Path, words: list[str]) -> tuple[float | str, float | str]:
    """Seconds and MB of a report."""
    command = [program, "report", "--ledger", ledger, "--timezone", "Europe/Zurich", *words, "--format", "csv"]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        with suppress(OSError, StopIteration):
            most = max(most, peak(process.pid))
        if time.perf_counter() - began > 3 * PATIENCE:
            process.kill()
            process.wait()
            return f"more than {3 * PATIENCE} s", most
        time.sleep(0.01)
    return time.perf_counter() - began, most


def published(program: Path, ledger: Path) -> float | str:
    """Crossings that a broker has been given in a second, from a long backlog."""
    broker = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    if not Path(broker).exists():
        return "no broker"
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "broker.conf")
        file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
        running = subprocess.Popen([broker, "-c", file], stderr=subprocess.DEVNULL)
        try:
            with serving(program, ledger, f'[publish.mqtt]\nurl = "mqtt://127.0.0.1:{port}"\n'):
                sent = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)

                def place() -> int:
                    row = sent.execute("SELECT seq FROM cursor WHERE name = 'mqtt'").fetchone()
                    return row[0] if row else 0

                time.sleep(5)
                before, began = place(), time.perf_counter()
                time.sleep(20)
                return (place() - before) / (time.perf_counter() - began)
        finally:
            running.terminate()
            running.wait()


def measured(program: Path, ledger: Path) -> dict[str, float | str]:
    found = served(program, ledger)
    found["published to MQTT, crossings/s"] = published(program, ledger)
    year = ["--from", (datetime.now(UTC) - timedelta(days=365)).strftime("%Y-%m-%d")]
    for name, words in (
        ("five years by hour", ["--by", "hour"]),
        ("five years by hour, each line", ["--by", "hour", "--each-line"]),
        ("a year by minute", ["--by", "minute", *year]),
    ):
        seconds, most = reported(program, ledger, words)
        found[f"`report`, {name}, s"], found[f"`report`, {name}, most MB"] = seconds, most
    return found


def brought_forward(program: Path, ledger: Path) -> float:
    began = time.perf_counter()
    subprocess.run([program, "report", "--ledger", ledger, "--from", "2100-01-01"], check=True, capture_output=True)
    return time.perf_counter() - began


def shown(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="crossings in the ledger (default: 10,000,000)")
    parser.add_argument("--before", type=Path, help=f"a program of before, as built from commit {BEFORE}")
    parser.add_argument(
        "--folder", type=Path, help="where the ledger is made: it needs 5 GB (default: that for temporary files)"
    )
    options = parser.parse_args()
    program = setting.program()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        ledger = Path(folder, "years.db")
        setting.say("making the ledger...")
        fill(ledger, options.rows)
        sizes = [ledger.stat().st_size / 1e6]
        columns = [measured(options.before, ledger)] if options.before else []
        connection = sqlite3.connect(ledger)
        connection.execute("DELETE FROM cursor")
        connection.commit()
        connection.close()
        setting.say("bringing it forward...")
        seconds = brought_forward(program, ledger)
        sizes.append(ledger.stat().st_size / 1e6)
        columns.append(measured(program, ledger))
    heads = ["before", "now"] if options.before else ["now"]
    rows = {name: [column[name] for column in columns] for name in columns[-1]}
    rows["the ledger, MB"] = sizes if options.before else sizes[1:]
    before = f" `before` is the program of commit {BEFORE}." if options.before else ""
    lines = [
        "# A ledger of years",
        "",
        f"{setting.version()}. {options.rows:,} made-up crossings of three lines over {YEARS} years; `footfall serve` "
        f"with nobody looking on, and Debian's mosquitto.{before}",
        "",
        f"| | {' | '.join(heads)} |",
        f"|---|{'--:|' * len(heads)}",
        *(f"| {name} | {' | '.join(map(shown, cells))} |" for name, cells in rows.items()),
        "",
        f"Bringing it forward took {seconds:.0f} s. Machine: {setting.machine()}, load {setting.load():.1f}.",
    ]
    setting.publish("\n".join(lines))


if __name__ == "__main__":
    main()
