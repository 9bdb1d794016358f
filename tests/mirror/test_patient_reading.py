"""Whoever reads a calendar by hand waits for its rate, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from zusage.app.mirror.patient_reading import LONGEST_WAIT, PatientReading
from zusage.app.mirror.ports import (
    BookingPage,
    BookingsWanted,
    CalendarBooking,
    CalendarError,
    Failure,
    Terms,
)

TERMS = Terms(1.0, "background")


@dataclass
class Refusing:
    """A calendar that refuses the next requests, each with how long to wait."""

    waits: list[float | None]
    kind: Failure = "limit"
    waited: list[float] = field(default_factory=list)

    async def get_booking(self, uid: str, terms: Terms) -> CalendarBooking:
        raise NotImplementedError(uid, terms)

    async def list_bookings(self, wanted: BookingsWanted, terms: Terms) -> BookingPage:
        if self.waits:
            raise CalendarError(self.kind, "No.", retry_after=self.waits.pop(0))
        return BookingPage(())

    async def wait(self, seconds: float) -> None:
        self.waited.append(seconds)


async def test_the_rate_is_waited_for() -> None:
    calendar = Refusing([60.0, None, 2.5])
    assert await PatientReading(calendar, calendar.wait).list_bookings(
        BookingsWanted(), TERMS
    ) == BookingPage(())
    assert calendar.waited == [60.0, 1.0, 2.5]


@pytest.mark.parametrize(
    ("waits", "waited"),
    [([LONGEST_WAIT + 1], []), ([60.0, 60.0], [60.0]), ([60.0, 30.0, 0.5], [60.0, 30.0])],
)
async def test_it_is_not_waited_for_ever(waits: list[float | None], waited: list[float]) -> None:
    calendar = Refusing(waits)
    with pytest.raises(CalendarError, match="No"):
        await PatientReading(calendar, calendar.wait).list_bookings(BookingsWanted(), TERMS)
    assert calendar.waited == waited


async def test_what_is_no_matter_of_the_rate_is_told_at_once() -> None:
    calendar = Refusing([1.0], kind="not_sent")
    with pytest.raises(CalendarError, match="No"):
        await PatientReading(calendar, calendar.wait).list_bookings(BookingsWanted(), TERMS)
    assert calendar.waited == []
