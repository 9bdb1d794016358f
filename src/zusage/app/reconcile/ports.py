"""What reconciliation needs from outside: where webhooks are kept, and what the ledger says about bookings there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.ports import CalendarBooking
from zusage.app.reconcile.observing import Ours
from zusage.app.reconcile.sights import External, Person, Phase
from zusage.app.reconcile.taking_over import Team
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class HookOwner:
    """Whose webhook address it is; `unreadable` secrets are those that no key opens."""

    company_id: UUID
    secrets: tuple[str, ...] = field(repr=False)
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """What of a webhook is kept: the hash of its raw body, the event's name, and which bookings to read again.

    A webhook is never data (protocols 20); names, addresses and times in it are not stored."""

    digest: bytes
    trigger: str
    uids: tuple[str, ...]


class HookDirectory(Protocol):
    async def find(self, address: str) -> HookOwner | None:
        """Find the company of a webhook address; None where it is nobody's.

        :raises LedgerBusy: the database is too busy; trying again is safe."""


class HintBox(Protocol):
    async def keep(self, company_id: UUID, hint: Hint, seconds: float) -> bool:
        """Store a hint that is to be heeded in so many seconds; False where this very body was stored before.

        :raises LedgerBusy: the database is too busy; trying again is safe."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a comparison starts from. `hosts` are the members of staff by who they are in the calendar, `people` all of them.

    `identity` is the database's, `acted` the one under which this company was last compared (None: never); `recent` is
    how many bookings the reconciler wanted cancelled or made anew in the hour before `now`, `last` when the last phase
    begins that is wanted there."""

    connection: CalendarConnection
    ours: Ours
    hosts: Mapping[int, UUID]
    people: Mapping[UUID, Person]
    zone: str
    now: datetime
    identity: str
    acted: str | None
    recent: int
    last: datetime | None = None

    @property
    def team(self) -> Team:
        return Team(self.hosts, self.people)


@dataclass(frozen=True, slots=True)
class Marks:
    """By what phases are looked for: uids, intents, ids of appointments, and places (a member of staff, a start)."""

    uids: frozenset[str] = frozenset()
    intents: frozenset[UUID] = frozenset()
    appointments: frozenset[UUID] = frozenset()
    places: frozenset[tuple[UUID, datetime]] = frozenset()


@dataclass(frozen=True, slots=True)
class TakenHint:
    """A hint that is being heeded; `looks` counts how often it was, this time included."""

    digest: bytes
    trigger: str
    uids: tuple[str, ...]
    looks: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Pull:
    """How far the comparison of a company has come, see the table `calendar_pull`."""

    lease: UUID
    now: datetime
    changed_from: datetime | None
    compare_from: datetime | None
    compare_started_at: datetime | None
    compared_at: datetime | None


class ReconcileUnit(Protocol):
    """One transaction of one company, rolled back unless `commit` was called.

    :raises LedgerBusy: from any method; trying again is safe."""

    async def frame(self) -> Frame | None:
        """Read what a comparison starts from; None where there is no connection.

        :raises SecretUnreadable: no key opens the calendar's key."""

    async def phases(self, marks: Marks) -> Sequence[Phase]:
        """Read all phases of the appointments that fit any of the marks, by appointment and ordinal."""

    async def expected(self, during: Period) -> Sequence[Phase]:
        """Read the phases that begin in a time and are wanted there, or stand there."""

    async def asked_about(self) -> Sequence[Phase]:
        """Read the phases to come that people moved or cancelled there, and that a person has to decide about."""

    async def lock(self, appointment_id: UUID) -> Sequence[Phase]:
        """Lock an appointment and its mirrors, in this order, and read its phases."""

    async def externals(
        self, *, uids: Iterable[str] = (), during: Period | None = None
    ) -> Sequence[External]:
        """Read stored bookings of others, by uid or by when they begin."""

    async def orphans(self, uids: Iterable[str]) -> frozenset[str]:
        """Tell which of these are orphans that are known already."""

    async def stands(self, phase: Phase, booking: CalendarBooking) -> None:
        """Note that a phase stands there as wanted; what was to be looked at of it is settled."""

    async def missed(self, phase: Phase) -> None:
        """Note that the booking of a phase was not found, and have it looked at again in three minutes."""

    async def again(self, phase: Phase) -> None:
        """Have the routine make a booking anew, as the next generation, unless the phase changed meanwhile."""

    async def ended(self, phase: Phase, why: str) -> None:
        """Note that people cancelled the booking of a phase, for a person to look at."""

    async def differs(self, phase: Phase, booking: CalendarBooking, why: str) -> None:
        """Note that people moved the booking of a phase, for a person to look at."""

    async def cancel(self, appointment_id: UUID, phases: Iterable[Phase], why: str) -> None:
        """End an appointment whose bookings people cancelled there; nothing is asked of the calendar."""

    async def follow(
        self,
        appointment_id: UUID,
        moved: Sequence[tuple[Phase, CalendarBooking]],
        staff_id: UUID | None,
        why: str,
    ) -> bool:
        """Move an appointment here as people moved it there, all its phases by the same, and to somebody else if said.

        False where another promise stands there; then nothing is changed.

        :raises LedgerRefused: somebody was faster; nothing is changed, and the transaction is over."""

    async def add_orphan(self, phase: Phase, uid: str, why: str) -> None:
        """Have a booking cancelled there; one known already stays as it is."""

    async def unknown(self, booking: CalendarBooking) -> None:
        """Have a person look at a booking of ours that this database does not know, once."""

    async def known_again(self, uid: str) -> None:
        """Close what was to be looked at about a booking that is over, or known."""

    async def no_show(self, appointment_id: UUID, uid: str) -> bool:
        """Write into the history that the customer did not come; False where it stands there."""

    async def block(self, uid: str, staff_id: UUID, during: Period) -> None:
        """Store a booking of others, or where it is now; the promises that it newly stands over go to a person."""

    async def free(self, uid: str) -> None:
        """Forget a booking of others that is over."""

    async def external_missed(self, uid: str) -> None:
        """Note that a booking of others was not found, and have it looked at again in three minutes."""

    async def observe(self, reason: str, *, doubt: bool) -> None:
        """Let the reconciler only look from now on, and have a person told why.

        `doubt`: what was never sent may have been, by the database that this one was made of; it is looked up first."""

    async def is_other_database(self) -> bool:
        """Say whether this is another database than the one that compared before, and nobody has noted it yet."""

    async def act(self) -> None:
        """Let the reconciler act again, in this database."""

    async def close_overlaps(self) -> None:
        """Close what was to be looked at about bookings of others over promises that are over, or elsewhere by now."""

    async def forget(self, before: datetime) -> None:
        """Delete hints and bookings of others that were over before a moment."""

    async def take_hints(self, limit: int, seconds: float) -> Sequence[TakenHint]:
        """Take due hints for so long; whoever comes meanwhile does not see them."""

    async def heeded(self, digests: Sequence[bytes], next_at: datetime | None) -> None:
        """Note that hints were heeded, and when they are to be heeded once more, if so."""

    async def pull_soon(self) -> None:
        """Have what changed compared within the next minute."""

    async def take_pull(self, lease: UUID, seconds: float, *, at_once: bool) -> Pull | None:
        """Take the comparison of this company for so long; None where somebody has it, or it is not due.

        `at_once`: due or not, and from whoever has it, whose own writing then does nothing."""

    async def keep_pull(self, pull: Pull, seconds: float) -> bool:
        """Write how far a comparison has come, and keep it for so long; False where the lease was lost."""

    async def end_pull(self, pull: Pull, next_at: datetime, failure: str | None) -> None:
        """Write how far it has come, and give it back until `next_at`; does nothing where the lease was lost."""

    async def now(self) -> datetime: ...

    async def commit(self) -> None: ...


class ReconcileStore(Protocol):
    def unit(self, company_id: UUID) -> AbstractAsyncContextManager[ReconcileUnit]: ...

    async def hinted_companies(self, limit: int) -> Sequence[UUID]:
        """List companies with due hints."""

    async def pull_companies(self, limit: int) -> Sequence[UUID]:
        """List companies whose calendar is to be compared."""
