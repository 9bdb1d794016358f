"""`zusage verify` proves that known bookings of others are blocked, and that somebody compares the calendar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from support.database import Clock
from support.mirrored import open_start
from support.reconciled import HOUR, Reconciled, reconciled
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.operations.verify_ledger import verify_ledger


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


async def found(desk: Reconciled) -> list[str]:
    proof = await verify_ledger(evidence=PostgresEvidence(desk.salon.shop.database))
    return [finding.code for finding in proof.findings]


async def test_a_booking_of_others_whose_time_is_free_is_found(desk: Reconciled) -> None:
    uid = await desk.salon.sim.people.book(desk.salon.kind().id, open_start())
    desk.salon.sim.world.bookings[uid].period = type(desk.salon.sim.world.bookings[uid].period)(
        open_start(), open_start() + timedelta(hours=30)
    )
    await desk.compare()
    assert await found(desk) == []
    await desk.salon.shop.do(
        "DELETE FROM claim WHERE external_id IS NOT NULL AND ends_at = starts_at + interval '6 h'"
    )
    assert await found(desk) == ["external_uncovered"]
    await desk.salon.shop.do("DELETE FROM claim WHERE external_id IS NOT NULL")
    assert await found(desk) == ["external_uncovered"]
    desk.later(30 * 24 * HOUR)
    assert "external_uncovered" not in await found(desk)  # what is over blocks nothing any more


async def test_a_calendar_that_nobody_compares_is_found(desk: Reconciled) -> None:
    await desk.compare()
    assert await found(desk) == []
    await desk.hint("some-booking")
    desk.later(HOUR)
    assert await found(desk) == ["calendar_not_compared"]
    await desk.heed()
    assert await found(desk) == []
    desk.later(4 * HOUR)
    assert await found(desk) == ["calendar_not_compared"]
    await desk.salon.shop.do("UPDATE calendar_connection SET paused_at = zusage_now()")
    assert await found(desk) == ["calendar_not_compared"]  # what people did there meanwhile is not known


async def test_what_is_long_over_is_forgotten(desk: Reconciled) -> None:
    await desk.salon.sim.people.book(desk.salon.kind().id, open_start())
    await desk.hint("some-booking")
    await desk.compare()
    assert len(await desk.externals()) == 1
    desk.later(60 * 24 * HOUR)
    await desk.compare()
    assert await desk.salon.shop.rows("SELECT 1 FROM external_booking") == []
    assert await desk.salon.shop.rows("SELECT 1 FROM claim") == []
    assert await desk.salon.shop.rows("SELECT 1 FROM calendar_hint") == []
