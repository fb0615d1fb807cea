"""Where a warm start's weights are."""

import os
from pathlib import Path

IMAGENET = "models/mobilenetv2-imagenet.pt"


def footfall_cache() -> Path:
    """The folder that scripts/setup fills."""
    named = os.environ.get("FOOTFALL_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(named) if named else (Path(base) if base else Path.home() / ".cache") / "footfall"


def weights(warm_start: str) -> Path:
    """The file that a recipe's `warm_start` means."""
    if warm_start != "imagenet":
        path, help_ = Path(warm_start).expanduser(), "give `warm_start` a file that is there, or `imagenet`"
    else:
        path, help_ = footfall_cache() / IMAGENET, "`scripts/setup --only train` fetches it"
    if not path.is_file():
        raise SystemExit(f"{path}: no such weights for a warm start; {help_}")
    return path
