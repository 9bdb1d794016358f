"""Moving and cancelling an appointment for an operator: no call, no waiting, or nothing but a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.adapters.postgres.appointments import AppointmentState
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.app.availability.offers import Search
from zusage.app.booking.cancel_appointment import cancel_appointment
from zusage.app.booking.move_appointment import MoveOutcome, move_appointment
from zusage.app.booking.ports import LedgerUnit, MoveOrder
from zusage.boot.cli._errors import UsageError
from zusage.boot.wiring import new_id, new_token
from zusage.core.scheduling import day_bounds
from zusage.core.scheduling.masters import BranchBook
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money

_ANYBODY = "any"


@dataclass(frozen=True, slots=True)
class Wanted:
    """To where to move an appointment, and why; `staff` is a name, "any", or "" for whom it is with now."""

    start: datetime
    staff: str
    reason: str


class _OnlyLookedError(Exception):
    """Nothing is to be done: what was done for the look is rolled back."""

    def __init__(self, outcome: MoveOutcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


async def moved(
    database: Database,
    company_id: UUID,
    state: AppointmentState,
    wanted: Wanted,
    *,
    apply: bool,
) -> MoveOutcome:
    """Move it, or find out what moving it would give.

    :raises UsageError: nobody is called so, or the service is not offered any more."""

    async def conclude(outcome: MoveOutcome, _unit: LedgerUnit) -> MoveOutcome:
        if not apply:
            raise _OnlyLookedError(outcome)
        return outcome

    search = await _search(database, company_id, state, wanted)
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
