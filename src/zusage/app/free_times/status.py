"""How well what is kept serves the calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from zusage.app.free_times.ports import FreeDays

_DAYS = 7


@dataclass(frozen=True, slots=True)
class CacheStatus:
    """The questions of the last seven days (UTC), by how they were answered; `days` are those kept now."""

    company_id: UUID
    company: str
    days: int
    hits: int
    stale: int
    misses: int
    reads: int

    @property
    def hit_rate(self) -> float | None:
        """Of the questions those for which nobody waited for the calendar; None: there was none."""
        asked = self.hits + self.stale + self.misses
        return (self.hits + self.stale) / asked if asked else None


async def cache_status(
    companies: Sequence[tuple[UUID, str]], *, kept: FreeDays, now: float
) -> list[CacheStatus]:
    """Tell it for these companies (id and key), in their order; `now` is seconds since 1970."""
    today = datetime.fromtimestamp(now, UTC).date()
    week = [today - timedelta(days=n) for n in range(_DAYS)]
    days = await kept.kept([company_id for company_id, _ in companies])
    found = []
    for company_id, key in companies:
        counts = await kept.counts(company_id, week)
        numbers = {kind: counts.get(kind, 0) for kind in ("hits", "stale", "misses", "reads")}
        found.append(CacheStatus(company_id, key, days[company_id], **numbers))
    return found
