"""What a table depends on, as short texts that are other texts as soon as something has changed."""

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tables import Table

ABSENT = "absent"
HARNESS = {"process", "setting"}
"""Modules that start programs and lay out pages: a change of theirs makes no figure another."""
LEFT_OUT = {"__pycache__", "target"}
COMMENTS = {".rs": b"//", ".py": b"#"}
"""What a line of a comment begins with, by the ending of the file: no figure is another for it."""


def of(table: Table, root: Path, data: Path | None = None) -> dict[str, str]:
    """The fingerprint of each thing that a table depends on, as it is below `root` and, if it is given, in DATA."""
    found = {f"network {name}": of_network(root, name) for name in table.networks}
    for pins, packages in table.peers.items():
        found |= {f"peer {package}": version(root / pins, package) for package in packages}
    found |= {f"settings [{part}]": of_settings(root, part) for part in table.settings}
    found |= {f"`{path}`": of_code(root, path) for path in table.code}
    if data:
        found |= {f"DATA/{part}": shortened(content(data / part)) for part in table.data}
    return found


def of_code(root: Path, path: str) -> str:
    """Of a file or a folder; of a Python file together with what it imports from beside it."""
    place = root / path
    if place.suffix != ".py" or not place.is_file():
        return shortened(content(place))
    return shortened(digest((each.name, content(each)) for each in imported(place)))


def of_network(root: Path, name: str) -> str:
    """The SHA-256 that the manifest pins, or that of the repository's own file."""
    own = root / "models" / name
    if own.is_file():
        return sha256(own)
    manifest = root / "models/manifest.toml"
    entries = tomllib.loads(manifest.read_text()).get("file", []) if manifest.is_file() else []
    pinned = [entry["sha256"] for entry in entries if entry["path"] == f"models/{name}"]
    return pinned[0] if pinned else ABSENT


def of_settings(root: Path, part: str) -> str:
    """Of a part of the example configuration, which a test holds to the defaults."""
    example = root / "assets/footfall.toml"
    settings = tomllib.loads(example.read_text()).get(part) if example.is_file() else None
    if settings is None:
        return ABSENT
    return shortened(hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest())


def version(pins: Path, package: str) -> str:
    """Of a package, by a requirements file of pip or a lock file of Cargo."""
    if not pins.is_file():
        return ABSENT
    if pins.suffix == ".lock":
        locked = {each["name"]: each["version"] for each in tomllib.loads(pins.read_text())["package"]}
        return locked.get(package, ABSENT)
    pinned = re.search(rf"^{re.escape(package)}==(\S+)", pins.read_text(), re.MULTILINE)
    return pinned[1] if pinned else ABSENT


def content(place: Path) -> str:
    """The SHA-256 of a file, or of a folder's files and their names; lines of comments do not count."""
    if place.is_dir():
        return digest((str(each.relative_to(place)), content(each)) for each in files(place))
    if not place.is_file():
        return ABSENT
    if place.suffix not in COMMENTS:
        return sha256(place)
    lines = place.read_bytes().splitlines(keepends=True)
    code = [line for line in lines if not line.lstrip().startswith(COMMENTS[place.suffix])]
    return hashlib.sha256(b"".join(code)).hexdigest()


def files(folder: Path) -> Iterator[Path]:
    """All of a folder in one order, but for what programs leave there."""
    for each in sorted(folder.iterdir()):
        if each.name.startswith(".") or each.name in LEFT_OUT:
            continue
        if each.is_dir():
            yield from files(each)
        else:
            yield each


def imported(script: Path) -> list[Path]:
    """A Python file and all that it imports, directly or not, from its folder or from scripts/bench."""
    beside = [script.parent, script.parent.parent / "bench"]
    found, new = {script}, [script]
    while new:
        tree = ast.parse(new.pop().read_text())
        names = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
        names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        for name in {name.partition(".")[0] for name in names} - HARNESS:
            path = next((folder / f"{name}.py" for folder in beside if (folder / f"{name}.py").is_file()), None)
            if path and path not in found:
                found.add(path)
                new.append(path)
    return sorted(found, key=lambda path: path.name)


def digest(named: Iterator[tuple[str, str]]) -> str:
    return hashlib.sha256("".join(f"{name}\0{value}\n" for name, value in named).encode()).hexdigest()


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shortened(value: str) -> str:
    return value[:16]
