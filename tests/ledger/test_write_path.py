"""The write path under load: 32 connections on 4 staff and 2 chairs, holds of 50 ms, the sweeper and absences beside."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from ledger_rivals import cut, later, run_sql

from support.database import DatabaseUrls
from support.shop import Shop, make_shop
from zusage.adapters.postgres.database import Database
from zusage.app.booking.ports import Booked, Taken
from zusage.app.calls.ports import Begun
from zusage.app.errors import LedgerBusy, LedgerRefused
from zusage.core.scheduling.plan import Plan

pytestmark = pytest.mark.race

CALLERS = 32
SECONDS = 12.0
CONTROL_SECONDS = 3.0
CONTROL_RUNS = 5  # chance decides when two writers meet; a busy machine needs more of it
_STEPS = 12
_FIFTY_MS = ("make_interval(secs => p_branch.hold_seconds)", "interval '50 milliseconds'")


@dataclass
class Load:
    """What the callers ask for and what they were told; every half second another day is the one all want."""

    shop: Shop
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    booked: dict[UUID, int] = field(default_factory=dict)
    flaws: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    _began: float = field(default_factory=time.monotonic)

    @property
    def passed(self) -> float:
        return time.monotonic() - self._began

    def running(self) -> bool:
        return self.passed < self.seconds

    def start(self, dice: random.Random) -> datetime:
        day = int(self.passed * 2) if dice.random() < 0.8 else dice.randrange(60, 120)
        return later(24 * day + dice.randrange(0, 48) / 12)

    def plans(self, dice: random.Random) -> list[Plan]:
        """One plan for somebody in particular, or all pairs for anybody; some with a gap, some without a chair."""
        start, minutes = self.start(dice), dice.choice((15, 30, 45, 60))
        gap = (minutes // 3, minutes // 3) if dice.random() < 0.3 else None
        staff = list(range(4)) if dice.random() < 0.2 else [dice.randrange(4)]
        chairs = dice.choice(([None], [0], [1], [0, 1], [1, 0]))
        return [
            self.shop.plan(person, start=start, minutes=minutes, chair=chair, gap=gap)
            for person in staff
            for chair in chairs
        ]

    async def timed(self, step: Coroutine[Any, Any, Taken | Booked | int]) -> Taken | Booked | int | None:
        began = time.monotonic()
        try:
            return await step
        except (LedgerBusy, LedgerRefused) as error:
            self.counts[type(error.__cause__).__name__] += 1
            return None
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)


async def _caller(load: Load, number: int) -> None:
    dice = random.Random(number)
    while load.running():
        run = await load.shop.call()
        for _ in range(_STEPS):
            if load.running():
                await _step(load, run, dice)


async def _step(load: Load, run: Begun, dice: random.Random) -> None:
    """Hold, and then: nothing (the next hold replaces it), confirm at once or about when it expires, or give back."""
    plans, then = load.plans(dice), dice.random()
    if then < 0.03:
        _note(load, await load.timed(load.shop.take_and_confirm(run, *plans)), plans)
        return
    taken = await load.timed(load.shop.take(run, *plans))
    if not isinstance(taken, Taken):
        return
    load.counts[taken.outcome] += 1
    if taken.outcome != "held" or taken.plan is None:
        return
    if then < 0.15:
        await asyncio.sleep(dice.choice((0, 0, 0.03, 0.05, 0.07)))
        _note(load, await load.timed(load.shop.confirm(run, taken.hold_id)), [taken.plan])
    elif then < 0.25:
        await load.timed(load.shop.release(run))


def _note(load: Load, booked: object, plans: list[Plan]) -> None:
    if not isinstance(booked, Booked):
        return
    load.counts[f"confirm {booked.outcome}"] += 1
    if booked.outcome == "booked" and booked.appointment_id is not None:
        load.booked[booked.appointment_id] = len(plans[0].claims)


async def _sweeper(load: Load, jobs: Database) -> None:
    while load.running():
        async with jobs.transaction(load.shop.company_id) as connection:
            row = await (
                await connection.execute("SELECT ledger_sweep(%s, 100)", [load.shop.company_id])
            ).fetchone()
            await connection.execute("COMMIT")
        assert row is not None
        load.counts["swept"] += int(row[0])
        await asyncio.sleep(0.02)


async def _watcher(load: Load) -> None:
    """Look while it runs too: most double bookings of holds would be gone with them at the end."""
    while load.running():
        for name, count in (await load.shop.flaws()).items():
            load.flaws[name] = max(load.flaws[name], count)
        load.counts["looks"] += 1
        await asyncio.sleep(0.2)


async def _planner(load: Load) -> None:
    """Somebody falls ill on the day that all want, and is well again."""
    shop, dice = load.shop, random.Random(99)
    while load.running():
        absence, start = uuid4(), load.start(dice)
        values = (shop.company_id, absence, shop.staff[dice.randrange(4)], start, start + timedelta(hours=2))
        hit = await shop.do("SELECT ledger_block(%s, %s, %s, %s, %s, 'krank')", *values)
        load.counts["promises under an absence"] += len(hit)
        await asyncio.sleep(0.1)
        await shop.do("SELECT ledger_unblock(%s, %s)", shop.company_id, absence)


@asynccontextmanager
async def _open(url: str, size: int) -> AsyncIterator[Database]:
    pool = Database(url, size=size, lock_ms=5_000, statement_ms=15_000)
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


async def _run(database: DatabaseUrls, seconds: float) -> Load:
    cut(database, "hold_deadline", _FIFTY_MS)
    async with _open(database.app, CALLERS + 2) as app, _open(database.jobs, 2) as jobs:
        load = Load(await make_shop(app, staff=4, chairs=2), seconds)
        callers = [_caller(load, number) for number in range(CALLERS)]
        await asyncio.gather(*callers, _sweeper(load, jobs), _planner(load), _watcher(load))
        load.flaws |= Counter(await load.shop.flaws())
        kept = await load.shop.rows(
            "SELECT appointment_id, count(*) FROM claim JOIN appointment USING (company_id, appointment_id)"
            " WHERE status = 'booked' GROUP BY appointment_id"
        )
        load.counts["kept"] = sum(load.booked.get(row[0]) == row[1] for row in kept)  # type: ignore[call-overload]
    return load


def _deadlocks(database: DatabaseUrls) -> int:
    """Counted by the server; every session of the load has ended and so handed in its figures."""
    with psycopg.connect(database.admin) as connection:
        row = connection.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


async def test_the_write_path_under_load_keeps_every_promise(database: DatabaseUrls) -> None:
    load = await _run(database, SECONDS)
    print(dict(load.counts), f"slowest {load.slowest * 1000:.0f} ms")
    assert not +load.flaws
    assert load.counts["looks"] > 5
    assert {name for name in load.counts if name[0].isupper()} == set()
    assert load.counts["kept"] == len(load.booked) == load.counts["confirm booked"] > 30
    assert load.counts["held"] > 300
    assert load.counts["lost"] > 100
    assert load.counts["confirm expired"] > 0
    assert _deadlocks(database) == 0


async def test_control_without_lock_and_constraint_the_same_load_books_twice(database: DatabaseUrls) -> None:
    run_sql(database, "ALTER TABLE claim DROP CONSTRAINT claim_no_overlap")
    cut(database, "ledger_take", ("ON CONFLICT ON CONSTRAINT claim_no_overlap", "ON CONFLICT"))
    cut(database, "ledger_lock_resources", ("PERFORM pg_advisory_xact_lock(k.key)", "PERFORM k.key"))
    for _ in range(CONTROL_RUNS):
        load = await _run(database, CONTROL_SECONDS)
        assert load.counts["held"] > 50
        if load.flaws["overlaps"]:
            return
    pytest.fail(f"no overlap in {CONTROL_RUNS} runs without lock and constraint: the load proves nothing")
