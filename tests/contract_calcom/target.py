"""Where the contract is tried: at the simulator, or at a real account of Cal.com that somebody gave a key to."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx2

from zusage.adapters.calcom.calendar import CalcomCalendar
from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool, PoolSettings
from zusage.adapters.calcom.routes import CAL_COM, CAL_EU, server
from zusage.adapters.calcom.shared import Admission, LocalStates
from zusage.app.mirror.ports import CalendarAccess, Priority, Terms
from zusage.sandbox.calcom import DEMO_KEY, running_simulator

KEY, URL, DOMAIN = "CALCOM_KEY", "CALCOM_URL", "CALCOM_EMAIL_DOMAIN"
MOST_REQUESTS = 100
_AT_ONCE, _A_SECOND, _FOR_CLEANING = 90.0, 0.5, 40
_COMPANY = UUID("019a0000-0000-7000-8000-00000000c0de")


@dataclass
class Pace:
    """Keeps a run below what a key may ask, and counts; implements the client's `TokenBucket` by waiting.

    90 requests at once and one every other second after that are at most 120 in any minute. `cleaning` opens what is
    set aside for leaving the account as it was."""

    asked: int = 0
    cleaning: bool = False
    _tokens: float = _AT_ONCE
    _at: float = field(default_factory=time.monotonic)
    _blocked_until: float = 0.0

    async def take(self, key: str, per_minute: int, priority: Priority) -> Admission:
        blocked = self._blocked_until - time.monotonic()
        allowed = MOST_REQUESTS + (_FOR_CLEANING if self.cleaning else 0)
        if self.asked >= allowed or (blocked > 0 and not self.cleaning):
            return Admission(granted=False, wait=max(blocked, 60.0))
        self.asked += 1
        now = time.monotonic()
        self._tokens = min(_AT_ONCE, self._tokens + (now - self._at) * _A_SECOND) - 1
        self._at = now
        await asyncio.sleep(max(blocked, -self._tokens / _A_SECOND, 0.0))
        return Admission(granted=True)

    async def block(self, key: str, seconds: float) -> None:
        self._blocked_until = time.monotonic() + seconds


@dataclass(frozen=True)
class Target:
    """One Cal.com: our client for it, and the same door without our client, for what only raw requests can show.

    `hosted` says that it is Cal.com's own service, whose limits of requests are certain."""

    calendar: CalcomCalendar
    stranger: CalcomCalendar
    http: httpx2.AsyncClient = field(repr=False)
    pace: Pace
    hosted: bool
    email_domain: str
    soon: Terms = field(default_factory=lambda: Terms(within=25.0, priority="live"))

    async def send(
        self,
        method: str,
        path: str,
        version: str | None = None,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
    ) -> httpx2.Response:
        """Send a request past our client, within the same limit."""
        admission = await self.pace.take("", 0, "live")
        assert admission.granted, f"more than {MOST_REQUESTS} requests in one run, or the key is blocked"
        headers = {} if version is None else {"cal-api-version": version}
        return await self.http.request(method, path, headers=headers, params=params, json=json)


@asynccontextmanager
async def simulated() -> AsyncIterator[Target]:
    """The demo salon in a simulator of our own, with Cal.com's limits and a cache of slots that ends sooner."""
    async with (
        running_simulator(slots_cache_s=0.5) as simulator,
        _connected(simulator.base_url, DEMO_KEY, "example.org") as target,
    ):
        yield target


@asynccontextmanager
async def live() -> AsyncIterator[Target]:
    """The account whose key stands in CALCOM_KEY: at cal.com, or where CALCOM_URL says."""
    url = server(os.environ.get(URL) or CAL_COM)
    domain = os.environ.get(DOMAIN) or "example.org"
    async with _connected(url, os.environ[KEY].strip(), domain) as target:
        yield target


@asynccontextmanager
async def _connected(url: str, key: str, domain: str) -> AsyncIterator[Target]:
    trust_env = not url.startswith("http://127.0.0.1")
    pool = CalcomPool(PoolSettings(full_limit=30.0, trust_env=trust_env))
    pace = Pace()
    client = CalcomClient(pool, Circuits(LocalStates(), time.time), pace)
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(
        base_url=url, headers=headers, timeout=30, http2=True, trust_env=trust_env
    ) as http:
        try:
            yield Target(
                client.of(CalendarAccess(_COMPANY, url, key)),
                client.of(CalendarAccess(_COMPANY, url, "cal_live_of_nobody")),
                http,
                pace,
                url in (CAL_COM, CAL_EU),
                domain,
            )
        finally:
            await client.close(grace=0.0)
