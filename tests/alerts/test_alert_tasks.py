"""The worker tells the operator by itself, company after company, and tidies up in the night."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from procrastinate import App

from support.alert_listener import listening
from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored, mirrored
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.notify.apprise_services import AppriseServices
from zusage.adapters.postgres.alerts import PostgresAlerts
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector, list_jobs
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.app.mirror.circuits import CircuitView
from zusage.inbound.worker.alert_jobs import Alerting, add_alert_tasks
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.inbound.worker.nightly import add_nightly
from zusage.sandbox.calcom import Fault


class NoBreakers:
    async def read(self, _company_id: UUID) -> tuple[CircuitView, ...]:
        return ()


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database) -> AsyncIterator[Mirrored]:
    async with mirrored(app_db, jobs_db) as made:
        yield made


def app_of(salon: Mirrored, jobs: Database, url: str, *services: str) -> App:
    app = build_jobs(jobs_connector(url), Duties(salon.mirroring, CompanySlots(), PostgresWaker(jobs)))
    add_alert_tasks(app, Alerting(PostgresAlerts(jobs), NoBreakers(), AppriseServices(services)))
    add_nightly(app, PostgresHousekeeping(jobs))
    return app


async def run(app: App, *tasks: str) -> None:
    async with app.open_async():
        for task in tasks:
            await app.tasks[task].defer_async(timestamp=0)
        await app.run_worker_async(
            wait=False, listen_notify=False, install_signal_handlers=False, queues=["background"]
        )


async def test_the_minutes_task_tells_and_the_nights_tasks_tidy(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.create", status=401, message="bad key"))
    appointment = await salon.book()
    await salon.bring(appointment)
    async with listening() as service:
        app = app_of(salon, jobs_db, database.jobs, service.url)
        await run(app, "tell_operator", "tell_operator")
        assert len(service.messages) == 1
    await salon.cancel(appointment)
    clock.advance(100 * 86_400)
    await run(app_of(salon, jobs_db, database.jobs), "tidy_alerts", "sweep_claims")
    assert await PostgresAlerts(jobs_db).list(salon.shop.company_id, sent_too=True, limit=9) == []
    assert await salon.shop.rows("SELECT 1 FROM claim") == []
    assert await list_jobs(jobs_db, status="failed", limit=9) == []


async def test_hole_48_no_task_waits_for_one_hour_of_the_day(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    """A tick that comes over ten minutes late is dropped, and a machine may be off at that hour each day."""
    ticks = app_of(salon, jobs_db, database.jobs).periodic_registry.periodic_tasks.values()
    hours = {str(tick.task.name): tick.cron.split()[1] for tick in ticks}
    assert {"tidy_alerts", "sweep_claims", "tidy_up"} <= hours.keys()
    assert set(hours.values()) == {"*"}


async def test_companies_with_nothing_to_tell_are_left_out_and_pages_follow_each_other(
    salon: Mirrored, jobs_db: Database
) -> None:
    store = PostgresAlerts(jobs_db)
    company = salon.shop.company_id
    assert await store.companies(None, 10) == [company]
    assert await store.companies(company, 10) == []
    await salon.shop.do("DELETE FROM calendar_mapping")
    await salon.shop.do("DELETE FROM calendar_connection")
    assert await store.companies(None, 10) == []
