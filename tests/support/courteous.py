"""A shop that hides its live holds from web bookers at a simulated Cal.com."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from support.at_work import at_work
from support.mirrored import Mirrored, connect, mirrored, open_start
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.app.calls.ports import Begun
from zusage.app.courtesy.tend_courtesies import Tending
from zusage.app.mirror.ports import Terms
from zusage.inbound.worker.courtesies import add_courtesies
from zusage.inbound.worker.jobs import Duties, build_jobs

CAP = timedelta(minutes=10)
Tend = Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def polite(app: Database, jobs: Database) -> AsyncIterator[Mirrored]:
    """A connected shop with the setting on; its Cal.com keeps no slots."""
    async with mirrored(app, jobs, simulate={"slots_cache_s": 0.0}) as made:
        await connect(made, courtesy_holds=True)
        yield made


def store_of(salon: Mirrored, jobs: Database) -> PostgresCourtesies:
    return PostgresCourtesies(jobs, SecretBox([salon.key]))


def tending_of(salon: Mirrored, jobs: Database, within: float = 2.0) -> Tending:
    return Tending(store_of(salon, jobs), salon.client, Terms(within))


@asynccontextmanager
async def worker(salon: Mirrored, jobs: Database, url: str) -> AsyncIterator[None]:
    slots = CompanySlots()
    app = build_jobs(jobs_connector(url), Duties(salon.mirroring, slots, PostgresWaker(jobs)))
    add_courtesies(app, tending_of(salon, jobs), slots)
    async with at_work(app):
        yield


async def held(salon: Mirrored, start: datetime | None = None, **plan: Any) -> tuple[Begun, UUID]:
    run = await salon.shop.call()
    taken = await salon.shop.take(run, salon.shop.plan(start=start or open_start(), **plan))
    assert taken.outcome == "held"
    assert taken.hold_id is not None
    return run, taken.hold_id


def there(salon: Mirrored) -> list[tuple[datetime, datetime]]:
    """What Cal.com hides, by start."""
    return sorted(
        (each.period.start, each.period.end)
        for each in salon.sim.world.reservations.values()
        if each.until > datetime.now(UTC)
    )


def asked(salon: Mirrored, op: str = "slots.reserve") -> int:
    return len(salon.sim.journal.of(op))


async def states(salon: Mirrored) -> list[str]:
    return [str(row[0]) for row in await salon.shop.rows("SELECT state FROM courtesy ORDER BY starts_at")]


async def waiting_jobs(url: str) -> int:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'tend_courtesies'"
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
