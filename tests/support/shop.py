"""A small shop written straight into the tables, and its ledger as the use cases see it."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.journal import PostgresJournal
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.app.booking.ports import Booked, Booker, Moved, MoveOrder, Taken
from zusage.app.calls.ports import Answer, Begun, CallRef, ToolCallKey
from zusage.core.scheduling.plan import ClaimPlan, PhasePlan, Plan
from zusage.core.values import Money, Period

TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
BOOKER = Booker("+493023125111", "Sabine Müller", "sabine müller", "Sabine Müller")
ANSWER = Answer("held", {"status": "held", "say": "", "data": {}})
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Shop:
    """One company with one branch; `ledger` and `journal` work on the database the shop was made in."""

    database: Database
    company_id: UUID
    branch_id: UUID
    service_id: UUID
    staff: tuple[UUID, ...]
    chairs: tuple[UUID, ...]
    ledger: PostgresLedger
    journal: PostgresJournal

    def on(self, database: Database) -> Shop:
        """The same shop through another pool."""
        ledger, journal = _doors(database, 8.0)
        return replace(self, database=database, ledger=ledger, journal=journal)

    def plan(
        self,
        staff: int = 0,
        *,
        start: datetime = TEN,
        minutes: int = 60,
        chair: int | None = None,
        gap: tuple[int, int] | None = None,
    ) -> Plan:
        """A plan for one member of staff, the chair throughout; `gap=(after, minutes)` frees the member in between."""
        whole = Period(start, start + timedelta(minutes=minutes))
        cut = (whole,) if gap is None else _around(whole, *gap)
        claims = [ClaimPlan(self.staff[staff], part) for part in cut]
        seat = None if chair is None else self.chairs[chair]
        if seat is not None:
            claims.append(ClaimPlan(seat, whole))
        phases = [PhasePlan(2 * n, "active", "", part, self.staff[staff], seat) for n, part in enumerate(cut)]
        if len(cut) > 1:
            rest = Period(cut[0].end, cut[1].start)
            phases.insert(1, PhasePlan(1, "gap", "", rest, None, seat))
        return Plan(
            self.service_id,
            "Schnitt",
            self.staff[staff],
            f"Person {staff}",
            whole,
            Money(3500),
            tuple(phases),
            tuple(claims),
        )

    async def call(self, name: str | None = None, *, event: str | None = None) -> Begun:
        """Open a call (or say something of it) and begin a tool call in it."""
        name = name or f"call_{next(_numbers)}"
        if event:
            await self.journal.record(self.ref(name), event, None)
        return await self.journal.begin(self.key(name))

    def ref(self, name: str) -> CallRef:
        return CallRef(self.company_id, self.branch_id, "retell", name, caller="+493023125111")

    def key(self, name: str, dedupe: str | None = None, *, by_hash: bool = False) -> ToolCallKey:
        return ToolCallKey(
            self.ref(name), "check_availability", {}, dedupe or f"tool_{next(_numbers)}", by_hash
        )

    async def take(self, run: Begun, *plans: Plan) -> Taken:
        async with self.ledger(self.company_id) as unit:
            taken = await unit.take(run.call_id, plans)
            await unit.commit()
        return taken

    async def confirm(self, run: Begun, hold_id: UUID | None, booker: Booker = BOOKER) -> Booked:
        assert hold_id is not None
        async with self.ledger(self.company_id) as unit:
            booked = await unit.confirm(run.call_id, hold_id, booker)
            await unit.commit()
        return booked

    async def take_and_confirm(self, run: Begun, *plans: Plan, booker: Booker = BOOKER) -> Booked:
        async with self.ledger(self.company_id) as unit:
            booked = await unit.take_and_confirm(run.call_id, plans, booker)
            await unit.commit()
        return booked

    async def move(self, appointment_id: UUID, *plans: Plan, expected: datetime = TEN, **order: Any) -> Moved:
        """Move an appointment that is expected to start at `expected`."""
        wanted = MoveOrder(appointment_id, expected, **{"actor": "person", "reason": "verlegt"} | order)
        async with self.ledger(self.company_id) as unit:
            moved = await unit.move(wanted, plans)
            await unit.commit()
        return moved

    async def unmove(self, appointment_id: UUID) -> bool:
        async with self.ledger(self.company_id) as unit:
            undone = await unit.unmove(appointment_id, "abgelehnt")
            await unit.commit()
        return undone

    async def release(self, run: Begun) -> int:
        async with self.ledger(self.company_id) as unit:
            count = await unit.release(run.call_id)
            await unit.commit()
        return count

    async def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Read in a transaction of this company."""
        async with self.database.transaction(self.company_id) as connection:
            return await (await connection.execute(statement, values)).fetchall()

    async def do(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Write in a transaction of this company."""
        async with self.database.transaction(self.company_id) as connection:
            cursor = await connection.execute(statement, values)
            rows = await cursor.fetchall() if cursor.description else []
            await connection.execute("COMMIT")
        return rows

    async def statuses(self) -> list[str]:
        rows = await self.rows("SELECT status FROM hold ORDER BY created_at")
        return [str(row[0]) for row in rows]

    async def flaws(self) -> dict[str, int]:
        """What must never be: overlaps, claims without a live owner, holds and appointments short of their claims."""
        return {name: int(str((await self.rows(sql))[0][0])) for name, sql in FLAWS.items()}


FLAWS = {
    "overlaps": (
        "SELECT count(*) FROM claim a JOIN claim b ON a.company_id = b.company_id AND a.resource_id = b.resource_id"
        " AND a.claim_id < b.claim_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        " WHERE a.binding AND b.binding"
    ),
    "ghosts": (
        "SELECT count(*) FROM claim c LEFT JOIN hold h USING (company_id, hold_id)"
        " WHERE c.hold_id IS NOT NULL AND h.status IS DISTINCT FROM 'held'"
    ),
    "short_holds": (
        "SELECT count(*) FROM hold h WHERE h.status = 'held' AND h.claims <>"
        " (SELECT count(*) FROM claim c WHERE c.company_id = h.company_id AND c.hold_id = h.hold_id)"
    ),
    "short_appointments": (
        "SELECT count(*) FROM appointment a JOIN hold h USING (company_id, hold_id) WHERE coalesce((SELECT"
        " CASE m.state WHEN 'refused' THEN jsonb_array_length(m.from_claims) ELSE m.claims END FROM move m"
        " WHERE m.company_id = a.company_id AND m.appointment_id = a.appointment_id"
        " ORDER BY m.created_at DESC LIMIT 1), h.claims) * (a.status = 'booked')::integer <>"
        " (SELECT count(*) FROM claim c WHERE c.company_id = a.company_id AND c.appointment_id = a.appointment_id)"
    ),
    "kept_for_nothing": (
        "SELECT count(*) FROM claim c JOIN move m USING (company_id, move_id) LEFT JOIN appointment a"
        " ON a.company_id = m.company_id AND a.appointment_id = m.appointment_id AND a.status = 'booked'"
        " WHERE m.state <> 'open' OR a.appointment_id IS NULL"
    ),
    "old_times_given_up": (
        "SELECT count(*) FROM move m CROSS JOIN LATERAL jsonb_to_recordset(m.from_claims)"
        " AS o (resource_id uuid, starts_at timestamptz, ends_at timestamptz)"
        " WHERE m.state = 'open' AND NOT coalesce((SELECT range_agg(c.during) FROM claim c"
        " WHERE c.company_id = m.company_id AND c.resource_id = o.resource_id"
        " AND (c.move_id = m.move_id OR c.appointment_id = m.appointment_id)), '{}')"
        " @> tstzrange(o.starts_at, o.ends_at)"
    ),
    "converted_without_appointment": (
        "SELECT count(*) FROM hold h LEFT JOIN appointment a USING (company_id, hold_id)"
        " WHERE h.status = 'converted' AND a.hold_id IS NULL"
    ),
}
NO_FLAWS = dict.fromkeys(FLAWS, 0)


def _around(whole: Period, after: int, minutes: int) -> tuple[Period, Period]:
    first = whole.start + timedelta(minutes=after)
    return Period(whole.start, first), Period(first + timedelta(minutes=minutes), whole.end)


async def make_shop(
    database: Database,
    *,
    staff: int = 1,
    chairs: int = 0,
    hold_seconds: int = 120,
    lease_seconds: float = 8.0,
) -> Shop:
    """Write a company with `staff` members and `chairs` chairs, one branch, one service."""
    company_id, branch_id, service_id = uuid4(), uuid4(), uuid4()
    people, seats = _ids(staff), _ids(chairs)
    async with database.transaction(company_id) as connection:
        await connection.execute(
            "INSERT INTO company (company_id, key, name) VALUES (%s, %s, 'Laden')",
            (company_id, company_id.hex),
        )
        await connection.execute(
            "INSERT INTO branch (company_id, branch_id, key, name, zone, hold_seconds)"
            " VALUES (%s, %s, 'b', 'Mitte', 'Europe/Berlin', %s)",
            (company_id, branch_id, hold_seconds),
        )
        for kind, ids in (("staff", people), ("chair", seats)):
            for number, resource_id in enumerate(ids):
                await connection.execute(
                    "INSERT INTO resource (company_id, resource_id, branch_id, kind, key, name)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    (company_id, resource_id, branch_id, kind, f"{kind}{number}", f"{kind} {number}"),
                )
        await connection.execute(
            "INSERT INTO service (company_id, service_id, key, name, price_cents, currency)"
            " VALUES (%s, %s, 'schnitt', 'Schnitt', 3500, 'EUR')",
            (company_id, service_id),
        )
        await connection.execute("COMMIT")
    doors = _doors(database, lease_seconds)
    return Shop(database, company_id, branch_id, service_id, people, seats, *doors)


def _doors(database: Database, lease_seconds: float) -> tuple[PostgresLedger, PostgresJournal]:
    ledger = PostgresLedger(database, new_id=uuid4, new_token=lambda: secrets.token_hex(6))
    return ledger, PostgresJournal(database, new_id=uuid4, build="test", lease_seconds=lease_seconds)


def _ids(count: int) -> tuple[UUID, ...]:
    return tuple(uuid4() for _ in range(count))
