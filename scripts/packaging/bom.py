#!/usr/bin/env python3
"""Joins the crates of the program and everything else in a package into one bill of materials, as CycloneDX.

usage: bom.py CRATES MANIFEST OUTPUT NAME=VERSION=LICENCE=PURL...

CRATES is what cargo-cyclonedx has written, MANIFEST models/manifest.toml. Each further argument is a library that the
package brings.
"""

import json
import platform
import sys
import tomllib
from pathlib import Path

GROUPS = {"runtime", "models", "clip"}
"""Groups of files in the manifest that go into a package."""


def components(manifest: dict) -> list[dict]:
    """ONNX Runtime, the networks and the clip, with the SHA-256 of each file."""
    downloads = manifest["download"]
    found = []
    for file in manifest["file"]:
        if file["group"] not in GROUPS:
            continue
        source = downloads.get(file.get("from"), {})
        if source.get("arch", platform.machine()) != platform.machine():
            continue
        component = {
            "type": "machine-learning-model" if file["path"].endswith(".onnx") else "file",
            "bom-ref": "file:" + file["path"] + ":" + file["sha256"],
            "name": file["path"],
            "hashes": [{"alg": "SHA-256", "content": file["sha256"]}],
        }
        licence = file.get("licence", source.get("licence"))
        if licence:
            component["licenses"] = [{"license": {"name": licence}}]
        if "version" in source:
            component["version"] = source["version"]
        upstream = file.get("upstream", source.get("upstream"))
        if upstream:
            component["externalReferences"] = [{"type": "vcs", "url": upstream}]
        found.append(component)
    return found


def library(text: str) -> dict:
    """The component of `NAME=VERSION=LICENCE=PURL`."""
    name, version, licence, purl = text.split("=", 3)
    licences = [{"license": {"id": licence}}]
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "licenses": licences, "purl": purl}


def strip(bom: dict) -> None:
    """Takes out what differs from one run to the next, and where the sources lay."""
    bom.pop("serialNumber", None)
    bom["metadata"].pop("timestamp", None)


def main(crates: Path, manifest: Path, output: Path, libraries: list[str]) -> None:
    """Writes the joined bill."""
    bom = json.loads(crates.read_text())
    strip(bom)
    bom["components"] += [library(text) for text in libraries]
    bom["components"] += components(tomllib.loads(manifest.read_text()))
    output.write_text(json.dumps(bom, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
