"""Free times of the companies' calendars: what is kept of them, who reads them, and who is told of changes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.calendar_hosts import PostgresCalendarHosts
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.adapters.postgres.database import Database
from zusage.adapters.process_free_days import ProcessFreeDays
from zusage.adapters.valkey.free_days import ValkeyFreeDays
from zusage.app.free_times.after_change import AfterChange
from zusage.app.free_times.fill import Filler
from zusage.app.free_times.look import CalendarLooks
from zusage.app.free_times.ports import FreeDays, HostBook
from zusage.boot.calendars import CalendarParts


@dataclass(frozen=True, slots=True)
class FreeTimeParts:
    """`looks` is for callers, `changed` for whoever changes a calendar, `filler` for whoever reads ahead."""

    hosts: HostBook
    kept: FreeDays
    filler: Filler
    looks: CalendarLooks
    changed: AfterChange
    shared: ValkeyFreeDays | None

    async def close(self) -> None:
        """Let what is being read finish, for a moment, and disconnect."""
        await self.filler.close()
        if self.shared is not None:
            await self.shared.close()


def build_free_times(
    database: Database, box: SecretBox, calendars: CalendarParts, *, deadline_ms: int
) -> FreeTimeParts:
    """Build all of it without connecting anything; `deadline_ms` is how long a caller waits for a calendar."""
    here = ProcessFreeDays(time.time)
    shared = ValkeyFreeDays(calendars.valkey, fallback=here) if calendars.valkey else None
    hosts, kept = PostgresCalendarHosts(database, box), shared or here
    filler = Filler(kept, calendars.client, PostgresCourtesies(database, box), time.time)
    looks = CalendarLooks(hosts, filler, deadline_ms / 1000)
    return FreeTimeParts(hosts, kept, filler, looks, AfterChange(hosts, filler), shared)


@asynccontextmanager
async def open_free_times(
    database: Database, box: SecretBox, calendars: CalendarParts, *, deadline_ms: int
) -> AsyncIterator[FreeTimeParts]:
    """Build it for as long as the block runs."""
    parts = build_free_times(database, box, calendars, deadline_ms=deadline_ms)
    try:
        yield parts
    finally:
        await parts.close()
