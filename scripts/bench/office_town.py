"""A head office with its hub, its database and the keys of its shops, on loopback and in a folder of their own."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import engines
import setting
from hub_link import new_key


class Town:
    """The servers and the office, each to kill and to start again."""

    def __init__(self, folder: Path, shops: list[str]):
        """Enrols all shops before the hub is started: the first by the program, the others as it did."""
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        self.folder, self.office = folder, None
        port, page = engines.free_port(), engines.free_port()
        place = folder / "office"
        self.config, self.page = place / "office.toml", f"http://127.0.0.1:{page}/"
        self.command("prepare", place, "--listen", f"127.0.0.1:{port}")
        self.postgres = engines.Postgres(folder / "postgres")
        text = self.config.read_text().replace("host=/run/postgresql dbname=footfall", self.postgres.url())
        self.config.write_text(text.replace("127.0.0.1:8080", f"127.0.0.1:{page}"))
        self.command("enrol", shops[0], "--key", self.key(shops[0]), "--config", self.config)
        self.enrol_like_the_first(place / "shops.conf", shops)
        self.hub = engines.Hub(place / "hub", port, place / "hub.conf")

    def enrol_like_the_first(self, roll: Path, shops: list[str]) -> None:
        """A thousand starts of the program would take minutes."""
        *head, first, end = roll.read_text().splitlines()
        public = json.loads(first)["nkey"]
        more = []
        for shop in shops[1:]:
            seed, own = new_key()
            self.key(shop).write_text(seed + "\n")
            text = first.replace(public, own).replace(f"office.{shops[0]}.", f"office.{shop}.")
            more.append(text.replace(f"_INBOX_{shops[0]}.", f"_INBOX_{shop}."))
        roll.write_text("\n".join([*head, ",\n".join([first, *more]), end, ""]))
        # The program reads it as its own.
        listed = self.command("shops", "--config", self.config).split()
        if sorted(listed) != sorted(shops):
            sys.exit("error: the roll is not as footfall office enrol writes it")

    def key(self, shop: str) -> Path:
        """Where a shop's key is, or the `office`'s."""
        return self.folder / "office" / "office.key" if shop == "office" else self.folder / f"{shop}.key"

    def command(self, *words: object) -> str:
        """What `footfall office` says."""
        done = subprocess.run([setting.program(), "office", *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"error: footfall office {words[0]}: {done.stderr}")
        return done.stderr + done.stdout

    def open(self) -> None:
        """Starts the office, and does not wait for it."""
        log = (self.folder / "office.log").open("a")
        words = [setting.program(), "office", "--config", self.config]
        self.office = subprocess.Popen([*map(str, words)], stdout=log, stderr=log)

    def stop(self, kill: bool = False) -> None:
        """Ends the office."""
        if self.office:
            self.office.kill() if kill else self.office.terminate()
            self.office.wait()
        self.office = None

    def get(self, path: str, patience: float = 60) -> bytes | None:
        """What the office's page answers; nothing where it does not."""
        try:
            return urllib.request.urlopen(self.page + path, timeout=patience).read()
        except OSError:
            return None

    def number(self, sql: str) -> int | None:
        """The one number that a question has for an answer; nothing where the database does not answer."""
        rows = self.postgres.ask(sql)
        return int(rows[0][0]) if rows and rows[0][0] else None

    def close(self) -> None:
        self.stop(kill=True)
        self.hub.kill()
        self.postgres.kill()


def memory(process: int) -> float:
    """Memory of a process, in units of 10^6 bytes."""
    try:
        rows = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(row.split()[1]) for row in rows if row.startswith("VmRSS:")) * 1024 / 1e6


def memory_of_all(process: int) -> float:
    """Memory of a process and its children, what they share once, in units of 10^6 bytes."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    kilobytes = 0
    for one in [str(process), *children]:
        try:
            rows = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return kilobytes * 1024 / 1e6


def cpu(process: int) -> float:
    """Seconds of processors that a process and its children have taken."""
    ticks = 0
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    for one in [str(process), *children]:
        try:
            words = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(map(int, words[11:15] if one == str(process) else words[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
