#!/usr/bin/env python3
"""What is spent while nothing moves: 16 sources that are empty four fifths of the time, and a second by itself.

Puts together a scene of 768x576 at ten pictures a second: the sample clip for some seconds, then its empty
background with a camera's noise, a flicker and a slow change of light, four times as long. Counts it as a recording,
with `[detector] rest` on and off, which must not differ; then serves it as motion JPEG to one process as 16 cameras,
each at another place of the scene; then one camera that is busy all the time beside 15 that are empty.
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

import cv2
import numpy as np

import process
import setting

RATE = 10
BUSY, EMPTY = 20, 80
"""Seconds of the scene in which people walk, and in which nobody is there."""
BOUNDARY = b"picture"


def clip() -> list[np.ndarray]:
    """Pictures of the sample clip."""
    source = cv2.VideoCapture(str(setting.clip()))
    found = []
    while (read := source.read())[0]:
        found.append(read[1])
    return found


def background(pictures: list[np.ndarray]) -> np.ndarray:
    """The scene without anybody: the median of pictures that are far apart."""
    return np.median(np.stack(pictures[::16]), axis=0).astype(np.float32)


def empty(scene: np.ndarray, seconds: int) -> list[np.ndarray]:
    """The empty scene through a camera: noise of 2 grey levels, lamps that flicker by 2 %, light that fades by 10 %."""
    random = np.random.default_rng(7)
    noise = [random.normal(0, 2, scene.shape).astype(np.float32) for _ in range(8)]
    count = seconds * RATE
    pictures = []
    for number in range(count):
        light = (1 - 0.1 * number / count) * (1 + 0.02 * (number % 2))
        pictures.append(np.clip(scene * light + noise[number % 8], 0, 255).astype(np.uint8))
    return pictures


def jpeg(picture: np.ndarray) -> bytes:
    """A picture as a camera sends it."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def decoding(pictures: list[bytes]) -> float:
    """Milliseconds of processor time in which OpenCV decodes a picture."""
    before = time.process_time()
    for picture in pictures:
        cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    return 1e3 * (time.process_time() - before) / len(pictures)


