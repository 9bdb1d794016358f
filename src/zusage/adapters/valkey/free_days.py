"""Days of free time that all processes share. Helpful, not vital: without Valkey each process keeps its own."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from zusage.adapters.process_free_days import ProcessFreeDays, generation_at, is_after
from zusage.adapters.valkey.server import ValkeyServer, nothing
from zusage.app.free_times.ports import KeptDay, Kind, Place
from zusage.core.values import Period

_Value = TypeVar("_Value")

# A day without a generation gets one: what a crowded server has evicted must never let an old day come back.
_GENERATIONS = """
local found = {}
for i, key in ipairs(KEYS) do
  local stands = redis.call('GET', key)
  if not stands then stands = ARGV[1] end
  redis.call('SET', key, stands, 'EX', ARGV[2])
  found[i] = stands
end
return found
"""
# As a drop does, but nothing has changed in the calendar: its answers of this moment are as good as any.
_CLEAR = """
for _, key in ipairs(KEYS) do
  local stands = redis.call('GET', key)
  if stands then
    redis.call('SET', key, string.match(stands, '^%d+') .. '-' .. ARGV[1], 'EX', ARGV[2])
  end
end
return #KEYS
"""
# Compared and written in one step: between the two nothing can be dropped (protocols 35).
_WRITE = """
local kept = 0
for i = 1, #KEYS, 2 do
  if redis.call('GET', KEYS[i]) == ARGV[i + 1] then
    redis.call('SET', KEYS[i + 1], ARGV[i + 2], 'EX', ARGV[1])
    kept = kept + 1
  end
end
return kept
"""
# What was written between our look and this is newer than what we make of the old: then the day is dropped.
_TAKE_OUT = """
local same = redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('GET', KEYS[2]) == ARGV[2]
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[5])
if same then redis.call('SET', KEYS[2], ARGV[4], 'KEEPTTL') end
return same and 1 or 0
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_DAY_SECONDS = 86_400
_GENERATION_SECONDS = 2 * _DAY_SECONDS
"""Longer than any day is kept, so that no day outlives the generation it was dropped by."""
_COUNT_SECONDS = 8 * _DAY_SECONDS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_AT_ONCE = 500
_EVERY_DAY = "zusage:free:{*}:day:*"


