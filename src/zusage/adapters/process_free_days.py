"""Days of free time kept by this process alone: where there is no Valkey, or while it is away."""

from __future__ import annotations

import itertools
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from zusage.app.free_times.ports import KeptDay, Kind, Place
from zusage.core.values import Period

THEIR_CACHE_MS = 2_000
"""For so long after a drop the calendar may still answer as before it."""

_MOST_DAYS, _MOST_GENERATIONS, _MOST_COUNTS = 20_000, 50_000, 5_000


class ProcessFreeDays:
    """Implements `app.free_times.ports.FreeDays` in this process; the oldest are forgotten first.

    Another process's drops do not come here. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._days: OrderedDict[Place, tuple[str, KeptDay]] = OrderedDict()
        self._generations: OrderedDict[tuple[UUID, UUID, date], str] = OrderedDict()
        self._cleared: dict[UUID, str] = {}
        self._leases: dict[tuple[UUID, str], tuple[str, float]] = {}
        self._counts: OrderedDict[tuple[UUID, date], dict[Kind, int]] = OrderedDict()
        self._numbers = itertools.count(1)

    async def read(self, places: Collection[Place]) -> Mapping[Place, KeptDay]:
        return {
            place: known[1]
            for place in places
            if (known := self._days.get(place)) is not None and known[0] == self._generation(place)
        }

    async def generations(self, places: Sequence[Place]) -> Sequence[str]:
        return [self._generation(place) for place in places]

    async def write(self, days: Mapping[Place, KeptDay], generations: Mapping[Place, str]) -> bool:
        kept = 0
        for place, day in days.items():
            if generations[place] == self._generation(place) and is_after(generations[place], day.read_at):
                self._days[place] = (generations[place], day)
                self._days.move_to_end(place)
                kept += 1
        _shorten(self._days, _MOST_DAYS)
        return kept == len(days)

    async def drop(self, company_id: UUID, staff_id: UUID, days: Collection[date]) -> None:
        for day in days:
            key = (company_id, staff_id, day)
            self._generations[key] = generation_at(self._clock(), str(next(self._numbers)))
            self._generations.move_to_end(key)
        self._shorten_generations()

    async def take_out(self, times: Mapping[Place, Period]) -> None:
        known = await self.read(times)
        for place, during in times.items():
            await self.drop(place.company_id, place.staff_id, [place.day])
            if place in known:
                self._days[place] = (self._generation(place), known[place].without(during))

    def _shorten_generations(self) -> None:
        if len(self._generations) > _MOST_GENERATIONS:
            # Without its generation an old day would be taken for a living one.
            self._days.clear()
            self._generations.clear()

    async def lease(self, company_id: UUID, name: str, seconds: float) -> str | None:
        held = self._leases.get((company_id, name))
        if held is not None and held[1] > self._clock():
            return None
        lease = str(next(self._numbers))
        self._leases[company_id, name] = (lease, self._clock() + seconds)
        return lease

    async def release(self, company_id: UUID, name: str, lease: str) -> None:
        if self._leases.get((company_id, name), ("", 0.0))[0] == lease:
            del self._leases[company_id, name]

    async def count(self, company_id: UUID, day: date, counts: Mapping[Kind, int]) -> None:
        known = self._counts.setdefault((company_id, day), {})
        for kind, number in counts.items():
            known[kind] = known.get(kind, 0) + number
        _shorten(self._counts, _MOST_COUNTS)

    async def counts(self, company_id: UUID, days: Sequence[date]) -> Mapping[Kind, int]:
        total: dict[Kind, int] = {}
        for day in days:
            for kind, number in self._counts.get((company_id, day), {}).items():
                total[kind] = total.get(kind, 0) + number
        return total

    async def kept(self, companies: Collection[UUID]) -> Mapping[UUID, int]:
        counted = Counter(place.company_id for place in self._days)
        return {company_id: counted[company_id] for company_id in companies}

    async def clear(self, company_id: UUID) -> int:
        places = [place for place in self._days if place.company_id == company_id]
        for place in places:
            del self._days[place]
        token = str(next(self._numbers))
        self._cleared[company_id] = f"0-{token}"
        for key, generation in self._generations.items():
            if key[0] == company_id:
                self._generations[key] = f"{generation.partition('-')[0]}-{token}"
        return len(places)

    def _generation(self, place: Place) -> str:
        key = (place.company_id, place.staff_id, place.day)
        return self._generations.get(key) or self._cleared.get(place.company_id, "0-0")


def generation_at(now: float, token: str) -> str:
    """Name the generation that begins with a drop; `token` tells it from all others."""
    return f"{int(now * 1000)}-{token}"


def is_after(generation: str, read_at: float) -> bool:
    """Say whether a request that began then was answered by a calendar that knew of the drop."""
    return read_at * 1000 >= int(generation.partition("-")[0]) + (
        THEIR_CACHE_MS if generation[0] != "0" else 0
    )


def _shorten(known: OrderedDict[Any, Any], most: int) -> None:
    while len(known) > most:
        known.popitem(last=False)
