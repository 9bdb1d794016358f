"""Tell whether calls can be answered now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from zusage.app.operations.ports import Cache, Watch
from zusage.app.operations.waiting import within
from zusage.app.operations.watch import DatabaseSight

WORKER_MAY_REST = 60.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """`database` is None when it did not answer; a cache that is away makes answers slower, not wrong."""

    database: DatabaseSight | None
    worker: Literal["seen", "silent", "elsewhere"]
    cache: Literal["up", "down", "none"]

    @property
    def ready(self) -> bool:
        up_to_date = self.database is not None and not self.database.schema_behind
        return up_to_date and self.worker != "silent"


async def check_ready(
    *, watch: Watch, cache: Cache | None, expects_worker: bool, seconds: float = 2.0
) -> Readiness:
    """Look at database, worker and cache at once, for at most `seconds`; nothing raises."""
    database, cached = await asyncio.gather(within(seconds, watch.database()), _cache(cache, seconds))
    silent = database.worker_silent if database else None
    seen = silent is not None and silent < WORKER_MAY_REST
    return Readiness(database, "seen" if seen else "silent" if expects_worker else "elsewhere", cached)


async def _cache(cache: Cache | None, seconds: float) -> Literal["up", "down", "none"]:
    if cache is None:
        return "none"
    return "up" if await within(seconds, cache.alive()) else "down"
