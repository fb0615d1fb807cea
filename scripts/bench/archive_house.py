"""An archive with its servers and workers, and a small disk that can be filled."""

import subprocess
import sys
from pathlib import Path

import engines
import setting


class House:
    """The servers, an archive, and its workers."""

    def __init__(self, folder: Path, queue: str):
        """With settings of the queue that are not as usual."""
        self.folder, self.queue = folder, queue
        folder.mkdir()
        folder.chmod(0o755)
        self.hub, self.postgres = engines.Hub(folder / "hub"), engines.Postgres(folder / "postgres")
        self.workers: dict[str, subprocess.Popen] = {}
        self.settings("archive", "")

    def settings(self, name: str, more: str) -> Path:
        path = self.folder / f"{name}.toml"
        hub, database = f"nats://127.0.0.1:{self.hub.port}", self.postgres.url()
        path.write_text(f"[hub]\nurl = '{hub}'\n[database]\nurl = '{database}'\n[queue]\n{self.queue}{more}")
        return path

    def archive(self, *words: object, check: bool = True) -> str:
        command = [setting.program(), "archive", *words, "--archive", self.folder / "archive.toml"]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True)
        if check and done.returncode:
            sys.exit(f"archive: {done.stderr}")
        return done.stdout

    def hire(self, name: str, *words: object, scratch: Path | None = None) -> subprocess.Popen:
        more = f"[worker]\nname = '{name}'\n" + (f"scratch = '{scratch}'\n" if scratch else "")
        command = [setting.program(), "worker", "--threads", "1", "--archive", self.settings(name, more), *words]
        self.workers[name] = subprocess.Popen(
            [*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self.workers[name]

    def left(self) -> int | None:
        rows = self.postgres.ask("SELECT count(*) FROM archive.job WHERE state IN ('queued', 'counting')")
        return int(rows[0][0]) if rows else None

    def close(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self.hub.kill()
        self.postgres.kill()


class Disk:
    """A small disk of memory that can be filled; only root can mount one."""

    def __init__(self, folder: Path):
        self.folder, self.filler = folder, folder / "filler"
        folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]
        self.is_mounted = subprocess.run(words, capture_output=True).returncode == 0

    def fill(self) -> None:
        words = ["dd", "if=/dev/zero", f"of={self.filler}", "bs=65536"]
        subprocess.run(words, capture_output=True)

    def clear(self) -> None:
        self.filler.unlink(missing_ok=True)

    def close(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.folder], capture_output=True)
