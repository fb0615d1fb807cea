"""A connection to nats-server as a shop has it: signed in by its key, and told what the stream keeps."""

import asyncio
import base64
import json
from itertools import count

from nacl.signing import SigningKey

PATIENCE = 15
"""Seconds that an answer is waited for, as shops do."""


class Refused(Exception):
    """The server does not take something."""


def key_of(seed: str) -> tuple[str, SigningKey]:
    """The public key, in NATS's letters, and the key to sign with, of a seed as `footfall office enrol` writes it."""
    raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
    # Two letters' worth of what it is for, the seed, and a checksum.
    kind = (raw[0] & 7) << 5 | raw[1] >> 3
    key = SigningKey(raw[2:34])
    public = bytes([kind]) + key.verify_key.encode()
    return base64.b32encode(public + crc16(public).to_bytes(2, "little")).decode().rstrip("="), key


def new_key() -> tuple[str, str]:
    """A seed for a shop, and its public key."""
    key = SigningKey.generate()
    # A seed (S) of a user's (U).
    body = bytes([(18 << 3) | (20 << 3) >> 5, (20 << 3 & 31) << 3]) + key.encode()
    seed = base64.b32encode(body + crc16(body).to_bytes(2, "little")).decode().rstrip("=")
    return seed, key_of(seed)[0]


def crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


class Link:
    """A connection. It is never taken up again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str):
        self.reader, self.writer = reader, writer
        self.inbox, self.numbers = f"_INBOX_{name}.{id(self):x}", count(1)
        self.waiting: dict[str, asyncio.Future[bytes]] = {}
        self.listening: asyncio.Task[None] | None = None

    @classmethod
    async def reach(cls, port: int, seed: str, name: str) -> "Link":
        """As the shop called `name`, or as `office`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        info = json.loads((await reader.readline()).removeprefix(b"INFO "))
        public, key = key_of(seed)
        signature = base64.urlsafe_b64encode(key.sign(info["nonce"].encode()).signature).decode().rstrip("=")
        words = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, "protocol": 1}
        words |= {"lang": "python", "version": "1", "nkey": public, "sig": signature, "name": name}
        link = cls(reader, writer, name)
        writer.write(f"CONNECT {json.dumps(words)}\r\nSUB {link.inbox}.* 1\r\nPING\r\n".encode())
        if (said := await reader.readline()) != b"PONG\r\n":
            raise Refused(said.decode().strip())
        link.listening = asyncio.create_task(link.listen())
        return link

    async def listen(self) -> None:
        error: Exception = ConnectionError("the server has hung up")
        try:
            while line := await self.reader.readline():
                words = line.split()
                match words[0]:
                    case b"PING":
                        self.writer.write(b"PONG\r\n")
                    case b"MSG" | b"HMSG":
                        body = await self.reader.readexactly(int(words[-1]) + 2)
                        head = int(words[-2]) if words[0] == b"HMSG" else 0
                        self.hear(words[1].decode(), body[:head], body[head:-2])
                    case b"-ERR":
                        error = Refused(line.decode().strip())
                        if b"permissions" not in line.lower():
                            break
        except (OSError, asyncio.IncompleteReadError) as lost:
            error = lost
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(error)

    def hear(self, subject: str, head: bytes, body: bytes) -> None:
        answer = self.waiting.pop(subject, None)
        if answer is None or answer.done():
            return
        if b" 503" in head:
            answer.set_exception(Refused("nobody listens there"))
        else:
            answer.set_result(body)

    async def ask(self, subject: str, payload: bytes = b"", head: bytes = b"") -> dict:
        """Publishes, and waits for the answer."""
        reply = f"{self.inbox}.{next(self.numbers)}"
        self.waiting[reply] = asyncio.get_running_loop().create_future()
        if head:
            head = b"NATS/1.0\r\n" + head + b"\r\n"
            line = f"HPUB {subject} {reply} {len(head)} {len(head) + len(payload)}\r\n"
        else:
            line = f"PUB {subject} {reply} {len(payload)}\r\n"
        self.writer.write(line.encode() + head + payload + b"\r\n")
        try:
            answer = json.loads(await asyncio.wait_for(self.waiting[reply], PATIENCE))
        finally:
            self.waiting.pop(reply, None)
        if "error" in answer:
            raise Refused(answer["error"]["description"])
        return answer

    async def keep(self, subject: str, name: str, payload: bytes) -> int:
        """Has the stream keep a message under this name; its place there."""
        head = f"Nats-Msg-Id: {name}\r\nNats-Expected-Stream: OFFICE\r\n".encode()
        return (await self.ask(subject, payload, head))["seq"]

    def tell(self, subject: str, payload: bytes) -> None:
        """Publishes what nobody keeps."""
        self.writer.write(f"PUB {subject} {len(payload)}\r\n".encode() + payload + b"\r\n")

    async def leave(self) -> None:
        if self.listening:
            self.listening.cancel()
        self.writer.close()
