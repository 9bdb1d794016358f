"""`zusage mirror diff` and `repair` as a person meets them: exit codes, JSON, dry runs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.database import Clock, DatabaseUrls
from support.mirrored import Mirrored, connect, open_start
from support.reconciled import Reconciled, reconciled
from support.zusage_command import Zusage, zusage_on
from zusage.adapters.crypto import format_keys
from zusage.adapters.postgres.database import Database


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


@pytest.fixture
def zusage(database: DatabaseUrls, desk: Reconciled, tmp_path: Path) -> Zusage:
    return zusage_on(database, tmp_path, ZUSAGE_SECRET_KEYS=format_keys([desk.salon.key]))


def key_of(salon: Mirrored) -> str:
    return salon.shop.company_id.hex


async def test_diff_tells_both_sides_and_changes_nothing(desk: Reconciled, zusage: Zusage) -> None:
    salon, key = desk.salon, key_of(desk.salon)
    appointment = await desk.booked()
    assert await zusage("mirror", "diff", "--company", key) == (0, f"{key}: 0 differences\n")
    await salon.sim.people.cancel(await desk.uid(appointment), reason="Anna ist krank")
    uid = await salon.sim.people.book(salon.kind(person=1).id, open_start(14))
    pending = await salon.book(start=open_start(16))

    code, said = await zusage("mirror", "diff", "--json")
    (told,) = json.loads(said)
    assert (code, told["company"], told["applied"]) == (1, key, False)
    found = {each["kind"]: each for each in told["differences"]}
    assert set(found) == {"cancelled_there", "foreign", "pending"}
    assert found["cancelled_there"]["appointment_id"] == str(appointment)
    assert "promised at" in found["cancelled_there"]["here"]
    assert found["cancelled_there"]["there"] == "cancelled (Anna ist krank)"
    assert (found["foreign"]["uid"], found["foreign"]["deed"]) == (uid, "would_be_done")
    assert found["pending"]["appointment_id"] == str(pending)
    code, said = await zusage("mirror", "repair", "--company", key)
    assert (code, "→ cancel it here (with --apply)" in said) == (1, True)
    assert (await desk.status(appointment), await desk.externals()) == ("booked", [])
    assert await salon.shop.rows("SELECT 1 FROM calendar_pull") == []


async def test_repair_does_it_and_says_go(desk: Reconciled, zusage: Zusage) -> None:
    salon, key = desk.salon, key_of(desk.salon)
    appointments = [await desk.booked(open_start(hour)) for hour in (9, 10, 11, 13)]
    await desk.compare()
    for each in appointments:
        desk.vanish(await desk.uid(each))
    await desk.compare()
    desk.later(240)
    assert (await desk.compare()).stopped
    code, said = await zusage("mirror", "status", "--company", key)
    assert (code, "only observed: 4 bookings" in said) == (2, True)
    assert f"zusage mirror repair --company {key} --apply" in said

    code, said = await zusage("mirror", "repair", "--company", key, "--apply", "--json")
    (told,) = json.loads(said)
    assert (code, told["observed_because"]) == (1, "")
    assert [(each["kind"], each["deed"]) for each in told["differences"]] == [("missing_there", "done")] * 4
    for each in appointments:
        await salon.settle(each, desk.clock)
    assert len(salon.there) == 4
    last = await desk.booked(open_start(15))
    desk.vanish(await desk.uid(last))
    await desk.compare()
    desk.later(240)
    assert not (await desk.compare()).stopped  # what was said go to does not count any more
    await salon.settle(last, desk.clock)
    assert await zusage("mirror", "diff", "--company", key) == (0, f"{key}: 0 differences\n")
    assert (await zusage("mirror", "status", "--company", key))[0] == 0


async def test_connecting_again_leaves_observed_what_is_only_observed(desk: Reconciled) -> None:
    await desk.salon.shop.do("SELECT calendar_observe(%s, 'a test', false)", desk.company_id)
    await connect(desk.salon)
    rows = await desk.salon.shop.rows("SELECT observe_only, observe_reason FROM calendar_connection")
    assert rows == [(True, "a test")]


async def test_diff_waits_while_the_rate_is_used_up_and_says_so(desk: Reconciled, zusage: Zusage) -> None:
    for hour in (9, 10, 11):
        desk.vanish(await desk.uid(await desk.booked(open_start(hour))))
    # A process alone takes a quarter of it, and what is no call half of that: five questions, then one in 5.5 s.
    await connect(desk.salon, per_minute=88)
    code, said = await zusage("mirror", "diff", "--company", key_of(desk.salon))
    assert (code, "could not be compared" in said) == (1, False)
    assert said.count("missing_there") == 3
    assert "Cal.com takes no more requests of this key just now; going on in" in said


async def test_a_calendar_that_does_not_answer_is_told(desk: Reconciled, zusage: Zusage) -> None:
    key = key_of(desk.salon)
    await desk.salon.sim.outage("error")
    code, said = await zusage("mirror", "diff", "--company", key)
    assert (code, "could not be compared" in said, "Traceback" in said) == (2, True, False)
    await desk.salon.shop.do("SELECT calendar_observe(%s, 'a test', false)", desk.company_id)
    assert (await zusage("mirror", "repair", "--company", key, "--apply"))[0] == 2
    rows = await desk.salon.shop.rows("SELECT observe_only FROM calendar_connection")
    assert rows == [(True,)]  # nobody has seen what a go would have meant
    code, said = await zusage("mirror", "diff", "--company", "nobody")
    assert (code, "has no calendar" in said) == (2, True)
