"""A virtual machine: QEMU, and the agent of QEMU's that runs commands in it."""

import base64
import json
import os
import platform
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

HOST = "10.0.2.2"
"""By this address the guest finds what listens on loopback here."""

CONSOLE = "ttyS0" if platform.machine() == "x86_64" else "ttyAMA0"


class Said(NamedTuple):
    """What a command has said and how it has ended."""

    code: int
    text: str


class Broken(Exception):
    """Something does not hold."""


class Guest:
    """One machine with a disk, which stays when it is off."""

    def __init__(self, folder: Path, disk: Path) -> None:
        self.folder, self.disk = folder, disk
        self.process: subprocess.Popen | None = None
        self.peer: socket.socket | None = None
        self.lines = b""
        self.speed: list[str] | None = None

    def accelerator(self) -> list[str]:
        """The processor itself, where it runs this kernel; else one that is emulated. (Some hosts within hosts have
        /dev/kvm, and boot no ordinary kernel by it.)"""
        if self.speed is None:
            fast = ["-accel", "kvm", "-cpu", "host"]
            is_fast = os.access("/dev/kvm", os.R_OK | os.W_OK) and self.boots(fast)
            # Wide vectors are emulated number by number, and slowly: a frame takes seven times as long with them.
            plain = "Nehalem" if platform.machine() == "x86_64" else "max"
            self.speed = fast if is_fast else ["-accel", "tcg,thread=multi", "-cpu", plain]
        return self.speed

    def boots(self, speed: list[str]) -> bool:
        """Whether the kernel says a word within half a minute."""
        command = [*self.machine(speed), "-append", f"console={CONSOLE} panic=-1", "-serial", "stdio", "-no-reboot"]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as qemu:
            timer = threading.Timer(30, qemu.kill)
            timer.start()
            said = any(b"Linux version" in line for line in qemu.stdout)
            timer.cancel()
            qemu.kill()
        return said

    def machine(self, speed: list[str]) -> list[str]:
        """The command for the processor, memory and kernel."""
        board = [] if platform.machine() == "x86_64" else ["-machine", "virt"]
        return [
            *(f"qemu-system-{platform.machine()}", *board, *speed, "-smp", "2", "-m", "2048"),
            *("-display", "none", "-monitor", "none"),
            *("-kernel", str(self.folder / "kernel"), "-initrd", str(self.folder / "initrd")),
        ]

    def on(self) -> None:
        """Starts it; boots from the kernel beside the disk."""
        agent = self.folder / "agent"
        agent.unlink(missing_ok=True)
        command = [
            *self.machine(self.accelerator()),
            *("-append", f"root=/dev/vda rw console={CONSOLE} panic=-1"),
            *("-serial", f"file:{self.folder / 'console.log'}"),
            *("-drive", f"file={self.disk},format=raw,if=virtio,cache=writeback"),
            *("-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"),
            *("-device", "virtio-serial-pci", "-chardev", f"socket,id=agent,path={agent},server=on,wait=off"),
            *("-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"),
        ]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.connect(agent)

    def connect(self, agent: Path, patience: float = 600) -> None:
        """Waits until the agent answers."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise Broken(f"QEMU has ended with {self.process.returncode}")
            try:
                if self.peer:
                    self.peer.close()
                self.peer, self.lines = socket.socket(socket.AF_UNIX), b""
                self.peer.settimeout(2)
                self.peer.connect(str(agent))
                self.ask("guest-sync", {"id": time.monotonic_ns() % 2**31})
                self.peer.settimeout(60)
                return
            except OSError:
                time.sleep(0.5)
        raise Broken(f"the machine does not answer after {patience:.0f} s: {self.folder / 'console.log'}")

    def ask(self, command: str, arguments: dict) -> object:
        """One request to the agent."""
        self.peer.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            while b"\n" not in self.lines:
                part = self.peer.recv(1 << 20)
                if not part:
                    raise ConnectionError("the agent is away")
                self.lines += part
            line, _, self.lines = self.lines.partition(b"\n")
            answer = json.loads(line.lstrip(b"\xff") or b"{}")
            if command == "guest-sync" and answer.get("return") != arguments["id"]:
                continue
            if "error" in answer:
                raise Broken(f"{command}: {answer['error']['desc']}")
            return answer.get("return")

    def run(self, script: str, patience: float = 600) -> Said:
        """Runs a shell script as root, until it has ended."""
        begun = self.ask("guest-exec", {"path": "/bin/bash", "arg": ["-c", script], "capture-output": True})
        until = time.monotonic() + patience
        while time.monotonic() < until:
            told = self.ask("guest-exec-status", {"pid": begun["pid"]})
            if told["exited"]:
                parts = [base64.b64decode(told.get(name, "")) for name in ("out-data", "err-data")]
                return Said(told.get("exitcode", -1), b"".join(parts).decode(errors="replace"))
            time.sleep(0.2)
        raise Broken(f"after {patience:.0f} s this has not ended: {script}")

    def do(self, script: str, patience: float = 600) -> str:
        """The same, where it has to succeed."""
        said = self.run(script, patience)
        if said.code:
            raise Broken(f"{script!r} has ended with {said.code}:\n{said.text}")
        return said.text

    def until(self, script: str, patience: float = 300) -> str:
        """Runs a script again and again, until it succeeds."""
        until = time.monotonic() + patience
        while (said := self.run(script)).code:
            if time.monotonic() > until:
                raise Broken(f"after {patience:.0f} s {script!r} says:\n{said.text}")
            time.sleep(1)
        return said.text

    def reboot(self) -> None:
        """In order, as `systemctl reboot` does it."""
        before = self.do("cat /proc/sys/kernel/random/boot_id")
        self.run("systemctl --no-block reboot")
        until = time.monotonic() + 600
        while time.monotonic() < until:
            try:
                self.connect(self.folder / "agent")
                if self.do("cat /proc/sys/kernel/random/boot_id") != before:
                    return
            except OSError:
                pass
            time.sleep(1)
        raise Broken("the machine does not come back from a reboot")

    def cut(self) -> None:
        """The power goes, in the middle of whatever it does."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
