"""The rule which booking in a calendar is ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zusage.app.mirror.ports import CalendarBooking

INTENT = "intent"  # the key in a booking's metadata under which our intent stands


@dataclass(frozen=True, slots=True)
class Expected:
    """What a booking of ours must be."""

    intent: str
    start: datetime
    end: datetime
    host_id: int


Difference = Literal["status", "intent", "start", "end", "host"]


def differences(booking: CalendarBooking, expected: Expected) -> tuple[Difference, ...]:
    """Say in what a booking differs from what we wanted; it is ours only when there is nothing.

    Cancelled ones never are: a move copies the intent to the new booking (protocols 19)."""
    checks: tuple[tuple[Difference, bool], ...] = (
        ("status", booking.alive),
        ("intent", booking.metadata.get(INTENT) == expected.intent),
        ("start", booking.start == expected.start),
        ("end", booking.end == expected.end),
        ("host", booking.host_id == expected.host_id),
    )
    return tuple(name for name, same in checks if not same)


def is_ours(booking: CalendarBooking, expected: Expected) -> bool:
    """Say whether a booking in the calendar is the one we wanted, at its time, with its host."""
    return not differences(booking, expected)
