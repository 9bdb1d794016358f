"""A Valkey that all processes share, and what to do while it is away. Helpful, not vital."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
import valkey.asyncio as valkey
from valkey.exceptions import ValkeyError

log = structlog.get_logger()

_Value = TypeVar("_Value")

_PAUSE_SECONDS = 5.0
_AWAY = (ValkeyError, OSError, TimeoutError)


class ValkeyServer:
    """A shared Valkey or Redis. One that does not answer within `timeout` seconds is left alone for five seconds, so that
    callers do not wait for it again and again. `clock` gives seconds."""

    def __init__(self, url: str, *, timeout: float, clock: Callable[[], float] = time.time) -> None:
        self.client = client(url, timeout=timeout)
        self._clock = clock
        self._resting_until = 0.0

    async def ask(
        self, shared: Callable[[], Awaitable[_Value]], alone: Callable[[], Awaitable[_Value]]
    ) -> _Value:
        """Give what the server says, or what `alone` does while it is away."""
        if self._clock() < self._resting_until:
            return await alone()
        try:
            return await shared()
        except _AWAY as error:
            self._resting_until = self._clock() + _PAUSE_SECONDS
            log.warning("valkey_unreachable", reason=type(error).__name__)
            return await alone()

    async def alive(self) -> bool:
        """Say whether the server answers now."""
        ping: Callable[[], Awaitable[bool]] = self.client.ping
        try:
            return bool(await ping())
        except _AWAY:
            return False

    async def close(self) -> None:
        await self.client.aclose()


async def nothing() -> None:
    """What there is to do alone where only the shared state was meant."""


def client(url: str, *, timeout: float) -> valkey.Valkey:
    """Make a client for a `valkey://`, `redis://` or `unix://` URL; it connects when first used."""
    url = url.replace("redis://", "valkey://", 1).replace("rediss://", "valkeys://", 1)
    made: valkey.Valkey = valkey.Valkey.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout)
    return made
