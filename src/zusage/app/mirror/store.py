"""What the mirror routine needs from the database, and whom it tells of what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.rows import MirrorRow, MirrorWork, Orphan, Outcome, ReviewKind
from zusage.core.values import Period


class Changed(Protocol):
    async def __call__(
        self, company_id: UUID, staff_id: UUID, period: Period, *, doubtful: bool = False
    ) -> None:
        """Be told of a time of a member of staff at which the calendar may not be as it was read, once it has happened
        there and is recorded here. `doubtful`: nor may all else of those days, for nobody has said what it was.

        Called outside transactions; returns quickly, and raises nothing."""


async def tell_nobody(company_id: UUID, staff_id: UUID, period: Period, *, doubtful: bool = False) -> None:
    """Do nothing: for whom no free times are kept."""


class MirrorUnit(Protocol):
    """One transaction of one company, rolled back unless `commit` was called.

    :raises LedgerBusy: from any method; trying again is safe."""

    async def load(self, appointment_id: UUID) -> MirrorWork | None:
        """Read and lock all mirrors of an appointment, the appointment itself before them; None where there are none.

        :raises SecretUnreadable: no key opens the calendar's key."""

    async def save(self, appointment_id: UUID, row: MirrorRow) -> None:
        """Write what the routine may change of a row; what is wanted stays as it is."""

    async def keep_formers(self, appointment_id: UUID, row: MirrorRow) -> None:
        """Write which bookings of earlier generations of a phase still stand."""

    async def settle_move(self, appointment_id: UUID) -> None:
        """The calendar has agreed to the open move, if there is one: the old time is free."""

    async def unmove(self, appointment_id: UUID, reason: str, text: str) -> bool:
        """Take the open move back, which changes what is wanted; a person tells the customer. False: none is open.

        `reason` is for the calendar and the history, `text` what the calendar said."""

    async def overdue_moves(self, limit: int) -> Sequence[UUID]:
        """Give up the old time of moves to which the calendar has said nothing for ten minutes; a person decides."""

    async def note(self, appointment_id: UUID, ordinal: int, outcome: Outcome) -> None:
        """Keep what came of an action."""

    async def review(self, appointment_id: UUID, row: MirrorRow, kind: ReviewKind) -> None:
        """Open a review item, unless one of this kind and phase is open."""

    async def reviewed(self, appointment_id: UUID, ordinal: int) -> None:
        """Close the review items of a phase: it is settled."""

    async def add_orphan(self, appointment_id: UUID, ordinal: int, uid: str, why: str) -> None:
        """Store a booking to be cancelled there; one known already stays as it is."""

    async def wake(self, appointment_id: UUID, at: datetime) -> None:
        """Leave a job for the appointment, from `at` on, in this transaction."""

    async def due(self, limit: int) -> Sequence[UUID]:
        """List appointments with due mirrors, the longest due first, none that somebody has leased or that rest."""

    async def take_orphans(self, limit: int, seconds: float) -> Sequence[Orphan]:
        """Lease due orphans for so long."""

    async def save_orphan(
        self, orphan: Orphan, outcome: Outcome, next_at: datetime | None, *, resolved: bool
    ) -> None:
        """Write how cancelling an orphan went; without `next_at` it is resolved, or a person must look at it."""

    async def connection(self) -> CalendarConnection | None: ...

    async def now(self) -> datetime: ...

    async def commit(self) -> None: ...


class MirrorStore(Protocol):
    def unit(self, company_id: UUID) -> AbstractAsyncContextManager[MirrorUnit]: ...

    async def due_companies(self, limit: int) -> Sequence[UUID]:
        """List companies with due mirrors, orphans or moves."""
