"""Roads to a server that can be cut, blocked and slowed: on loopback, one for each who goes there."""

import asyncio
import contextlib
import threading
from enum import Enum


class Traffic(Enum):
    """How it goes on a road."""

    FREE = "free"
    CUT = "cut"
    """Connections are broken off, and nobody gets in."""
    BLOCKED = "blocked"
    """Nothing arrives any more, and nobody is told."""
    SLOW = "slowed"
    """So many bytes a second, each late."""


BYTES = 4096
PAUSE = 0.4
"""Seconds for so many bytes where it is slow."""


class Road:
    """A port that leads to another."""

    def __init__(self, roads: "Roads", target: int):
        self.roads, self.target, self.traffic = roads, target, Traffic.FREE
        self.changed = asyncio.Event()
        self.open: set[asyncio.StreamWriter] = set()
        self.port = 0

    def set(self, traffic: Traffic) -> None:
        """From another thread."""
        asyncio.run_coroutine_threadsafe(self.become(traffic), self.roads.loop).result()

    async def become(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.changed.set()
        self.changed = asyncio.Event()
        if traffic is Traffic.CUT:
            for writer in self.open:
                writer.transport.abort()

    async def come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            if self.traffic is Traffic.CUT:
                return
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
            self.open.add(back)
            try:
                pumps = [asyncio.create_task(self.pump(*way)) for way in ((reader, back), (there, writer))]
                # Whichever end hangs up, both do.
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                for pump in pumps:
                    pump.cancel()
            finally:
                self.open.discard(back)
                back.transport.abort()
        except OSError:
            pass
        finally:
            self.open.discard(writer)
            writer.transport.abort()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(BYTES if self.traffic is Traffic.SLOW else 1 << 16):
                if self.traffic is Traffic.SLOW:
                    await asyncio.sleep(PAUSE)
                while self.traffic is Traffic.BLOCKED:
                    await self.changed.wait()
                writer.write(data)
                await writer.drain()


class Roads:
    """All roads, in a thread of their own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def build(self, target: int) -> Road:
        """A road to this port."""
        road = Road(self, target)

        async def listen() -> int:
            server = await asyncio.start_server(road.come, "127.0.0.1", 0)
            return server.sockets[0].getsockname()[1]

        road.port = asyncio.run_coroutine_threadsafe(listen(), self.loop).result()
        return road
