"""Jobs in the database: procrastinate's connector to its schema, wake-ups, and what there is to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from procrastinate import PsycopgConnector
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import Jsonb

from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Database, clock

_WAKE = "SELECT directory.wake(%s, 'mirror_appointment', %s, clock_timestamp() + %s)"
_FORGET = "DELETE FROM mirror_attempt WHERE company_id = %s AND at < %s"
_KEPT = timedelta(days=30)
_CONNECTIONS = 3
_LIST = """
SELECT j.id, j.queue_name, j.task_name, j.status::text, j.attempts, j.scheduled_at, j.args,
       (SELECT max(e.at) FROM jobs.procrastinate_events e WHERE e.job_id = j.id AND e.type <> 'scheduled')
FROM jobs.procrastinate_jobs j
WHERE (%(status)s::text IS NULL OR j.status::text = %(status)s)
ORDER BY j.id DESC LIMIT %(limit)s
"""
_RETRY = """
SELECT jobs.procrastinate_retry_job_v2(j.id, now(), NULL, NULL, NULL) FROM jobs.procrastinate_jobs j
WHERE j.status = 'failed' AND j.id = ANY (%s)
"""
_COUNT = "SELECT status::text, count(*) FROM jobs.procrastinate_jobs GROUP BY 1 ORDER BY 1"


def jobs_connector(url: str) -> PsycopgConnector:
    """Build a connector whose connections look into the schema of the jobs; opens nothing.

    The path goes with the connection, so the URL must not lead through a pooler that drops options."""
    options = str(conninfo_to_dict(url).get("options") or "")
    return PsycopgConnector(
        conninfo=make_conninfo(url, options=f"{options} -c search_path=jobs,public".strip()),
        min_size=1,
        max_size=_CONNECTIONS,
        timeout=5.0,
        kwargs={"application_name": "zusage-worker"},
    )


class PostgresWaker:
    """Implements `inbound.worker.jobs.Waker` as the jobs role."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wake(self, company_id: UUID, appointment_id: UUID, seconds: float) -> None:
        values = (company_id, Jsonb({"appointment_id": str(appointment_id)}), timedelta(seconds=seconds))
        async with self._database.transaction(company_id) as connection:
            await connection.execute(_WAKE, values)
            await connection.execute("COMMIT")

    async def forget_attempts(self, company_id: UUID) -> None:
        async with self._database.transaction(company_id) as connection:
            await connection.execute(_FORGET, (company_id, await clock(connection) - _KEPT))
            await connection.execute("COMMIT")

    async def company_ids(self) -> Sequence[UUID]:
        return [company.company_id for company in await list_names(self._database)]


@dataclass(frozen=True, slots=True)
class JobSight:
    """One job as people see it; `changed_at` is when it last came into a state."""

    job_id: int
    queue: str
    task: str
    status: str
    attempts: int
    scheduled_at: datetime | None
    args: dict[str, Any]
    changed_at: datetime | None


async def list_jobs(database: Database, *, status: str | None, limit: int) -> Sequence[JobSight]:
    """List the newest jobs, as the jobs role; those that went well are gone already."""
    async with database.connection() as connection:
        cursor = await connection.execute(_LIST, {"status": status, "limit": limit})
        return [JobSight(*row) for row in await cursor.fetchall()]


async def count_jobs(database: Database) -> dict[str, int]:
    """Count the jobs by status, as the jobs role."""
    async with database.connection() as connection:
        return dict(await (await connection.execute(_COUNT)).fetchall())


async def retry_jobs(database: Database, ids: Sequence[int]) -> int:
    """Let failed jobs run again, as the jobs role; others stay as they are. Says how many that were."""
    async with database.connection() as connection:
        return len(await (await connection.execute(_RETRY, (list(ids),))).fetchall())
