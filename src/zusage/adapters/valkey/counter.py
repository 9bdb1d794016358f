"""Rate counters shared by all processes. Helpful, not vital: without Valkey each process counts for itself."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
import valkey.asyncio as valkey
from valkey.exceptions import ValkeyError

from zusage.app.calls.ports import Counter

log = structlog.get_logger()

# A sliding minute over two fixed ones. Every key is counted, also when an earlier one is over its limit.
_HIT = """
local within = 1
for i, key in ipairs(KEYS) do
  local current = redis.call('INCR', key .. ':' .. ARGV[1])
  redis.call('EXPIRE', key .. ':' .. ARGV[1], 130)
  local previous = tonumber(redis.call('GET', key .. ':' .. (ARGV[1] - 1)) or '0')
  if current + previous * (1 - tonumber(ARGV[2])) > tonumber(ARGV[2 + i]) then within = 0 end
end
return within
"""
_PAUSE_SECONDS = 5.0


class ValkeyCounter:
    """Implements `app.calls.ports.Counter` on a shared Valkey or Redis.

    When the server does not answer within `timeout`, `fallback` counts, and the server is left alone for five seconds
    so that callers do not wait for it again and again."""

    def __init__(self, url: str, *, fallback: Counter, timeout: float = 0.1) -> None:
        self._client = client(url, timeout=timeout)
        self._script = self._client.register_script(_HIT)
        self._fallback = fallback
        self._resting_until = 0.0

    async def hit(self, limits: Mapping[str, int]) -> bool:
        now = time.time()
        if now < self._resting_until:
            return await self._fallback.hit(limits)
        try:
            within = await self._script(
                keys=list(limits), args=[int(now // 60), now % 60 / 60, *limits.values()]
            )
        except (ValkeyError, OSError, TimeoutError) as error:
            self._resting_until = now + _PAUSE_SECONDS
            log.warning("valkey_unreachable", reason=type(error).__name__)
            return await self._fallback.hit(limits)
        return bool(within)

    async def alive(self) -> bool:
        """Say whether the server answers now."""
        ping: Callable[[], Awaitable[bool]] = self._client.ping
        try:
            return bool(await ping())
        except (ValkeyError, OSError, TimeoutError):
            return False

    async def close(self) -> None:
        await self._client.aclose()


def client(url: str, *, timeout: float) -> valkey.Valkey:
    """Make a client for a `valkey://`, `redis://` or `unix://` URL; it connects when first used."""
    url = url.replace("redis://", "valkey://", 1).replace("rediss://", "valkeys://", 1)
    made: valkey.Valkey = valkey.Valkey.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout)
    return made
