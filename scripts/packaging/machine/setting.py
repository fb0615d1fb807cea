"""What the machine is given: settings, and a webcam."""

import os
import subprocess
import sys
from pathlib import Path

RATE = float(os.environ.get("RATE", "0.25"))
"""Pictures a second: an emulated processor needs seconds for each, and a camera that sends nothing for ten is taken for
dead. What the program measures in seconds is stretched likewise: see SETTINGS."""
PICTURES = int(os.environ.get("PICTURES", "120"))
"""So many are counted by the webcam and from the file."""
CUTS = int(os.environ.get("CUTS", "10"))
SECRET = "between the two of us"
LEDGER = "/var/lib/footfall/webcam.db"
CONFIG = "/etc/footfall/footfall.toml"

ASK = r"""exec 3<>/dev/tcp/127.0.0.1/8080 &&
printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n' >&3 && cat <&3"""

SETTINGS = """
[detector]
input_size = "128x160" # half of the work

[tracker.best]
max_age = 15.0

[counter]
max_gap = 20.0
smoothing = 3.0

[[source]]
name = "webcam"
url = "{place}"
{more}
[[source.line]]
name = "door"
from = [384, 576]
to = [384, 0]
"""

SERVICE = """
[ledger]
file = "{ledger}"

[serve]
address = "127.0.0.1:8080"

[[publish.webhook]]
name = "office"
url = "http://{host}:{port}/"
secret = {{ file = "/run/credentials/footfall.service/webhook.secret" }}
"""


class Webcam:
    """scripts/packaging/machine/webcam.py, beside the machine."""

    def __init__(self, pictures: Path, loop: bool) -> None:
        environment = {**os.environ, "RATE": str(RATE), "LOOP": "1" if loop else "0"}
        command = [sys.executable, "-u", str(Path(__file__).with_name("webcam.py")), str(pictures), "0"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=environment, text=True, **pipes)
        self.port = int(self.process.stdout.readline())

    def tell(self, word: str) -> None:
        """plug or unplug."""
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def away(self) -> None:
        """For good."""
        self.process.stdin.close()
        self.process.wait()