class ValkeyFreeDays:
    """Implements `app.free_times.ports.FreeDays` on a shared Valkey or Redis; a day is kept for a day.

    This process keeps its own (`fallback`) while the server is away. A little patience with it (`timeout`), because
    what is not read here is asked of the calendar. `clock` gives seconds since 1970."""

    def __init__(
        self,
        url: str,
        *,
        fallback: ProcessFreeDays,
        clock: Callable[[], float] = time.time,
        timeout: float = 0.3,
    ) -> None:
        self._server = ValkeyServer(url, timeout=timeout, clock=clock)
        self._client = self._server.client
        self._generations = self._client.register_script(_GENERATIONS)
        self._clear = self._client.register_script(_CLEAR)
        self._write = self._client.register_script(_WRITE)
        self._take_out = self._client.register_script(_TAKE_OUT)
        self._release = self._client.register_script(_RELEASE)
        self._fallback = fallback
        self._clock = clock

    async def read(self, places: Collection[Place]) -> Mapping[Place, KeptDay]:
        wanted = list(places)

        async def shared() -> Mapping[Place, KeptDay]:
            if not wanted:
                return {}
            generations = list(dict.fromkeys(map(_generation_key, wanted)))
            found = await self._client.mget([*map(_day_key, wanted), *generations])
            current = dict(zip(generations, found[len(wanted) :], strict=True))
            return {
                place: day
                for place, text in zip(wanted, found, strict=False)
                if (day := _day(text, current[_generation_key(place)])) is not None
            }

        return await self._server.ask(shared, lambda: self._fallback.read(wanted))

    async def generations(self, places: Sequence[Place]) -> Sequence[str]:
        async def shared() -> Sequence[str]:
            keys = [_generation_key(place) for place in places]
            made = f"0-{secrets.token_hex(8)}"
            found = await self._generations(keys=keys, args=[made, _GENERATION_SECONDS]) if keys else []
            return [str(each, "utf-8") for each in found]

        return await self._server.ask(shared, lambda: self._fallback.generations(places))

    async def write(self, days: Mapping[Place, KeptDay], generations: Mapping[Place, str]) -> bool:
        fitting = {place: day for place, day in days.items() if is_after(generations[place], day.read_at)}

        async def shared() -> bool:
            keys = [key for place in fitting for key in (_generation_key(place), _day_key(place))]
            values = [
                text
                for place, day in fitting.items()
                for text in (generations[place], _text(day, generations[place]))
            ]
            kept = await self._write(keys=keys, args=[_DAY_SECONDS, *values]) if keys else 0
            return int(kept) == len(days)

        return await self._server.ask(shared, lambda: self._fallback.write(days, generations))

    async def drop(self, company_id: UUID, staff_id: UUID, days: Collection[date]) -> None:
        # Here as well: a process that falls back later must not give back what was dropped.
        await self._fallback.drop(company_id, staff_id, days)
        generation = generation_at(self._clock(), secrets.token_hex(8))

        async def shared() -> None:
            async with self._client.pipeline(transaction=False) as pipe:
                for day in days:
                    pipe.set(_generation(company_id, staff_id, day), generation, ex=_GENERATION_SECONDS)
                await pipe.execute()

        await self._server.ask(shared, nothing)

    async def take_out(self, times: Mapping[Place, Period]) -> None:
        await self._fallback.take_out(times)

        async def shared() -> None:
            for place, during in times.items():
                await self._take_out_one(place, during)

        await self._server.ask(shared, nothing)

    async def _take_out_one(self, place: Place, during: Period) -> None:
        keys = [_generation_key(place), _day_key(place)]
        stands, text = await self._client.mget(keys)
        day, generation = _day(text, stands), generation_at(self._clock(), secrets.token_hex(8))
        if day is None:
            await self._client.set(keys[0], generation, ex=_GENERATION_SECONDS)
            return
        left = _text(day.without(during), generation)
        await self._take_out(keys=keys, args=[stands, text, generation, left, _GENERATION_SECONDS])

    async def lease(self, company_id: UUID, name: str, seconds: float) -> str | None:
        lease = secrets.token_hex(8)

        async def shared() -> str | None:
            key, until = f"{_company(company_id)}:lease:{name}", int(seconds * 1000)
            return lease if await self._client.set(key, lease, nx=True, px=until) else None

        return await self._server.ask(shared, lambda: self._fallback.lease(company_id, name, seconds))

    async def release(self, company_id: UUID, name: str, lease: str) -> None:
        async def shared() -> None:
            await self._release(keys=[f"{_company(company_id)}:lease:{name}"], args=[lease])

        await self._server.ask(shared, lambda: self._fallback.release(company_id, name, lease))

    async def count(self, company_id: UUID, day: date, counts: Mapping[Kind, int]) -> None:
        async def shared() -> None:
            key = _count_key(company_id, day)
            async with self._client.pipeline(transaction=False) as pipe:
                for kind, number in counts.items():
                    pipe.hincrby(key, kind, number)
                pipe.expire(key, _COUNT_SECONDS)
                await pipe.execute()

        await self._server.ask(shared, lambda: self._fallback.count(company_id, day, counts))

    async def counts(self, company_id: UUID, days: Sequence[date]) -> Mapping[Kind, int]:
        async def shared() -> Mapping[Kind, int]:
            total: dict[Kind, int] = {}
            for day in days:
                found: Mapping[bytes, bytes] = await cast(
                    "Awaitable[Mapping[bytes, bytes]]", self._client.hgetall(_count_key(company_id, day))
                )
                for name, number in found.items():
                    kind = cast("Kind", str(name, "utf-8"))
                    total[kind] = total.get(kind, 0) + int(number)
            return total

        return await self._server.ask(shared, lambda: self._fallback.counts(company_id, days))

    async def kept(self, companies: Collection[UUID]) -> Mapping[UUID, int]:
        async def shared() -> Mapping[UUID, int]:
            # One way through the keys, however many companies are asked about.
            pattern = _days_of(next(iter(companies))) if len(companies) == 1 else _EVERY_DAY
            counted: Counter[str] = Counter()
            async for key in self._client.scan_iter(pattern, count=_AT_ONCE):
                counted[str(key, "utf-8").partition("{")[2].partition("}")[0]] += 1
            return {company_id: counted[str(company_id)] for company_id in companies}

        return await self._server.ask(shared, lambda: self._fallback.kept(companies))

    async def clear(self, company_id: UUID) -> int:
        async def shared() -> int:
            # First of all what is being read now loses its generation, so that nothing of it comes back (protocols 35).
            pattern, token = f"{_company(company_id)}:generation:*", secrets.token_hex(8)
            stand = [key async for key in self._client.scan_iter(pattern, count=_AT_ONCE)]
            for first in range(0, len(stand), _AT_ONCE):
                await self._clear(keys=stand[first : first + _AT_ONCE], args=[token, _GENERATION_SECONDS])
            found = [key async for key in self._client.scan_iter(_days_of(company_id), count=_AT_ONCE)]
            for first in range(0, len(found), _AT_ONCE):
                await self._client.unlink(*found[first : first + _AT_ONCE])
            return len(found)

        here = await self._fallback.clear(company_id)
        return await self._server.ask(shared, lambda: _just(here))

    async def alive(self) -> bool:
        return await self._server.alive()

    async def close(self) -> None:
        await self._server.close()


async def _just(value: _Value) -> _Value:
    return value


def _company(company_id: UUID) -> str:
    # The braces keep all keys of a company together where keys are spread over several servers.
    return f"zusage:free:{{{company_id}}}"


def _days_of(company_id: UUID) -> str:
    return f"{_company(company_id)}:day:*"


def _day_key(place: Place) -> str:
    where = f"{place.staff_id}:{place.source}:{place.zone}:{place.day.isoformat()}"
    return f"{_company(place.company_id)}:day:{where}"


def _generation_key(place: Place) -> str:
    return _generation(place.company_id, place.staff_id, place.day)


def _generation(company_id: UUID, staff_id: UUID, day: date) -> str:
    return f"{_company(company_id)}:generation:{staff_id}:{day.isoformat()}"


def _count_key(company_id: UUID, day: date) -> str:
    return f"{_company(company_id)}:counts:{day.isoformat()}"


def _text(day: KeptDay, generation: str) -> str:
    free = [[-((_EPOCH - p.start) // _MINUTE), (p.end - _EPOCH) // _MINUTE] for p in day.free]
    return json.dumps({"generation": generation, "read_at": day.read_at, "free": free}, separators=(",", ":"))


def _day(text: bytes | None, generation: bytes | None) -> KeptDay | None:
    """Read a day that is kept; None where there is none, or it was dropped."""
    if text is None or generation is None:
        return None
    try:
        stored: Any = json.loads(text)
        if stored["generation"] != str(generation, "utf-8"):
            return None
        free = tuple(Period(_EPOCH + a * _MINUTE, _EPOCH + b * _MINUTE) for a, b in stored["free"])
        return KeptDay(free, float(stored["read_at"]))
    except (KeyError, TypeError, ValueError):
        # Another version wrote it; it is read anew.
        return None
