#!/usr/bin/env python3
"""How the cost grows with the number of sources in one process.

Serves the sample clip's pictures as motion JPEG, ten a second, to one process with 1, 2, 4, 8 and 16 sources
for some seconds each, and takes from the program's own summary what that needs: processor time a frame,
frames that were dropped, and the same as ratios of one source's. Every source has its own tracker and counter;
the networks are shared. Processor time includes the decoding of the streams.
"""

import argparse
import http.server
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import ClassVar

import process
import setting

RATE = 10
BOUNDARY = b"picture"


class Camera(http.server.BaseHTTPRequestHandler):
    """Answers each request with the stream, until the client leaves."""

    pictures: ClassVar[list[bytes]] = []

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
        self.end_headers()
        start = time.monotonic()
        head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
        try:
            for number, picture in enumerate(itertools.cycle(self.pictures)):
                time.sleep(max(0, start + number / RATE - time.monotonic()))
                self.wfile.write(head % (BOUNDARY, len(picture)) + picture + b"\r\n")
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


def pictures(count: int) -> list[bytes]:
    """The first pictures of the clip as JPEG."""
    import cv2

    capture = cv2.VideoCapture(str(setting.clip()))
    encoded = []
    while len(encoded) < count and (read := capture.read())[0]:
        encoded.append(cv2.imencode(".jpg", read[1])[1].tobytes())
    return encoded


def measure(address: str, count: int, seconds: int) -> dict:
    """One run over so many sources: its summary, with the processor time that it took."""
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder, "summary.json")
        sources = [f"camera-{number}={address}" for number in range(1, count + 1)]
        frames = ["--max-frames", seconds * RATE]
        used = process.run([setting.program(), "run", *sources, "--line", setting.DOOR, *frames, "--summary", summary])
        return json.loads(summary.read_text()) | {"cpu": used.cpu_seconds, "peak": used.peak_mb}


def row(told: dict, one: dict) -> list[str]:
    """What one run shows, and how it stands to one source's."""
    frames, sources = told["frames"], len(told["sources"])
    processed = [source["frames"]["processed"] for source in told["sources"]]
    cost = 1e3 * told["cpu"] / max(1, frames["processed"])
    base = 1e3 * one["cpu"] / max(1, one["frames"]["processed"])
    return [
        str(sources),
        f"{frames['processed'] / told['seconds']:.1f}",
        f"{100 * frames['dropped'] / frames['read']:.0f}%",
        f"{min(processed) / max(processed):.2f}",
        f"{told['cpu'] / told['seconds']:.2f}",
        f"{cost:.1f}",
        f"{cost / base:.2f}",
        f"{told['peak'] / one['peak']:.2f}",
    ]


def report(runs: list[dict], seconds: int) -> str:
    """The result for people."""
    heads = ["sources", "frames/s", "dropped", "least/most", "cores", "CPU ms a frame", "to one", "memory to one"]
    return "\n\n".join([
        "# Sources",
        f"{setting.version()}: one process, each source {RATE} pictures (768x576) a second over HTTP for {seconds} s. "
        "`frames/s` and `dropped` are of all sources together: what the machine is too slow for is dropped at the "
        "door. `least/most`: frames of the source that was served least, to those of the one served most. `cores`, "
        "`CPU ms a frame`: processor time, the streams' decoding included, which dropped frames need too.",
        setting.table(heads, [row(told, runs[0]) for told in runs]),
        f"Machine: {setting.machine()}, load {setting.load():.1f}.",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20, help="of each run (%(default)s)")
    parser.add_argument("--sources", type=int, nargs="+", default=[1, 2, 4, 8, 16], help="how many (1 2 4 8 16)")
    arguments = parser.parse_args()
    Camera.pictures = pictures(200)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/camera"
    runs = []
    for count in arguments.sources:
        setting.say(f"{count} sources")
        runs.append(measure(address, count, arguments.seconds))
    setting.publish(report(runs, arguments.seconds))


if __name__ == "__main__":
    try:
        main()
    except (subprocess.SubprocessError, KeyboardInterrupt) as error:
        sys.exit(f"sources: {error}")
