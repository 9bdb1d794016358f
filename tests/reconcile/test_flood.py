"""Very many webhooks at once: each is acknowledged, few jobs and questions come of them, and no booking waits behind."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from support.at_work import until
from support.database import Clock, DatabaseUrls
from support.hooked import Hooked, event, hooked
from support.mirrored import mirrored, open_start
from support.reconciled import HOUR, Reconciled, kinds, reconciled
from support.worker_process import worker_process
from zusage.adapters.postgres import migrate
from zusage.adapters.postgres.database import Database


@pytest.fixture
async def door(app_db: Database, jobs_db: Database) -> AsyncIterator[Hooked]:
    async with mirrored(app_db, jobs_db) as salon, hooked(salon, app_db) as made:
        yield made


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


def waiting(database: DatabaseUrls, task: str = "heed_hints") -> int:
    with psycopg.connect(database.admin) as admin:
        rows = admin.execute("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = %s", [task])
        return int(rows.fetchall()[0][0])


async def pour(door: Hooked, many: int) -> Counter[int]:
    """Send so many events, some twice, out of order, and a forged one among five; counts the answers."""
    dice = random.Random(1)
    bodies = [event("created", uid=f"flood-{number}") for number in range(many)]
    bodies += dice.choices(bodies, k=many // 4)
    dice.shuffle(bodies)
    answers: Counter[int] = Counter()

    async def lane(part: list[bytes]) -> None:
        for number, body in enumerate(part):
            answers[(await door.post(body)).status_code] += 1
            if number % 5 == 0:
                answers[(await door.post(body, secret="a stranger's")).status_code] += 1

    await asyncio.gather(*(lane(bodies[start::8]) for start in range(8)))
    return answers


async def test_what_comes_within_a_second_leaves_one_job(door: Hooked, database: DatabaseUrls) -> None:
    began = time.monotonic()
    answers = await pour(door, 200)
    took = time.monotonic() - began
    assert answers == {200: 250, 401: 56}
    assert len(await door.hints()) == 200
    # Of two at once, of which neither sees the other yet, each leaves one.
    assert 1 <= waiting(database) <= (took + 2) * 8 < 200


async def test_control_where_each_leaves_its_job_they_pile_up(door: Hooked, database: DatabaseUrls) -> None:
    """As an earlier version did."""
    migrate.downgrade(database.migrate, "0014")
    await pour(door, 200)
    assert waiting(database) == 200


@pytest.mark.race
async def test_a_booking_made_in_a_flood_is_not_delayed_by_it(
    door: Hooked, database: DatabaseUrls, tmp_path: Path
) -> None:
    salon = door.salon
    async with worker_process(database, salon.key, tmp_path):
        flood = asyncio.create_task(pour(door, 600))
        await until(lambda: waiting(database) > 0)
        await asyncio.sleep(5.5)  # the first of them are due
        appointment = await salon.book()
        began = time.monotonic()

        async def stands() -> bool:
            return await salon.known(appointment) == [("present", "present")]

        await until(stands)
        waited = time.monotonic() - began
        answers = await flood
    assert set(answers) == {200, 401}
    assert waited < 8


@pytest.mark.parametrize(("many", "asked"), [(20, 20), (21, 0)])
async def test_very_many_changes_at_once_are_read_from_lists(desk: Reconciled, many: int, asked: int) -> None:
    """Control: a few are read one by one, at once."""
    await desk.compare()
    desk.later(HOUR)
    await desk.pull()
    first = open_start(9)
    for number in range(many):
        start = first + timedelta(days=number // 7, hours=number % 7)
        await desk.hint(await desk.salon.sim.people.book(desk.salon.kind().id, start, quiet=True))
    before = len(desk.salon.sim.journal.of("bookings.get"))
    heeded = kinds(await desk.heed())
    assert (len(heeded), len(desk.salon.sim.journal.of("bookings.get")) - before) == (asked, asked)
    assert await desk.salon.shop.rows("SELECT count(*) FROM calendar_hint WHERE next_at IS NOT NULL") == [
        (0,)
    ]
    due = await desk.salon.shop.rows("SELECT next_at <= zusage_now() FROM calendar_pull")
    assert due == [(asked == 0,)]
    await desk.pull()
    assert len(await desk.externals()) == many
