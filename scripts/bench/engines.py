"""Debian's nats-server and PostgreSQL, on loopback and in a folder of their own: to kill and to start again."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

PATIENCE = 120
"""Seconds that anything here is waited for."""


T = TypeVar("T")


def until(what: str, attempt: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """Tries until there is a result."""
    end = time.monotonic() + patience
    while True:
        if (result := attempt()) is not None:
            return result
        if time.monotonic() > end:
            sys.exit(f"archive: waited {patience:.0f} s in vain: {what}")
        time.sleep(0.05)


def find(name: str, folders: list[str]) -> str:
    """A server's program: Debian keeps these where not every user looks."""
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ["PATH"]]))
    return found or sys.exit(f"archive: {name} is not installed: apt-get install nats-server postgresql")


class Hub:
    """nats-server with JetStream."""

    def __init__(self, folder: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.start()

    def start(self) -> None:
        words = [find("nats-server", ["/usr/sbin"]), "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", self.folder]
        self.running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("nats-server", self.answers)

    def answers(self) -> bool | None:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return None
        return True

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()


class Postgres:
    """A cluster of PostgreSQL, with its usual promises to the disk."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.binaries = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
        # PostgreSQL does not run as root: then it runs as the user that Debian's package has made.
        self.user = "postgres" if os.geteuid() == 0 else None
        for part in (folder, folder / "data", folder / "socket"):
            part.mkdir(mode=0o700, exist_ok=True)
            if self.user:
                owner = pwd.getpwnam(self.user)
                os.chown(part, owner.pw_uid, owner.pw_gid)
        self.run("initdb", "-U", "office", "-A", "trust", "-E", "UTF8", "--locale=C", "-D", folder / "data").wait()
        self.start()

    def run(self, name: str, *words: object) -> subprocess.Popen:
        return subprocess.Popen(
            [find(name, self.binaries), *map(str, words)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            user=self.user,
            group=self.user,
        )

    def start(self) -> None:
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder / 'socket'}", "max_connections=60"]
        words = ["-D", self.folder / "data", *(word for setting in settings for word in ("-c", setting))]
        self.running = self.run("postgres", *words)

        def attempt() -> bool | None:
            if self.running.poll() is not None:
                self.running = self.run("postgres", *words)
            return True if self.ask("SELECT 1") is not None else None

        until("postgres", attempt)

    def kill(self) -> None:
        """All of it at once, as when the machine's power goes."""
        children = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children").read_text().split()
        self.running.kill()
        self.running.wait()
        for child in children:
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:
                continue

    def url(self) -> str:
        return f"host={self.folder / 'socket'} user=office dbname=postgres"

    def ask(self, sql: str) -> list[list[str]] | None:
        """The rows of an answer; nothing where it does not answer."""
        words = ["psql", "-X", "-A", "-t", "-q", "-U", "office", "-d", "postgres", "-h", self.folder / "socket"]
        done = subprocess.run([*map(str, words), "-c", sql], capture_output=True, text=True)
        if done.returncode:
            return None
        return [line.split("|") for line in done.stdout.splitlines()]
