"""A real shop: its ledger, the program that publishes it, and the program that counts, to kill and to start again."""

import os
import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ledger_rows
import setting
from office_town import Town
from roads import Road
from stepped_clock import Clock

LINES = "".join(
    f"[[line]]\nname = '{name}'\npoints = [[{x}, 576], [{x}, 0]]\n"
    for name, x in (("door", 384), ("left", 192), ("right", 576), ("far", 288), ("near", 480))
)
ZONE = "[[zone]]\nname = 'till'\npoints = [[150, 100], [620, 100], [620, 560], [150, 560]]\n"


class Shop:
    """A shop with an empty ledger."""

    def __init__(self, town: Town, name: str, road: Road, key: Path | None = None, settings: str = ""):
        """With the key of another shop, if one is given."""
        self.name, self.road = name, road
        folder = town.folder / "shops" / name
        folder.mkdir(parents=True)
        self.ledger, self.config, self.log = folder / "shop.db", folder / "shop.toml", folder / "shop.log"
        self.clock = Clock(folder / "clock")
        self.config.write_text(
            f"[ledger]\nfile = '{self.ledger}'\n{settings}"
            f"[publish.office]\nurl = 'nats://127.0.0.1:{road.port}'\nshop = '{name}'\n"
            f"key = {{ file = '{key or town.key(name)}' }}\n{LINES}{ZONE}"
        )
        self.serving: subprocess.Popen | None = None
        self.counting: subprocess.Popen | None = None
        self.counted = self.killed_counts = 0
        self.start_time, self.tries = "", 0

    def start(self, *words: object) -> subprocess.Popen:
        command = [setting.program(), *words, "--config", self.config]
        with self.log.open("a") as log:
            return subprocess.Popen(
                [*map(str, command)], stdout=log, stderr=log, env=os.environ | self.clock.environment
            )

    def open(self) -> None:
        """Publishes, whenever the other program does not; nothing where there is no ledger yet."""
        if not self.ledger.exists() or (self.serving and self.serving.poll() is None):
            return
        self.serving = self.start("serve", "--address", "127.0.0.1:0")

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.clock.seconds)

    def count(self, recordings: list[Path]) -> None:
        """Begins to count its next recording, which was taken just now."""
        recording = recordings[(self.counted + int(self.name[-2:]) * 7) % len(recordings)]
        # One that was killed goes on with the recording as it was.
        self.start_time = self.start_time or self.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        named = f"recording-{self.counted}={recording}"
        self.counting = self.start("run", named, "--no-serve", "--threads", "1", "--start-time", self.start_time)

    def has_counted(self) -> bool | None:
        """Whether the recording is counted, once that is over."""
        status = self.counting.poll() if self.counting else 1
        if status is None:
            return None
        self.counting = None
        if status == 0:
            self.counted, self.start_time, self.tries = self.counted + 1, "", 0
        return status == 0

    def kill(self) -> None:
        """Whatever of it runs."""
        for running in (self.serving, self.counting):
            if running:
                running.kill()
                running.wait()
        self.killed_counts += self.counting is not None
        self.tries += self.counting is not None
        self.serving = self.counting = None

    def head(self) -> int:
        """Where its ledger ends."""
        return self.ask("SELECT coalesce(max(seq), 0) FROM event")

    def cursor(self) -> int:
        """Up to where the hub has confirmed it."""
        return self.ask("SELECT coalesce(max(seq), 0) FROM cursor WHERE name = 'office'")

    def ask(self, sql: str) -> int:
        return ledger_rows.rows(self.ledger, sql)[0][0] if self.ledger.exists() else 0

    def skip(self) -> None:
        """Has the publisher, which does not run, leave out whatever it has not sent."""
        connection = sqlite3.connect(self.ledger, timeout=60)
        with connection:
            connection.execute("UPDATE cursor SET seq = (SELECT max(seq) FROM event) WHERE name = 'office'")
        connection.close()

    def rows(self) -> list[list]:
        """Everything that its ledger holds, in the columns of `KEPT`."""
        return ledger_rows.kept(self.ledger)

    def runs(self) -> list[list]:
        return ledger_rows.runs(self.ledger)
