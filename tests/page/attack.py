"""Attacks the page and the interface of a run while it counts, and looks whether that changed anything.

usage: attack.py FOOTFALL CLIP FRAMES

Counts FRAMES of the clip twice: undisturbed, and with strangers at the page, each kind at a loopback address of
its own, as each would be in a network. Prints what they got as JSON; an answer that lets somebody in, a server that
is down, and another count are failures.
"""

import concurrent.futures
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

PATIENCE = 2  # seconds, of the server with clients that are slow
LONGEST = 60  # seconds that anything here is waited for
LINE = "door:384,576,384,0"
PATHS = ["/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/\\..\\..\\x",
         "/.git/config", "/style.css/../../Cargo.toml", "/%00", "/style.css%00.html", "/api/v1/sources/..%2f../lines",
         "/api/v1/../../etc/passwd", "/api/v1/sources/%ff/lines"]  # fmt: skip
POST = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
GET = b"GET /api/v1/today HTTP/1.1\r\nHost: localhost\r\n"
MALFORMED = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"\x00" * 4096,
    GET + b"X: " + b"x" * (1 << 20) + b"\r\n\r\n",
    GET + b"A: b\r\n" * 10_000 + b"\r\n",
    GET + b"Authorization: \xff\xfe\r\n\r\n",
    # A second request inside of what may be the first one's body.
    POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET + b"\r\n",
    POST + b"Content-Length: 4\r\nContent-Length: 9\r\n\r\n{}",
    POST + b"Content-Length: 65536\r\n\r\n" + b"[" * 65536,
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
]


class Stranger:
    """Whoever comes from one address."""

    def __init__(self, server: tuple[str, int], address: str) -> None:
        self.server, self.address = server, address

    def connect(self) -> socket.socket:
        return socket.create_connection(self.server, timeout=LONGEST, source_address=(self.address, 0))

    def send(self, *pieces: bytes) -> str:
        """The status that comes back; `closed` where nothing does."""
        answer = b""
        try:
            with self.connect() as stream:
                for piece in pieces:
                    stream.sendall(piece)
                while len(answer) < 1 << 16 and (data := stream.recv(1 << 14)):
                    answer += data
        except OSError:
            pass
        if b"root:" in answer:
            raise SystemExit(f"a file of the machine came out: {answer[:500]!r}")
        found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
        return found[1].decode() if found else "closed"

    def get(self, path: str, *headers: str) -> str:
        head = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers])
        return self.send(f"{head}\r\n\r\n".encode())


def traverse(stranger: Stranger, _: str) -> Counter:
    return Counter(stranger.get(path) for path in PATHS)


def malform(stranger: Stranger, _: str) -> Counter:
    return Counter(stranger.send(request) for request in MALFORMED)


def guess(stranger: Stranger, _: str) -> Counter:
    return Counter(stranger.get("/api/v1/today", f"Authorization: Bearer {n:064x}") for n in range(200))


def overfill(stranger: Stranger, token: str) -> Counter:
    """Bodies far over the limit, with and without their length, from somebody who may send some."""
    head = f"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    head += "Content-Type: application/json\r\n"
    body = b"[" * (1 << 20)
    long = [f"{head}Content-Length: 10000000000\r\n\r\n".encode(), *[body] * 16]
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    chunked = [f"{head}Transfer-Encoding: chunked\r\n\r\n".encode(), *[chunk] * 16]
    return Counter(stranger.send(*pieces) for pieces in (long, chunked))


def trickle(stranger: Stranger, _: str) -> Counter:
    """Requests that never become complete; the server is to end each of them."""
    streams = [stranger.connect() for _ in range(60)]
    for stream in streams:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: loc")
    return Counter("ended" if has_ended(stream) else "held" for stream in streams)


