"""A USB device for a machine far away: USB over IP, as Linux's vhci-hcd speaks it, protocol 1.1.1.

The kernel's Documentation/usb/usbip_protocol.rst has the layout of the messages; all numbers are big-endian.
"""

import socket
import struct
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

VERSION = 0x0111
ATTACH, ATTACHED = 0x8003, 0x0003
SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
HIGH_SPEED = 3
STALL, GONE = -32, -104
"""-EPIPE: the device does not know the request; -ECONNRESET: the request was taken back."""


class Setup(NamedTuple):
    """A control request, as chapter 9 of USB 2.0 has it."""

    kind: int
    request: int
    value: int
    index: int
    length: int


class Device(Protocol):
    """What is plugged in."""

    description: bytes
    """Its device descriptor."""

    def control(self, setup: Setup, data: bytes) -> bytes | None:
        """Answers a control request; None where it knows none such."""
        ...

    def wants(self, request: "Request") -> None:
        """Takes a bulk request."""
        ...

    def unplugged(self) -> None:
        """Nobody asks any more."""
        ...


class Request(NamedTuple):
    """Somebody waits for bytes of the device."""

    answer: Callable[[bytes], bool]
    """Called once, from any thread, in the order of the requests; False: nobody waits any more."""
    is_open: Callable[[], bool]
    """Whether somebody still waits."""


class Connection:
    """The cable: one attached machine."""

    def __init__(self, peer: socket.socket, device: Device) -> None:
        self.peer, self.device = peer, device
        self.sending = threading.Lock()
        self.open: set[int] = set()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def serve(self) -> None:
        """Until the cable is pulled on either end."""
        try:
            if self.attach():
                while True:
                    self.step()
        except (OSError, EOFError):
            pass
        finally:
            self.device.unplugged()
            self.peer.close()

    def receive(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            part = self.peer.recv(length - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def attach(self) -> bool:
        """The machine asks for the device by its bus; there is one only."""
        _, code, _ = struct.unpack(">HHI", self.receive(8))
        if code != ATTACH:
            return False
        bus = self.receive(32)
        vendor, product, release = struct.unpack_from("<HHH", self.device.description, 8)
        kind = self.device.description[4:7]
        told = struct.pack(">256s32sIIIHHH", b"/sys/devices/camera", bus, 1, 2, HIGH_SPEED, vendor, product, release)
        self.peer.sendall(struct.pack(">HHI", VERSION, ATTACHED, 0) + told + kind + bytes([1, 1, 2]))
        return True

    def step(self) -> None:
        """One message of the machine."""
        head = self.receive(48)
        command, number, _, is_in, endpoint = struct.unpack_from(">5I", head)
        if command == UNLINK:
            (taken_back,) = struct.unpack_from(">I", head, 20)
            with self.sending:
                was_open = taken_back in self.open
                self.open.discard(taken_back)
                self.peer.sendall(struct.pack(">5Ii24x", UNLINKED, number, 0, 0, 0, GONE if was_open else 0))
            return
        length = struct.unpack_from(">I", head, 24)[0]
        data = b"" if is_in else self.receive(length)
        with self.sending:
            self.open.add(number)
        if endpoint:
            self.device.wants(Request(lambda part: self.answer(number, part), lambda: number in self.open))
            return
        setup = Setup(*struct.unpack_from("<BBHHH", head, 40))
        said = self.device.control(setup, data)
        if said is None:
            self.answer(number, b"", STALL)
        elif is_in:
            self.answer(number, said[: setup.length])
        else:
            self.answer(number, b"", told=length)

    def answer(self, number: int, data: bytes, status: int = 0, told: int | None = None) -> bool:
        """Sends what a request has brought, unless it was taken back meanwhile."""
        length = len(data) if told is None else told
        with self.sending:
            if number not in self.open:
                return False
            self.open.remove(number)
            try:
                self.peer.sendall(struct.pack(">5IiiIII8x", SUBMITTED, number, 0, 0, 0, status, length, 0, 0, 0) + data)
            except OSError:
                return False
        return True
