"""Small states that all processes see and change one after the other."""

from __future__ import annotations

from typing import Any

from zusage.adapters.calcom.shared import StateStore
from zusage.adapters.valkey.server import ValkeyServer

_SWAP = """
local stands = redis.call('GET', KEYS[1]) or ''
if stands ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""
_DAY_MS = 86_400_000


class ValkeyStates:
    """Implements `adapters.calcom.shared.StateStore` on a shared Valkey or Redis; a state nobody changes lives a day.

    `fallback` keeps the states of this process while the server is away."""

    def __init__(
        self,
        url: str,
        *,
        fallback: StateStore,
        timeout: float = 0.1,
    ) -> None:
        self._server = ValkeyServer(url, timeout=timeout)
        self._swap = self._server.client.register_script(_SWAP)
        self._fallback = fallback

    async def read(self, key: str) -> str | None:
        return await self._server.ask(lambda: self._read(key), lambda: self._fallback.read(key))

    async def swap(self, key: str, old: str | None, new: str | None) -> bool:
        async def shared() -> bool:
            arguments: list[str | int] = [old or "", new or "", _DAY_MS]
            return bool(await self._swap(keys=[key], args=arguments))

        return await self._server.ask(shared, lambda: self._fallback.swap(key, old, new))

    async def close(self) -> None:
        await self._server.close()

    async def _read(self, key: str) -> str | None:
        stands: Any = await self._server.client.get(key)
        return str(stands, "utf-8") if stands is not None else None