def ignore(stranger: Stranger, token: str) -> Counter:
    """Viewers that take no picture after the first bytes; the server is to drop each of them."""
    streams = []
    for _ in range(40):
        stream = stranger.connect()
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = (
            f"GET /api/v1/sources/vtest-avi/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
        stream.sendall(head.encode())
        streams.append(stream)
    found = Counter(stream.recv(12).decode()[9:] or "closed" for stream in streams)
    time.sleep(2 * PATIENCE)
    for stream in streams:
        stream.close()
    return found


def crowd_in(stranger: Stranger, _: str) -> Counter:
    """More connections than one address may have: those over its share are hung up on."""
    streams = [stranger.connect() for _ in range(300)]
    for stream in streams:
        stream.settimeout(0.05)
    return Counter("let in" if is_open(stream) else "hung up on" for stream in streams)


def has_ended(stream: socket.socket) -> bool:
    """Whether the server closes it, with an answer or without, before the end of all patience."""
    try:
        while stream.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def is_open(stream: socket.socket) -> bool:
    try:
        return bool(stream.recv(1))
    except TimeoutError:
        return True
    except OSError:
        return False


def refuse(kind: str, found: Counter, allowed: set[str]) -> dict:
    """What they got, if it is nothing but what is allowed."""
    if extra := set(found) - allowed:
        raise SystemExit(f"{kind}: {extra} in {dict(found)}")
    return dict(sorted(found.items()))


KINDS = [
    ("paths out of the page", traverse, {"400", "401", "404"}),
    ("malformed requests", malform, {"400", "401", "408", "411", "413", "415", "422", "431", "505", "closed"}),
    ("wrong tokens", guess, {"401", "429"}),
    ("bodies over the limit", overfill, {"413", "closed"}),
    ("requests that trickle", trickle, {"ended"}),
    ("viewers that take nothing", ignore, {"200", "503"}),
    ("connections over the share", crowd_in, {"let in", "hung up on"}),
]


def token_of(footfall: str) -> tuple[str, str]:
    """A token that may read, and what the configuration keeps of it."""
    made = subprocess.run([footfall, "token", "wall"], capture_output=True, text=True, check=True)
    entry = made.stderr[made.stderr.index("[[serve.token]]") :].split("\n\n")[0]
    return made.stdout.strip(), entry


def ask(url: str, token: str, path: str) -> str:
    request = urllib.request.Request(f"{url}{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=LONGEST) as answer:
        return answer.read().decode()


def attack(url: str, token: str) -> dict:
    """All kinds at once, beside somebody who may look and goes on looking."""
    host, port = url.removeprefix("http://").split(":")
    found, asked = {}, 0
    with concurrent.futures.ThreadPoolExecutor(len(KINDS)) as pool:
        run = lambda number, kind: kind(Stranger((host, int(port)), f"127.0.0.{number + 2}"), token)  # noqa: E731
        working = {name: pool.submit(run, number, kind) for number, (name, kind, _) in enumerate(KINDS)}
        while not all(work.done() for work in working.values()):
            json.loads(ask(url, token, "/api/v1/today"))
            asked += 1
            time.sleep(0.1)
        for name, _, allowed in KINDS:
            found[name] = refuse(name, working[name].result(), allowed)
    found["answers to somebody who may look, meanwhile"] = {"200": asked}
    return found


def count(footfall: str, clip: str, frames: str, crossings: Path, config: Path | None, token: str) -> dict:
    command = [footfall, "run", clip, "--no-embedder", "--max-frames", frames, "--line", LINE]
    command += ["--crossings", str(crossings)]
    if config is None:
        subprocess.run(command, check=True, capture_output=True)
        return {}
    process = subprocess.Popen([*command, "--config", config, "--serve"], stderr=subprocess.PIPE, text=True)
    try:
        url = next(line.split()[-1].rstrip("/") for line in process.stderr if line.startswith("the page is at"))
        found = attack(url, token)
        next(line for line in process.stderr if line.startswith("the page stays at"))
        end = time.monotonic() + LONGEST
        while not re.search(r"^footfall_viewers(\{\})? 0", ask(url, token, "/metrics"), re.MULTILINE):
            if time.monotonic() > end:
                raise SystemExit("viewers that take nothing were not dropped")
            time.sleep(0.2)
        status = Path(f"/proc/{process.pid}/status").read_text()
        found["most memory, MB"] = round(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e6)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    if process.returncode:
        raise SystemExit(f"footfall ended with status {process.returncode}")
    return found


def main() -> None:
    footfall, clip, frames = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token, entry = token_of(footfall)
        config = folder / "serve.toml"
        limits = f"[serve.limits]\npatience = {PATIENCE}.0\n"
        config.write_text(f'[serve]\naddress = "127.0.0.1:0"\n{limits}{entry}\n')
        count(footfall, clip, frames, folder / "alone.jsonl", None, token)
        found = count(footfall, clip, frames, folder / "attacked.jsonl", config, token)
        alone, attacked = (Path(folder, f"{name}.jsonl").read_text() for name in ("alone", "attacked"))
        if alone != attacked or not alone:
            raise SystemExit("the attack changed what was counted")
        found["crossings, as without strangers"] = alone.count("\n")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
