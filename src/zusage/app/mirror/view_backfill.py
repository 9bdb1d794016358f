"""Look what of before a branch was connected is not in the calendar, and what looks the same there; change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from zusage.app.mirror.backfill import BackfillItem, BackfillStore, Unmirrored, with_twins
from zusage.app.mirror.ports import BookingsWanted, CalendarBooking, CalendarError, CalendarReading, Terms

_PAGE, _OVERLAP = 100, 10
"""Rows shift while one turns pages: each page begins with the last ten of the one before."""
_MOST_PAGES = 100
_MOST_DAYS = 30
"""So many days are asked about one by one where something could not be read; later ones count as not read."""
_PATIENCE = Terms(30.0, "background")


async def view_backfill(
    company_id: UUID, store: BackfillStore, calendar: CalendarReading, *, limit: int
) -> Sequence[BackfillItem]:
    """List the phases that have no mirror, of the next `limit` appointments, each with what looks the same there.

    One request for ninety bookings of that time, at the background's rate; where one of them cannot be read, one more for
    each day of the phases, to know on which.

    :raises CalendarError: the calendar cannot be read, or not whole; then nothing is known about what stands there.
    :raises LedgerBusy: the database is too busy; trying again is safe."""
    phases = await store.unmirrored(company_id, limit)
    asked = [phase for phase in phases if phase.target is not None]
    if not asked:
        return with_twins(phases, ())
    begins, ends = min(phase.start for phase in asked), max(phase.end for phase in asked)
    there, whole = await _bookings(calendar, begins, ends)
    return with_twins(phases, there, () if whole else await _unread_days(calendar, asked))


async def _unread_days(calendar: CalendarReading, phases: Sequence[Unmirrored]) -> set[date]:
    """Tell on which days of these phases (UTC) something could not be read."""
    days = sorted({phase.start.date() for phase in phases})
    unread = set(days[_MOST_DAYS:])
    for day in days[:_MOST_DAYS]:
        of_day = [phase for phase in phases if phase.start.date() == day]
        begins, ends = min(phase.start for phase in of_day), max(phase.end for phase in of_day)
        _, whole = await _bookings(calendar, begins, ends)
        unread |= set() if whole else {day}
    return unread


async def _bookings(
    calendar: CalendarReading, begins: datetime, ends: datetime
) -> tuple[list[CalendarBooking], bool]:
    """List all bookings within a time, and say whether each could be read.

    :raises CalendarError: there are more than are ever read."""
    found: dict[str, CalendarBooking] = {}
    unreadable, skip = 0, 0
    for _ in range(_MOST_PAGES):
        wanted = BookingsWanted(starts_from=begins, ends_by=ends, take=_PAGE, skip=skip)
        page = await calendar.list_bookings(wanted, _PATIENCE)
        found |= {booking.uid: booking for booking in page.bookings}
        unreadable += page.unreadable
        if page.next_skip is None:
            return list(found.values()), not unreadable
        skip = max(page.next_skip - _OVERLAP, skip + 1)
    raise CalendarError(
        "invalid", f"There are over {len(found)} bookings in that time; take a lower --limit."
    )
