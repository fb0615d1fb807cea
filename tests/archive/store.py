"""An object store that speaks as much of S3 as a worker asks for: it lists a bucket, and gives ranges of an object.

Usage: store.py FOLDER. It says its port on stdout. Every range is refused once, as by a store that has too much to do,
and cut short the next time. Files below FOLDER/BUCKET are its objects; their entity tags are those of their content.
"""

import hashlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

ROOT = Path(sys.argv[1])
ASKED: dict[tuple[str, int], int] = {}
"""How often a range of an object was asked for, by where it ends: a client may go on from where it was cut short."""


def tag(path: Path) -> str:
    return '"' + hashlib.md5(path.read_bytes()).hexdigest() + '"'


class Store(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None, short: int = 0) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) - short])
        if short:
            self.close_connection = True

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        words = parse_qs(place.query)
        if "list-type" in words:
            return self.list(ROOT / unquote(place.path).strip("/"), words.get("prefix", [""])[0])
        path = ROOT / unquote(place.path).lstrip("/")
        if not path.is_file():
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        if self.headers.get("If-Match") not in (None, tag(path)):
            return self.answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        whole, asked = path.read_bytes(), self.headers["Range"]
        first, last = (int(number) for number in asked.removeprefix("bytes=").split("-"))
        part = whole[first : last + 1]
        times = ASKED[path.name, last] = ASKED.get((path.name, last), 0) + 1
        if times == 1:
            return self.answer(503, b"<Error><Code>SlowDown</Code></Error>")
        headers = {
            "ETag": tag(path),
            "Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(whole)}",
            "Last-Modified": "Sun, 29 Mar 2026 10:00:00 GMT",
        }
        return self.answer(206, part, headers, short=len(part) // 2 if times == 2 else 0)

    def list(self, bucket: Path, prefix: str) -> None:
        rows = [
            f"<Contents><Key>{escape(str(path.relative_to(bucket)))}</Key>"
            f"<LastModified>2026-03-29T10:00:00.000Z</LastModified><ETag>{escape(tag(path))}</ETag>"
            f"<Size>{path.stat().st_size}</Size></Contents>"
            for path in sorted(bucket.rglob("*"))
            if path.is_file() and str(path.relative_to(bucket)).startswith(prefix)
        ]
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(rows)}</ListBucketResult>"
        self.answer(200, text.encode(), {"Content-Type": "application/xml"})


server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
print(server.server_port, flush=True)
server.serve_forever()
