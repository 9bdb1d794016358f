"""What stands in the ledger of a company, to be compared with a calendar: nothing that the mirror noted is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zusage.adapters.postgres.database import Database

_STANDING = """
SELECT a.appointment_id, a.attendee_name, a.status = 'booked', c.external_id,
       EXISTS (SELECT 1 FROM review_item i WHERE i.company_id = a.company_id AND i.appointment_id = a.appointment_id
               AND i.resolved_at IS NULL),
       p.ordinal, p.starts_at, p.ends_at, s.name, b.zone
FROM appointment a
JOIN branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
JOIN phase p ON p.company_id = a.company_id AND p.appointment_id = a.appointment_id AND p.kind = 'active'
JOIN resource s ON s.company_id = p.company_id AND s.resource_id = p.staff_id
LEFT JOIN call c ON c.company_id = a.company_id AND c.call_id = a.call_id
WHERE a.company_id = %s
ORDER BY a.appointment_id, p.ordinal
"""


@dataclass(frozen=True, slots=True)
class StandingPart:
    """One active phase of an appointment, booked or cancelled; `in_review`: an open review item names it.

    Instants are UTC, `zone` is the branch's."""

    appointment_id: UUID
    guest: str
    live: bool
    call: str | None
    in_review: bool
    ordinal: int
    start: datetime
    end: datetime
    staff: str
    zone: str


async def read_standing(database: Database, company_id: UUID) -> Sequence[StandingPart]:
    """Read the active phases of all appointments, past and cancelled ones too, by appointment and order."""
    async with database.transaction(company_id) as connection:
        rows = await (await connection.execute(_STANDING, (company_id,))).fetchall()
    return [StandingPart(*row) for row in rows]
