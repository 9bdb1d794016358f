"""Look what of before a branch was connected is not in the calendar, and what looks the same there; change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from zusage.app.mirror.backfill import BackfillItem, BackfillStore, with_twins
from zusage.app.mirror.ports import BookingsWanted, CalendarBooking, CalendarBookings, Terms

_PAGE = 100
_MOST_PAGES = 100
_PATIENCE = Terms(30.0, "background")


async def view_backfill(
    company_id: UUID, store: BackfillStore, calendar: CalendarBookings, *, limit: int
) -> Sequence[BackfillItem]:
    """List the phases that have no mirror, of the next `limit` appointments, each with what looks the same there.

    One request for a hundred bookings of that time, at the background's rate.

    :raises CalendarError: the calendar cannot be read; then nothing is known about what stands there.
    :raises LedgerBusy: the database is too busy; trying again is safe."""
    phases = await store.unmirrored(company_id, limit)
    asked = [phase for phase in phases if phase.target is not None]
    if not asked:
        return with_twins(phases, ())
    there = await _bookings(calendar, min(phase.start for phase in asked), max(phase.end for phase in asked))
    return with_twins(phases, there)


async def _bookings(calendar: CalendarBookings, begins: datetime, ends: datetime) -> list[CalendarBooking]:
    found: dict[str, CalendarBooking] = {}
    skip: int | None = 0
    for _ in range(_MOST_PAGES):
        if skip is None:
            break
        wanted = BookingsWanted(starts_from=begins, ends_by=ends, take=_PAGE, skip=skip)
        page = await calendar.list_bookings(wanted, _PATIENCE)
        found |= {booking.uid: booking for booking in page.bookings}
        skip = page.next_skip
    return list(found.values())
