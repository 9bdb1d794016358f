"""The nightly sweep of past claims comes once a night where the branch is, and is made up for where a night was missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from procrastinate import App

from support.database import Clock, DatabaseUrls
from support.shop import Shop, make_shop
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import jobs_connector, list_jobs
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.app.operations.due_sweeps import PastClaims, due_sweeps, is_due
from zusage.inbound.worker.nightly import add_nightly

NIGHT = datetime(2026, 11, 20, 1, 23, tzinfo=UTC)  # 02:23 in Berlin
DAY = NIGHT + timedelta(hours=9)


@pytest.mark.parametrize(
    ("hours", "at", "due"),
    [
        (20, NIGHT, True),
        (4, NIGHT, True),
        (1, NIGHT + timedelta(hours=1), False),
        (20, NIGHT - timedelta(hours=1), False),
        (20, DAY, False),
        (35, DAY, False),
        (36, DAY, True),
        (20, datetime(2026, 7, 1, 0, 23, tzinfo=UTC), True),
        (20, datetime(2026, 7, 1, 3, 23, tzinfo=UTC), False),
    ],
)
def test_hole_48_it_is_due_once_a_night_where_the_branch_is(hours: int, at: datetime, due: bool) -> None:
    past = PastClaims(UUID(int=1), "Europe/Berlin", timedelta(hours=hours))
    assert is_due(past, at) is due
    assert not is_due(PastClaims(past.company_id, "America/New_York", timedelta(hours=20)), at)


@pytest.fixture
async def shop(app_db: Database) -> Shop:
    made = await make_shop(app_db)
    await made.do("SELECT directory.put_company(%s, 'salon', 'Laden')", made.company_id)
    return made


async def forward_to(clock: Clock, store: PostgresHousekeeping, moment: datetime) -> None:
    clock.advance((moment - await store.now()).total_seconds())


async def test_hole_42_a_night_that_was_missed_is_made_up_for_by_day(
    shop: Shop, jobs_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    """The machine is off each night: no tick of a fixed hour would ever come."""
    store = PostgresHousekeeping(jobs_db)
    app = App(connector=jobs_connector(database.jobs))
    add_nightly(app, store)
    noon = (await store.now()).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for begins in (noon, noon + timedelta(days=2)):
        await shop.take_and_confirm(await shop.call(), shop.plan(start=begins))

    async def hour() -> int:
        await app.tasks["sweep_claims"].defer_async(timestamp=0)
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
        ((left,),) = await shop.rows("SELECT count(*) FROM claim")
        return int(str(left))

    async with app.open_async():
        assert await hour() == 2
        await forward_to(clock, store, noon + timedelta(days=2, hours=1))
        assert await hour() == 2, "the night is still to come"
        await forward_to(clock, store, noon + timedelta(days=3, hours=13))
        assert await hour() == 1, "it was missed"
        assert await due_sweeps(store) == []
    assert await list_jobs(jobs_db, status="failed", limit=9) == []


async def test_what_is_over_in_the_night_goes_in_the_night(
    shop: Shop, jobs_db: Database, clock: Clock
) -> None:
    store = PostgresHousekeeping(jobs_db)
    noon = (await store.now()).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    await shop.take_and_confirm(await shop.call(), shop.plan(start=noon))
    night = noon + timedelta(days=2, hours=13, minutes=30)  # 02:30 or 03:30 in Berlin
    await forward_to(clock, store, night)
    (past,) = await store.past_claims()
    assert past.since == pytest.approx(timedelta(hours=13, minutes=30), abs=timedelta(seconds=60))
    assert (past.zone, await due_sweeps(store)) == ("Europe/Berlin", [shop.company_id])
    await forward_to(clock, store, noon + timedelta(days=2, hours=9))
    assert await due_sweeps(store) == []
