"""Who is told of crossings: a web address that keeps what it has taken."""

import hashlib
import hmac
import http.server
import json
import threading


class Receiver:
    """Listens on loopback, and takes what is signed with `secret`."""

    def __init__(self, secret: str) -> None:
        self.secret = secret.encode()
        self.crossings: dict[str, dict] = {}
        """By identity."""
        self.refused = 0
        self.news = threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_taken = outer.take(self.headers.get("Footfall-Signature", ""), body)
                self.send_response(204 if is_taken else 403)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def take(self, signature: str, body: bytes) -> bool:
        """Keeps what is signed: `t=SECONDS,v1=HEX`, HMAC-SHA256 of `SECONDS.BODY`."""
        parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
        signed = parts.get("t", "").encode() + b"." + body
        is_right = hmac.compare_digest(hmac.new(self.secret, signed, hashlib.sha256).hexdigest(), parts.get("v1", ""))
        with self.news:
            if is_right:
                for crossing in json.loads(body).get("crossings", []):
                    self.crossings[crossing["identity"]] = crossing
            else:
                self.refused += 1
            self.news.notify_all()
        return is_right

    def wait_for(self, number: int, patience: float) -> bool:
        """Until it has been told of so many crossings."""
        with self.news:
            return self.news.wait_for(lambda: len(self.crossings) >= number, patience)
