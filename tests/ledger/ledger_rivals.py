"""Two and more transactions in a chosen order, and the ledger with one of its rules cut out (the controls)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import psycopg

from support.database import DatabaseUrls
from support.shop import TEN, Shop
from zusage.core.scheduling.plan import ClaimPlan, Plan

T = TypeVar("T")

GATE = 4711
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
_SOURCE = (
    "SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE n.nspname = 'public' AND p.proname = %s"
)


def run_sql(database: DatabaseUrls, statement: str) -> None:
    """Change the schema of one test's database, as the role that owns it."""
    with psycopg.connect(database.migrate, autocommit=True) as connection:
        connection.execute(statement.encode())


def cut(database: DatabaseUrls, function: str, *changes: tuple[str, str]) -> None:
    """Replace pieces of a ledger function; fails where a piece is not there once, so no control goes stale unseen."""
    with psycopg.connect(database.migrate, autocommit=True) as connection:
        found = connection.execute(_SOURCE, [function]).fetchall()
        assert len(found) == 1, function
        source = str(found[0][0])
        for old, new in changes:
            assert source.count(old) == 1, f"{function}: {old!r} occurs {source.count(old)} times"
            source = source.replace(old, new)
        connection.execute(source.encode())


async def _count_waiters(database: DatabaseUrls) -> int:
    connection = await psycopg.AsyncConnection.connect(database.admin, autocommit=True)
    async with connection:
        row = await (await connection.execute(_WAITING)).fetchone()
    assert row is not None
    return int(row[0])


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    until = time.monotonic() + 15
    while not await done():
        assert time.monotonic() < until, "it did not come to that"
        await asyncio.sleep(0.005)


async def waiting(database: DatabaseUrls, count: int = 1) -> None:
    """Return once exactly this many sessions of the database wait for a lock."""

    async def reached() -> bool:
        return await _count_waiters(database) == count

    await _until(reached)


async def stopped(database: DatabaseUrls, task: asyncio.Task[T]) -> None:
    """Return once the task is done or its session waits for a lock."""

    async def reached() -> bool:
        return task.done() or await _count_waiters(database) == 1

    await _until(reached)


async def blocked(database: DatabaseUrls, step: Coroutine[Any, Any, T], count: int = 1) -> asyncio.Task[T]:
    """Start a step and return it once it waits for a lock (as the `count`th waiter); fails if it goes through."""
    task = asyncio.create_task(step)

    async def reached() -> bool:
        assert not task.done(), f"it did not wait: {task}"
        return await _count_waiters(database) == count

    await _until(reached)
    return task


@asynccontextmanager
async def gate(database: DatabaseUrls) -> AsyncIterator[psycopg.AsyncConnection]:
    """Hold back whoever passes `pg_advisory_xact_lock_shared(GATE)`; commit the connection to let them through."""
    connection = await psycopg.AsyncConnection.connect(database.admin)
    async with connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
        yield connection


PAUSE = f"PERFORM pg_advisory_xact_lock_shared({GATE});"


def claiming(plan: Plan, *resources: UUID) -> Plan:
    """The same plan, taking these resources for its whole period, in this order."""
    return replace(plan, claims=tuple(ClaimPlan(resource, plan.period) for resource in resources))


def later(hours: float) -> datetime:
    return TEN + timedelta(hours=hours)


async def seconds_left(shop: Shop) -> list[float]:
    """How long each held hold still lives, by the database's clock, oldest first."""
    rows = await shop.rows(
        "SELECT extract(epoch FROM expires_at - zusage_now()) FROM hold WHERE status = 'held' ORDER BY created_at"
    )
    return [float(str(row[0])) for row in rows]
