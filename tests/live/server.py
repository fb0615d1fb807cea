#!/usr/bin/python3
"""A camera for the tests: pictures of a folder as a live stream, around and around.

    server.py rtsp FOLDER     rtsp://127.0.0.1:PORT/camera, JPEG over RTP, by GStreamer
    server.py http FOLDER     http://127.0.0.1:PORT/camera, motion JPEG, by Python's own server

FOLDER holds 00000.jpg, 00001.jpg, ...; RATE of them are sent in a second. The port is free and printed
on the first line. Ends when its standard input is closed.
"""

import http.server
import itertools
import sys
import threading
import time
from pathlib import Path

RATE = 20
BOUNDARY = b"picture"


def serve_rtsp(folder: Path) -> None:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_launch(
        f'( multifilesrc location="{folder}/%05d.jpg" loop=true caps="image/jpeg,framerate={RATE}/1" '
        "! jpegdec ! videoconvert ! video/x-raw,format=I420 ! identity sync=true ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"
    )
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()
    threading.Thread(
        target=lambda: (sys.stdin.read(), loop.quit()), daemon=True
    ).start()
    loop.run()


class Camera(http.server.BaseHTTPRequestHandler):
    """Answers each request with the stream, until the client leaves."""

    pictures: list[bytes] = []

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header(
            "Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}"
        )
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


def serve_http(folder: Path) -> None:
    Camera.pictures = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    {"rtsp": serve_rtsp, "http": serve_http}[sys.argv[1]](Path(sys.argv[2]))
