#!/usr/bin/env python3
"""Puts a health check into an image.

usage: health_check.py LAYOUT COMMAND

The OCI's own description of an image has no place for one. Docker and Podman read it from where Docker's builder
puts it:
`Healthcheck` in the configuration.
"""

import hashlib
import json
import sys
from pathlib import Path

SECOND = 1_000_000_000
"""Docker counts in nanoseconds."""


def add(layout: Path, command: str) -> None:
    """Rewrites the one image in `layout`, an OCI image layout, so that `command` tells whether it is well."""
    index = json.loads((layout / "index.json").read_text())
    [entry] = index["manifests"]
    manifest = json.loads(blob(layout, entry["digest"]).read_text())
    config = json.loads(blob(layout, manifest["config"]["digest"]).read_text())
    config["config"]["Healthcheck"] = {
        "Test": ["CMD", command],
        "Interval": 30 * SECOND,
        "Timeout": 5 * SECOND,
        "StartPeriod": 60 * SECOND,
        "Retries": 3,
    }
    replace(layout, manifest["config"], config)
    replace(layout, entry, manifest)
    (layout / "index.json").write_text(json.dumps(index))


def blob(layout: Path, digest: str) -> Path:
    """Where the content of `digest` (`sha256:HEX`) lies."""
    return layout / "blobs" / Path(*digest.split(":"))


def replace(layout: Path, descriptor: dict, content: dict) -> None:
    """Writes `content` under its own digest, and lets `descriptor` name it."""
    blob(layout, descriptor["digest"]).unlink()
    data = json.dumps(content, separators=(",", ":")).encode()
    descriptor["digest"] = "sha256:" + hashlib.sha256(data).hexdigest()
    descriptor["size"] = len(data)
    blob(layout, descriptor["digest"]).write_bytes(data)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    add(Path(sys.argv[1]), sys.argv[2])
