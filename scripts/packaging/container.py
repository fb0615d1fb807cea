#!/usr/bin/env python3
"""Sets up a bundle to be run: another command, a root that is read-only, a volume, no network.

usage: container.py CONFIG STATE ARGUMENT...

CONFIG is the config.json of a bundle of umoci's; STATE becomes /var/lib/footfall. The network is that of whoever runs
it, and CAMERA names a camera there.
"""

import json
import os
import sys
from pathlib import Path

CAMERA = "rtsp://127.0.0.1:8554/camera"


def main(config: Path, state: Path, arguments: list[str]) -> None:
    """Rewrites the bundle's configuration."""
    bundle = json.loads(config.read_text())
    process = bundle["process"]
    process["terminal"] = False
    process["args"] = [process["args"][0], *arguments]
    process["env"] = [*(word for word in process["env"] if not word.startswith("CAMERA=")), f"CAMERA={CAMERA}"]
    bundle["root"]["readonly"] = True
    namespaces = bundle["linux"]["namespaces"]
    bundle["linux"]["namespaces"] = [namespace for namespace in namespaces if namespace["type"] != "network"]
    user = process["user"]
    os.chown(state, user["uid"], user["gid"])
    volume = {"destination": "/var/lib/footfall", "type": "bind", "source": str(state), "options": ["bind", "rw"]}
    bundle["mounts"] = [mount for mount in bundle["mounts"] if mount["destination"] != "/sys/fs/cgroup"]
    bundle["mounts"] = [mount for mount in bundle["mounts"] if mount["destination"] != volume["destination"]]
    bundle["mounts"].append(volume)
    config.write_text(json.dumps(bundle))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
