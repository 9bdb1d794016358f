"""Asking the calendar for what a comparison needs: single bookings along their chain of moves, and lists in pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from zusage.app.mirror.ports import (
    BookingsWanted,
    CalendarBooking,
    CalendarError,
    CalendarReading,
    Terms,
)
from zusage.app.reconcile.observing import belongs, fits
from zusage.app.reconcile.sights import Phase, Sight

_LONGEST_CHAIN = 10
MOST_LISTED = 5000
_MOST_UNREAD = 3
"""More answers that cannot be read than so many are no odd bookings: the calendar itself is ill."""


class TooManyError(Exception):
    """A list has more bookings than one run reads."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How many bookings a page has, and with how many of the page before it begins: rows shift while one turns pages."""

    size: int = 100
    overlap: int = 10


@dataclass(slots=True)
class Reader:
    """One run's questions; each booking is asked for once. `read` are those read one by one, None: it was not found.

    `unread` are those to which no readable answer came: one odd booking must not keep all others from being compared.

    :raises CalendarError: from any method, but for what is not found or not readable."""

    calendar: CalendarReading
    terms: Terms
    paging: Paging = field(default_factory=Paging)
    read: dict[str, CalendarBooking | None] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    async def get(self, uid: str) -> CalendarBooking | None:
        if uid not in self.read and uid not in self.unread:
            try:
                self.read[uid] = await self.calendar.get_booking(uid, self.terms)
            except CalendarError as error:
                if error.kind == "gone":
                    self.read[uid] = None
                elif error.kind == "unknown" and error.status and len(self.unread) < _MOST_UNREAD:
                    self.unread.add(uid)
                else:
                    raise
        return self.read.get(uid)

    async def last_of(self, uid: str) -> Sight:
        """Follow a booking to where it was moved last; nobody has seen it while a successor is not found or readable.

        One that was named to us is there, or was: reads lag. What was moved is not cancelled (protocols 19)."""
        found = await self.get(uid)
        for _ in range(_LONGEST_CHAIN):
            if found is None or found.moved_to is None or found.alive:
                break
            found = await self.get(found.moved_to)
            if found is None:
                return Sight()
        return Sight(found, asked=uid not in self.unread)

    async def sight(self, phase: Phase, listed: Mapping[str, CalendarBooking]) -> Sight:
        """Look at a phase. What a list shows as it is known is believed; anything else is asked for by its uid.

        `listed` are the bookings of this phase that a list showed, by uid."""
        shown = listed.get(phase.uid or "")
        if phase.uid is None:
            sight = Sight()
        elif shown is not None and (_stands(shown, phase) or _is_over(shown, phase)):
            sight = Sight(shown, asked=True)
        else:
            sight = await self.last_of(phase.uid)
        return await self._with_others(phase, sight, listed)

    async def _with_others(self, phase: Phase, sight: Sight, listed: Mapping[str, CalendarBooking]) -> Sight:
        kept = sight.current.uid if sight.current is not None else None
        others = []
        for uid in sorted(listed):
            if uid not in (kept, phase.uid) and listed[uid].alive:
                # Lists lag: what they show as alive may have been moved or cancelled by now.
                there = await self.get(uid)
                if there is not None and (fits(there, phase) or (there.alive and belongs(there, phase))):
                    others.append(there)
        return replace(sight, others=tuple(others))

    async def listed(self, wanted: BookingsWanted) -> dict[str, CalendarBooking]:
        """Read all pages of a list, by uid; of one that comes twice the last.

        What is unreadable is left out, so nothing may be concluded from what is not in it but that it must be asked for.

        :raises TooManyError: there are more than one run reads."""
        found: dict[str, CalendarBooking] = {}
        skip: int | None = 0
        while skip is not None:
            page = await self.calendar.list_bookings(
                replace(wanted, take=self.paging.size, skip=skip), self.terms
            )
            found |= {booking.uid: booking for booking in page.bookings}
            if len(found) > MOST_LISTED:
                raise TooManyError(f"more than {MOST_LISTED} bookings in one list")
            skip = None if page.next_skip is None else max(page.next_skip - self.paging.overlap, skip + 1)
        return found


def _stands(booking: CalendarBooking, phase: Phase) -> bool:
    """Say whether a list shows what is known. Lists lag, so anything new is asked for, and so is what people ended."""
    return phase.known == "present" and not phase.in_review and fits(booking, phase)


def _is_over(booking: CalendarBooking, phase: Phase) -> bool:
    """Say whether a booking is cancelled as it is wanted: nobody cancels twice, so there is nothing to ask."""
    return phase.wanted == "absent" and not booking.alive and booking.moved_to is None
