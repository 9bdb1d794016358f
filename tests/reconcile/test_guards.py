"""The reconciler never destroys real bookings: after a restore, in a copy, after a failover, or when it wants too much."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from support.database import Clock, DatabaseUrls
from support.mirrored import open_start
from support.reconciled import HOUR, Reconciled, kinds, reconciled
from zusage.adapters.postgres.database import Database
from zusage.app.mirror.ours import INTENT
from zusage.app.reconcile.stand_guard import stand_guard

HOURS = (9, 10, 11, 13, 14)


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


def another_database(urls: DatabaseUrls, name: str = "another/1/1") -> None:
    """What a restored dump, a copy, or a promoted standby looks like from inside."""
    with psycopg.connect(urls.migrate, autocommit=True) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION directory.identity() RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER"
            f" SET search_path = pg_catalog AS $$ SELECT '{name}' $$"
        )


async def observed_because(desk: Reconciled) -> str:
    rows = await desk.salon.shop.rows("SELECT observe_reason FROM calendar_connection WHERE observe_only")
    return str(rows[0][0]) if rows else ""


async def forget_all(desk: Reconciled) -> None:
    """A dump of before these bookings is restored: the calendar has them, the database does not know them."""
    await desk.salon.shop.do("UPDATE appointment SET status = 'cancelled'")
    for table in ("mirror_attempt", "mirror", "claim", "phase"):
        await desk.salon.shop.do(f"DELETE FROM {table}")


async def test_hole_01_a_database_that_does_not_know_the_intents_cancels_nothing(desk: Reconciled) -> None:
    for hour in HOURS:
        await desk.booked(open_start(hour))
    await desk.compare()
    await forget_all(desk)
    for _ in range(2):
        assert {kind for kind, _ in kinds(await desk.compare())} <= {"unknown_intent", "foreign"}
        await desk.clean_up()
        desk.later(HOUR)
    # The control: all five carry our mark, live there, and nothing here wants them. "Dead here" would end them all.
    installation = str((await desk.salon.shop.rows("SELECT directory.installed(%s)", uuid4()))[0][0])
    assert [each.metadata["installation"] for each in desk.salon.there] == [installation] * 5
    assert await desk.salon.shop.rows("SELECT 1 FROM mirror WHERE wanted = 'present'") == []
    assert (len(desk.salon.there), await desk.orphans()) == (5, [])
    assert desk.salon.sim.journal.of("bookings.cancel") == []
    rows = await desk.salon.shop.rows(
        "SELECT kind, detail ->> 'uid' FROM review_item WHERE resolved_at IS NULL"
    )
    assert sorted(rows) == sorted(("calendar_unknown_intent", each.uid) for each in desk.salon.there)
    assert len(await desk.externals()) == 5  # nobody is booked over them

    await desk.salon.sim.people.cancel(desk.salon.there[0].uid)
    await desk.compare()
    assert len(await desk.salon.shop.rows("SELECT 1 FROM review_item WHERE resolved_at IS NULL")) == 4


async def test_hole_01_control_what_it_knows_to_be_dead_it_cancels(desk: Reconciled) -> None:
    """The same bookings, with their intents known and dead: here the reconciler may act, up to the limit."""
    appointment = await desk.booked()
    (there,) = desk.salon.there
    await desk.salon.sim.people.cancel(there.uid, quiet=True)
    await desk.compare()
    assert await desk.status(appointment) == "cancelled"
    there.status = "accepted"
    desk.later(HOUR)
    assert kinds(await desk.compare()) == [("unwanted_there", "done")]
    assert await desk.orphans() == [(there.uid, "unwanted")]
    assert await desk.clean_up() == 1
    assert desk.salon.there == []


async def test_hole_01_another_database_only_looks_until_a_person_says_go(
    desk: Reconciled, database: DatabaseUrls
) -> None:
    appointments = [await desk.booked(open_start(hour)) for hour in HOURS[:2]]
    await desk.compare()
    another_database(database)
    await desk.salon.sim.people.cancel(await desk.uid(appointments[0]))
    desk.later(HOUR)
    observed = await desk.pull()
    assert ("cancelled_there", "observed") in kinds(observed)
    assert "another database" in observed.stopped
    assert await desk.status(appointments[0]) == "booked"
    assert "another database" in await observed_because(desk)
    kinds_open = await desk.salon.shop.rows("SELECT kind FROM review_item WHERE resolved_at IS NULL")
    assert kinds_open == [("calendar_observe_only",)]

    await desk.salon.shop.do("SELECT calendar_act(%s)", desk.company_id)
    assert ("cancelled_there", "done") in kinds(await desk.compare())
    assert await desk.status(appointments[0]) == "cancelled"
    assert await desk.salon.shop.rows("SELECT 1 FROM review_item WHERE resolved_at IS NULL") == []
    assert await observed_because(desk) == ""


async def test_hole_01_control_the_same_database_acts(desk: Reconciled) -> None:
    appointment = await desk.booked()
    await desk.compare()
    await desk.salon.sim.people.cancel(await desk.uid(appointment))
    assert ("cancelled_there", "done") in kinds(await desk.pull())
    assert await observed_because(desk) == ""


async def test_hole_01_orphans_of_the_other_database_are_not_cancelled_from_this_one(
    desk: Reconciled, database: DatabaseUrls
) -> None:
    appointment = await desk.booked()
    await desk.compare()
    (there,) = desk.salon.there
    await desk.salon.shop.do(
        "INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at, next_at)"
        " VALUES (%s, %s, %s, 0, 'duplicate', zusage_now(), zusage_now())",
        *(desk.company_id, there.uid, appointment),
    )
    another_database(database)
    assert await desk.clean_up() == 0
    assert len(desk.salon.there) == 1
    another_database(database, str((await desk.salon.shop.rows("SELECT identity FROM calendar_pull"))[0][0]))
    assert await desk.clean_up() == 1  # the control: in its own database it is


async def test_hole_01_what_was_never_sent_is_looked_up_by_the_other_database(
    desk: Reconciled, database: DatabaseUrls, clock: Clock
) -> None:
    """The dump was made before the request left; the other database then had it booked."""
    await desk.booked(open_start(15))
    await desk.compare()
    appointment = await desk.salon.book()
    await desk.salon.bring(appointment)
    await desk.salon.shop.do(
        "UPDATE mirror SET known = 'none', uid = NULL, uids = '{}', known_starts_at = NULL, known_ends_at = NULL,"
        " settled_at = NULL, next_at = zusage_now() WHERE appointment_id = %s",
        appointment,
    )
    another_database(database)
    assert await stand_guard(desk.company_id, store=desk.reconciling.store)
    assert not await stand_guard(desk.company_id, store=desk.reconciling.store)
    posts = desk.salon.posts()
    await desk.salon.settle(appointment, clock)
    assert (len(desk.salon.there), desk.salon.posts()) == (2, posts)
    assert await desk.salon.known(appointment) == [("present", "present")]


async def test_hole_01_one_run_never_wants_more_than_three(desk: Reconciled) -> None:
    """Whatever the cause is: four at once are for a person, three are done."""
    appointments = [await desk.booked(open_start(hour)) for hour in HOURS[:4]]
    await desk.compare()
    uids = [await desk.uid(each) for each in appointments]
    gone = {uid: desk.salon.sim.world.bookings.pop(uid) for uid in uids}
    assert kinds(await desk.compare()) == [("missing_there", "done")] * 4  # the first look is harmless
    desk.later(HOUR)
    observed = await desk.compare()
    assert kinds(observed) == [("missing_there", "observed")] * 4
    assert "4 bookings" in observed.stopped
    assert [await desk.salon.known(each) for each in appointments] == [[("present", "present")]] * 4

    desk.salon.sim.world.bookings[uids[0]] = gone[uids[0]]
    await desk.salon.shop.do("SELECT calendar_act(%s)", desk.company_id)
    assert kinds(await desk.compare()) == [("missing_there", "done")] * 3
    known = [(await desk.salon.known(each))[0][1] for each in appointments]
    assert sorted(known) == ["none", "none", "none", "present"]


async def test_the_hour_before_counts_so_that_many_small_runs_are_one(desk: Reconciled) -> None:
    appointments = [await desk.booked(open_start(hour)) for hour in HOURS[:4]]
    await desk.compare()
    uids = [await desk.uid(each) for each in appointments]
    for uid in uids:
        desk.salon.sim.world.bookings.pop(uid)
    await desk.compare()
    await desk.salon.shop.do("DELETE FROM calendar_hint")
    desk.later(240)
    stopped = []
    for uid in uids:
        await desk.hint(uid)
        stopped.append(bool((await desk.heed()).stopped))
    assert stopped == [False, False, False, True]


async def test_of_another_installation_a_person_looks(desk: Reconciled) -> None:
    """A copy with the same key books: its bookings name their installation, and are nobody's to act on here."""
    uid = await desk.salon.sim.people.book(desk.salon.kind().id, open_start())
    booking = desk.salon.sim.world.bookings[uid]
    booking.metadata |= {
        INTENT: str(uuid4()),
        "installation": str(uuid4()),
        "company": str(desk.company_id),
    }
    assert kinds(await desk.compare()) == [("foreign", "done"), ("unknown_intent", "left")]
    assert kinds(await desk.compare()) == [("unknown_intent", "left")]
    assert (len(desk.salon.there), await desk.orphans()) == (1, [])
    rows = await desk.salon.shop.rows("SELECT kind FROM review_item WHERE resolved_at IS NULL")
    assert rows == [("calendar_unknown_intent",)]


async def test_an_observed_company_still_blocks_what_others_book(
    desk: Reconciled, database: DatabaseUrls
) -> None:
    await desk.compare()
    another_database(database)
    await desk.salon.sim.people.book(desk.salon.kind().id, open_start() + timedelta(hours=1))
    assert ("foreign", "done") in kinds(await desk.compare())
    assert len(await desk.externals()) == 1
