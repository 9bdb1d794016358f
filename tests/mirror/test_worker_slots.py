"""Two slots a company, over all workers: whoever hangs leaves room for the others (hole 32)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import uuid4

import pytest

from support.at_work import at_work, jobs_of, stands, until
from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored, mirrored, open_start
from support.shop import make_shop
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.adapters.postgres.mirror import PostgresMirror
from zusage.adapters.postgres.worker_slots import PostgresSlots
from zusage.app.mirror.asking import Patience
from zusage.app.mirror.ports import WorkerSlots
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.sandbox.calcom import Fault, Latency

STANDS = [("present", "present")]


async def test_hole_32_a_company_takes_two_slots_and_the_others_run(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=700), times=None))
    appointments = [await salon.book(start=open_start(hour)) for hour in (9, 10, 11, 12, 13)]
    busiest = 0
    async with at_work(jobs_of(salon, jobs_db, database.jobs)):

        async def done() -> bool:
            nonlocal busiest
            under_way = [each for each in salon.sim.journal.of("bookings.create") if each.status is None]
            busiest = max(busiest, len(under_way))
            return await stands(salon, *appointments)()

        await until(done, 20)
    assert busiest == 2
    assert salon.posts() == 5


@pytest.mark.parametrize(("slots", "in_between"), [(2, False), (9, True)])
async def test_hole_32_a_company_whose_calendar_hangs_leaves_room_for_the_others(
    app_db: Database, jobs_db: Database, database: DatabaseUrls, slots: int, in_between: bool
) -> None:
    """Control: with nine slots its jobs take all places, and the other company's waits until one of them gives up."""
    async with mirrored(app_db, jobs_db) as hanging, mirrored(app_db, jobs_db) as well:
        await hanging.sim.outage("hang")
        for hour in (9, 10, 11, 12, 13, 14):
            await hanging.book(start=open_start(hour))
        appointment = await well.book()
        store = PostgresMirror(jobs_db, SecretBox([hanging.key, well.key]), new_id=uuid4)
        mirroring = replace(well.mirroring, store=store, patience=Patience(6.0, 6.0))
        duties = Duties(mirroring, CompanySlots(slots), PostgresWaker(jobs_db))
        async with at_work(build_jobs(jobs_connector(database.jobs), duties)):
            await until(stands(well, appointment), 30)
            given_up = await hanging.shop.rows("SELECT 1 FROM mirror_attempt")
        assert bool(given_up) is in_between


async def test_hole_32_two_slots_are_two_for_all_workers_together(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    """Two workers on one database. Control: slots of each process alone let twice as many in."""
    company, other = salon.shop.company_id, (await make_shop(salon.shop.database)).company_id

    async def let_in(workers: Sequence[WorkerSlots]) -> list[bool]:
        async with AsyncExitStack() as stack:
            return [await stack.enter_async_context(each.take(company)) for each in workers for _ in range(2)]

    alone = [CompanySlots(), CompanySlots()]
    assert await let_in(alone) == [True] * 4
    shared = [PostgresSlots(jobs_db, each, new_id=uuid4) for each in alone]
    assert await let_in(shared) == [True, True, False, False]
    assert await let_in(shared) == [True, True, False, False], "given back"

    killed = shared[0].take(company)
    assert await killed.__aenter__()
    async with shared[1].take(company) as second, shared[1].take(company) as third:
        assert (second, third) == (True, False)
        async with shared[1].take(other) as theirs:
            assert theirs, "another company has its own"
    clock.advance(61)
    async with shared[1].take(company) as second, shared[1].take(company) as third:
        assert (second, third) == (True, True), "a dead worker's slot is free after a minute"
    await killed.__aexit__(None, None, None)
