"""A key that Cal.com has blocked is left alone by every process, also by one that shares no Valkey and starts later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr

from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored
from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.client import CalcomClient
from zusage.adapters.calcom.pool import CalcomPool, PoolSettings
from zusage.adapters.calcom.shared import BlockNote, LocalBucket, LocalStates
from zusage.adapters.crypto import format_keys
from zusage.adapters.postgres.calendar_blocks import PostgresBlocks
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.ports import CalendarError, Terms
from zusage.boot.calendars import open_calendars
from zusage.boot.cli.calcom import open_setup
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.sandbox.calcom import Fault

TERMS = Terms(2.0, "live")


@asynccontextmanager
async def process(blocks: BlockNote | None = None) -> AsyncIterator[CalcomClient]:
    """A client as a process of its own has it, without a Valkey."""
    pool = CalcomPool(PoolSettings(full_limit=2.0, warm_lanes=1, trust_env=False))
    client = CalcomClient(
        pool, Circuits(LocalStates(), time.time), LocalBucket(time.time, share=1), blocks=blocks
    )
    try:
        yield client
    finally:
        await client.close(grace=2.0)


async def connection(salon: Mirrored) -> CalendarConnection:
    found = await salon.calendars.load_connection(salon.shop.company_id)
    assert found is not None
    return found


async def meet_the_block(salon: Mirrored, database: Database) -> None:
    """One process asks, is told 429, and ends: its block is kept by then."""
    salon.sim.add_fault(Fault("rate_limited", seconds=60))
    async with process(PostgresBlocks(database)) as first:
        with pytest.raises(CalendarError) as limited:
            await first.of((await connection(salon)).access).me(TERMS)
    assert limited.value.status == 429


async def test_hole_33_a_process_without_valkey_respects_the_block_that_another_met(
    salon: Mirrored, jobs_db: Database
) -> None:
    await meet_the_block(salon, jobs_db)
    asked = len(salon.sim.journal.requests)
    async with process() as second:
        access = (await connection(salon)).access
        with pytest.raises(CalendarError) as limited:
            await second.of(access).me(TERMS)
    assert (limited.value.kind, limited.value.status) == ("limit", 0)
    assert 0 < (limited.value.retry_after or 0) <= 60
    assert len(salon.sim.journal.requests) == asked


async def test_hole_33_control_a_process_that_does_not_know_asks_during_the_block(
    salon: Mirrored, jobs_db: Database
) -> None:
    """Each such request counts there, and an account that goes on is locked."""
    await meet_the_block(salon, jobs_db)
    asked = len(salon.sim.journal.requests)
    async with process() as second:
        ignorant = replace((await connection(salon)).access, blocked_until=None)
        with pytest.raises(CalendarError) as limited:
            await second.of(ignorant).me(TERMS)
    assert limited.value.status == 429
    assert len(salon.sim.journal.requests) == asked + 1


async def test_hole_33_a_block_that_a_command_met_is_kept_for_all(
    salon: Mirrored, app_db: Database, database: DatabaseUrls
) -> None:
    salon.sim.add_fault(Fault("rate_limited", seconds=60))
    servers = Servers(database.app, database.jobs, None, None)
    async with open_calendars(Settings(), servers, app_db) as parts:
        with pytest.raises(CalendarError) as limited:
            await parts.client.of((await connection(salon)).access).me(TERMS)
    assert limited.value.status == 429
    assert (await connection(salon)).blocked_until is not None


async def test_hole_33_a_block_that_setting_up_met_is_kept_for_all(
    salon: Mirrored, database: DatabaseUrls
) -> None:
    settings = Settings(secret_keys=SecretStr(format_keys([salon.key])))
    salon.sim.add_fault(Fault("rate_limited", seconds=60))
    async with open_setup(settings, Servers(database.app, database.jobs, None, None)) as parts:
        with pytest.raises(CalendarError) as limited:
            await parts.calendars.of((await connection(salon)).access).me(TERMS)
    assert limited.value.status == 429
    assert (await connection(salon)).blocked_until is not None


async def test_the_block_is_shown_and_ends_by_itself(
    salon: Mirrored, jobs_db: Database, clock: Clock
) -> None:
    health = PostgresMirrorHealth(salon.shop.database)
    assert (await health.figures(salon.shop.company_id)).blocked == 0
    await meet_the_block(salon, jobs_db)
    assert 0 < (await health.figures(salon.shop.company_id)).blocked <= 60
    await PostgresBlocks(jobs_db).note(salon.shop.company_id, 5)
    assert (await health.figures(salon.shop.company_id)).blocked > 6
    clock.advance(61)
    assert (await connection(salon)).blocked_until is None
    assert (await health.figures(salon.shop.company_id)).blocked == 0


class _SlowNote:
    """A database that takes its time, and then is too busy."""

    def __init__(self) -> None:
        self.notes = 0
        self.go = asyncio.Event()

    async def note(self, _company_id: object, _seconds: float) -> None:
        self.notes += 1
        await self.go.wait()
        raise LedgerBusy("busy")


async def test_nobody_waits_for_the_note_and_many_refusals_make_one(salon: Mirrored) -> None:
    salon.sim.add_fault(Fault("rate_limited", seconds=60, times=3))
    note = _SlowNote()
    async with process(note) as first:
        access = (await connection(salon)).access
        asked = [first.of(access).me(TERMS) for _ in range(3)]
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [each.status for each in told if isinstance(each, CalendarError)] == [429] * 3
        assert note.notes == 1
        note.go.set()
