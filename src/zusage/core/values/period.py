"""Half-open stretches of real time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The instants from `start` (included) to `end` (excluded), both aware, in UTC, `start < end`.

    :raises ValueError: an end is naive, or the period is empty."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Thousands are read for one question, nearly all of them in UTC already.
        foreign = self.start.tzinfo is not UTC or self.end.tzinfo is not UTC
        if foreign and (self.start.utcoffset() is None or self.end.utcoffset() is None):
            raise ValueError("a period needs aware instants")
        if self.start >= self.end:
            raise ValueError(f"a period must not be empty: {self.start} to {self.end}")
        if foreign:
            object.__setattr__(self, "start", self.start.astimezone(UTC))
            object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end
