"""A service that takes alerts over a real socket, and what it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Listener:
    """Takes `json://` messages; `status` is what it answers with."""

    port: int = 0
    status: int = 200
    messages: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0

    @property
    def url(self) -> str:
        return f"json://operator:s3cr3tpass@127.0.0.1:{self.port}/alerts"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length")
        )
        body = json.loads(await reader.readexactly(length))
        self.asked += 1
        if self.status == 200:
            self.messages.append(body)
        writer.write(
            f"HTTP/1.1 {self.status} Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.answer, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    async with server:
        yield listener
