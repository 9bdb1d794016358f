"""The connections to Cal.com: one pool a process, kept warm, reads and writes apart.

Nothing here ends a request that has left: a read timeout on a shared HTTP/2 connection would end its siblings too
(protocols 7). Time limits are put around the waiting only. And few requests share a connection: with three or more,
httpcore2 (2.16) leaves an answer that has come with its waiter until the next frame, behind others that still wait."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2
import structlog

from zusage.adapters.calcom.encoding import Query
from zusage.adapters.calcom.routes import Route, server
from zusage.app.mirror.circuits import Door
from zusage.app.points import Reach, pass_by

log = structlog.get_logger()

_WARMING_PATH = "/v2/health"
_DOORS: tuple[Door, ...] = ("reads", "writes")


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Seconds each. `full_limit` is how long a request may run whoever still waits; `warm_every` how often connections
    are looked after: those idle for half of it are used, so that neither end closes them; `forget_after` how long after
    the last request. Such a use carries no key: Cal.com counts it by address, 120 a minute for all processes behind one.

    `warm_lanes` connections stay open for each server and door, further ones while they are needed; a connection
    carries `streams` requests at a time. `tls` trusts other authorities than the system's; `trust_env` reads the
    proxies of the environment."""

    connect: float = 5.0
    full_limit: float = 15.0
    warm_every: float = 100.0
    forget_after: float = 86_400.0
    warm_lanes: int = 2
    most_lanes: int = 100
    streams: int = 2
    tls: ssl.SSLContext | None = None
    trust_env: bool = True


@dataclass(frozen=True, slots=True)
class Sending:
    """A request as it goes out. `path` is filled in, `base_url` as `routes.server` writes it."""

    route: Route
    base_url: str
    path: str
    headers: Mapping[str, str]
    query: Query = field(default_factory=list)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class AbandonedError(Exception):
    """Nobody waits any more, and nothing was sent yet: so nothing will be."""


