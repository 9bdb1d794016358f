"""Calls and tool calls: the rows that make every function call happen once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from zusage.adapters.postgres.database import Database
from zusage.app.calls.ports import (
    LEASE_SECONDS,
    Answer,
    Begun,
    CallAppointment,
    CallHold,
    CallRef,
    KnownCustomer,
    Misheard,
    StoredOffer,
    ToolCallKey,
)
from zusage.app.errors import ZusageError

_BEGIN = (
    "SELECT (t).* FROM voice_begin(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS t"
)
_MISHEARD = "SELECT misheard_note(company_id, branch_id, %s, %s, %s, %s, %s) FROM call WHERE company_id = %s AND call_id = %s"
_FINISH = "SELECT voice_finish(%s, %s, %s, %s, %s, %s, %s, %s)"
_ABANDON = (
    "UPDATE tool_call SET lease_until = started_at "
    "WHERE company_id = %s AND tool_call_id = %s AND lease = %s AND state = 'running'"
)
_EVENT = "SELECT call_event(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def finish_statement(run: Begun, answer: Answer) -> tuple[str, tuple[Any, ...]]:
    offers = Jsonb([_dump(offer) for offer in answer.offers]) if answer.offers else None
    values = (
        run.company_id, run.call_id, run.tool_call_id, run.lease, answer.status, Jsonb(dict(answer.body)),
        answer.hold_id, offers,
    )  # fmt: skip
    return _FINISH, values


class PostgresJournal:
    """Implements `app.calls.ports.Journal` and `CallRegister`."""

    def __init__(
        self,
        database: Database,
        *,
        new_id: Callable[[], UUID],
        build: str,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._database = database
        self._new_id = new_id
        self._build = build
        self._lease_seconds = lease_seconds

    async def begin(self, key: ToolCallKey) -> Begun:
        call = key.call
        values = (
            call.company_id, call.branch_id, self._new_id(), call.provider, call.external_id, call.caller,
            call.called, call.agent_ref, call.agent_version, self._new_id(), key.dedupe, key.by_hash, key.tool,
            Jsonb(dict(key.args)), self._new_id(), self._lease_seconds, self._build,
        )  # fmt: skip
        # Losing this row in a crash is harmless: its effect was not committed either.
        async with self._database.pipelined(call.company_id, durable=False) as connection:
            cursor = await connection.execute(_BEGIN, values)
            await connection.execute("COMMIT")
            row = await cursor.fetchone()
        assert row is not None
        return _begun(call.company_id, row)

    async def stored_answer(self, waiting: Begun) -> Mapping[str, Any] | None:
        async with self._database.pipelined(waiting.company_id) as connection:
            cursor = await connection.execute(
                "SELECT voice_answer(%s, %s)", (waiting.company_id, waiting.tool_call_id)
            )
            row = await cursor.fetchone()
        return row[0] if row else None

    async def finish(self, run: Begun, answer: Answer, misheard: Misheard | None = None) -> None:
        async with self._database.pipelined(run.company_id) as connection:
            await connection.execute(*finish_statement(run, answer))
            if misheard is not None:
                # Sent ahead with the rest, so nobody waits longer; what goes wrong in it stays in it.
                m = misheard
                said = (m.about, m.words_key, m.words, m.answered, m.reason)
                await connection.execute(_MISHEARD, (*said, run.company_id, run.call_id))
            await connection.execute("COMMIT")

    async def abandon(self, run: Begun) -> None:
        with suppress(ZusageError, psycopg.Error, PoolTimeout):
            async with self._database.pipelined(run.company_id) as connection:
                await connection.execute(_ABANDON, (run.company_id, run.tool_call_id, run.lease))
                await connection.execute("COMMIT")

    async def record(self, call: CallRef, event: str, reason: str | None) -> None:
        values = (
            call.company_id, call.branch_id, self._new_id(), call.provider, call.external_id, call.caller,
            call.called, call.agent_ref, call.agent_version, event, reason,
        )  # fmt: skip
        async with self._database.pipelined(call.company_id) as connection:
            await connection.execute(_EVENT, values)
            await connection.execute("COMMIT")


def _begun(company_id: UUID, row: tuple[Any, ...]) -> Begun:
    (
        decision,
        tool_call_id,
        lease,
        answer,
        call_id,
        over,
        now,
        version,
        hold,
        offers,
        appointments,
        customers,
    ) = row
    begun = Begun(decision, company_id, call_id, now, tool_call_id, lease, answer, over, version or 0)
    if decision != "run":
        return begun
    return replace(
        begun,
        hold=_hold(hold) if hold else None,
        offers=tuple(_load(offer) for offer in offers or ()),
        appointments=tuple(_appointment(row) for row in appointments or ()),
        customers=tuple(KnownCustomer(c["name"], c["name_key"]) for c in customers or ()),
    )


def _hold(row: Mapping[str, Any]) -> CallHold:
    return CallHold(
        hold_id=UUID(row["hold_id"]),
        token=row["token"],
        status=row["status"],
        service_id=UUID(row["service_id"]),
        staff_id=UUID(row["staff_id"]),
        start=datetime.fromisoformat(row["starts_at"]),
        end=datetime.fromisoformat(row["ends_at"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        price_cents=row["price_cents"],
        currency=row["currency"],
        plan=row["plan"],
    )


def _appointment(row: Mapping[str, Any]) -> CallAppointment:
    return CallAppointment(
        appointment_id=UUID(row["appointment_id"]),
        service_id=UUID(row["service_id"]),
        start=datetime.fromisoformat(row["starts_at"]),
        attendee=row["attendee_name"],
        plan=row["plan"],
    )


def _dump(offer: StoredOffer) -> dict[str, Any]:
    return {
        "token": offer.token,
        "batch": offer.batch,
        "n": offer.n,
        "made_at": offer.made_at.isoformat(),
        "service_id": str(offer.service_id),
        "staff_id": str(offer.staff_id),
        "start": offer.start.isoformat(),
        "end": offer.end.isoformat(),
        "price_cents": offer.price_cents,
    }


def _load(row: Mapping[str, Any]) -> StoredOffer:
    return StoredOffer(
        token=row["token"],
        batch=row["batch"],
        n=row["n"],
        made_at=datetime.fromisoformat(row["made_at"]),
        service_id=UUID(row["service_id"]),
        staff_id=UUID(row["staff_id"]),
        start=datetime.fromisoformat(row["start"]),
        end=datetime.fromisoformat(row["end"]),
        price_cents=row["price_cents"],
    )
