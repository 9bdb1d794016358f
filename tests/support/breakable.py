"""A way to a server that can be cut, as when the server dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Way:
    """Forwards to a Valkey; `url` leads through it, `cut` ends it at once for everybody."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"valkey://:{self._target.password or ''}@127.0.0.1:{port}/0"

    async def cut(self) -> None:
        """Refuse new connections, and end those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.close()
        self._open.clear()
        await asyncio.sleep(0)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._target.scheme == "unix":
            back, there = await asyncio.open_unix_connection(self._target.path)
        else:
            back, there = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._open |= {writer, there}
        with suppress(asyncio.CancelledError):
            await asyncio.gather(_pump(reader, there), _pump(back, writer))


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    target.close()


@asynccontextmanager
async def breakable(target: str) -> AsyncIterator[Way]:
    """Open a way to the Valkey at this URL for as long as the block runs."""
    way = Way(target)
    await way.start()
    try:
        yield way
    finally:
        await way.cut()
