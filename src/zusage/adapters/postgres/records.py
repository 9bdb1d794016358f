"""What is in the ledger of one appointment, to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from zusage.adapters.postgres.database import Database

_APPOINTMENT = (
    "SELECT a.service_name, a.staff_name, a.attendee_name, c.phone, b.name, b.zone, a.starts_at, a.ends_at, "
    "a.status, a.price_cents, a.currency, h.status "
    "FROM appointment a JOIN branch b USING (company_id, branch_id) JOIN customer c USING (company_id, customer_id) "
    "LEFT JOIN hold h USING (company_id, hold_id) WHERE a.company_id = %s AND a.appointment_id = %s"
)
_PHASES = (
    "SELECT p.kind, p.name, p.starts_at, p.ends_at, s.name, ch.name FROM phase p "
    "LEFT JOIN resource s ON s.company_id = p.company_id AND s.resource_id = p.staff_id "
    "LEFT JOIN resource ch ON ch.company_id = p.company_id AND ch.resource_id = p.chair_id "
    "WHERE p.company_id = %s AND p.appointment_id = %s ORDER BY p.ordinal"
)
_CLAIMS = (
    "SELECT r.kind, r.name, c.starts_at, c.ends_at, c.binding FROM claim c JOIN resource r USING (company_id, resource_id) "
    "WHERE c.company_id = %s AND c.appointment_id = %s ORDER BY c.starts_at, r.kind DESC, r.name"
)
_HISTORY = (
    "SELECT at, actor, action FROM appointment_history "
    "WHERE company_id = %s AND appointment_id = %s ORDER BY history_id"
)
_BOOKED = "SELECT count(*) FROM appointment WHERE company_id = %s"


@dataclass(frozen=True, slots=True)
class PhaseRecord:
    kind: str
    name: str
    start: datetime
    end: datetime
    staff: str | None
    chair: str | None


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    kind: str
    resource: str
    start: datetime
    end: datetime
    binding: bool


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    at: datetime
    actor: str
    action: str


@dataclass(frozen=True, slots=True)
class AppointmentRecord:
    """One appointment with everything that belongs to it; instants are UTC, `zone` is the branch's."""

    service: str
    staff: str
    attendee: str
    phone: str | None
    branch: str
    zone: str
    start: datetime
    end: datetime
    status: str
    price_cents: int
    currency: str
    hold_status: str | None
    phases: Sequence[PhaseRecord]
    claims: Sequence[ClaimRecord]
    history: Sequence[HistoryRecord]


async def read_appointment(
    database: Database, company_id: UUID, appointment_id: UUID
) -> AppointmentRecord | None:
    """Read one appointment; None when the company has none of this id."""
    async with database.transaction(company_id) as connection:

        async def rows(statement: LiteralString) -> list[tuple[Any, ...]]:
            return await (await connection.execute(statement, (company_id, appointment_id))).fetchall()

        found = await rows(_APPOINTMENT)
        if not found:
            return None
        values: list[Any] = [*found[0]]
        values += [[PhaseRecord(*row) for row in await rows(_PHASES)]]
        values += [[ClaimRecord(*row) for row in await rows(_CLAIMS)]]
        values += [[HistoryRecord(*row) for row in await rows(_HISTORY)]]
    return AppointmentRecord(*values)


async def count_appointments(database: Database, company_id: UUID) -> int:
    """Count all appointments of a company, past ones and cancelled ones too."""
    async with database.transaction(company_id) as connection:
        row = await (await connection.execute(_BOOKED, (company_id,))).fetchone()
    return int(row[0]) if row else 0
