"""Calls, holds and appointments in a loaded company, made through the ledger's own functions."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from zusage.adapters.postgres.database import Database
from zusage.app.operations.company_file import stable_id
from zusage.core.values import uuid7

COMPANY_KEY = "friseur-eins"

_CALL = """
SELECT call_event(%(company)s, %(branch)s, %(call)s, 'retell', %(call)s::text, '+4930231250', NULL, NULL, NULL,
                  'seen', NULL)
"""
_HEAD = """
SELECT jsonb_build_array(jsonb_build_object(
    'service_id', %(service)s::uuid, 'service_name', 'Schnitt', 'staff_id', %(resource)s::uuid, 'staff_name', 'A',
    'starts_at', %(start)s::timestamptz, 'ends_at', %(end)s::timestamptz, 'price_cents', 3500, 'currency', 'EUR',
    'phases', jsonb_build_array(jsonb_build_object('ordinal', 0, 'kind', 'active', 'name', '',
        'starts_at', %(start)s::timestamptz, 'ends_at', %(end)s::timestamptz, 'staff_id', %(resource)s::uuid))))
"""
TAKE = "SELECT (t).* FROM ledger_take(%s, %s, %s, %s, %s, ARRAY[1], ARRAY[%s]::uuid[], ARRAY[%s]::timestamptz[], ARRAY[%s]::timestamptz[]) AS t"


def new_id() -> UUID:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


@dataclass(frozen=True)
class Taken:
    call: UUID
    hold: UUID | None
    outcome: str


@dataclass(frozen=True)
class Rows:
    """Makes rows in one branch of the demo salon, each in a transaction of its own."""

    database: Database
    company: UUID
    branch: UUID

    @classmethod
    async def of(cls, database: Database, branch: str) -> Rows:
        company = stable_id(COMPANY_KEY, "company", COMPANY_KEY)
        return cls(database, company, stable_id(COMPANY_KEY, "branch", branch))

    @property
    def staff(self) -> dict[str, UUID]:
        return {
            key: stable_id(COMPANY_KEY, "staff", key)
            for key in ("anna-schmidt", "anna-weber", "jonas-keller")
        }

    def new_id(self) -> UUID:
        return new_id()

    async def value(self, statement: LiteralString, *values: Any) -> Any:
        """Run one statement in a committed transaction of the company; give its first value, if any."""
        async with self.database.transaction(self.company) as connection:
            cursor = await connection.execute(statement, values)
            row = await cursor.fetchone() if cursor.description else None
            await connection.execute("COMMIT")
        return row[0] if row else None

    async def call(self) -> UUID:
        async with self.database.transaction(self.company) as connection:
            values = {"company": self.company, "branch": self.branch, "call": new_id()}
            row = await (await connection.execute(_CALL, values)).fetchone()
            await connection.execute("COMMIT")
        assert row is not None
        return UUID(str(row[0]))

    async def take_values(
        self, call: UUID, resource: UUID, *, start: Any, end: Any, service: str = "herrenschnitt"
    ) -> tuple[Any, ...]:
        """The arguments of `TAKE`."""
        async with self.database.transaction(self.company) as connection:
            names = {
                "service": stable_id(COMPANY_KEY, "service", service),
                "resource": resource,
                "start": start,
                "end": end,
            }
            row = await (await connection.execute(_HEAD, names)).fetchone()
        assert row is not None
        return (self.company, call, new_id(), new_id().hex, Jsonb(row[0]), resource, start, end)

    async def hold(
        self, resource: UUID, *, hours: float = 0, at: str | None = None, service: str = "herrenschnitt"
    ) -> Taken:
        """Take half an hour of a resource, `hours` from tomorrow's midnight or `at` an instant."""
        call = await self.call()
        start = await self.value(
            "SELECT coalesce(%s::timestamptz, date_trunc('day', now()) + interval '1 day' + %s * interval '1 hour')",
            at,
            hours,
        )
        end = await self.value("SELECT %s::timestamptz + interval '30 minutes'", start)
        values = await self.take_values(call, resource, start=start, end=end, service=service)
        async with self.database.transaction(self.company) as connection:
            row = await (await connection.execute(TAKE, values)).fetchone()
            await connection.execute("COMMIT")
        assert row is not None
        return Taken(call, row[2], row[0])

    async def book(self, taken: Taken) -> UUID:
        assert taken.outcome == "held"
        appointment = new_id()
        outcome = await self.value(
            "SELECT (ledger_confirm(%s, %s, %s, %s, %s, NULL, 'Lea Beispiel', 'lea beispiel', 'Lea Beispiel', NULL, '')).outcome",
            self.company, taken.call, taken.hold, appointment, new_id(),
        )  # fmt: skip
        assert outcome == "booked"
        return appointment
