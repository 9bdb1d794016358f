"""A serving process of its own that stands still at a named point until it is let go on, or killed.

It is made of the production's parts; beside the voice door it has doors of the rehearsal, by which a test lets it work
like the worker. Reports and orders go as lines over a connection to the test."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import ssl
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from typing import Any

import httpx2
from fault_careless import Carelessness
from fault_doors import Doors
from starlette.applications import Starlette

from support.database import DatabaseUrls
from support.voice import served
from zusage.adapters.calcom.pool import PoolSettings
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.database import Database
from zusage.app.mirror.asking import Patience
from zusage.app.points import Point
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.boot.wiring import Rehearsal, build_parts, running

_FORKS = multiprocessing.get_context("forkserver")
# What the parts read only when they need it, half of a start.
_LATE = (
    "pytest",
    "httpcore2",
    "holidays.countries",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "uvicorn.loops.auto",
    "anyio._backends._asyncio",
)


def _prepare_forks() -> None:
    """Have one process read all modules, of which the others are forks; it looks for them where we do."""
    _FORKS.set_forkserver_preload([__name__, *_LATE])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


@dataclass(frozen=True)
class Stop:
    """Where to stand still: the `nth` time at this point. What comes second to `behind` waits there until it goes on."""

    at: Point
    nth: int = 1
    behind: Point | None = None


@dataclass(frozen=True)
class Task:
    """What a process is started with; `write` and `full` are seconds of patience with the calendar."""

    urls: DatabaseUrls
    key: bytes
    control: int
    valkey: str | None = None
    write: float = 5.0
    full: float = 15.0
    careless: Carelessness = ""


class Gate:
    """The process's `Reach`: everything stands still once the stop is reached, until it is opened."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._seen: Counter[Point] = Counter()
        self._open = asyncio.Event()
        self._stop: Stop | None = None
        self._standing = False

    def arm(self, stop: Stop) -> None:
        self._stop = stop
        self._seen.clear()

    def open(self) -> None:
        self._stop = None
        self._open.set()

    async def __call__(self, point: Point) -> None:
        stop = self._stop
        if stop is None:
            return
        self._seen[point] += 1
        if point == stop.at and self._seen[point] == stop.nth:
            self._standing = True
            tell(self._writer, reached=point)
        if self._standing or (point == stop.behind and self._seen[point] > 1):
            await self._open.wait()


# A worker waits for a lock for longer; nothing is learned from waiting.
_LOCK_MS = 300
# The simulator speaks plainly here; reading the system's authorities would take a tenth of a start.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def tell(writer: asyncio.StreamWriter, **said: object) -> None:
    writer.write(json.dumps(said).encode() + b"\n")


def run(task: Task) -> None:
    """The process: serves until the test hangs up."""
    asyncio.run(_serve(task))


async def _serve(task: Task) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", task.control)
    gate = Gate(writer)
    pooling = PoolSettings(full_limit=task.full, warm_lanes=1, tls=_NO_TLS, trust_env=False)
    rehearsal = Rehearsal(gate, Patience(task.write, task.write), pooling)
    servers = Servers(task.urls.app, task.urls.jobs, None, task.valkey)
    parts = build_parts(
        Settings(worker=False, pool_size=4, lock_ms=1_000, statement_ms=15_000),
        servers,
        SecretBox([task.key]),
        rehearsal,
    )
    jobs = Database(task.urls.jobs, size=3, lock_ms=_LOCK_MS, statement_ms=30_000)
    async with running(parts):
        await jobs.open()
        app = Starlette(
            routes=[
                *parts.retell.routes(),
                *parts.hooks.routes(),
                *Doors(parts, rehearsal, jobs, task.urls.jobs, task.careless).routes(),
            ]
        )
        async with served(app) as base_url:
            tell(writer, ready=base_url, pid=os.getpid())
            await _obey(reader, gate)
        # Whoever hangs up has seen enough; what still runs here is not waited for.
        os._exit(0)


async def _obey(reader: asyncio.StreamReader, gate: Gate) -> None:
    while line := await reader.readline():
        order = json.loads(line)
        if "arm" in order:
            gate.arm(Stop(**order["arm"]))
        else:
            gate.open()


@dataclass
class Child:
    """A process as its test sees it."""

    process: BaseProcess
    base_url: str
    writer: asyncio.StreamWriter
    client: httpx2.AsyncClient
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def arm(self, stop: Stop) -> None:
        """Let it stand still there from now on; `reached` is set when it does."""
        tell(self.writer, arm={"at": stop.at, "nth": stop.nth, "behind": stop.behind})

    def go_on(self) -> None:
        tell(self.writer, go=True)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.join(10)

    async def ask(self, door: str, **said: object) -> dict[str, Any]:
        """Go through a door of the rehearsal.

        :raises httpx2.HTTPError: it died."""
        response = await self.client.post(f"/{door}", json=said)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


class Nursery:
    """Starts processes and hears from them, which process is which."""

    def __init__(self) -> None:
        self.port = 0
        self._expected: dict[int, asyncio.Future[tuple[str, asyncio.StreamReader, asyncio.StreamWriter]]] = {}
        self._children: list[Child] = []
        self._listening: list[asyncio.Task[None]] = []

    async def start(self, task: Task) -> Child:
        """Start a process and wait until it serves."""
        process = _FORKS.Process(target=run, args=(task,), daemon=True)
        process.start()
        assert process.pid is not None
        async with asyncio.timeout(60):
            base_url, reader, writer = await self._arrival(process.pid)
        child = Child(process, base_url, writer, httpx2.AsyncClient(base_url=base_url, timeout=30))
        self._children.append(child)
        self._listening.append(asyncio.create_task(_listen(reader, child)))
        return child

    async def arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take the first word of a process: that it serves, and who it is."""
        ready = json.loads(await reader.readline())
        self._arrival(ready["pid"]).set_result((ready["ready"], reader, writer))

    async def close(self) -> None:
        for child in self._children:
            child.kill()
            child.writer.close()
            await child.client.aclose()
        await asyncio.gather(*self._listening, return_exceptions=True)

    def _arrival(self, pid: int) -> asyncio.Future[tuple[str, asyncio.StreamReader, asyncio.StreamWriter]]:
        return self._expected.setdefault(pid, asyncio.get_running_loop().create_future())


async def _listen(reader: asyncio.StreamReader, child: Child) -> None:
    with suppress(ConnectionError):
        while await reader.readline():
            child.reached.set()


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """A place to start processes from; all of them are dead after the block."""
    _prepare_forks()
    made = Nursery()
    server = await asyncio.start_server(made.arrived, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        await made.close()
        server.close()
