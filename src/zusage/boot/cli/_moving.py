"""Moving and cancelling an appointment for an operator: no call, no waiting, or nothing but a look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.adapters.postgres.appointments import AppointmentState
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.app.availability.offers import Search
from zusage.app.availability.ports import LookAtCalendar
from zusage.app.booking.cancel_appointment import cancel_appointment
from zusage.app.booking.move_appointment import MoveOutcome, move_appointment
from zusage.app.booking.ports import LedgerUnit, Moved, MoveOrder
from zusage.boot.calendars import open_calendars
from zusage.boot.cli._errors import UsageError
from zusage.boot.free_times import open_free_times
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings
from zusage.boot.wiring import new_id, new_token
from zusage.core.scheduling import day_bounds
from zusage.core.scheduling.calendar import CalendarView
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money, Period

_ANYBODY = "any"
_PATIENCE_MS = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """To where to move an appointment, and why; `staff` is a name, "any", or "" for whom it is with now."""

    start: datetime
    staff: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoveTried:
    """What came of a move. `seen`: whether the calendar showed the new time free; None where there is no calendar, or
    nothing is moved."""

    outcome: MoveOutcome
    seen: bool | None = None


@dataclass(frozen=True, slots=True)
class AskingCalendar:
    """What the calendar is asked with."""

    settings: Settings
    servers: Servers


class _OnlyLookedError(Exception):
    """Nothing is to be done: what was done for the look is rolled back."""

    def __init__(self, outcome: MoveOutcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class _Remembering:
    """Looks at the calendar, and keeps what it showed first: the days of the new time."""

    def __init__(self, look: LookAtCalendar) -> None:
        self._look = look
        self.view: CalendarView | None = None

    async def __call__(
        self,
        book: BranchBook,
        service: Service,
        staff: Collection[UUID],
        windows: Sequence[Period],
        *,
        certain: Period | None = None,
        besides: Sequence[Period] = (),
    ) -> CalendarView:
        found = await self._look(book, service, staff, windows, certain=certain, besides=besides)
        self.view = self.view or found
        return found

    def greet(self, book: BranchBook) -> None:
        self._look.greet(book)


async def moved(
    database: Database,
    company_id: UUID,
    state: AppointmentState,
    wanted: Wanted,
    *,
    apply: bool,
    asking: AskingCalendar | None = None,
) -> MoveTried:
    """Move it, or find out what moving it would give. With `asking` the calendar is asked first, as for a caller.

    :raises UsageError: nobody is called so, or the service is not offered any more."""
    search = await _search(database, company_id, state, wanted)
    async with _look(database, search.book, asking) as look:
        outcome = await _moved(
            database, state, replace(search, calendar=look), wanted, company_id=company_id, apply=apply
        )
    return MoveTried(outcome, _seen(outcome, look))


async def _moved(
    database: Database,
    state: AppointmentState,
    search: Search,
    wanted: Wanted,
    *,
    company_id: UUID,
    apply: bool,
) -> MoveOutcome:
    async def conclude(outcome: MoveOutcome, _unit: LedgerUnit) -> MoveOutcome:
        if not apply:
            raise _OnlyLookedError(outcome)
        return outcome

    try:
        return await move_appointment(
            MoveOrder(state.appointment_id, state.start, "person", wanted.reason),
            search,
            wanted.start,
            company_id=company_id,
            open_unit=PostgresLedger(database, new_id=new_id, new_token=new_token),
            conclude=conclude,
            price=Money(state.price_cents, state.currency),
        )
    except _OnlyLookedError as looked:
        return looked.outcome


@asynccontextmanager
async def _look(
    database: Database, book: BranchBook, asking: AskingCalendar | None
) -> AsyncIterator[_Remembering | None]:
    """Ask the calendar anew, whatever is kept of it: whoever moves by hand has a moment, and wants to know how it is now."""
    if asking is None or not book.mirrored:
        yield None
        return
    async with open_calendars(asking.settings, asking.servers, database) as calendars:
        box, alone = secret_box(asking.settings), replace(calendars, valkey=None)
        async with open_free_times(database, box, alone, deadline_ms=_PATIENCE_MS) as free:
            look = free.looks.of(book)
            yield _Remembering(look) if look is not None else None


def _seen(outcome: MoveOutcome, look: _Remembering | None) -> bool | None:
    if look is None or look.view is None or not isinstance(outcome, Moved) or outcome.outcome != "moved":
        return None
    plan = outcome.plan or {}
    period = Period(*(datetime.fromisoformat(str(plan[key])) for key in ("starts_at", "ends_at")))
    return look.view.age(UUID(str(plan["staff_id"])), period) is not None


async def cancelled(database: Database, company_id: UUID, appointment_id: UUID, reason: str) -> bool:
    """Cancel it; False: it was over already."""

    async def conclude(was_booked: bool, _unit: LedgerUnit) -> bool:
        return was_booked

    return await cancel_appointment(
        appointment_id,
        actor="person",
        reason=reason,
        company_id=company_id,
        open_unit=PostgresLedger(database, new_id=new_id, new_token=new_token),
        conclude=conclude,
    )


async def _search(database: Database, company_id: UUID, state: AppointmentState, wanted: Wanted) -> Search:
    async with database.transaction(company_id) as connection:
        cursor = await connection.execute(
            "SELECT catalogue_version, zusage_now() FROM company WHERE company_id = %s", (company_id,)
        )
        version, now = (await cursor.fetchall())[0]
    book = await PostgresMasters(database).book(company_id, state.branch_id, version)
    service = book.service(state.service_id)
    if service is None:
        raise UsageError(f'"{state.service}" is not offered any more, so nothing is free for it.')
    day = day_bounds(state.zone, wanted.start.astimezone(ZoneInfo(state.zone)).date())
    wish = Wish(day, exact=wanted.start, staff_id=_staff_id(book, state, wanted.staff))
    return Search(book, service, wish, now, None)


def _staff_id(book: BranchBook, state: AppointmentState, staff: str) -> UUID | None:
    if not staff:
        return state.staff_id
    if staff == _ANYBODY:
        return None
    found = [member for member in book.staff if member.name.casefold() == staff.casefold()]
    if not found:
        known = ", ".join(sorted(member.name for member in book.staff))
        raise UsageError(
            f'Nobody is called "{staff}" in {state.branch}; there are {known}, and "{_ANYBODY}".'
        )
    return found[0].id
