"""Reading calendars for somebody at a keyboard: while a key's rate is used up, they wait instead of failing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from zusage.app.mirror.ports import (
    BookingPage,
    BookingsWanted,
    CalendarAccess,
    CalendarBooking,
    CalendarError,
    CalendarReading,
    ReadableCalendars,
    Terms,
)

LONGEST_WAIT = 90.0
"""So many seconds are waited for one request at most: a key that asked too often is blocked for a minute."""
Wait = Callable[[float], Awaitable[None]]

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class PatientCalendars:
    """Implements `ReadableCalendars`; `wait` lets so many seconds pass."""

    calendars: ReadableCalendars
    wait: Wait

    def of(self, access: CalendarAccess) -> PatientReading:
        return PatientReading(self.calendars.of(access), self.wait)


@dataclass(frozen=True, slots=True)
class PatientReading:
    """Implements `CalendarReading`; "limit" is raised only after `LONGEST_WAIT`, or where waiting so long would not do."""

    calendar: CalendarReading
    wait: Wait

    async def get_booking(self, uid: str, terms: Terms) -> CalendarBooking:
        return await self._patiently(lambda: self.calendar.get_booking(uid, terms))

    async def list_bookings(self, wanted: BookingsWanted, terms: Terms) -> BookingPage:
        return await self._patiently(lambda: self.calendar.list_bookings(wanted, terms))

    async def _patiently(self, ask: Callable[[], Awaitable[_Value]]) -> _Value:
        left = LONGEST_WAIT
        while True:
            try:
                return await ask()
            except CalendarError as error:
                seconds = max(error.retry_after or 1.0, 0.1)
                if error.kind != "limit" or seconds > left:
                    raise
            left -= seconds
            await self.wait(seconds)
