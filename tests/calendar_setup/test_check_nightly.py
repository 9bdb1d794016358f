"""The nightly look at every service, segment and person: a review item stands open while something is wrong."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from procrastinate import App

from calendar_setup.salon import COMPANY, Salon
from support.database import Clock, DatabaseUrls
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.postgres.calendar_checks import PostgresCalendarChecks
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import jobs_connector, list_jobs
from zusage.app.calendar_setup.check_nightly import check_nightly
from zusage.app.calendar_setup.due_checks import LastCheck, is_due
from zusage.inbound.worker.checks import Checking, add_checks
from zusage.sandbox.calcom import Fault

NIGHT = datetime(2026, 11, 24, 1, 26, tzinfo=UTC)  # 2:26 in Berlin


@pytest.fixture
async def mapped(salon: Salon) -> Salon:
    await salon.connect()
    await salon.apply(with_probes=True)
    return salon


def store_of(salon: Salon, jobs: Database) -> PostgresCalendarChecks:
    return PostgresCalendarChecks(jobs, salon.box)


async def look(salon: Salon, jobs: Database) -> None:
    company_id = await salon.company_id()
    await check_nightly(company_id, store=store_of(salon, jobs), calendars=salon.accounts)


async def items(salon: Salon, jobs: Database) -> list[tuple[dict[str, Any], bool]]:
    """The review items of the check: codes, and whether they are open."""
    async with jobs.transaction(await salon.company_id()) as connection:
        cursor = await connection.execute(
            "SELECT detail, resolved_at IS NULL FROM review_item WHERE kind = 'calendar_check' ORDER BY review_id"
        )
        return [(detail, is_open) for detail, is_open in await cursor.fetchall()]


async def test_incident_31_a_child_event_type_that_is_gone_is_found_in_the_night(
    mapped: Salon, jobs_db: Database
) -> None:
    await look(mapped, jobs_db)
    assert await items(mapped, jobs_db) == [], "nothing is wrong"
    gone = mapped.kind("maennerschnitt")
    del mapped.sim.world.event_types[gone.id]
    await look(mapped, jobs_db)
    await look(mapped, jobs_db)
    ((detail, is_open),) = await items(mapped, jobs_db)
    assert is_open
    assert set(detail["codes"]) == {"event_type_gone"}
    assert f"zusage calcom check {COMPANY}" in detail["text"]
    assert "Ben" not in str(detail), "nothing personal"

    mapped.kind("herrenschnitt").confirmation = True
    await look(mapped, jobs_db)
    ((detail, _),) = await items(mapped, jobs_db)
    assert set(detail["codes"]) == {"event_type_gone", "confirmation"}, "the open one says what is wrong now"

    mapped.sim.world.event_types[gone.id] = gone
    mapped.kind("herrenschnitt").confirmation = False
    await look(mapped, jobs_db)
    assert [is_open for _, is_open in await items(mapped, jobs_db)] == [False]


async def test_two_at_once_open_one_item(mapped: Salon, jobs_db: Database) -> None:
    mapped.kind("herrenschnitt").confirmation = True
    await asyncio.gather(*(look(mapped, jobs_db) for _ in range(3)))
    assert len(await items(mapped, jobs_db)) == 1


async def test_a_key_that_was_revoked_is_a_finding_and_a_silent_calendar_is_none(
    mapped: Salon, jobs_db: Database
) -> None:
    store = store_of(mapped, jobs_db)
    (before,) = await store.last_checks()
    mapped.sim.add_fault(Fault("error_before_commit", op="*", status=503))
    await look(mapped, jobs_db)
    assert (await items(mapped, jobs_db), await store.last_checks()) == ([], [before]), (
        "the next hour tries again"
    )

    mapped.sim.world.keys.clear()
    await look(mapped, jobs_db)
    ((detail, is_open),) = await items(mapped, jobs_db)
    assert (is_open, detail["codes"]) == (True, {"key_refused": 1})
    (after,) = await store.last_checks()
    assert after.checked_at > before.checked_at


async def test_warnings_alone_wake_nobody(mapped: Salon, jobs_db: Database) -> None:
    assert (await mapped.check()).state == "to_look_at"
    await look(mapped, jobs_db)
    assert await items(mapped, jobs_db) == []


@pytest.mark.parametrize(
    ("hours_ago", "at", "due"),
    [
        (24, NIGHT, True),
        (1, NIGHT, False),
        (13, NIGHT - timedelta(hours=5), False),
        (35, NIGHT + timedelta(hours=9), False),
        (37, NIGHT + timedelta(hours=9), True),
        (24, datetime(2026, 7, 1, 0, 26, tzinfo=UTC), True),
        (24, datetime(2026, 7, 1, 3, 26, tzinfo=UTC), False),
    ],
)
def test_it_is_due_once_a_night_where_the_branch_is(hours_ago: int, at: datetime, due: bool) -> None:
    last = LastCheck(UUID(int=1), "Europe/Berlin", at - timedelta(hours=hours_ago))
    assert is_due(last, at) is due


async def test_the_worker_looks_at_what_is_due_and_only_once(
    mapped: Salon, jobs_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    mapped.kind("herrenschnitt").confirmation = True
    slots = CompanySlots()
    app = App(connector=jobs_connector(database.jobs))
    add_checks(app, Checking(store_of(mapped, jobs_db), mapped.accounts), slots)

    async def hour() -> None:
        await app.tasks["check_calendars"].defer_async(timestamp=0)
        await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)

    async with app.open_async():
        await hour()
        assert await items(mapped, jobs_db) == [], "connected a moment ago"
        clock.advance(37 * 3600)
        await hour()
        assert len(await items(mapped, jobs_db)) == 1
        asked = len(mapped.sim.journal.requests)
        await hour()
        assert len(mapped.sim.journal.requests) == asked
    assert await list_jobs(jobs_db, status="failed", limit=9) == []
