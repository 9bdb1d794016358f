"""What the doctor asks of a database: its version, who we are on it, what we may see, what time it is there."""

from __future__ import annotations

import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.migrate import SchemaState, schema_state

_ROLE = (
    "SELECT current_setting('server_version_num')::int, current_user::text, rolsuper OR rolbypassrls, "
    "current_setting('idle_in_transaction_session_timeout') <> '0' "
    "FROM pg_roles WHERE rolname = current_user"
)
_STRANGER = UUID(int=0)


@dataclass(frozen=True, slots=True)
class RoleCondition:
    """`skew` is the database's clock minus ours, in seconds; `version` is 180001 for 18.1.

    `impatient`: the server ends a transaction of this role that idles, so that a frozen process keeps no locks."""

    version: int
    role: str
    bypasses: bool
    impatient: bool
    skew: float
    schema: SchemaState


@dataclass(frozen=True, slots=True)
class Walls:
    """How many companies there are, and how many a role sees without one, as a strange one, and as the first."""

    companies: int
    as_nobody: int
    as_stranger: int
    as_first: int

    @property
    def stand(self) -> bool:
        return self.as_nobody == 0 and self.as_stranger == 0 and self.as_first == min(self.companies, 1)


def examine_role(url: str) -> RoleCondition:
    """Look at the server and the role of `url`.

    :raises psycopg.Error: it cannot be reached."""
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        version, role, bypasses, impatient = _row(connection, _ROLE)
        before = time.time()
        (there,) = _row(connection, "SELECT extract(epoch FROM clock_timestamp())::float8")
        skew = there - (before + time.time()) / 2
    return RoleCondition(version, role, bypasses, impatient, skew, schema_state(url))


async def examine_walls(database: Database) -> Walls:
    """Look whether row-level security hides what is not ours; the schema must be up to date."""
    companies = await list_names(database)

    async def visible(scope: AbstractAsyncContextManager[Connection]) -> int:
        async with scope as connection:
            row = await (await connection.execute("SELECT count(*) FROM company")).fetchone()
        return int(row[0]) if row else 0

    first = await visible(database.transaction(companies[0].company_id)) if companies else 0
    stranger = await visible(database.transaction(_STRANGER))
    return Walls(len(companies), await visible(database.connection()), stranger, first)


def _row(connection: psycopg.Connection[TupleRow], statement: str) -> TupleRow:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row
