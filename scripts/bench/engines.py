"""Debian's nats-server and PostgreSQL, on loopback and in a folder of their own: to kill and to start again."""

import contextlib
import os
import pwd
import random
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
            sys.exit(f"error: waited {patience:.0f} s in vain: {what}")
        time.sleep(0.05)


def find(name: str, folders: list[str]) -> str:
    """A server's program: Debian keeps these where not every user looks."""
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ["PATH"]]))
    return found or sys.exit(f"error: {name} is not installed: apt-get install nats-server postgresql")


def free_port() -> int:
    """A port of loopback that nobody has now, nor is given by chance while its server is away: below those that the
    system gives to whoever asks for any."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_768)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Hub:
    """nats-server with JetStream."""

    def __init__(self, folder: Path, port: int | None = None, config: Path | None = None):
        """With its files in `folder`; by `config`, which names the folder and the port, where there is one."""
        self.folder, self.port, self.config = folder, port or free_port(), config
        self.start()

    def start(self) -> None:
        words = [find("nats-server", ["/usr/sbin"])]
        words += (
            ["-c", self.config] if self.config else ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", self.folder]
        )
        with self.folder.with_suffix(".log").open("a") as log:
            self.running = subprocess.Popen(words, stdout=log, stderr=log)
        until("nats-server", self.answers)

    def answers(self) -> bool | None:
        if self.running.poll() is not None:
            sys.exit(f"error: nats-server has ended: {self.folder.with_suffix('.log').read_text()[-2000:]}")
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
        self.environment: dict[str, str] = {}
        """Variables that it is started with from now on."""
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
            env=os.environ | self.environment,
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
        lines = self.lines(sql)
        return None if lines is None else [line.split("|") for line in lines]

    def lines(self, sql: str) -> list[str] | None:
        """The same as psql shows them."""
        words = ["psql", "-X", "-A", "-t", "-q", "-U", "office", "-d", "postgres", "-h", self.folder / "socket"]
        done = subprocess.run([*map(str, words), "-c", sql], capture_output=True, text=True)
        if done.returncode:
            return None
        return done.stdout.splitlines()