def serve(scenes: list[list[bytes]], starts: list[int]) -> http.server.ThreadingHTTPServer:
    """A server whose address /N gives camera N's scene, from its own place on."""

    class Camera(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            camera = int(self.path.strip("/"))
            pictures, first = scenes[camera], starts[camera]
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
            self.end_headers()
            start = time.monotonic()
            head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
            try:
                for number in itertools.count():
                    time.sleep(max(0, start + number / RATE - time.monotonic()))
                    picture = pictures[(first + number) % len(pictures)]
                    self.wfile.write(head % (BOUNDARY, len(picture)) + picture + b"\r\n")
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(sources: list[object], folder: Path, rest: bool, *more: object) -> dict:
    """One run: its summary, with processor time and crossings."""
    folder.mkdir()
    config, summary, crossings = folder / "rest.toml", folder / "summary.json", folder / "crossings.jsonl"
    config.write_text(f"[detector]\nrest = {str(rest).lower()}\n[source]\nframe_rate = {RATE}.0\n")
    files = ["--summary", summary, "--crossings", crossings]
    used = process.run([setting.program(), "run", *sources, "--config", config, "--line", setting.DOOR, *files, *more])
    return json.loads(summary.read_text()) | {"cpu": used.cpu_seconds, "crossings": crossings.read_text()}


def write(pictures: list[bytes], folder: Path) -> Path:
    """A folder of pictures, which is a recording to footfall."""
    folder.mkdir()
    for number, picture in enumerate(pictures):
        (folder / f"{number:05}.jpg").write_bytes(picture)
    return folder


def recorded(busy: list[bytes], still: list[bytes], work: Path) -> str:
    """The scene as a recording, with rest and without; and a second of each part."""
    scene = write(busy + still, work / "scene")
    runs = {}
    for rest in (True, False):
        setting.say(f"recorded, rest {'on' if rest else 'off'}")
        runs[rest] = run([scene], work / f"recorded-{rest}", rest)
    only = run([write(busy, work / "busy")], work / "only-busy", True)
    half = len(still) // 2
    shorter = run([write(busy + still[:half], work / "shorter")], work / "half-empty", True)
    a_busy = only["cpu"] / BUSY
    a_late = (runs[True]["cpu"] - shorter["cpu"]) / (EMPTY / 2)
    rows = []
    for rest, told in runs.items():
        an_empty = (told["cpu"] - only["cpu"]) / EMPTY
        counts = told["lines"][0]
        rows.append([
            "on" if rest else "off", f"{counts['in']}, {counts['out']}",
            f"{100 * told['frames']['rested'] / told['frames']['read']:.0f}%",
            f"{1e3 * a_busy:.0f}", f"{1e3 * an_empty:.0f}", f"{100 * an_empty / a_busy:.1f}%",
        ])  # fmt: skip
    floor = RATE * decoding(still)
    same = "the same" if runs[True]["crossings"] == runs[False]["crossings"] else "NOT the same"
    heads = ["rest", "in, out", "rested", "CPU ms a busy second", "an empty one", "share"]
    return setting.table(heads, rows) + (
        f"\n\nThe crossings of both are {same}, byte for byte. An empty second has its share of the seconds after "
        f"people have left, in which the networks still look; {EMPTY // 2} s later it takes {1e3 * a_late:.0f} ms, "
        f"{100 * a_late / a_busy:.1f}% of a busy one. Decoding an empty second's pictures alone takes OpenCV "
        f"{floor:.0f} ms: {100 * floor / (1e3 * a_busy):.1f}% of a busy second."
    )


START = 5
"""Seconds in which all cameras of a run are new at once, and every network is wanted for each of them."""


def live(scenes: list[list[bytes]], starts: list[int], seconds: int, work: Path, rest: bool) -> dict:
    """All cameras in one process, for some seconds."""
    server = serve(scenes, starts)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    sources = [f"camera-{number}={address}/{number}" for number in range(len(scenes))]
    told = run(sources, work, rest, "--max-frames", seconds * RATE)
    server.shutdown()
    return told


def at_the_start(scenes: list[list[bytes]], starts: list[int], work: Path, rest: bool) -> int:
    """Frames that are dropped while all cameras are new."""
    return live(scenes, starts, START, work, rest)["frames"]["dropped"]


def rows_of(name: str, told: dict, start: int) -> list[str]:
    """One row: what was dropped and spent."""
    frames = told["frames"]
    first = told["sources"][0]["frames"]
    counted = sum(one["in"] + one["out"] for one in told["lines"])
    return [
        name, f"{100 * frames['dropped'] / frames['read']:.2f}%",
        f"{100 * max(0, frames['dropped'] - start) / frames['read']:.2f}%",
        f"{100 * first['dropped'] / first['read']:.2f}%",
        f"{100 * frames['rested'] / max(1, frames['processed']):.0f}%", str(counted),
        f"{told['cpu'] / told['seconds']:.2f}",
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, default=16, help="in one process (%(default)s)")
    parser.add_argument("--seconds", type=int, default=BUSY + EMPTY, help="of the live runs (%(default)s)")
    arguments = parser.parse_args()
    pictures = clip()
    still = [jpeg(picture) for picture in empty(background(pictures), EMPTY)]
    busy = [jpeg(picture) for picture in pictures[: BUSY * RATE]]
    scene, count = busy + still, arguments.cameras
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        table = recorded(busy, still, work)
        starts = [camera * len(scene) // count for camera in range(count)]
        rows = []
        for rest in (True, False):
            setting.say(f"{count} cameras, rest {'on' if rest else 'off'}")
            start = at_the_start([scene] * count, starts, work / f"start-{rest}", rest)
            told = live([scene] * count, starts, arguments.seconds, work / f"live-{rest}", rest)
            rows.append(rows_of(f"{count} cameras, rest {'on' if rest else 'off'}", told, start))
        setting.say("one busy camera beside empty ones")
        scenes = [busy] + [still] * (count - 1)
        # Where a scene begins again its light jumps: not for all in one moment.
        starts = [camera * len(still) // count for camera in range(count)]
        start = at_the_start(scenes, starts, work / "start-beside", True)
        told = live(scenes, starts, arguments.seconds, work / "beside", True)
        rows.append(rows_of(f"1 busy, {count - 1} empty", told, start))
    heads = ["cameras", "dropped", "but for the start", "of the first's", "rested", "crossings", "cores"]
    setting.publish("\n\n".join([
        "# Quiet",
        f"{setting.version()}: a scene of 768x576 at {RATE} pictures a second, {BUSY} s of the sample clip and then "
        f"{EMPTY} s of its empty background with noise, flicker and fading light.",
        "## As a recording",
        table,
        "## As cameras",
        f"For {arguments.seconds} s over HTTP as motion JPEG, each at another place of the scene; the server's own "
        f"time is not in `cores`. But for the start: less what another run of {START} s drops, while all cameras are "
        "new at once and every network is wanted for each of them; 0 where that run has dropped more.",
        setting.table(heads, rows),
        f"Machine: {setting.machine()}, load {setting.load():.1f}.",
    ]))  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except (subprocess.SubprocessError, KeyboardInterrupt) as error:
        sys.exit(f"quiet: {error}")
