"""A socket that speaks HTTP/1.1, and over TLS HTTP/2 too; it can be closed and opened again on the same port."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import cast

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework

from zusage.sandbox.calcom._authority import TlsFiles

_STREAMS = 256
_FOR_GOOD = 10**9


# Hypercorn's own `serve` can neither give its socket up for a while nor break one connection.
class Listener:
    """Serves an ASGI application. Port 0 takes any, and keeps it over closing and opening."""

    def __init__(self, app: object, host: str, port: int, tls: TlsFiles | None = None) -> None:
        self._app = ASGIWrapper(cast("ASGIFramework", app))
        self._host = host
        self.port = port
        self._tls = _context(tls) if tls else None
        self._config = _config()
        self._worker = WorkerContext(None)
        self._server: asyncio.Server | None = None
        self._connections: dict[tuple[str, int], asyncio.StreamWriter] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    async def open(self) -> None:
        """Take connections.

        :raises OSError: the port is taken."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._serve, self._host, self.port, ssl=self._tls, backlog=512
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Take no connections any more, and break those that are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for client in list(self._connections):
            self.drop(client)

    async def close(self) -> None:
        """End for good."""
        await self.refuse()
        await self._worker.terminated.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drop(self, client: tuple[str, int]) -> bool:
        """Break a client's connection without a word; False when it is none of ours."""
        writer = self._connections.pop(client, None)
        if writer is not None:
            writer.transport.abort()
        return writer is not None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        peer = writer.get_extra_info("peername")
        client = (str(peer[0]), int(peer[1])) if peer else ("", 0)
        self._connections[client] = writer
        loop = asyncio.get_running_loop()
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await TCPServer(self._app, loop, self._config, self._worker, {}, reader, writer)
        finally:
            self._tasks.discard(task)
            if self._connections.get(client) is writer:
                del self._connections[client]


def _config() -> Config:
    config = Config()
    config.keep_alive_timeout = 600
    config.keep_alive_max_requests = _FOR_GOOD
    config.h2_max_concurrent_streams = _STREAMS
    config.include_server_header = False
    return config


def _context(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context
