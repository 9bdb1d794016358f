"""The ledger's SQL functions, one statement each, inside one transaction of one company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.journal import finish_statement
from zusage.app.booking.ports import Actor, Booked, Booker, KnownPhase, Moved, MoveOrder, Taken
from zusage.app.calls.ports import Answer, Begun
from zusage.app.points import Point, Reach, pass_by
from zusage.core.scheduling.plan import Busy, PhasePlan, Plan
from zusage.core.values import Period

NewId = Callable[[], UUID]
NewToken = Callable[[], str]

_ONE_DAY = timedelta(days=1)

# Plain columns only: row-level security keeps && from the index (protocols 25). No claim is longer than a day.
_BUSY = """
SELECT c.resource_id, c.starts_at, c.ends_at FROM claim c
LEFT JOIN hold h ON h.company_id = c.company_id AND h.hold_id = c.hold_id
WHERE c.company_id = %s AND c.resource_id = ANY (%s)
  AND c.starts_at < %s AND c.starts_at > %s AND c.ends_at > %s
  AND (h.hold_id IS NULL OR (h.expires_at > zusage_now() AND h.call_id IS DISTINCT FROM %s))
"""
_OWN_TIME = """
SELECT resource_id, starts_at, ends_at FROM claim WHERE company_id = %(company)s AND appointment_id = %(appointment)s
UNION ALL
SELECT c.resource_id, c.starts_at, c.ends_at FROM claim c JOIN move m USING (company_id, move_id)
WHERE m.company_id = %(company)s AND m.appointment_id = %(appointment)s AND m.state = 'open'
"""
_TAKE = "SELECT (t).* FROM ledger_take(%s, %s, %s, %s, %s, %s, %s, %s, %s) AS t"
_CONFIRM = (
    "SELECT (t).*, mirror_wait(%s, %s) FROM ledger_confirm(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS t"
)
_TAKE_AND_CONFIRM = (
    "SELECT (t).*, mirror_wait(%s, %s) FROM ledger_take_and_confirm("
    "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS t"
)
_PROLONG = "SELECT voice_prolong(%s, %s, %s, %s)"
_MOVE = "SELECT (t).* FROM ledger_move(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS t"
_UNMOVE = "SELECT ledger_unmove(%s, %s, %s, %s)"
_CANCEL = "SELECT ledger_cancel(%s, %s, %s, %s, false)"
_UNDO = "SELECT ledger_cancel(%s, %s, 'mirror', %s, true)"


class PostgresUnit:
    """Implements `app.booking.ports.LedgerUnit`, and so `OfferUnit`, on an open, pipelined transaction: `finish` and
    `commit` are on their way when they return, and have happened when the unit closes without an error."""

    def __init__(self, connection: Connection, company_id: UUID, new_id: NewId, new_token: NewToken) -> None:
        self._connection = connection
        self._company_id = company_id
        self._new_id = new_id
        self._new_token = new_token
        self._done: Point | None = None
        self.committed: Point | None = None
        """What this transaction has done once it is committed, by the name of the point."""

    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy:
        cursor = await self._connection.execute(
            _BUSY,
            (self._company_id, list(resources), window.end, window.start - _ONE_DAY, window.start, call_id),
        )
        return _busy(await cursor.fetchall())

    async def own_time(self, appointment_id: UUID) -> Busy:
        values = {"company": self._company_id, "appointment": appointment_id}
        return _busy(await (await self._connection.execute(_OWN_TIME, values)).fetchall())

    async def take(self, call_id: UUID, plans: Sequence[Plan]) -> Taken:
        row = await self._one(
            _TAKE, (self._company_id, call_id, self._new_id(), self._new_token(), *_plan_columns(plans))
        )
        outcome, choice, hold_id, token, expires_at, now = row
        plan = plans[choice - 1] if outcome == "held" else None
        self._done = "held" if plan is not None else None
        return Taken(outcome, now=now, plan=plan, hold_id=hold_id, token=token or "", expires_at=expires_at)

    async def confirm(self, call_id: UUID, hold_id: UUID, booker: Booker) -> Booked:
        values = (self._company_id, call_id, hold_id, self._new_id(), *self._booker(booker))
        return self._noted(_booked(await self._one(_CONFIRM, (self._company_id, call_id, *values))))

    async def take_and_confirm(self, call_id: UUID, plans: Sequence[Plan], booker: Booker) -> Booked:
        head = (self._company_id, call_id, self._new_id(), self._new_token(), *_plan_columns(plans))
        values = (*head, self._new_id(), *self._booker(booker))
        row = await self._one(_TAKE_AND_CONFIRM, (self._company_id, call_id, *values))
        return self._noted(_booked(row))

    async def release(self, call_id: UUID) -> int:
        row = await self._one("SELECT ledger_release(%s, %s)", (self._company_id, call_id))
        return int(row[0])

    async def prolong(self, run: Begun, seconds: float) -> None:
        await self._connection.execute(_PROLONG, (run.company_id, run.tool_call_id, run.lease, seconds))

    async def move(self, order: MoveOrder, plans: Sequence[Plan]) -> Moved:
        head = (self._company_id, order.appointment_id, self._new_id(), order.expected_start)
        tail = (order.actor, order.reason, order.call_id, _known(order.known))
        outcome, _, move_id, plan, wait, now = await self._one(_MOVE, (*head, *_plan_columns(plans), *tail))
        self._done = "moved" if outcome == "moved" else None
        return Moved(outcome, now, plan, move_id, wait)

    async def unmove(self, appointment_id: UUID, reason: str) -> bool:
        self._done = "undone"
        return bool((await self._one(_UNMOVE, (self._company_id, appointment_id, reason, reason)))[0])

    async def cancel(self, appointment_id: UUID, actor: Actor, reason: str) -> bool:
        self._done = "cancelled"
        return bool((await self._one(_CANCEL, (self._company_id, appointment_id, actor, reason)))[0])

    async def undo(self, appointment_id: UUID, reason: str) -> bool:
        self._done = "undone"
        return bool((await self._one(_UNDO, (self._company_id, appointment_id, reason)))[0])

    async def finish(self, run: Begun, answer: Answer) -> None:
        await self._connection.execute(*finish_statement(run, answer))
        self._done = self._done or "answer_stored"

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")
        self.committed = self._done

    def _noted(self, booked: Booked) -> Booked:
        self._done = "booked" if booked.outcome == "booked" else None
        return booked

    def _booker(self, booker: Booker) -> tuple[object, ...]:
        said = (booker.phone, booker.name, booker.name_key, booker.attendee, booker.contact, booker.notes)
        return self._new_id(), *said

    async def _one(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
        cursor = await self._connection.execute(statement, values)
        row = await cursor.fetchone()
        assert row is not None
        return row


class PostgresLedger:
    """Opens units of work; implements `app.booking.ports.OpenUnit`."""

    def __init__(
        self, database: Database, *, new_id: NewId, new_token: NewToken, reach: Reach = pass_by
    ) -> None:
        self._database = database
        self._new_id = new_id
        self._new_token = new_token
        self.reach = reach

    @asynccontextmanager
    async def __call__(self, company_id: UUID) -> AsyncIterator[PostgresUnit]:
        async with self._database.pipelined(company_id) as connection:
            unit = PostgresUnit(connection, company_id, self._new_id, self._new_token)
            yield unit
        if unit.committed is not None:
            await self.reach(unit.committed)


def _busy(rows: Sequence[tuple[Any, ...]]) -> Busy:
    taken: dict[UUID, list[Period]] = defaultdict(list)
    for resource_id, starts_at, ends_at in rows:
        taken[resource_id].append(Period(starts_at, ends_at))
    return taken


def _plan_columns(plans: Sequence[Plan]) -> tuple[Any, ...]:
    rows = [
        (number, claim.resource_id, claim.period.start, claim.period.end)
        for number, plan in enumerate(plans, 1)
        for claim in plan.claims
    ]
    return (Jsonb([snapshot(plan) for plan in plans]), *(list(column) for column in zip(*rows, strict=True)))


def snapshot(plan: Plan) -> dict[str, Any]:
    """What a hold and its appointment remember of a plan: price, times, phases, whatever the masters become."""
    return {
        "service_id": str(plan.service_id),
        "service_name": plan.service_name,
        "staff_id": str(plan.staff_id),
        "staff_name": plan.staff_name,
        "starts_at": plan.period.start.isoformat(),
        "ends_at": plan.period.end.isoformat(),
        "price_cents": plan.price.cents,
        "currency": plan.price.currency,
        "phases": [_phase(phase) for phase in plan.phases],
    }


def _phase(phase: PhasePlan) -> dict[str, Any]:
    return {
        "ordinal": phase.ordinal,
        "kind": phase.kind,
        "name": phase.name,
        "starts_at": phase.period.start.isoformat(),
        "ends_at": phase.period.end.isoformat(),
        "staff_id": phase.staff_id and str(phase.staff_id),
        "chair_id": phase.chair_id and str(phase.chair_id),
    }


def _known(phases: Sequence[KnownPhase] | None) -> Jsonb | None:
    return None if phases is None else Jsonb([asdict(phase) for phase in phases])


def _booked(row: tuple[Any, ...]) -> Booked:
    outcome, appointment_id, plan, attendee, wait = row
    known: Mapping[str, Any] | None = plan
    return Booked(outcome, appointment_id, known, attendee, wait if outcome == "booked" else None)
