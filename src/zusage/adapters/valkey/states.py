"""Small states that all processes see and change one after the other."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from valkey.exceptions import ValkeyError

from zusage.adapters.calcom.shared import StateStore
from zusage.adapters.valkey.counter import client

log = structlog.get_logger()

_SWAP = """
local stands = redis.call('GET', KEYS[1]) or ''
if stands ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""
_DAY_MS = 86_400_000
_PAUSE_SECONDS = 5.0


class ValkeyStates:
    """Implements `adapters.calcom.shared.StateStore` on a shared Valkey or Redis; a state nobody changes lives a day.

    When the server does not answer within `timeout`, `fallback` keeps the states of this process, and the server is
    left alone for five seconds."""

    def __init__(
        self,
        url: str,
        *,
        fallback: StateStore,
        clock: Callable[[], float] = time.time,
        timeout: float = 0.1,
    ) -> None:
        self._client = client(url, timeout=timeout)
        self._swap = self._client.register_script(_SWAP)
        self._fallback = fallback
        self._clock = clock
        self._resting_until = 0.0

    async def read(self, key: str) -> str | None:
        stands: str | None = await self._ask(lambda: self._read(key), lambda: self._fallback.read(key))
        return stands

    async def swap(self, key: str, old: str | None, new: str | None) -> bool:
        arguments: list[str | int] = [old or "", new or "", _DAY_MS]
        done = await self._ask(
            lambda: self._swap(keys=[key], args=arguments), lambda: self._fallback.swap(key, old, new)
        )
        return bool(done)

    async def close(self) -> None:
        await self._client.aclose()

    async def _read(self, key: str) -> str | None:
        stands: Any = await self._client.get(key)
        return str(stands, "utf-8") if stands is not None else None

    async def _ask(self, shared: Callable[[], Awaitable[Any]], alone: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        if self._clock() < self._resting_until:
            return await alone()
        try:
            return await shared()
        except (ValkeyError, OSError, TimeoutError) as error:
            self._resting_until = self._clock() + _PAUSE_SECONDS
            log.warning("valkey_unreachable", reason=type(error).__name__)
            return await alone()
