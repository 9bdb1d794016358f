"""How many requests a key may still make, counted for all processes together."""

from __future__ import annotations

import time
from collections.abc import Callable

from zusage.adapters.calcom.shared import Admission, TokenBucket, bucket_size
from zusage.adapters.valkey.server import ValkeyServer, nothing
from zusage.app.mirror.ports import Priority

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


class ValkeyTokenBucket:
    """Implements `adapters.calcom.shared.TokenBucket` on a shared Valkey or Redis. `clock` gives unix seconds.

    `fallback` counts while the server is away. It learns of every block, so that one does not end with the server."""

    def __init__(
        self,
        url: str,
        *,
        fallback: TokenBucket,
        clock: Callable[[], float] = time.time,
        timeout: float = 0.1,
    ) -> None:
        self._server = ValkeyServer(url, timeout=timeout, clock=clock)
        self._take = self._server.client.register_script(_TAKE)
        self._block = self._server.client.register_script(_BLOCK)
        self._fallback = fallback
        self._clock = clock

    async def take(self, key: str, per_minute: int, priority: Priority) -> Admission:
        size = bucket_size(per_minute)

        async def shared() -> Admission:
            arguments = [int(self._clock() * 1000), size.capacity, size.per_second, size.reserve(priority)]
            granted, wait = await self._take(keys=[_name(key)], args=arguments)
            return Admission(granted=bool(granted), wait=float(wait))

        return await self._server.ask(shared, lambda: self._fallback.take(key, per_minute, priority))

    async def block(self, key: str, seconds: float) -> None:
        async def shared() -> None:
            await self._block(keys=[_name(key)], args=[int((self._clock() + seconds) * 1000)])

        await self._fallback.block(key, seconds)
        await self._server.ask(shared, nothing)

    async def close(self) -> None:
        await self._server.close()


def _name(key: str) -> str:
    return f"zusage:bucket:{key}"