class Journey:
    """How far a request has come. What has not left when nobody waits any more must never leave."""

    def __init__(self, reach: Reach = pass_by) -> None:
        self.sent = False
        self.abandoned = False
        self._reach = reach

    async def trace(self, event: str, _info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            if self.abandoned:
                raise AbandonedError
            self.sent = True
        elif event.endswith("send_request_body.complete"):
            await self._reach("request_sent")


class _Lane:
    """One client with one connection (HTTP/1.1: as many as `in_flight`)."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.used_at = float("-inf")
        self.in_flight = 0
        self.network: Any = None

    def is_idle(self, *, since: float) -> bool:
        """Say whether it carried nothing since then, or was closed by the server."""
        return not self.in_flight and (self.used_at <= since or self.has_unread())

    def has_unread(self) -> bool:
        """Say whether the server sent something while the connection was idle; mostly, that it is closing it."""
        return self.network is not None and bool(self.network.get_extra_info("is_readable"))


class CalcomPool:
    """Sends requests over warm connections; HTTP/2 where the server speaks it. Close it in the end."""

    def __init__(self, settings: PoolSettings | None = None) -> None:
        self.settings = settings or PoolSettings()
        self._tls = self.settings.tls or httpx2.create_ssl_context(trust_env=self.settings.trust_env)
        self._lanes: dict[tuple[str, Door], list[_Lane]] = {}
        self._asked_at: dict[str, float] = {}
        self._farewells: set[asyncio.Task[None]] = set()

    async def send(self, sending: Sending, journey: Journey, *, door: Door, limit: float) -> RawAnswer:
        """Send and read the whole answer.

        :raises TimeoutError: nothing came within `limit` seconds.
        :raises AbandonedError: the journey was abandoned before it began.
        :raises httpx2.RequestError: the connection could not be made, or was lost."""
        self._asked_at[sending.base_url] = time.monotonic()
        async with asyncio.timeout(limit):
            lane = await self._sound_lane(sending.base_url, door)
            return await self._ride(lane, sending, journey, door)

    async def keep_warm(self) -> None:
        """Use every idle connection now and then, for ever; cancel it in the end.

        The first call after an idle night then waits for no handshake."""
        while True:
            await asyncio.sleep(self.settings.warm_every)
            await self.warm()

    async def warm(self, *base_urls: str) -> None:
        """Open or use the lanes to `base_urls` and to the servers asked lately, drop others; never raises."""
        before = time.monotonic() - self.settings.forget_after
        known = {base for base, at in self._asked_at.items() if at >= before}
        for base_url in known | {server(url) for url in base_urls}:
            for door in _DOORS:
                await self._warm_door(base_url, door)

    async def close(self) -> None:
        for task in self._farewells:
            task.cancel()
        clients = [lane.client for lanes in self._lanes.values() for lane in lanes]
        self._lanes.clear()
        await asyncio.gather(*(client.aclose() for client in clients))

    async def _ride(self, lane: _Lane, sending: Sending, journey: Journey, door: Door) -> RawAnswer:
        lane.in_flight += 1
        try:
            return await self._request(lane, sending, journey)
        except asyncio.CancelledError:
            # The full limit: the connection may be dead without a sign, so nobody else shall try it.
            self._retire(sending.base_url, door, lane)
            raise
        finally:
            lane.in_flight -= 1
            lane.used_at = time.monotonic()

    async def _request(self, lane: _Lane, sending: Sending, journey: Journey) -> RawAnswer:
        response = await lane.client.request(
            sending.route.method,
            sending.base_url + sending.path,
            params=tuple(sending.query) or None,
            headers=dict(sending.headers),
            json=sending.body,
            extensions={"trace": journey.trace},
        )
        lane.network = response.extensions.get("network_stream")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return RawAnswer(response.status_code, headers, response.content)

    async def _sound_lane(self, base_url: str, door: Door) -> _Lane:
        """Choose a lane; a write takes none that the server may have closed, for its outcome would be unknown."""
        while True:
            lane = self._choose(base_url, door)
            if door == "reads" or lane.in_flight or not lane.has_unread():
                return lane
            if await self._touch(base_url, door, lane):
                return lane

    def _choose(self, base_url: str, door: Door) -> _Lane:
        lanes = self._lanes.setdefault((base_url, door), [])
        quietest = min(lanes, key=lambda lane: lane.in_flight, default=None)
        full = quietest is None or quietest.in_flight >= self.settings.streams
        if quietest is not None and (not full or len(lanes) >= self.settings.most_lanes):
            return quietest
        return self._open_lane(base_url, door)

    def _open_lane(self, base_url: str, door: Door) -> _Lane:
        lane = _Lane(self._new_client())
        self._lanes.setdefault((base_url, door), []).append(lane)
        return lane

    async def _warm_door(self, base_url: str, door: Door) -> None:
        lanes = self._lanes.setdefault((base_url, door), [])
        now, most = time.monotonic(), self.settings.warm_lanes
        for lane in lanes[most:]:
            if not lane.in_flight and lane.used_at < now - self.settings.warm_every:
                self._retire(base_url, door, lane)
        while len(lanes) < most:
            self._open_lane(base_url, door)
        idle = [each for each in lanes[:most] if each.is_idle(since=now - self.settings.warm_every / 2)]
        await asyncio.gather(*(self._touch(base_url, door, lane) for lane in idle))

    async def _touch(self, base_url: str, door: Door, lane: _Lane) -> bool:
        """Use a lane for nothing, and retire it if it does not carry."""
        lane.in_flight += 1
        try:
            async with asyncio.timeout(self.settings.connect):
                response = await lane.client.get(base_url + _WARMING_PATH)
        except (httpx2.RequestError, httpx2.InvalidURL, TimeoutError) as error:
            log.info("calcom_not_warm", server=base_url, door=door, reason=type(error).__name__)
            self._retire(base_url, door, lane)
            return False
        finally:
            lane.in_flight -= 1
            lane.used_at = time.monotonic()
        lane.network = response.extensions.get("network_stream")
        return True

    def _retire(self, base_url: str, door: Door, lane: _Lane) -> None:
        lanes = self._lanes.get((base_url, door), [])
        if lane not in lanes:
            return
        lanes.remove(lane)
        task = asyncio.create_task(self._close_later(lane))
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)

    async def _close_later(self, lane: _Lane) -> None:
        try:
            # What still runs there may be answered yet.
            if lane.in_flight:
                await asyncio.sleep(2 * self.settings.full_limit)
        finally:
            await lane.client.aclose()

    def _new_client(self) -> httpx2.AsyncClient:
        set_up = self.settings
        limits = httpx2.Limits(
            max_connections=set_up.most_lanes, keepalive_expiry=max(300.0, 3 * set_up.warm_every)
        )
        return httpx2.AsyncClient(
            verify=self._tls,
            http2=True,
            limits=limits,
            timeout=httpx2.Timeout(connect=set_up.connect, read=None, write=None, pool=set_up.connect),
            headers={"user-agent": "zusage", "accept": "application/json"},
            cookies=_no_cookies(),
            trust_env=set_up.trust_env,
        )


def _no_cookies() -> CookieJar:
    """All companies share the connections; what one is told must not be said for another."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
