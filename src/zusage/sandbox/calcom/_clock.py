from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SimClock:
    """The simulator's clock: stands still at a moment, or runs with the machine's clock, shifted or not."""

    def __init__(self, start: datetime | None = None) -> None:
        self._fixed = start.astimezone(UTC) if start else None
        self._shift = timedelta()

    def now(self) -> datetime:
        """Give the moment it is at this Cal.com, in UTC."""
        return self._fixed or datetime.now(UTC) + self._shift

    @property
    def frozen(self) -> bool:
        return self._fixed is not None

    def set(self, moment: datetime, *, frozen: bool = True) -> None:
        """Go to a moment (with offset); frozen it stays there until it is set or advanced again."""
        self._fixed = moment.astimezone(UTC) if frozen else None
        self._shift = moment.astimezone(UTC) - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Let time pass at once, frozen or not."""
        self._shift += timedelta(seconds=seconds)
        if self._fixed:
            self._fixed += timedelta(seconds=seconds)
