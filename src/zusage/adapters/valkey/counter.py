"""Rate counters shared by all processes. Helpful, not vital: without Valkey each process counts for itself."""

from __future__ import annotations

import time
from collections.abc import Mapping

from zusage.adapters.valkey.server import ValkeyServer
from zusage.app.calls.ports import Counter

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


class ValkeyCounter:
    """Implements `app.calls.ports.Counter` on a shared Valkey or Redis; `fallback` counts while the server is away."""

    def __init__(self, url: str, *, fallback: Counter, timeout: float = 0.1) -> None:
        self._server = ValkeyServer(url, timeout=timeout)
        self._script = self._server.client.register_script(_HIT)
        self._fallback = fallback

    async def hit(self, limits: Mapping[str, int]) -> bool:
        async def shared() -> bool:
            now = time.time()
            arguments = [int(now // 60), now % 60 / 60, *limits.values()]
            return bool(await self._script(keys=list(limits), args=arguments))

        return await self._server.ask(shared, lambda: self._fallback.hit(limits))

    async def alive(self) -> bool:
        return await self._server.alive()

    async def close(self) -> None:
        await self._server.close()
