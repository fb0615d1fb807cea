#!/usr/bin/env python3
"""Tries to bring the page and the interface down, or to get in, with the real program over the sample clip.

First Schemathesis: requests made from the OpenAPI document, valid and not, one by one and in sequences, with
all of its checks but one: that every request which fits the schema is taken. What cannot be said in a schema
(`from` before `to`, a zone with an area, either `after` or `last`) is refused with a reason. Streams have no end, and
are left out.
Then tests/page/attack.py: strangers beside somebody who may look, while the clip is counted.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts" / "bench"))

import setting  # noqa: E402

CONFIG = "[serve.limits]\nrequests_per_second = 100000\n"
STREAMS = "(live|mjpeg|events)$"


def schemathesis(examples: int) -> str:
    """How many requests were tried, once none of them has found a fault."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "c.toml")
        config.write_text(CONFIG)
        words = [setting.program(), "run", setting.clip(), "--no-embedder", "--max-frames", "80", "--config", config]
        words += ["--line", setting.DOOR, "--serve", "127.0.0.1:0"]
        process = subprocess.Popen(map(str, words), stderr=subprocess.PIPE, text=True)
        try:
            url = next(line.split()[-1] for line in process.stderr if line.startswith("the page is at"))
            next(line for line in process.stderr if line.startswith("the page stays at"))
            tester = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}api/v1/openapi.json", "--no-color"]
            tester += ["--max-examples", str(examples), "--exclude-path-regex", STREAMS, "--seed", "1"]
            tester += ["--checks", "all", "--exclude-checks", "positive_data_acceptance"]
            tried = subprocess.run(tester, capture_output=True, text=True, cwd=folder)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()
    found = re.search(r"(\d+) generated, (\d+) passed", tried.stdout)
    if tried.returncode or not found or process.returncode:
        sys.exit(f"{tried.stdout}{tried.stderr}\nabuse: Schemathesis found a fault, or footfall ended with a failure")
    return found[1]


def attack(frames: int) -> dict:
    script = ROOT / "tests" / "page" / "attack.py"
    words = [sys.executable, script, setting.program(), setting.clip(), frames]
    done = subprocess.run(map(str, words), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("abuse: see above")
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=25, help="of Schemathesis for each operation (25)")
    parser.add_argument("--frames", type=int, default=795, help="of the clip, to count meanwhile (795)")
    arguments = parser.parse_args()
    requests = schemathesis(arguments.examples)
    found = attack(arguments.frames)
    tool = setting.packages("schemathesis")
    told = lambda got: ", ".join(f"{n} x {status}" for status, n in got.items())  # noqa: E731
    rows = [(kind, told(got)) for kind, got in found.items() if isinstance(got, dict)]
    ends = [f"{name}: {value}" for name, value in found.items() if not isinstance(value, dict)]
    parts = [
        "# Abuse",
        f"{setting.version()}; {tool}. Schemathesis tried {requests} cases made from the OpenAPI document: no answer "
        "of 5xx, and none that the document does not describe.",
        f"While {arguments.frames} frames of the sample clip were counted, strangers got:",
        setting.table(["what they tried", "answers"], rows),
        f"{'; '.join(ends)}.",
        f"Machine: {setting.machine()}.",
    ]
    setting.publish("\n\n".join(parts))


if __name__ == "__main__":
    main()
