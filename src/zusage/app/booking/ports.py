"""What the use cases about holds and bookings need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from zusage.app.availability.ports import OfferUnit
from zusage.app.calls.ports import Begun
from zusage.core.scheduling.calendar import CalendarView
from zusage.core.scheduling.plan import Busy, Plan


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking plans. `plan` is the one that was taken; `now` is the database's clock; `view` is what the
    outside calendar said, if there is one."""

    outcome: Literal["held", "lost", "call_over"]
    now: datetime
    plan: Plan | None = None
    hold_id: UUID | None = None
    token: str = ""
    expires_at: datetime | None = None
    view: CalendarView | None = None


@dataclass(frozen=True, slots=True)
class Booker:
    """Who books and who comes. `phone` is the verified number or None; the attendee may be somebody else.

    `contact` is a number that was said (unverified, to call back), `notes` what the shop is to know."""

    phone: str | None
    name: str
    name_key: str
    attendee: str
    contact: str | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of confirming. `plan` is the snapshot of the hold or appointment, where there is one.

    "expired", "replaced" and "released" say what became of the hold; "none": the call never had it. `wait` is how many
    seconds the call waits for the calendar before it says that this is booked; None where it does not."""

    outcome: Literal[
        "booked", "already_booked", "expired", "replaced", "released", "none", "lost", "call_over"
    ]
    appointment_id: UUID | None = None
    plan: Mapping[str, Any] | None = None
    attendee: str | None = None
    wait: float | None = None


Actor = Literal["voice", "person", "calendar", "mirror"]
"""Who did it, in an appointment's history: a caller, the shop's staff here, people in the calendar, or we ourselves."""


@dataclass(frozen=True, slots=True)
class KnownPhase:
    """A phase that stands in the calendar at its new time already, because people moved it there."""

    ordinal: int
    uid: str
    event_type_id: int | None = None
    host_id: int | None = None


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """Which appointment to move, from where (as whoever moves it believes), and why; `call_id` is the call that does.

    `known` says which phases people moved in the calendar already: nothing is asked there for these, and absences and
    external times do not stand in the way of what people decided; other promises do. None: we move it."""

    appointment_id: UUID
    expected_start: datetime
    actor: Actor
    reason: str
    call_id: UUID | None = None
    known: Sequence[KnownPhase] | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move. `plan` is the snapshot of the appointment as it stands now, `now` the database's clock.

    same: it stands so already. lost: none of the plans is free. changed: it does not start where it was expected. over:
    it was cancelled. none: there is no such appointment. `move_id`: the calendar has still to agree, and the old time
    stays taken meanwhile. `wait`: how many seconds the call waits for it; None where it does not."""

    outcome: Literal["moved", "same", "lost", "changed", "over", "none"]
    now: datetime
    plan: Mapping[str, Any] | None = None
    move_id: UUID | None = None
    wait: float | None = None


class LedgerUnit(OfferUnit, Protocol):
    """The same transaction, with all that changes the ledger.

    :raises LedgerBusy, LedgerRefused: from any method; nothing of the transaction stays."""

    async def take(self, call_id: UUID, plans: Sequence[Plan]) -> Taken:
        """Hold the first of these interchangeable plans that is free, replacing the call's hold only then."""

    async def confirm(self, call_id: UUID, hold_id: UUID, booker: Booker) -> Booked: ...

    async def take_and_confirm(self, call_id: UUID, plans: Sequence[Plan], booker: Booker) -> Booked: ...

    async def release(self, call_id: UUID) -> int:
        """Give back what the call holds; says how many holds that were, 0 or 1."""

    async def prolong(self, run: Begun, seconds: float) -> None:
        """Keep the tool call from being taken over for so long.

        :raises LeaseLost: another process has taken it over."""

    async def move(self, order: MoveOrder, plans: Sequence[Plan]) -> Moved:
        """Move to the first of these interchangeable plans that is free; what is the appointment's own is seen through.

        The new time is taken before the old one is given up: where a calendar has to agree, the old time stays taken
        until it has, or has refused, or for ten minutes. Repeating it is harmless: "same"."""

    async def own_time(self, appointment_id: UUID) -> Busy:
        """Read what an appointment takes, and what a move of it keeps, by resource."""

    async def unmove(self, appointment_id: UUID, reason: str) -> bool:
        """Take a move back that the calendar refused; False: none is under way."""

    async def cancel(self, appointment_id: UUID, actor: Actor, reason: str) -> bool:
        """End an appointment; its claims and what a move keeps are free at once, its mirrors go. False: it was over."""

    async def undo(self, appointment_id: UUID, reason: str) -> bool:
        """End an appointment that the calendar refused, automatically; its mirrors go too. False: it was over."""


class OpenUnit(Protocol):
    def __call__(self, company_id: UUID) -> AbstractAsyncContextManager[LedgerUnit]: ...


class ConfirmInline(Protocol):
    async def __call__(
        self, company_id: UUID, appointment_id: UUID, seconds: float
    ) -> Literal["stands", "pending", "refused"]:
        """Ask the calendar for what was booked, and wait for at most so long; what is sent goes on all the same.

        pending: nothing is known yet, and it is brought over in the background. Nothing raises."""
