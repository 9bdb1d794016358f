"""The running simulator, and the handle tests have on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from zusage.sandbox.calcom._accounts import demo_world
from zusage.sandbox.calcom._admin import Admin
from zusage.sandbox.calcom._authority import TlsFiles, make_authority
from zusage.sandbox.calcom._clock import SimClock
from zusage.sandbox.calcom._delivery import Delivering
from zusage.sandbox.calcom._door import Door, Receive, Reply, Scope, Send, read_request
from zusage.sandbox.calcom._faults import Fault, FaultBook
from zusage.sandbox.calcom._journal import Journal
from zusage.sandbox.calcom._latency import Latency
from zusage.sandbox.calcom._listener import Listener
from zusage.sandbox.calcom._people import People
from zusage.sandbox.calcom._rate import RateLimit
from zusage.sandbox.calcom._state import SlotCache, State
from zusage.sandbox.calcom._world import World

Outage = Literal["refuse", "hang", "error"]

_UNAVAILABLE = Reply(503, b"<html><body>Service Unavailable</body></html>", {"content-type": "text/html"})


class Simulator:
    """A Cal.com of one's own. `world`, `clock`, `rate` and `journal` may be read and changed at any time.

    `base_url` is what a client is pointed at; `admin_url` ends in /_sim and stays up through outages. `authority` is
    the file a client must trust when `base_url` is https."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.people = People(state)
        self.base_url = self.admin_url = ""
        self.authority: Path | None = None
        self._door = Door(state)
        self._admin = Admin(state, self.people, self.outage)
        self._listeners: list[Listener] = []
        self._steward: Listener | None = None
        self._recovery: asyncio.Task[None] | None = None

    @property
    def world(self) -> World:
        return self.state.world

    @property
    def clock(self) -> SimClock:
        return self.state.clock

    @property
    def rate(self) -> RateLimit:
        return self.state.rate

    @property
    def faults(self) -> FaultBook:
        return self.state.faults

    @property
    def journal(self) -> Journal:
        return self.state.journal

    def add_fault(self, fault: Fault) -> int:
        """Put a fault in force; returns its number."""
        return self.state.faults.add(fault)

    async def settle(self) -> None:
        """Send webhook calls that are held back, and wait until none is on its way."""
        await self.state.hooks.settle()

    async def outage(self, mode: Outage | None, seconds: float | None = None) -> None:
        """Refuse connections, take them and never answer, or answer 503; None ends it, and `seconds` ends it by itself."""
        if self._recovery is not None:
            self._recovery.cancel()
            self._recovery = None
        self.state.outage = mode
        for listener in self._listeners:
            await (listener.refuse() if mode == "refuse" else listener.open())
        if mode is not None and seconds is not None:
            self._recovery = asyncio.create_task(self._recover(seconds))

    async def open(self, host: str, port: int, admin_port: int, tls: TlsFiles | None, tls_port: int) -> None:
        """Listen: plain and, with certificates, over TLS, which then is the base URL.

        :raises OSError: a port is taken."""
        self._listeners = [Listener(self, host, port)]
        if tls is not None:
            self._listeners.append(Listener(self, host, tls_port, tls))
            self.authority = tls.authority
        self._steward = Listener(self, host, admin_port)
        for listener in (*self._listeners, self._steward):
            await listener.open()
        self.base_url = self._listeners[-1].url
        self.admin_url = f"{self._steward.url}/_sim"

    @property
    def plain_url(self) -> str:
        return self._listeners[0].url

    async def close(self) -> None:
        """End at once, whatever is under way."""
        if self._recovery is not None:
            self._recovery.cancel()
        await self._door.close()
        await self.state.hooks.close()
        for listener in (*self._listeners, *([self._steward] if self._steward else [])):
            await listener.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request, as ASGI has it."""
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        if request.path == "/_sim" or request.path.startswith("/_sim/"):
            reply = await self._admin.answer(request)
        elif self.state.outage is not None:
            reply = _UNAVAILABLE if self.state.outage == "error" else Reply(0, b"", silent=True)
        else:
            reply = await self._door.answer(request)
        if reply.dropped:
            for listener in self._listeners:
                listener.drop(request.client)
        if reply.dropped or reply.silent:
            await _left(receive)
        else:
            await _send(send, reply)

    async def _recover(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._recovery = None
        await self.outage(None)


@asynccontextmanager
async def running_simulator(
    *,
    tls: bool = False,
    now: datetime | None = None,
    seed: int = 1,
    rate_per_minute: int | None = 120,
    latency: Mapping[str, Latency] | None = None,
    slots_cache_s: float = 2.0,
    replica_lag_s: float = 0.0,
    hooks_inline: bool = True,
    world: World | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    admin_port: int = 0,
    tls_port: int = 0,
    folder: Path | None = None,
) -> AsyncIterator[Simulator]:
    """Run a simulator in this event loop for as long as the block runs; port 0 takes any.

    `now` lets its clock stand still there; without a `world` it is the demo salon with the key DEMO_KEY. With `tls` it
    speaks HTTP/2, by a new throw-away authority (in `folder`, else in a folder that goes away with it).
    `rate_per_minute=None` counts nothing."""
    state = _state(world or demo_world(seed), now, seed, rate_per_minute, hooks_inline=hooks_inline)
    state.latency.update(latency or {})
    state.slots, state.replica_lag_s = SlotCache(slots_cache_s), replica_lag_s
    simulator = Simulator(state)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(simulator.close)
        files = None
        if tls:
            files = make_authority(folder or Path(stack.enter_context(TemporaryDirectory())))
        await simulator.open(host, port, admin_port, files, tls_port)
        yield simulator


def _state(
    world: World, now: datetime | None, seed: int, rate_per_minute: int | None, *, hooks_inline: bool
) -> State:
    clock, faults, journal = SimClock(now), FaultBook(seed), Journal()
    hooks = Delivering(clock, faults, journal, inline=hooks_inline)
    return State(world, clock, faults, RateLimit(rate_per_minute), journal, hooks, seed)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, reply: Reply) -> None:
    headers = reply.headers | {"content-length": str(len(reply.content))}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
    await send({"type": "http.response.body", "body": reply.content})
