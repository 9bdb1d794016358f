"""PostgreSQL is killed while calls hold and book: what was answered stands after the restart, and nothing is left over."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from ledger_rivals import later
from psycopg_pool import PoolTimeout

from support.servers import reachable_folder
from support.shop import NO_FLAWS, Shop, make_shop
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.postgres import migrate
from zusage.adapters.postgres.database import Database
from zusage.app.calls.ports import Begun
from zusage.app.errors import LedgerBusy

CALLERS = 8
ENOUGH = 40
GONE = (psycopg.Error, PoolTimeout, LedgerBusy)


@dataclass
class Answers:
    """What callers were told before the server died: bookings by hold, holds not yet confirmed, steps without answer."""

    booked: dict[UUID, UUID | None] = field(default_factory=dict)
    held: dict[UUID, Begun] = field(default_factory=dict)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    broken: int = 0


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder() as made:
        yield made


def _start(folder: Path) -> EmbeddedServers:
    """Writing to the disk as in real life, unlike the other tests' servers."""
    return EmbeddedServers.start(folder / "zusage", elsewhere=folder / "elsewhere")


@asynccontextmanager
async def _open(servers: EmbeddedServers) -> AsyncIterator[Database]:
    pool = Database(servers.urls.app, size=CALLERS, lock_ms=5_000, statement_ms=15_000)
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


def _kill(servers: EmbeddedServers) -> None:
    """End the server's first process as the kernel would for want of memory; the others follow it."""
    with psycopg.connect(servers.urls.admin) as connection:
        row = connection.execute(r"SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)").fetchone()
    assert row is not None
    os.kill(int(row[0]), signal.SIGKILL)


async def _caller(shop: Shop, number: int, answers: Answers) -> None:
    dice = random.Random(number)
    try:
        while True:
            run = await shop.call()
            start = later(24 * dice.randrange(200) + dice.randrange(10))
            taken = await shop.take(run, shop.plan(dice.randrange(3), chair=dice.randrange(2), start=start))
            if taken.hold_id is None:
                continue
            answers.held[taken.hold_id] = run
            if dice.random() < 0.7:
                booked = await shop.confirm(run, taken.hold_id)
                answers.booked[taken.hold_id] = booked.appointment_id
            if len(answers.booked) >= ENOUGH:
                answers.enough.set()
    except GONE:
        answers.broken += 1


async def _traffic_until_killed(servers: EmbeddedServers, answers: Answers) -> Shop:
    async with _open(servers) as pool:
        shop = await make_shop(pool, staff=3, chairs=2)
        callers = [asyncio.create_task(_caller(shop, number, answers)) for number in range(CALLERS)]
        await asyncio.wait_for(answers.enough.wait(), 60)
        await asyncio.to_thread(_kill, servers)
        await asyncio.gather(*callers)
    return shop


async def _look(shop: Shop, answers: Answers) -> None:
    assert await shop.flaws() == NO_FLAWS
    booked = await shop.rows("SELECT hold_id, appointment_id FROM appointment WHERE status = 'booked'")
    there = {hold: appointment for hold, appointment in booked}  # noqa: C416 - rows are tuples of any length
    assert {hold: there.get(hold) for hold in answers.booked} == answers.booked
    holds = await shop.rows("SELECT hold_id FROM hold WHERE status IN ('held', 'converted')")
    assert answers.held.keys() <= {row[0] for row in holds}
    for hold_id, run in answers.held.items():
        again = await shop.confirm(run, hold_id)
        assert again.outcome == ("already_booked" if hold_id in there else "booked")
        assert again.appointment_id == there.get(hold_id, again.appointment_id)
    assert await shop.flaws() == NO_FLAWS


async def test_a_killed_postgres_loses_no_answered_booking_and_leaves_no_claim_without_owner(
    folder: Path,
) -> None:
    answers = Answers()
    with _start(folder) as servers:
        migrate.upgrade(servers.urls.migrate)
        shop = await _traffic_until_killed(servers, answers)
        assert answers.broken == CALLERS
        with _start(folder) as restarted:
            async with _open(restarted) as pool:
                await _look(shop.on(pool), answers)
