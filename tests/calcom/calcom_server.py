"""A small Cal.com over real sockets: answers what a test scripts, and keeps what came in."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import h2.events
import h11
from h2.config import H2Configuration
from h2.connection import H2Connection

from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.classifier import is_breakdown
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool, PoolSettings
from zusage.adapters.calcom.shared import LocalBucket, LocalStates
from zusage.app.mirror.ports import CalendarAccess

COMPANY = UUID("019a0000-0000-7000-8000-000000000001")
OTHER = UUID("019a0000-0000-7000-8000-000000000002")


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Reply:
    """What to answer. `data` goes into the envelope; `raw` is sent as it is; `drop` closes the connection instead."""

    status: int = 200
    data: Any = None
    raw: Any = None
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False

    def content(self) -> bytes:
        if self.raw is not None:
            return self.raw if isinstance(self.raw, bytes) else json.dumps(self.raw).encode()
        return json.dumps({"status": "success", "data": self.data} | self.more).encode()


Script = Callable[[Received], Awaitable[Reply]]


@dataclass
class FakeCalcom:
    base_url: str = ""
    script: Script | None = None
    replies: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def asked(self) -> list[Received]:
        """What came in, without the requests that only keep a connection warm."""
        return [each for each in self.received if each.path != "/v2/health"]

    def access(
        self, company: UUID = COMPANY, key: str = "cal_test_1", per_minute: int = 6000
    ) -> CalendarAccess:
        return CalendarAccess(company, self.base_url, key, per_minute)

    async def answer(self, got: Received) -> Reply:
        self.received.append(got)
        if got.path == "/v2/health":
            return Reply(raw=b"OK")
        if self.script is not None:
            return await self.script(got)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends."""
        self.connections += 1
        self.writers.append(writer)
        tls = writer.get_extra_info("ssl_object")
        speaks_h2 = tls is not None and tls.selected_alpn_protocol() == "h2"
        try:
            await (_speak_http2 if speaks_h2 else _speak_http1)(self, reader, writer)
        except (ConnectionError, OSError, h11.RemoteProtocolError):
            return
        finally:
            writer.close()

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle ones."""
        for writer in self.writers:
            writer.transport.abort()


def _parsed(method: str, target: str, headers: dict[str, str], body: bytes) -> Received:
    parts = urlsplit(target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    return Received(method, parts.path, query, headers, json.loads(body) if body else None)


async def _speak_http1(fake: FakeCalcom, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection = h11.Connection(h11.SERVER)
    request: h11.Request | None = None
    body = b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            request, body = event, b""
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            headers = {name.decode(): value.decode() for name, value in request.headers}
            got = _parsed(request.method.decode(), request.target.decode(), headers, body)
            reply = await fake.answer(got)
            if reply.drop:
                writer.transport.abort()
                return
            content = reply.content()
            said = [*reply.headers.items(), ("content-length", str(len(content)))]
            writer.write(
                connection.send(h11.Response(status_code=reply.status, headers=said))
                + connection.send(h11.Data(data=content))
                + connection.send(h11.EndOfMessage())
            )
            await writer.drain()
            connection.start_next_cycle()
        else:
            return


@dataclass
class _Stream:
    headers: dict[str, str]
    body: bytes = b""


async def _speak_http2(fake: FakeCalcom, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    streams: dict[int, _Stream] = {}
    async with asyncio.TaskGroup() as tasks:
        while data := await reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    streams[event.stream_id] = _Stream(dict(event.headers or ()))  # type: ignore[arg-type]
                elif isinstance(event, h2.events.DataReceived):
                    streams[event.stream_id].body += event.data or b""
                    connection.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    stream = streams.pop(event.stream_id)
                    tasks.create_task(_answer_stream(fake, connection, writer, event.stream_id, stream))
            writer.write(connection.data_to_send())


async def _answer_stream(
    fake: FakeCalcom, connection: H2Connection, writer: asyncio.StreamWriter, number: int, stream: _Stream
) -> None:
    said = stream.headers
    reply = await fake.answer(_parsed(said[":method"], said[":path"], said, stream.body))
    if reply.drop:
        writer.transport.abort()
        return
    connection.send_headers(number, [(":status", str(reply.status)), *reply.headers.items()])
    connection.send_data(number, reply.content(), end_stream=True)
    writer.write(connection.data_to_send())


@asynccontextmanager
async def serving(fake: FakeCalcom, tls: ssl.SSLContext | None = None) -> AsyncIterator[FakeCalcom]:
    """Serve on a free port while the block runs: HTTP/1.1, or over TLS HTTP/2."""
    server = await asyncio.start_server(fake.connected, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    fake.base_url = f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.close()
        fake.hang_up()


class Seconds:
    """A clock that tests move."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class Kit:
    """A client with everything it is made of."""

    client: CalcomClient
    circuits: Circuits
    bucket: LocalBucket
    pool: CalcomPool
    clock: Seconds


@asynccontextmanager
async def client_kit(
    settings: PoolSettings | None = None, broken: Callable[[int, bytes], bool] = is_breakdown
) -> AsyncIterator[Kit]:
    clock = Seconds()
    pool = CalcomPool(settings or PoolSettings(full_limit=2.0, trust_env=False))
    circuits, bucket = Circuits(LocalStates(), clock), LocalBucket(clock, share=1)
    client = CalcomClient(pool, circuits, bucket, broken=broken)
    try:
        yield Kit(client, circuits, bucket, pool, clock)
    finally:
        await client.close(grace=0.0)
