"""What the pictures are made of, each with its source, licence and SHA-256 in models/manifest.toml.

Nothing enters whose licence is not known to allow everything: a file is opened only if its entry
is in the group `people`, names one of `LICENCES`, and the bytes are the pinned ones.
"""

import hashlib
import os
import tomllib
from functools import cache
from pathlib import Path

LICENCES = ("CC0-1.0",)
MANIFEST = Path(__file__).resolve().parents[3] / "models" / "manifest.toml"


class IngredientError(Exception):
    """An ingredient may not be used; the text says which, why and what to do."""


def cache_folder() -> Path:
    """Where set-up keeps things, as in scripts/lib/paths.sh."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("FOOTFALL_CACHE") or home / "footfall")


def entries(manifest: Path = MANIFEST) -> dict[str, dict]:
    """The ingredients by path; an unknown licence or a missing source is refused."""
    document = tomllib.loads(manifest.read_text())
    found = {e["path"]: e for e in document["file"] if e["group"] == "people"}
    for path, entry in found.items():
        licence = entry.get("licence")
        if licence not in LICENCES:
            raise IngredientError(
                f"{path}: its licence is {licence or 'not given'}, and only {', '.join(LICENCES)} may enter "
                f"(see {manifest})"
            )
        if not entry.get("upstream"):
            raise IngredientError(f"{path}: {manifest} does not say where it comes from (upstream)")
    return found


@cache
def ingredient(path: str) -> Path:
    """The file of that path below the cache, checked once a process."""
    entry = entries().get(path)
    if entry is None:
        raise IngredientError(f"{path} is no ingredient: {MANIFEST} does not list it in the group people")
    file = cache_folder() / path
    if not file.is_file():
        raise IngredientError(f"{file} is missing: run scripts/setup --only people")
    with file.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != entry["sha256"]:
            raise IngredientError(f"{file} is not the pinned file: run scripts/setup --only people")
    return file
