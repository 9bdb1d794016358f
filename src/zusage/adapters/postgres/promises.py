"""What is promised from now on, and the review items of promises that cannot be kept as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from zusage.adapters.postgres.database import Connection
from zusage.app.operations.ports import Promise, StrandedPromise, Taken
from zusage.core.values import Period

# A hold has its phases in its plan only; an appointment's may have moved since it was planned.
_PROMISES = """
WITH promise AS (
    SELECT appointment_id, NULL::uuid AS hold_id, branch_id, service_id, service_name, staff_id, staff_name,
           attendee_name, starts_at, ends_at, NULL::jsonb AS phases
    FROM appointment WHERE company_id = %(company)s AND status = 'booked' AND ends_at > (SELECT zusage_now())
    UNION ALL
    SELECT NULL, hold_id, branch_id, service_id, plan ->> 'service_name', staff_id, plan ->> 'staff_name',
           '', starts_at, ends_at, plan -> 'phases'
    FROM hold WHERE company_id = %(company)s AND status = 'held' AND expires_at > (SELECT zusage_now()))
SELECT p.*, b.name AS branch, b.zone, served.*, taken.*
FROM promise p
JOIN branch b ON b.company_id = %(company)s AND b.branch_id = p.branch_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(f.starts_at), '{}') AS served_from, coalesce(array_agg(f.ends_at), '{}') AS served_to
    FROM (SELECT starts_at, ends_at FROM phase
          WHERE company_id = %(company)s AND appointment_id = p.appointment_id AND kind = 'active'
          UNION ALL
          SELECT starts_at, ends_at FROM jsonb_to_recordset(p.phases)
                 AS planned (kind text, starts_at timestamptz, ends_at timestamptz)
          WHERE kind = 'active') AS f) AS served
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(c.resource_id), '{}') AS resources, coalesce(array_agg(r.kind), '{}') AS kinds,
           coalesce(array_agg(r.name), '{}') AS names, coalesce(array_agg(c.starts_at), '{}') AS taken_from,
           coalesce(array_agg(c.ends_at), '{}') AS taken_to
    FROM claim c JOIN resource r USING (company_id, resource_id)
    WHERE c.company_id = %(company)s AND (c.appointment_id = p.appointment_id OR c.hold_id = p.hold_id)) AS taken
ORDER BY p.starts_at, p.appointment_id, p.hold_id
"""
_NOTE = """
INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
SELECT %(company)s, 'stranded_promise', n.appointment_id,
       jsonb_build_object('hold_id', n.hold_id, 'reason', n.reason), zusage_now()
FROM unnest(%(appointments)s::uuid[], %(holds)s::uuid[], %(reasons)s::text[]) AS n (appointment_id, hold_id, reason)
WHERE NOT EXISTS (
    SELECT 1 FROM review_item r
    WHERE r.company_id = %(company)s AND r.kind = 'stranded_promise' AND r.detail ->> 'reason' = n.reason
      AND r.appointment_id IS NOT DISTINCT FROM n.appointment_id
      AND r.detail ->> 'hold_id' IS NOT DISTINCT FROM n.hold_id::text)
"""


async def read_promises(connection: Connection, company_id: UUID) -> list[Promise]:
    """Read what is promised and not over, by start, in the transaction of its company."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_PROMISES, {"company": company_id})
        return [_promise(row) for row in await cursor.fetchall()]


async def note_stranded(
    connection: Connection, company_id: UUID, stranded: Iterable[StrandedPromise]
) -> None:
    """Make a review item of each promise and reason that has none yet, but for absences, which the ledger notes."""
    found = [
        (each.promise.appointment_id, each.promise.hold_id, reason.code)
        for each in stranded
        for reason in each.reasons
        if reason.code != "absence"
    ]
    appointments, holds, reasons = ([row[n] for row in found] for n in range(3))
    values = {"company": company_id, "appointments": appointments, "holds": holds, "reasons": reasons}
    await connection.execute(_NOTE, values)


def _promise(row: Mapping[str, Any]) -> Promise:
    taken: Sequence[tuple[UUID, str, str]] = list(
        zip(row["resources"], row["kinds"], row["names"], strict=True)
    )
    when = map(Period, row["taken_from"], row["taken_to"])
    return Promise(
        appointment_id=row["appointment_id"],
        hold_id=row["hold_id"],
        branch_id=row["branch_id"],
        branch=row["branch"],
        zone=row["zone"],
        service_id=row["service_id"],
        service=row["service_name"],
        staff_id=row["staff_id"],
        staff=row["staff_name"],
        attendee=row["attendee_name"],
        period=Period(row["starts_at"], row["ends_at"]),
        served=tuple(map(Period, row["served_from"], row["served_to"])),
        taken=tuple(Taken(*each, period) for each, period in zip(taken, when, strict=True)),
    )
