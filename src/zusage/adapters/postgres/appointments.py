"""The appointments of a day, and how each stands in the outside calendar, to be shown to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from zusage.adapters.postgres.database import Database

_APPOINTMENTS: LiteralString = """
SELECT a.appointment_id, a.branch_id, b.key, b.zone, a.service_id, a.service_name, a.staff_id, a.staff_name,
       a.attendee_name, a.starts_at, a.ends_at, a.status, a.price_cents, a.currency,
       (SELECT m.deadline FROM move m WHERE m.company_id = a.company_id AND m.appointment_id = a.appointment_id
           AND m.state = 'open'),
       ARRAY(SELECT m.ordinal FROM mirror m WHERE m.company_id = a.company_id
             AND m.appointment_id = a.appointment_id ORDER BY m.ordinal),
       ARRAY(SELECT m.ordinal FROM mirror m WHERE m.company_id = a.company_id
             AND m.appointment_id = a.appointment_id AND m.next_at IS NOT NULL ORDER BY m.ordinal),
       ARRAY(SELECT DISTINCT m.failure_text FROM mirror m WHERE m.company_id = a.company_id
             AND m.appointment_id = a.appointment_id AND m.review_at IS NOT NULL)
FROM appointment a JOIN branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
WHERE a.company_id = %(company)s
"""
_OF_DAY: LiteralString = (
    _APPOINTMENTS
    + """
  AND (a.starts_at AT TIME ZONE b.zone)::date
      = coalesce(%(day)s::date, ((SELECT zusage_now()) AT TIME ZONE b.zone)::date)
  AND a.starts_at > coalesce(%(day)s::date, (SELECT zusage_now())::date) - interval '2 days'
  AND a.starts_at < coalesce(%(day)s::date, (SELECT zusage_now())::date) + interval '3 days'
ORDER BY a.starts_at, a.appointment_id
"""
)
_ONE: LiteralString = _APPOINTMENTS + " AND a.appointment_id = %(appointment)s"


@dataclass(frozen=True, slots=True)
class AppointmentState:
    """An appointment; instants are UTC, `zone` is the branch's.

    `move_until`: a move is open, and the calendar is to agree until then. `mirrors` are its phases in the calendar, none
    without one; `pending` those still on their way there, `reviews` why a person has to look at others."""

    appointment_id: UUID
    branch_id: UUID
    branch: str
    zone: str
    service_id: UUID
    service: str
    staff_id: UUID
    staff: str
    attendee: str
    start: datetime
    end: datetime
    status: str
    price_cents: int
    currency: str
    move_until: datetime | None
    mirrors: tuple[int, ...]
    pending: tuple[int, ...]
    reviews: tuple[str, ...]


async def appointments_of(
    database: Database, company_id: UUID, day: date | None
) -> Sequence[AppointmentState]:
    """List the appointments that start on a local day of their branch (None: today), cancelled ones too, by start."""
    return await _read(database, company_id, _OF_DAY, {"day": day})


async def find_appointment(
    database: Database, company_id: UUID, appointment_id: UUID
) -> AppointmentState | None:
    """Read one; None where the company has none of this id."""
    found = await _read(database, company_id, _ONE, {"appointment": appointment_id})
    return found[0] if found else None


async def _read(
    database: Database, company_id: UUID, statement: LiteralString, values: dict[str, Any]
) -> list[AppointmentState]:
    async with database.transaction(company_id) as connection:
        cursor = await connection.execute(statement, {"company": company_id, **values})
        rows = await cursor.fetchall()
    return [AppointmentState(*row[:-3], *map(tuple, row[-3:])) for row in rows]
