"""Measures what viewers of the live page cost: the pipeline's rate with and without them, in turn.

usage: viewers.py FOOTFALL CLIP [--viewers N] [--rounds N]

Each viewer holds what a browser tab holds: the stream of live pictures and the stream of events, read as fast as
they come. Rounds without and with viewers alternate, so that whatever else the machine does falls on both. The viewers
run on the same machine, at the lowest priority; the server's own share is the processor time of its threads. Prints a
Markdown table.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CONFIG = """
[serve.limits]
viewers = {viewers}
connections = {connections}
connections_per_address = {connections}
requests_per_second = 10000
"""


async def watch(port: int, path: str, taken: list[int]) -> None:
    """Reads a stream until the server ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    try:
        while data := await reader.read(1 << 16):
            taken[0] += len(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


async def watch_all(port: int, source: str, viewers: int) -> None:
    taken = [0]
    paths = [f"sources/{source}/live", "events"] * viewers
    await asyncio.gather(*(watch(port, path, taken) for path in paths))


def server_seconds(pid: int) -> float:
    """Processor time of the server's threads."""
    ticks = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        stat = (task / "stat").read_text()
        name, rest = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
        if name == "serve":
            ticks += int(rest[11]) + int(rest[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def run(footfall: str, clip: str, viewers: int, most: int) -> tuple[float, float]:
    """The pipeline's rate in frames a second, and the server's processor time a second."""
    with tempfile.TemporaryDirectory() as folder:
        config, summary = Path(folder, "c.toml"), Path(folder, "s.json")
        config.write_text(CONFIG.format(viewers=most, connections=2 * most + 50))
        command = [footfall, "run", clip, "--line", "door:384,576,384,0", "--config", str(config)]
        command += ["--summary", str(summary), "--serve", "127.0.0.1:0"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        crowd = None
        try:
            for line in process.stderr:
                if line.startswith("the page is at"):
                    port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
                    if viewers:
                        crowd = os.fork()
                        if crowd == 0:
                            os.nice(19)
                            asyncio.run(watch_all(port, "vtest-avi", viewers))
                            os._exit(0)
                if line.startswith("the page stays at"):
                    break
            used = server_seconds(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()
            if crowd:
                os.waitpid(crowd, 0)
        told = json.loads(summary.read_text())
        return told["frames_per_second"], used / told["seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("footfall")
    parser.add_argument("clip")
    parser.add_argument("--viewers", type=int, nargs="+", default=[10, 32, 200])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    most = max(arguments.viewers)
    results = {viewers: [] for viewers in [0, *arguments.viewers]}
    for number in range(arguments.rounds):
        for viewers, found in results.items():
            found.append(run(arguments.footfall, arguments.clip, viewers, most))
            print(f"round {number + 1}, {viewers} viewers: {found[-1][0]:.1f} frames/s", file=sys.stderr)
    alone = statistics.median(rate for rate, _ in results[0])
    print("| viewers | frames a second | of the rate alone | server, processors |")
    print("| ---: | ---: | ---: | ---: |")
    for viewers, found in results.items():
        rate, used = (statistics.median(values) for values in zip(*found, strict=True))
        print(f"| {viewers} | {rate:.1f} | {100 * rate / alone:.0f}% | {used:.2f} |")


if __name__ == "__main__":
    main()
