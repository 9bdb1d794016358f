"""What the doctor asks of a database: its version, who we are on it, what we may see, what time it is there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from zusage.adapters.postgres.migrate import SchemaState, schema_state

_ROLE = (
    "SELECT current_setting('server_version_num')::int, current_user::text, rolsuper OR rolbypassrls "
    "FROM pg_roles WHERE rolname = current_user"
)
_COMPANY = "SELECT set_config('zusage.company_id', %s, false)"
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class RoleCondition:
    """`skew` is the database's clock minus ours, in seconds; `version` is 180001 for 18.1."""

    version: int
    role: str
    bypasses: bool
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
        version, role, bypasses = _row(connection, _ROLE)
        before = time.time()
        (there,) = _row(connection, "SELECT extract(epoch FROM clock_timestamp())::float8")
        skew = there - (before + time.time()) / 2
    return RoleCondition(version, role, bypasses, skew, schema_state(url))


def examine_walls(url: str) -> Walls:
    """Look whether row-level security hides what is not ours; the schema must be up to date.

    :raises psycopg.Error: it cannot be reached."""
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        ids = [row[0] for row in connection.execute("SELECT company_id FROM directory.list_companies()")]

        def visible(company_id: UUID | None) -> int:
            connection.execute(_COMPANY, [str(company_id or "")])
            return int(_row(connection, "SELECT count(*) FROM company")[0])

        return Walls(len(ids), visible(None), visible(_NOBODY), visible(ids[0]) if ids else 0)


def worker_silence(url: str) -> float | None:
    """Tell for how many seconds no worker was seen; None when there never was one.

    :raises psycopg.Error: it cannot be reached."""
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        silent = _row(
            connection, "SELECT extract(epoch FROM min(silent_for))::float8 FROM directory.workers()"
        )[0]
    return None if silent is None else float(silent)


def _row(connection: psycopg.Connection[TupleRow], statement: str) -> TupleRow:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row
