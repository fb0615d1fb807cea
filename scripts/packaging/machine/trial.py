#!/usr/bin/env python3
"""What the package does on a whole machine: see scripts/package --vm.

usage: trial.py FOLDER PICTURES VERSION

FOLDER has the machine's disk and kernel; the webcam films PICTURES. What holds is told on standard output.
"""

import base64
import json
import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from guest import HOST, Broken, Guest
from receiver import Receiver
from setting import ASK, CONFIG, CUTS, LEDGER, PICTURES, RATE, SECRET, SERVICE, SETTINGS, Webcam


def holds(text: str) -> None:
    """Tells what was shown."""
    print(f"  {text}", flush=True)


def expect(is_so: bool, text: str) -> None:
    """Ends where something does not hold."""
    if not is_so:
        raise Broken(text)


class Trial:
    """The steps, in order."""

    def __init__(self, folder: Path, pictures: Path, version: str) -> None:
        self.guest = Guest(folder, folder / "disk")
        self.pictures, self.version = pictures, version
        self.receiver = Receiver(SECRET)
        self.webcam: Webcam | None = None

    def plug(self, loop: bool) -> None:
        """Another webcam, in the place of the one that was there."""
        if self.webcam:
            self.webcam.away()
        self.webcam = Webcam(self.pictures, loop)
        self.guest.do(f"printf 'PORT={self.webcam.port}\nFROM={HOST}\n' >/etc/cable; systemctl restart cable")
        self.guest.until("test -c /dev/video0")

    def metric(self, name: str) -> float:
        """A figure of the service's; 0 where it does not answer yet."""
        lines = self.guest.run(ASK % "/metrics").text.splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"footfall_{name}")), 0.0)

    def frames(self, number: float, patience: float = 900) -> None:
        """Waits until so many frames were processed since the service has started."""
        until = time.monotonic() + patience
        while (seen := self.metric("frames_total")) < number:
            if time.monotonic() > until:
                log = self.guest.run("systemctl status footfall; journalctl -u footfall -n 40 --no-pager").text
                raise Broken(f"after {patience:.0f} s it has seen {seen:.0f} frames, not {number:.0f}:\n{log}")
            time.sleep(1)

    def shown(self, name: str) -> str:
        """A property of the unit's."""
        return self.guest.do(f"systemctl show footfall -p {name} --value").strip()

    def install(self) -> None:
        """As a user does, on a machine that is online no more."""
        guest = self.guest
        said = guest.do("cd /trial && DEBIAN_FRONTEND=noninteractive apt-get -q -y install ./footfall.deb")
        expect("footfall init" in said, f"installing does not say what to do:\n{said}")
        expect(self.version in guest.do("footfall --version"), "another version is installed")
        expect(guest.do("systemctl is-enabled footfall").strip() == "enabled", "the service is not enabled")
        guest.do("systemctl start footfall")
        expect(self.shown("ActiveState") == "inactive", "the service runs without a camera")
        log = guest.do("journalctl -u footfall --no-pager")
        expect("sudo footfall init" in log, f"the log does not say what to do:\n{log}")
        level = guest.do("systemd-analyze security footfall --no-pager | tail -n 1")
        holds(f"installed, enabled, waits for a configuration; {' '.join(level.split()[1:7])}")

    def set_up(self) -> None:
        """By init, at the webcam; then with a line that is known and a credential."""
        guest = self.guest
        self.plug(loop=False)
        expect("video" in guest.do("stat -c %G /dev/video0"), "/dev/video0 is not for the group video")
        said = guest.do("footfall init webcam=0 --seconds 5 2>&1")
        expect("systemctl" in said, f"init does not say how to start:\n{said}")
        expect(f'file = "{LEDGER}"' in guest.do(f"cat {CONFIG}"), "init puts the ledger elsewhere")
        expect("640 footfall" in guest.do(f"stat -c '%a %U' {CONFIG}"), "the configuration is not the service's")
        holds("footfall init has watched /dev/video0 and written the service's configuration")
        guest.do(f"mkdir -p -m 700 /etc/credstore; printf '%s' '{SECRET}' >/etc/credstore/webhook.secret")
        guest.do("chmod 600 /etc/credstore/webhook.secret")
        text = SETTINGS.format(place="0", more="")
        text += SERVICE.format(ledger=LEDGER, host=HOST, port=self.receiver.port)
        self.write(CONFIG, text)
        # An emulated processor needs minutes until the first frame. All else is as the package brings it.
        guest.do("mkdir -p /etc/systemd/system/footfall.service.d")
        self.write("/etc/systemd/system/footfall.service.d/slow.conf", "[Service]\nTimeoutStartSec=30min\n")
        guest.do("systemctl daemon-reload")

    def write(self, path: str, text: str) -> None:
        """A file that keeps its owner."""
        self.guest.do(f"echo {base64.b64encode(text.encode()).decode()} | base64 -d >{path}")

    def counts_at_the_webcam(self) -> None:
        """The service at /dev/video0 against the program over a file of the same pictures."""
        guest = self.guest
        guest.do("systemctl start footfall", 1800)
        frames = PICTURES
        until = time.monotonic() + 3 * frames / RATE + 600
        while (read := self.metric("frames_total") + self.metric("frames_dropped_total")) < frames:
            expect(time.monotonic() < until, f"only {read:.0f} frames of {frames} came from the webcam")
            time.sleep(2)
        dropped = self.metric("frames_dropped_total")
        guest.do("systemctl stop footfall")
        seen = [(row["direction"], row["frame"]) for row in self.ledger() if row["frame"] <= frames]
        settings = SETTINGS.format(place="/trial/clip.mjpeg", more=f"frame_rate = {RATE}")
        self.write("/trial/file.toml", settings)
        run = "footfall run --config /trial/file.toml --crossings /trial/file.jsonl"
        guest.do(f"cd /trial && {run} --max-frames {frames}", 3600)
        rows = [json.loads(line) for line in guest.do("cat /trial/file.jsonl").splitlines()]
        of_file = [(row["direction"], row["frame"]) for row in rows if "direction" in row]
        count = {way: (sum(w == way for w, _ in seen), sum(w == way for w, _ in of_file)) for way in ("in", "out")}
        holds(
            f"/dev/video0: {frames} pictures, {dropped:.0f} dropped; in {count['in'][0]}, out {count['out'][0]}; "
            f"the file: in {count['in'][1]}, out {count['out'][1]}"
        )
        expect(len(of_file) > 0, "nobody passes in the file")
        for way, (webcam, file) in count.items():
            expect(abs(webcam - file) <= dropped, f"{way}: {webcam} at the webcam, {file} in the file")

    def ledger(self) -> list[dict]:
        """Its crossings, by SQLite itself, from a copy; it has to be whole."""
        backup = f"footfall ledger backup /trial/copy.db --ledger {LEDGER}"
        self.guest.do(f"rm -f /trial/copy.db; footfall ledger check {LEDGER}; {backup}")
        with tempfile.NamedTemporaryFile() as file:
            file.write(base64.b64decode(self.guest.do("base64 -w0 /trial/copy.db")))
            file.flush()
            database = sqlite3.connect(file.name)
            database.row_factory = sqlite3.Row
            expect(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "SQLite says it is damaged")
            columns = "hex(identity) AS identity, direction, frame, run"
            sql = f"SELECT {columns} FROM event WHERE kind = 'crossing' ORDER BY seq"
            return [dict(row) for row in database.execute(sql)]

    def is_watched(self) -> None:
        """A program that hangs is ended and begun again."""
        guest = self.guest
        guest.do("systemctl start footfall", 1800)
        expect(self.shown("WatchdogUSec") not in ("0", "infinity"), "there is no watchdog")
        before = self.shown("MainPID")
        guest.do(f"kill -STOP {before}")
        guest.until(f"p=$(systemctl show footfall -p MainPID --value); test $p != 0 && test $p != {before}", 600)
        expect("watchdog" in guest.do("journalctl -u footfall --no-pager").lower(), "it was not the watchdog")
        self.frames(3)
        holds(f"hung, ended by the watchdog ({self.shown('WatchdogUSec')}), counting again")

    def says_nothing_else(self) -> None:
        """Whatever the program writes to the log is JSON: a library that complains shows."""
        lines = self.guest.do("journalctl -b _COMM=footfall -o cat --no-pager").splitlines()
        other = [line for line in lines if line and not line.startswith(("{", "error: no camera is set up yet"))]
        expect(bool(lines) and not other, "in the log, beside JSON:\n" + "\n".join(other[:5]))

    def has_its_secret(self) -> None:
        """The receiver was told with a signature, by the credential."""
        expect(self.receiver.wait_for(1, 300), "the receiver was told nothing")
        expect(self.receiver.refused == 0, "the receiver was told with a wrong signature")
        guest = self.guest
        secret = "/run/credentials/footfall.service/webhook.secret"
        expect(
            guest.run(f"setpriv --reuid=65534 --clear-groups cat {secret}").code != 0, "anybody reads the credential"
        )
        holds(f"{len(self.receiver.crossings)} crossings told, signed with a credential that nobody else reads")

    def is_unplugged(self) -> None:
        """The cable is pulled while it counts, and put back."""
        before = self.shown("MainPID")
        self.webcam.tell("unplug")
        self.guest.until("! test -e /dev/video0", 120)
        time.sleep(15)
        frames = self.metric("frames_total")
        self.webcam.tell("plug")
        self.guest.until("test -c /dev/video0", 120)
        self.frames(frames + 5)
        expect(self.shown("MainPID") == before, "it has started anew")
        holds(f"unplugged and back: {self.metric('reconnects_total'):.0f} reconnects, the same process")

    def reboots(self) -> None:
        """In order; it counts again by itself."""
        told = len(self.receiver.crossings)
        self.guest.reboot()
        self.frames(3, 1200)
        self.complete()
        holds(f"rebooted, counting again by itself; {told} crossings told before are all there")

    def complete(self) -> list[dict]:
        """Whatever was told is in the ledger."""
        told = {identity.replace("-", "").upper() for identity in list(self.receiver.crossings)}
        rows = self.ledger()
        missing = told - {row["identity"] for row in rows}
        expect(not missing, f"told, and not in the ledger: {sorted(missing)}")
        return rows

    def loses_power(self) -> None:
        """The emulator is killed while it counts, again and again."""
        chance = random.Random(1)
        for number in range(1, CUTS + 1):
            told = len(self.receiver.crossings)
            # At odd ones in the moment when somebody is told, else at any time.
            if number % 2:
                self.receiver.wait_for(told + 1, 240)
            else:
                time.sleep(chance.uniform(0, 20))
            self.guest.cut()
            self.guest.on()
            self.frames(2, 1200)
            rows = self.complete()
            holds(
                f"power cut {number}: the ledger whole with {len(rows)} crossings, of which "
                f"{len(self.receiver.crossings)} were told; counting again"
            )

    def run(self) -> None:
        """All of it."""
        try:
            self.guest.on()
            holds(f"a machine with {' '.join(self.guest.do('uname -sr; systemctl --version | head -n 1').split()[:4])}")
            self.install()
            self.set_up()
            self.counts_at_the_webcam()
            self.plug(loop=True)
            self.is_watched()
            self.has_its_secret()
            self.is_unplugged()
            self.reboots()
            self.loses_power()
            self.guest.do("systemctl stop footfall")
            self.complete()
            self.says_nothing_else()
        except Broken:
            print(self.guest.run("systemctl status footfall; journalctl -u footfall -n 40 --no-pager").text)
            raise
        finally:
            self.guest.cut()
            if self.webcam:
                self.webcam.process.kill()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        Trial(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]).run()
    except Broken as broken:
        sys.exit(f"broken: {broken}")
