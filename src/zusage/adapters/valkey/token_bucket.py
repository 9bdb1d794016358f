"""How many requests a key may still make, counted for all processes together."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from valkey.exceptions import ValkeyError

from zusage.adapters.calcom.shared import Admission, TokenBucket, bucket_size
from zusage.adapters.valkey.counter import client
from zusage.app.mirror.ports import Priority

log = structlog.get_logger()

# Times in whole milliseconds: Lua writes numbers with 14 digits. A clock that goes back refills nothing.
_TAKE = """
local stored = redis.call('HMGET', KEYS[1], 'tokens', 'since', 'blocked')
local now, capacity, rate, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local blocked = tonumber(stored[3] or '0')
if blocked > now then return {0, tostring((blocked - now) / 1000)} end
local since = tonumber(stored[2] or ARGV[1])
local tokens = math.min(capacity, tonumber(stored[1] or ARGV[2]) + math.max(0, now - since) / 1000 * rate)
local missing = 1 + reserve - tokens
if missing <= 0 then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'since', tostring(math.max(now, since)))
redis.call('PEXPIRE', KEYS[1], 600000)
if missing > 0 then return {0, tostring(missing / rate)} end
return {1, '0'}
"""
_BLOCK = """
local stored = tonumber(redis.call('HGET', KEYS[1], 'blocked') or '0')
redis.call('HSET', KEYS[1], 'blocked', tostring(math.max(stored, tonumber(ARGV[1]))))
redis.call('PEXPIRE', KEYS[1], 600000)
"""
_PAUSE_SECONDS = 5.0


class ValkeyTokenBucket:
    """Implements `adapters.calcom.shared.TokenBucket` on a shared Valkey or Redis. `clock` gives unix seconds.

    When the server does not answer within `timeout`, `fallback` counts, and the server is left alone for five
    seconds. The fallback learns of every block, so that one does not end with the server."""

    def __init__(
        self,
        url: str,
        *,
        fallback: TokenBucket,
        clock: Callable[[], float] = time.time,
        timeout: float = 0.1,
    ) -> None:
        self._client = client(url, timeout=timeout)
        self._take = self._client.register_script(_TAKE)
        self._block = self._client.register_script(_BLOCK)
        self._fallback = fallback
        self._clock = clock
        self._resting_until = 0.0

    async def take(self, key: str, per_minute: int, priority: Priority) -> Admission:
        if self._clock() < self._resting_until:
            return await self._fallback.take(key, per_minute, priority)
        size = bucket_size(per_minute)
        reserve = size.reserve if priority == "background" else 0.0
        arguments = [int(self._clock() * 1000), size.capacity, size.per_second, reserve]
        try:
            granted, wait = await self._take(keys=[_name(key)], args=arguments)
        except (ValkeyError, OSError, TimeoutError) as error:
            self._rest(error)
            return await self._fallback.take(key, per_minute, priority)
        return Admission(granted=bool(granted), wait=float(wait))

    async def block(self, key: str, seconds: float) -> None:
        await self._fallback.block(key, seconds)
        if self._clock() < self._resting_until:
            return
        try:
            await self._block(keys=[_name(key)], args=[int((self._clock() + seconds) * 1000)])
        except (ValkeyError, OSError, TimeoutError) as error:
            self._rest(error)

    async def close(self) -> None:
        await self._client.aclose()

    def _rest(self, error: Exception) -> None:
        self._resting_until = self._clock() + _PAUSE_SECONDS
        log.warning("valkey_unreachable", reason=type(error).__name__)


def _name(key: str) -> str:
    return f"zusage:bucket:{key}"
