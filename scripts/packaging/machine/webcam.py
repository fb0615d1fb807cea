#!/usr/bin/env python3
"""A webcam that films a folder of pictures: USB Video Class over USB/IP, for the kernel's own uvcvideo.

usage: webcam.py FOLDER PORT

FOLDER has 00000.jpg and so on. Attach with:  usbip attach -r HOST -b 1-1
It films from the first picture whenever somebody begins to look, RATE pictures a second (an environment variable; 10),
once; the last one stays. Lines on standard input:

    unplug      pulls the cable, and lets nobody plug it in again
    plug        lets somebody
"""

import contextlib
import itertools
import math
import os
import queue
import socket
import struct
import sys
import threading
import time
from pathlib import Path

from usbip import Connection, Request, Setup

RATE = float(os.environ.get("RATE", "10"))
LOOP = os.environ.get("LOOP") == "1"
PAYLOAD = 16384
"""Bytes of one transfer: what uvcvideo asks for at once at this speed."""
SHARE = 0.6
"""Of the time between two pictures one takes to arrive, as on a real cable."""
CONTROL, STREAM = 0, 1
"""Interfaces."""
GET_DESCRIPTOR, GET_STATUS, SET_CONFIGURATION, SET_INTERFACE, CLEAR_FEATURE = 6, 0, 9, 11, 1
SET_CUR, GET_CUR, GET_INFO, GET_LENGTH = 0x01, 0x81, 0x86, 0x85
PROBE, COMMIT, ERROR = 1, 2, 2
STRINGS = {1: "Footfall", 2: "Camera of a test"}


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height by the frame header of a JPEG."""
    at = 2
    while True:
        marker, length = struct.unpack_from(">HH", picture, at)
        if 0xFFC0 <= marker <= 0xFFC2:
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return width, height
        at += 2 + length


class Webcam:
    """One format, one size, one rate. usb.org's "USB Device Class Definition for Video Devices" has the tables."""

    description = struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0xEF, 2, 1, 64, 0x1D6B, 0x0102, 0x0100, 1, 2, 0, 1)

    def __init__(self, pictures: list[bytes]) -> None:
        self.pictures = pictures
        self.width, self.height = size_of(pictures[0])
        self.largest = max(map(len, pictures))
        self.waiting: queue.Queue[Request] = queue.Queue()
        self.looks = 0
        self.configuration = self.describe()
        threading.Thread(target=self.film, daemon=True).start()

    def describe(self) -> bytes:
        """The configuration descriptor, with all below it."""
        interval = round(1e7 / RATE)
        camera = struct.pack("<BBBBHBBHHHB3s", 18, 0x24, 2, 1, 0x0201, 0, 0, 0, 0, 0, 3, b"")
        end = struct.pack("<BBBBHBBB", 9, 0x24, 3, 3, 0x0101, 0, 1, 0)
        control = struct.pack("<BBBHHIBB", 13, 0x24, 1, 0x0100, 13 + len(camera + end), 6_000_000, 1, STREAM)
        form = struct.pack("<11B", 11, 0x24, 6, 1, 1, 1, 1, 0, 0, 0, 0)
        bits = int(8 * self.largest * RATE)
        size = self.width, self.height, bits, bits, self.largest
        frame = struct.pack("<BBBBBHHIIIIBI", 30, 0x24, 7, 1, 0, *size, interval, 1, interval)
        stream = struct.pack("<BBBBHBBBBBBBB", 14, 0x24, 1, 1, 14 + 11 + 30, 0x81, 0, 3, 0, 0, 0, 1, 0)
        parts = [
            bytes([8, 11, CONTROL, 2, 14, 3, 0, 0]),
            bytes([9, 4, CONTROL, 0, 0, 14, 1, 0, 0]) + control + camera + end,
            bytes([9, 4, STREAM, 0, 1, 14, 2, 0, 0]) + stream + form + frame,
            struct.pack("<BBBBHB", 7, 5, 0x81, 2, 512, 0),
        ]
        body = b"".join(parts)
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 2, 1, 0, 0x80, 250) + body

    def control(self, setup: Setup, data: bytes) -> bytes | None:
        """Chapter 9 of USB, and the requests of the class."""
        kind = setup.kind & 0x60
        if kind == 0x20:
            return self.of_class(setup)
        if kind != 0:
            return None
        if setup.request == GET_DESCRIPTOR:
            return self.descriptor(setup.value >> 8, setup.value & 0xFF)
        if setup.request == GET_STATUS:
            return bytes(2)
        if setup.request == CLEAR_FEATURE:
            self.looks += 1
        return b"" if setup.request in (SET_CONFIGURATION, SET_INTERFACE, CLEAR_FEATURE) else None

    def descriptor(self, kind: int, index: int) -> bytes | None:
        if kind == 1:
            return self.description
        if kind == 2:
            return self.configuration
        if kind == 3:
            text = struct.pack("<H", 0x0409) if index == 0 else STRINGS.get(index, "").encode("utf-16-le")
            return bytes([2 + len(text), 3]) + text
        return None

    def of_class(self, setup: Setup) -> bytes | None:
        """What is to be streamed; there is no choice."""
        selector, interface = setup.value >> 8, setup.index & 0xFF
        if interface == CONTROL:
            return b"\0" if selector == ERROR and setup.index >> 8 == 0 else None
        if selector not in (PROBE, COMMIT):
            return None
        if setup.request == SET_CUR:
            if selector == COMMIT:
                self.looks += 1
            return b""
        if setup.request == GET_INFO:
            return b"\3"
        if setup.request == GET_LENGTH:
            return struct.pack("<H", 26)
        return struct.pack("<HBBIHHHHHII", 1, 1, 1, round(1e7 / RATE), 0, 0, 0, 0, 0, self.largest, PAYLOAD)

    def wants(self, request: Request) -> None:
        self.waiting.put(request)

    def unplugged(self) -> None:
        self.looks += 1

    def film(self) -> None:
        """Picture after picture, from the first one for each who looks."""
        looks, number, start = -1, 0, 0.0
        for toggle in itertools.cycle((0, 1)):
            request = self.request()
            now = time.monotonic()
            if looks != self.looks:
                looks, number, start = self.looks, 0, now
            elif now > start + (number + 1) / RATE:
                # Nobody has asked for it in time: it is not filmed.
                number = math.ceil((now - start) * RATE)
            time.sleep(max(0.0, start + number / RATE - now))
            at = number % len(self.pictures) if LOOP else min(number, len(self.pictures) - 1)
            self.send(self.pictures[at], toggle, request)
            number += 1

    def request(self) -> Request:
        """The next one for which somebody still waits."""
        while True:
            request = self.waiting.get()
            if request.is_open():
                return request

    def send(self, picture: bytes, toggle: int, request: Request) -> None:
        """One picture as payloads, each with its header; as much as is asked for by whom it was begun for."""
        looks = self.looks
        parts = [picture[at : at + PAYLOAD - 2] for at in range(0, len(picture), PAYLOAD - 2)]
        for left, part in zip(reversed(range(len(parts))), parts, strict=True):
            ends = 0 if left else 2
            if looks != self.looks or not request.answer(bytes([2, 0x80 | toggle | ends]) + part):
                return
            if left:
                time.sleep(SHARE / RATE / len(parts))
                request = self.request()


class Socket:
    """Where it is plugged in; one machine at a time."""

    def __init__(self, device: Webcam, port: int) -> None:
        self.device, self.peer, self.is_free = device, None, True
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            peer, _ = self.listener.accept()
            if not self.is_free:
                peer.close()
                continue
            if self.peer:
                self.pull()
            self.peer = peer
            threading.Thread(target=Connection(peer, self.device).serve, daemon=True).start()

    def pull(self) -> None:
        with contextlib.suppress(OSError):
            self.peer.shutdown(socket.SHUT_RDWR)

    def obey(self, line: str) -> None:
        self.is_free = line == "plug"
        if line == "unplug" and self.peer:
            self.pull()


def main(folder: Path, port: int) -> None:
    """Films until standard input is closed."""
    pictures = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    plug = Socket(Webcam(pictures), port)
    print(plug.listener.getsockname()[1], flush=True)
    for line in sys.stdin:
        plug.obey(line.strip())
        print("done", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]))
