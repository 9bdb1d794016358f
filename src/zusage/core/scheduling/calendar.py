"""What an outside calendar told of the members of staff, as the rules see it (D6). Pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from zusage.core.scheduling._clock import ceil_minute, days_between, floor_minute
from zusage.core.values import Period

CERTAIN_SECONDS = 900.0
"""A reading younger than this is said as certain: web bookings are told or found within that time all the same."""
SEEN_SECONDS = 4500.0
"""An older reading tells nothing sure: the hourly warm-up, late by a quarter of an hour, keeps every day younger."""

Closed = Mapping[UUID, Sequence[Period]]
"""Time per member of staff that the calendar does not give, whatever the ledger says; who is absent has none."""
NOTHING_CLOSED: Closed = MappingProxyType({})


class UnreadDays(Exception):  # noqa: N818
    """A question reached days of which nobody has asked the calendar; `window` holds them."""

    def __init__(self, window: Period) -> None:
        super().__init__(f"not read: {window.start} to {window.end}")
        self.window = window


@dataclass(frozen=True, slots=True)
class FreeDay:
    """One local day of one member: their free stretches in order, and how old the reading is in seconds."""

    free: tuple[Period, ...]
    age_seconds: float

    @property
    def seen(self) -> bool:
        return self.age_seconds <= SEEN_SECONDS


@dataclass(frozen=True, slots=True)
class CalendarView:
    """What is known of whole local days (of `zone`), per member of staff; None: the calendar could not be asked.

    `unreachable` says what becomes of days that could not be read: the ledger alone decides ("offer"), or nothing of
    them is offered ("hide"). Days that are not there at all were never asked about: `UnreadDays`."""

    zone: str
    unreachable: Literal["offer", "hide"]
    days: Mapping[tuple[UUID, date], FreeDay | None]

    def with_days_of(self, other: CalendarView) -> CalendarView:
        """The same with what another view knows; its readings win."""
        return replace(self, days={**self.days, **other.days})

    def only_seen(self) -> CalendarView:
        """The same without days that were not read, or too long ago: whoever needs one of those asks for it."""
        seen = {place: day for place, day in self.days.items() if day is not None and day.seen}
        return replace(self, days=seen)

    def days_in(self, period: Period) -> Sequence[date]:
        """The local days that a period touches."""
        return days_between(self.zone, floor_minute(period.start), ceil_minute(period.end))

    def age(self, staff_id: UUID, period: Period) -> float | None:
        """Say how many seconds ago the calendar was read for a period, at the day read longest ago; None: not within
        `SEEN_SECONDS`."""
        read = [self.days.get((staff_id, day)) for day in self.days_in(period)]
        ages = [day.age_seconds for day in read if day is not None and day.seen]
        return max(ages) if len(ages) == len(read) else None

    def hides(self, staff_id: UUID, day: date) -> bool:
        """Say whether nothing of a day is offered because the calendar could not be read."""
        known = self.days.get((staff_id, day))
        return self.unreachable == "hide" and (known is None or not known.seen)

    def showing_all(self) -> CalendarView:
        """The same for a company that offers what could not be read: what else decides shows by comparison."""
        return replace(self, unreachable="offer")
