#!/usr/bin/python3
"""A camera for the tests: pictures of a folder as a live stream, around and around.

    server.py rtsp FOLDER [PORT [USER:PASSWORD [basic | digest]]]
                              rtsp://127.0.0.1:PORT/camera, JPEG over RTP, by GStreamer
    server.py http FOLDER [PORT [USER:PASSWORD [basic | digest]]]
                              http://127.0.0.1:PORT/camera, motion JPEG, by Python's own server

FOLDER holds 00000.jpg, 00001.jpg, ...; RATE of them (an environment variable; 20) are sent in a second. Without
PORT a free one is taken; it is printed on the first line. Ends when its standard input is closed. Until then
the RTSP server obeys its lines:

    slow MILLISECONDS         waits for so long before each picture; 0: as usual again
    garble SHARE              this share of a picture's bytes is replaced; 0: as usual again

With the environment variable LOOPS it adds a line to that file whenever it sends the first picture: the time, and
how often that one was sent to whoever is connected.
"""

import base64
import hashlib
import http.server
import itertools
import os
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

RATE = int(os.environ.get("RATE", "20"))
BOUNDARY = b"picture"


def serve_rtsp(folder: Path, port: int, login: str | None, method: str) -> None:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(port))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_launch(
        f'( multifilesrc location="{folder}/%05d.jpg" loop=true caps="image/jpeg,framerate={RATE}/1" '
        "! jpegdec ! videoconvert ! video/x-raw,format=I420 ! identity name=pace sync=true ! jpegenc "
        "! breakmydata name=garble probability=0 skip=700 ! rtpjpegpay name=pay0 pt=26 )"
    )
    faults = Faults(len(list(folder.glob("*.jpg"))), Gst.PadProbeType.BUFFER)
    factory.connect("media-configure", lambda _, media: faults.begin(media.get_element()))
    if login:
        require(server, factory, login, method)
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()
    # By the loop itself: one that is told to quit before it runs would run for ever.
    threading.Thread(target=lambda: (faults.obey(sys.stdin), GLib.idle_add(loop.quit)), daemon=True).start()
    loop.run()


class Faults:
    """What goes wrong with the stream, as it is told; and when the pictures begin anew."""

    # By a command: the element, its property, and what a number of the command is in it.
    COMMANDS: ClassVar = {
        "slow": ("pace", "sleep-time", lambda milliseconds: int(1000 * milliseconds)),
        "garble": ("garble", "probability", float),
    }

    def __init__(self, pictures: int, buffers: object) -> None:
        self.pictures, self.buffers, self.stream = pictures, buffers, None

    def begin(self, stream) -> None:
        """A new stream, for the first who connects after a while."""
        self.stream = stream
        if not (path := os.environ.get("LOOPS")):
            return
        sent = itertools.count()

        def note(*_: object) -> int:
            loop, picture = divmod(next(sent), self.pictures)
            if picture == 0:
                with open(path, "a") as file:
                    file.write(f"{time.time():.3f} {loop}\n")
            return 1  # Gst.PadProbeReturn.OK

        stream.get_by_name("pace").get_static_pad("src").add_probe(self.buffers, note)

    def obey(self, commands) -> None:
        for words in map(str.split, commands):
            element, name, of = self.COMMANDS[words[0]]
            if self.stream:
                self.stream.get_by_name(element).set_property(name, of(float(words[1])))


def require(server, factory, login: str, method: str) -> None:
    """Lets those in who know the password."""
    from gi.repository import GstRtsp
    from gi.repository import GstRtspServer as library

    user, password = login.split(":", 1)
    auth = library.RTSPAuth()
    token = library.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(library.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    role = library.RTSPPermissions()
    role.add_permission_for_role("viewer", "media.factory.access", True)
    role.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(role)


class Camera(http.server.BaseHTTPRequestHandler):
    """Answers each request with the stream, until the client leaves."""

    pictures: ClassVar[list[bytes]] = []
    login: ClassVar[str | None] = None
    method: ClassVar[str] = "basic"

    def is_let_in(self) -> bool:
        """Whether the request has the login, by RFC 7617 or 7616."""
        if self.login is None:
            return True
        kind, _, told = self.headers.get("Authorization", "").partition(" ")
        user, password = self.login.split(":", 1)
        if kind.lower() != self.method:
            return False
        if kind.lower() == "basic":
            return base64.b64decode(told).decode() == self.login
        told = urllib.request.parse_keqv_list(urllib.request.parse_http_list(told))
        once = md5(f"{user}:{told['realm']}:{password}"), md5(f"{self.command}:{told['uri']}")
        middle = [told["nonce"], *([told["nc"], told["cnonce"], told["qop"]] if "qop" in told else [])]
        return told["username"] == user and told["response"] == md5(":".join([once[0], *middle, once[1]]))

    def do_GET(self) -> None:
        if not self.is_let_in():
            self.send_response(401)
            more = ', nonce="a1b2c3", qop="auth", algorithm=MD5' if self.method == "digest" else ""
            self.send_header("WWW-Authenticate", f'{self.method.capitalize()} realm="camera"{more}')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
        self.end_headers()
        start = time.monotonic()
        try:
            for number, picture in enumerate(itertools.cycle(self.pictures)):
                time.sleep(max(0, start + number / RATE - time.monotonic()))
                head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                self.wfile.write(head % (BOUNDARY, len(picture)) + picture + b"\r\n")
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def serve_http(folder: Path, port: int, login: str | None, method: str) -> None:
    Camera.login, Camera.method = login, method
    Camera.pictures = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Camera)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    scheme, pictures, *rest = sys.argv[1:]
    {"rtsp": serve_rtsp, "http": serve_http}[scheme](
        Path(pictures),
        int(rest[0]) if rest else 0,
        rest[1] if len(rest) > 1 else None,
        rest[2] if len(rest) > 2 else "basic",
    )
