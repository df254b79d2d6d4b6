"""A network that misbehaves on cue: a TCP proxy between a client and a server on this machine."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

HOST = "127.0.0.1"
_CHUNK = 4096
_TICK_S = 0.01


@dataclass
class Faults:
    """How bad the network is; may be changed at any time, from any thread.

    Attributes:
        delay_s: How long every piece takes, in each direction.
        bytes_per_s: How much goes through in each direction; ``None`` for all.
        silent: Pieces vanish, and nobody is told: a connection that is half open.
        refusing: New connections are closed at once.
    """

    delay_s: float = 0.0
    bytes_per_s: float | None = None
    silent: bool = False
    refusing: bool = False


class FaultProxy:
    """Passes bytes on, as well as ``faults`` let it.

    Attributes:
        port: Where clients connect to.
        faults: What is wrong now.
        accepted: How many connections there were.
        vanished: How many bytes were lost in silence.
    """

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.faults = Faults()
        self.accepted = self.vanished = 0
        self._server_port = server_port
        self._left: int | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready, self._over = threading.Event(), asyncio.Event()

    def __enter__(self) -> FaultProxy:  # noqa: PYI034 - Self came with Python 3.11
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def cut(self) -> None:
        """Cut every connection."""
        asyncio.run_coroutine_threadsafe(self._reset(), self._loop).result()

    def cut_after(self, size: int | None) -> None:
        """Let so many more bytes go to the server, then cut every connection, old and new.

        It happens in the middle of whatever is under way.

        Args:
            size: How many; ``None`` for any number.
        """
        # Only the proxy's own thread counts: nobody overwrites what was just said.
        self._loop.call_soon_threadsafe(setattr, self, "_left", size)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, HOST, self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        await self._reset()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.faults.refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._server_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        ways = (self._pass(reader, far_writer, outward=True), self._pass(far_reader, writer, outward=False))
        with suppress(asyncio.CancelledError):  # it is over
            await asyncio.gather(*ways)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, outward: bool
    ) -> None:
        """Pass on what comes one way; a delay holds up nobody behind it."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.ensure_future(self._deliver(under_way, writer, outward=outward))
        with suppress(OSError):
            while piece := await reader.read(_CHUNK):
                if self.faults.silent:
                    self.vanished += len(piece)
                else:
                    under_way.put_nowait((self._loop.time() + self.faults.delay_s, piece))
        under_way.put_nowait((self._loop.time() + self.faults.delay_s, b""))
        await delivering

    async def _deliver(
        self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, *, outward: bool
    ) -> None:
        with suppress(OSError):
            while True:
                due, piece = await under_way.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                if not piece:
                    while self.faults.silent:  # noqa: ASYNC110 - faults come from another thread
                        await asyncio.sleep(_TICK_S)
                    break
                if outward and self._left is not None:
                    left = self._left
                    writer.write(piece[:left])
                    self._left = max(0, left - len(piece))
                    if len(piece) >= left:
                        await writer.drain()
                        await self._reset()
                        return
                else:
                    writer.write(piece)
                await writer.drain()
                if self.faults.bytes_per_s:
                    await asyncio.sleep(len(piece) / self.faults.bytes_per_s)
        writer.close()

    async def _reset(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
