"""The nightly comparison when a rehearsal asks for it: the worker's own, at once, and never silent when it fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest

from support.database import Clock, DatabaseUrls
from support.mirrored import open_start
from support.reconciled import HOUR, Reconciled, reconciled
from zusage.adapters.crypto import format_keys
from zusage.adapters.postgres.database import Database
from zusage.app.mirror.health import MirrorFigures
from zusage.app.operations.verify_ledger import Proof
from zusage.app.reconcile.pull_calendar import LEASE, pull_calendar
from zusage.boot.cli._chaos_night import Night, compare_as_by_night
from zusage.boot.cli._chaos_proof import Verdict, print_proof
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.sandbox.agreement import compare


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


async def night_of(desk: Reconciled, database: DatabaseUrls, *, within: float = 10.0) -> Night:
    keys = {"ZUSAGE_SECRET_KEYS": format_keys([desk.salon.key]), "ZUSAGE_DATABASE_URL": database.app}
    settings = Settings.model_validate({name.removeprefix("ZUSAGE_").lower(): keys[name] for name in keys})
    servers = Servers(app=database.app, jobs=database.jobs, migrate=None, valkey=None)
    return await compare_as_by_night(settings, servers, desk.company_id, within=within)


async def cancelled_there(desk: Reconciled, hours: int = 1) -> list[str]:
    """Book, compare, and let people cancel without a word of it; gives how the appointments stand."""
    appointments = [await desk.booked(open_start(9 + number)) for number in range(hours)]
    await desk.compare()
    for each in appointments:
        await desk.salon.sim.people.cancel(await desk.uid(each), quiet=True)
    return [str(each) for each in appointments]


async def test_it_compares_all_weeks_though_a_killed_worker_still_has_the_comparison(
    desk: Reconciled, database: DatabaseUrls
) -> None:
    await cancelled_there(desk)
    store = desk.reconciling.store
    async with store.unit(desk.company_id) as unit:
        killed = await unit.take_pull(uuid4(), LEASE, at_once=True)
        await unit.commit()
    assert killed is not None
    assert (await desk.pull()).differences == (), "the control: what the killed one has is not taken"
    assert await night_of(desk, database) == Night()
    statuses = await desk.salon.shop.rows("SELECT status FROM appointment")
    assert statuses == [("cancelled",)]
    async with store.unit(desk.company_id) as unit:
        assert not await unit.keep_pull(killed, LEASE), "it writes nothing any more"


async def test_it_keeps_to_the_guards_and_tells_that_a_person_had_to_say_go(
    desk: Reconciled, database: DatabaseUrls
) -> None:
    """As each night: with more to make anew than the guards let pass, the worker alone would only look."""
    appointments = [await desk.booked(open_start(hour)) for hour in (9, 10, 11, 13)]
    for each in appointments:
        desk.vanish(await desk.uid(each))
    await desk.compare()
    desk.later(HOUR)
    alone = await pull_calendar(desk.company_id, desk.reconciling, as_by_night=True)
    assert "without a person it may be 3" in alone.stopped
    night = await night_of(desk, database)
    assert (night.failure, night.guarded) == ("", alone.stopped)
    rows = await desk.salon.shop.rows("SELECT observe_only FROM calendar_connection")
    assert rows == [(False,)]
    assert {row["known"] for each in appointments for row in await desk.salon.mirrors(each)} == {"none"}


async def test_one_that_does_not_come_through_says_why(desk: Reconciled, database: DatabaseUrls) -> None:
    await cancelled_there(desk)
    await desk.salon.sim.outage("error")
    silent = await night_of(desk, database, within=0.0)
    assert silent.failure
    await desk.salon.sim.outage(None)
    await desk.salon.shop.do("UPDATE calendar_connection SET paused_at = zusage_now()")
    assert "paused" in (await night_of(desk, database, within=0.0)).failure


def test_without_it_nothing_is_proven(capsys: pytest.CaptureFixture[str]) -> None:
    whole = Verdict(compare((), ()), Proof(1, {}, ()), MirrorFigures(), 0, 0, Night())
    assert whole.ok
    failed = replace(whole, night=Night(failure="Cal.com does not answer."))
    assert not failed.ok
    print_proof(failed)
    said = capsys.readouterr().out
    assert "could not be compared as each night, so this proves too little: Cal.com does not answer." in said
    assert "0 differences, and no nightly comparison" in said
    print_proof(replace(whole, night=Night(guarded="Too much.")))
    assert "until a person said go: Too much." in capsys.readouterr().out
