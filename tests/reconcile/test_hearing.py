"""From a person's click in Cal.com to the ledger: the webhook at the door, the job in the worker, the comparison."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from procrastinate import App

from support.at_work import at_work, until
from support.database import Clock, DatabaseUrls
from support.hooked import Hooked, hooked
from support.mirrored import open_start
from support.reconciled import HOUR, Reconciled, kinds, reconciled
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector, list_jobs
from zusage.app.reconcile.heed_hints import heed_hints
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.inbound.worker.reconciling import add_reconciling, guard_all
from zusage.sandbox.calcom import Fault


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


@pytest.fixture
async def door(desk: Reconciled, app_db: Database) -> AsyncIterator[Hooked]:
    async with hooked(desk.salon, app_db) as made:
        yield made


def tasks(desk: Reconciled, jobs: Database, url: str) -> App:
    slots = CompanySlots()
    app = build_jobs(jobs_connector(url), Duties(desk.salon.mirroring, slots, PostgresWaker(jobs)))
    add_reconciling(app, desk.reconciling, slots)
    return app


async def test_what_people_do_in_cal_com_is_heard(
    desk: Reconciled, door: Hooked, jobs_db: Database, database: DatabaseUrls
) -> None:
    """Told twice, out of order, and before our own answer; what comes of it is the same."""
    sim = desk.salon.sim
    for kind in ("webhook_duplicate", "webhook_reorder"):
        sim.add_fault(Fault(kind, op="*", chance=0.5, times=None))
    appointment = await desk.salon.book()
    await desk.salon.bring(appointment)
    uid = await sim.people.book(desk.salon.kind(person=1).id, open_start(11))
    await sim.people.move(uid, open_start(14))
    await sim.people.cancel(await desk.uid(appointment))
    await sim.settle()
    assert {each.status for each in sim.journal.deliveries} == {200}

    async def heard() -> bool:
        (there,) = desk.salon.there
        externals = [row[0] for row in await desk.externals()]
        return await desk.status(appointment) == "cancelled" and externals == [there.uid]

    async with at_work(tasks(desk, jobs_db, database.jobs)):
        await until(heard)
    assert {hint["trigger_event"] for hint in await door.hints()} == {
        "BOOKING_CREATED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
    }
    assert await desk.salon.reviews() == []
    assert await list_jobs(jobs_db, status="failed", limit=9) == []


async def test_hole_20_what_was_told_is_read_five_seconds_later_and_not_before(
    desk: Reconciled, door: Hooked
) -> None:
    """Cal.com tells of some things before they are so."""
    sim = desk.salon.sim
    uid = await sim.people.book(desk.salon.kind(person=1).id, open_start(11))
    await sim.settle()
    assert [hint["uids"] for hint in await door.hints()] == [[uid]]
    assert kinds(await heed_hints(desk.company_id, desk.reconciling)) == []
    assert sim.journal.of("bookings.get") == []
    waits = await desk.salon.shop.rows(
        "SELECT next_at - received_at BETWEEN '5 seconds' AND '6 seconds' FROM calendar_hint"
    )
    assert waits == [(True,)]
    desk.later(6)
    assert kinds(await heed_hints(desk.company_id, desk.reconciling)) == [("foreign", "done")]


async def test_a_lost_job_costs_a_minute(desk: Reconciled, jobs_db: Database, database: DatabaseUrls) -> None:
    """Hints and comparisons are rows; the minute wakes whoever is due."""
    appointment = await desk.booked()
    await desk.salon.sim.people.cancel(await desk.uid(appointment))
    await desk.hint(await desk.uid(appointment))
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("DELETE FROM jobs.procrastinate_jobs")
    desk.later(HOUR)
    app = tasks(desk, jobs_db, database.jobs)
    async with app.open_async():
        await app.tasks["reconcile_minute"].defer_async(timestamp=0)
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert await desk.status(appointment) == "cancelled"
    (row,) = await desk.salon.shop.rows("SELECT compared_at IS NOT NULL, lease FROM calendar_pull")
    assert row == (True, None)


async def test_a_calendar_that_does_not_answer_is_asked_again_later(
    desk: Reconciled, jobs_db: Database, database: DatabaseUrls
) -> None:
    await desk.salon.sim.outage("error")
    await desk.hint("some-booking")
    desk.later(6)
    app = tasks(desk, jobs_db, database.jobs)
    async with app.open_async():
        await app.tasks["reconcile_minute"].defer_async(timestamp=0)
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    assert await list_jobs(jobs_db, status="failed", limit=9) == []
    rows = await desk.salon.shop.rows(
        "SELECT compared_at, failures, next_at > zusage_now() FROM calendar_pull"
    )
    assert rows == [(None, 1, True)]
    assert await desk.salon.shop.rows("SELECT looks, next_at > zusage_now() FROM calendar_hint") == [
        (1, True)
    ]
    await desk.salon.sim.outage(None)
    desk.later(HOUR)
    assert not (await desk.pull()).stopped


async def test_a_worker_begins_by_looking_where_it_is(desk: Reconciled) -> None:
    await desk.compare()
    await desk.salon.shop.do("UPDATE calendar_pull SET identity = 'the database of before'")
    await guard_all([desk.company_id], desk.reconciling)
    rows = await desk.salon.shop.rows("SELECT observe_only, observe_reason <> '' FROM calendar_connection")
    assert rows == [(True, True)]
