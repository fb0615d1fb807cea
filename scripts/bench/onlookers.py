"""Viewers of the live page: each holds what a browser's tab holds, the live pictures and the events.

usage: onlookers.py PORT SOURCE VIEWERS

Reads all as fast as they come, at the lowest priority. Says `here` when all are in; then `begin` on standard
input starts a measurement, and the end of the input ends it. Prints what it came to as JSON.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass, field

PICTURE = b"Content-Type: image/jpeg"


@dataclass
class Taken:
    """What all viewers have got together."""

    bytes: int = 0
    pictures: int = 0
    viewing: int = 0
    refused: list[str] = field(default_factory=list)


async def watch(port: int, path: str, taken: Taken) -> None:
    """Reads a stream until it ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        writer.write(f"GET /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n")
        if b" 200 " not in head:
            taken.refused.append(head.decode(errors="replace").strip())
            return
        taken.viewing += 1
        end = b""
        while data := await reader.read(1 << 18):
            # A part's head may come in two pieces.
            taken.pictures += (end + data).count(PICTURE)
            end = data[1 - len(PICTURE) :]
            taken.bytes += len(data)
    finally:
        writer.close()


async def crowd(port: int, source: str, viewers: int) -> None:
    taken = Taken()
    paths = [f"sources/{source}/live", "events"] * viewers
    watching = [asyncio.create_task(watch(port, path, taken)) for path in paths]
    while taken.viewing + len(taken.refused) < len(paths):
        await asyncio.sleep(0.05)
    print("here", flush=True)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.readline)
    before, cpu, start = Taken(taken.bytes, taken.pictures), time.process_time(), time.perf_counter()
    await loop.run_in_executor(None, sys.stdin.read)
    found = {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "bytes": taken.bytes - before.bytes,
        "pictures": taken.pictures - before.pictures,
        "refused": taken.refused,
    }
    print(json.dumps(found), flush=True)
    for task in watching:
        task.cancel()


def main() -> None:
    port, source, viewers = sys.argv[1:]
    os.nice(19)
    asyncio.run(crowd(int(port), source, int(viewers)))


if __name__ == "__main__":
    main()
