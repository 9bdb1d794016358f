"""Courtesies: what hides a live hold from web bookers at the calendar, and what tending them needs from outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from zusage.app.mirror.connection import CalendarConnection
from zusage.core.values import Period

State = Literal["wanted", "sent", "placed", "leaving", "gone", "lost"]


@dataclass(frozen=True, slots=True)
class Courtesy:
    """One segment of a hold, taken to be hidden, or, with a `uid`, to be shown again.

    `until` is how long it may be hidden at the latest; `length_min` is said only where the event type has several."""

    hold_id: UUID
    ordinal: int
    event_type_id: int
    start: datetime
    until: datetime
    length_min: int | None = None
    uid: str | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """How a courtesy stands now, and when it is looked at again. `until` None leaves it as it is."""

    state: State
    next_at: datetime
    uid: str | None = None
    attempts: int = 0
    until: datetime | None = None


class CourtesyUnit(Protocol):
    """One transaction of one company, rolled back unless `commit` was called.

    :raises LedgerBusy: from any method; trying again is safe."""

    async def connection(self) -> CalendarConnection | None:
        """:raises SecretUnreadable: no key opens the calendar's key."""

    async def now(self) -> datetime:
        """Tell the database's clock."""

    async def take(self, limit: int, seconds: float, *, place: bool) -> Sequence[Courtesy]:
        """Lease what is to be shown again, and, if `place`, what is to be hidden, for so many seconds.

        What is over is forgotten. Nothing is given out to be hidden while something else of ours that may still hide a
        part of it is not gone: the calendar would refuse it."""

    async def record(self, courtesy: Courtesy, change: Change | None) -> None:
        """Write how a taken courtesy stands now; None forgets it."""

    async def wake(self, at: datetime) -> None:
        """Leave a job for the company's courtesies, from `at` on, in this transaction."""

    async def commit(self) -> None: ...


class CourtesyStore(Protocol):
    def unit(self, company_id: UUID) -> AbstractAsyncContextManager[CourtesyUnit]: ...

    async def due_companies(self, limit: int) -> Sequence[UUID]:
        """List companies whose courtesies are to be looked at."""


class OwnReservations(Protocol):
    """Whoever reads free times of the calendar must count these as free: nobody but us has taken them there."""

    async def hidden(
        self, company_id: UUID, staff: Collection[UUID], window: Period
    ) -> Sequence[tuple[UUID, Period]]:
        """Tell what of these people's time in a window may be hidden by our own courtesies, or was within the last minute.

        Ask after the calendar has answered: what was hidden while it did is still told."""
