"""What people do in Cal.com is carried out here; what is not ours blocks its time; and nothing of theirs is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from support.database import Clock
from support.mirrored import BERLIN, open_start
from support.reconciled import HOUR, Reconciled, kinds, reconciled
from support.shop import NO_FLAWS
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.adapters.postgres.reviews import PostgresReviews
from zusage.app.reconcile.compare_calendar import compare_calendar
from zusage.sandbox.calcom import Fault


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


async def test_nothing_differs_and_nothing_is_done(desk: Reconciled) -> None:
    await desk.booked()
    await desk.booked(open_start(14))
    before = len(desk.salon.sim.journal.requests)
    observed = await desk.compare()
    asked = desk.salon.sim.journal.requests
    assert kinds(observed) == []
    assert {each.op for each in list(asked)[before:]} == {"bookings.list"}
    assert (await desk.orphans(), await desk.salon.reviews(), desk.told) == ([], [], [])


async def test_what_people_cancel_there_is_cancelled_here(desk: Reconciled) -> None:
    appointment = await desk.booked()
    await desk.salon.sim.people.cancel(await desk.uid(appointment), reason="Anna ist krank")
    assert kinds(await desk.compare()) == [("cancelled_there", "done")]
    assert await desk.status(appointment) == "cancelled"
    assert (await desk.history(appointment))[-1] == (
        "calendar",
        "cancelled",
        "In Cal.com abgesagt: Anna ist krank",
    )
    assert await desk.salon.known(appointment) == [("absent", "absent")]
    assert desk.told == [(desk.salon.shop.staff[0], open_start())]
    posts = desk.salon.sim.journal.of("bookings.cancel")
    await desk.salon.settle(appointment, desk.clock)
    assert (await desk.salon.reviews(), desk.salon.sim.journal.of("bookings.cancel")) == ([], posts)
    assert await desk.salon.book() != appointment  # its time is free
    assert (await desk.salon.shop.flaws())["overlaps"] == 0


async def test_of_a_compound_service_all_or_a_person(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    await salon.bring(appointment)
    desk.later(HOUR)
    await salon.sim.people.cancel(await desk.uid(appointment, 2))
    assert kinds(await desk.compare()) == [("partly_cancelled_there", "done")]
    assert (await desk.status(appointment), len(salon.there)) == ("booked", 1)
    assert await salon.reviews() == ["mirror_cancelled_there"]
    assert kinds(await desk.compare()) == [("partly_cancelled_there", "left")]
    # Nor is it announced that `repair --apply` would do something about it.
    looked = await compare_calendar(desk.company_id, desk.reconciling, mode="look")
    assert looked is not None
    assert kinds(looked) == [("partly_cancelled_there", "left")]
    assert await salon.reviews() == ["mirror_cancelled_there"]

    await salon.sim.people.cancel(await desk.uid(appointment, 0))
    assert kinds(await desk.compare()) == [("cancelled_there", "done")] * 2
    assert (await desk.status(appointment), await salon.reviews()) == ("cancelled", [])


async def test_what_has_begun_is_left_as_it_is_but_for_who_did_not_come(desk: Reconciled) -> None:
    appointment = await desk.booked()
    uid = await desk.uid(appointment)
    desk.later(14 * 24 * HOUR)
    await desk.salon.sim.people.absent(uid)
    await desk.hint(uid, trigger="BOOKING_NO_SHOW_UPDATED")
    assert kinds(await desk.heed()) == [("no_show", "done")]
    await desk.hint(uid, trigger="BOOKING_NO_SHOW_UPDATED")
    assert kinds(await desk.heed()) == []
    await desk.salon.sim.people.cancel(uid)
    await desk.hint(uid, trigger="BOOKING_NO_SHOW_UPDATED")
    assert kinds(await desk.heed()) == []
    assert await desk.status(appointment) == "booked"
    assert [row[:2] for row in await desk.history(appointment)] == [
        ("voice", "booked"),
        ("calendar", "no_show"),
    ]


async def test_what_others_book_blocks_its_time_until_it_is_over(desk: Reconciled) -> None:
    salon, start = desk.salon, open_start()
    anna, ben = salon.shop.staff
    hour = timedelta(hours=1)
    uid = await salon.sim.people.book(salon.kind().id, start, name="Frau Beispiel")
    assert kinds(await desk.compare()) == [("foreign", "done")]
    assert await desk.externals() == [(uid, anna, start, start + hour)]
    run = await salon.shop.call()
    assert (await salon.shop.take(run, salon.shop.plan(start=start))).outcome == "lost"
    assert (await salon.shop.take(run, salon.shop.plan(1, start=start))).outcome == "held"
    stored = await salon.shop.rows("SELECT to_jsonb(e)::text FROM external_booking e")
    assert "Beispiel" not in str(stored)

    later = await salon.sim.people.move(uid, start + 3 * hour)
    assert kinds(await desk.compare()) == [("foreign", "done"), ("foreign_gone", "done")]
    assert await desk.externals() == [(later, anna, start + 3 * hour, start + 4 * hour)]
    salon.sim.people.reassign(later, salon.kind(person=1).owner_id or 0)
    moved = await desk.compare()
    assert kinds(moved) == [("foreign_moved", "done")]
    at = (start + 3 * hour).astimezone(BERLIN).strftime("%d.%m.%Y %H:%M")
    assert [(each.here, each.there) for each in moved.differences] == [
        (f"its time is blocked at {at} with staff 0", f"accepted at {at} with staff 1")
    ]
    assert await desk.externals() == [(later, ben, start + 3 * hour, start + 4 * hour)]
    assert (anna, start + 3 * hour) in desk.told
    await salon.sim.people.cancel(later)
    assert kinds(await desk.compare()) == [("foreign_gone", "done")]
    assert await desk.externals() == []
    assert await salon.shop.flaws() == NO_FLAWS


async def test_a_booking_of_others_over_a_promise_is_stored_and_looked_at(desk: Reconciled) -> None:
    """It happens: a web visitor is faster than our request. Both stand, and a person decides."""
    salon = desk.salon
    appointment = await salon.book()
    uid = await salon.sim.people.book(salon.kind("herrenschnitt").id, open_start() + timedelta(minutes=30))
    assert ("foreign", "done") in kinds(await desk.compare())
    (review,) = await salon.shop.rows(
        "SELECT kind, appointment_id, detail ->> 'uid' FROM review_item WHERE resolved_at IS NULL"
    )
    assert review == ("external_over_promise", appointment, uid)
    await desk.compare()
    assert len(await salon.shop.rows("SELECT 1 FROM review_item")) == 1
    await salon.sim.people.cancel(uid)
    await desk.compare()
    assert await salon.shop.rows("SELECT 1 FROM review_item WHERE resolved_at IS NULL") == []

    await salon.sim.people.book(salon.kind("herrenschnitt").id, open_start() + timedelta(minutes=30))
    await desk.compare()
    await salon.cancel(appointment)
    await desk.compare()
    assert await salon.shop.rows("SELECT 1 FROM review_item WHERE resolved_at IS NULL") == []


async def test_what_people_move_over_a_booking_of_others_stands_and_is_looked_at(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    later = open_start(14)
    uid = await salon.sim.people.book(salon.kind("herrenschnitt").id, later + timedelta(minutes=30))
    await desk.compare()
    await salon.sim.people.move(await desk.uid(appointment), later)
    assert ("moved_there", "done") in kinds(await desk.compare())
    rows = await salon.shop.rows(
        "SELECT kind, appointment_id, detail ->> 'uid' FROM review_item WHERE resolved_at IS NULL"
    )
    assert rows == [("external_over_promise", appointment, uid)]


async def test_hole_20_a_webhook_before_our_own_answer_makes_no_foreign_booking(desk: Reconciled) -> None:
    """The booking stands there while its uid is not known here; it is merged forward, and the answer changes nothing."""
    salon = desk.salon
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    (there,) = salon.there
    assert await salon.known(appointment) == [("present", "unknown")]
    await desk.hint(there.uid)
    assert kinds(await desk.heed()) == []
    assert await salon.known(appointment) == [("present", "present")]
    assert (await desk.uid(appointment), await desk.externals()) == (there.uid, [])
    await salon.settle(appointment, desk.clock)
    assert (len(salon.there), salon.posts(), await salon.reviews()) == (1, 1, [])


async def test_hole_20_control_the_same_without_our_intent_is_foreign(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    (there,) = salon.there
    there.metadata.clear()
    assert kinds(await desk.compare()) == []  # its uid is known
    await salon.shop.do("UPDATE mirror SET uid = 'other', uids = '{other}'")
    assert kinds(await desk.compare()) == []  # an address of ours at a start of ours
    assert await desk.uid(appointment) == there.uid
    await salon.shop.do("UPDATE mirror SET uid = 'other', uids = '{other}'")
    there.attendee = replace(there.attendee, email="visitor@example.com")
    assert ("foreign", "done") in kinds(await desk.compare())
    assert [row[0] for row in await desk.externals()] == [there.uid]
    assert await desk.status(appointment) == "booked"


async def test_what_people_move_there_is_moved_here(desk: Reconciled) -> None:
    salon, start = desk.salon, open_start()
    appointment = await desk.booked(start)
    later = start + timedelta(hours=3)
    moved = await salon.sim.people.move(await desk.uid(appointment), later)
    assert kinds(await desk.compare()) == [("moved_there", "done")]
    (row,) = await salon.shop.rows("SELECT starts_at, ends_at FROM appointment WHERE status = 'booked'")
    assert row == (later, later + timedelta(hours=1))
    assert (await desk.uid(appointment), await salon.known(appointment)) == (moved, [("present", "present")])
    assert (await desk.history(appointment))[-1] == ("calendar", "moved", "In Cal.com verschoben")
    assert desk.told == [(salon.shop.staff[0], start), (salon.shop.staff[0], later)]
    posts = len(salon.sim.journal.requests)
    assert await salon.settle(appointment, desk.clock) == 1
    assert (await salon.reviews(), len(salon.sim.journal.requests)) == ([], posts)
    assert kinds(await desk.compare()) == []
    run = await salon.shop.call()
    assert (
        await salon.shop.take(run, salon.shop.plan(start=start))
    ).outcome == "held"  # the old time is free
    assert (await salon.shop.take(run, salon.shop.plan(start=later))).outcome == "lost"
    assert await salon.shop.flaws() == NO_FLAWS


async def test_a_compound_service_moves_as_a_whole_or_by_a_person(desk: Reconciled) -> None:
    salon, start = desk.salon, open_start()
    appointment = await salon.book(salon.shop.plan(start=start, minutes=120, gap=(60, 30)))
    await salon.bring(appointment)
    desk.later(HOUR)
    first, last = await desk.uid(appointment, 0), await desk.uid(appointment, 2)
    day = timedelta(days=1)
    await salon.sim.people.move(last, start + day + timedelta(minutes=90))
    assert kinds(await desk.compare()) == [("moved_there", "done")]
    assert await salon.reviews() == ["mirror_changed_there"]
    await salon.sim.people.move(first, start + day)
    assert kinds(await desk.compare()) == [("moved_there", "done")] * 2
    (row,) = await salon.shop.rows("SELECT starts_at, ends_at, status FROM appointment")
    assert row == (start + day, start + day + timedelta(hours=2), "booked")
    assert (await salon.reviews(), await salon.shop.flaws()) == ([], NO_FLAWS)
    assert kinds(await desk.compare()) == []


async def test_where_another_promise_stands_a_person_decides(desk: Reconciled) -> None:
    """Cal.com lets people move over anything; two customers at one time are for a person."""
    salon, start = desk.salon, open_start()
    appointment = await desk.booked(start)
    await salon.book(start=start + timedelta(hours=2))
    await salon.sim.people.move(await desk.uid(appointment), start + timedelta(hours=2))
    assert ("moved_there", "done") in kinds(await desk.compare())
    assert await salon.reviews() == ["mirror_changed_there"]
    rows = await salon.shop.rows("SELECT starts_at FROM appointment WHERE appointment_id = %s", appointment)
    assert (rows, await salon.shop.flaws()) == ([(start,)], NO_FLAWS)
    assert await salon.known(appointment) == [("present", "present")]


async def test_who_is_given_to_somebody_else_there_is_here_too(desk: Reconciled) -> None:
    salon, start = desk.salon, open_start()
    appointment = await desk.booked(start)
    salon.sim.people.reassign(await desk.uid(appointment), salon.kind(person=1).owner_id or 0)
    assert kinds(await desk.compare()) == [("moved_there", "done")]
    rows = await salon.shop.rows("SELECT staff_id, staff_name, starts_at FROM appointment")
    assert rows == [(salon.shop.staff[1], "staff 1", start)]
    assert (await salon.reviews(), await salon.shop.flaws()) == ([], NO_FLAWS)
    assert kinds(await desk.compare()) == []
    await salon.shop.do("DELETE FROM calendar_host WHERE staff_id = %s", salon.shop.staff[0])
    salon.sim.people.reassign(await desk.uid(appointment), salon.kind(person=0).owner_id or 0)
    assert ("moved_there", "done") in kinds(await desk.compare())
    assert await salon.reviews() == ["mirror_changed_there"]  # nobody here is this host


async def test_who_is_given_to_somebody_of_another_branch_is_for_a_person(
    desk: Reconciled, app_db: Database
) -> None:
    """The customer was told where to come to."""
    salon, start = desk.salon, open_start()
    appointment = await desk.booked(start)
    await salon.shop.do(
        "WITH made AS (INSERT INTO branch (company_id, branch_id, key, name, zone, hold_seconds)"
        " VALUES (%s, %s, 'k', 'Köpenick', 'Europe/Berlin', 120) RETURNING branch_id)"
        " UPDATE resource SET branch_id = made.branch_id FROM made WHERE resource_id = %s",
        *(desk.company_id, uuid4(), salon.shop.staff[1]),
    )
    salon.sim.people.reassign(await desk.uid(appointment), salon.kind(person=1).owner_id or 0)
    looked = await compare_calendar(desk.company_id, desk.reconciling, mode="look")
    assert looked is not None
    assert [(each.action, each.deed) for each in looked.differences] == [
        ("a person decides", "would_be_done")
    ]
    (found,) = (await desk.compare()).differences
    at = start.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M")
    assert found.here == f"promised at {at} with staff 0 (Mitte)"
    assert found.there == f"accepted at {at} with staff 1 (Köpenick)"
    rows = await salon.shop.rows("SELECT staff_id, starts_at FROM appointment")
    assert (rows, await salon.shop.flaws()) == ([(salon.shop.staff[0], start)], NO_FLAWS)
    (item,) = await PostgresReviews(app_db).reviews(desk.company_id)
    assert (item.kind, item.why) == (
        "mirror_changed_there",
        f"In Cal.com it stands elsewhere: accepted at {at} with staff 1 (Köpenick).",
    )


async def test_what_people_cancelled_in_part_is_told_in_plain_words(
    desk: Reconciled, app_db: Database
) -> None:
    salon = desk.salon
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    await salon.bring(appointment)
    desk.later(HOUR)
    await salon.sim.people.cancel(await desk.uid(appointment), reason="Anna ist krank.")
    await desk.compare()
    (item,) = await PostgresReviews(app_db).reviews(desk.company_id)
    assert (item.kind, item.why) == (
        "mirror_cancelled_there",
        "In Cal.com it was cancelled, because: Anna ist krank.",
    )


async def test_what_the_routine_asked_a_person_about_is_taken_over_where_it_can_be(desk: Reconciled) -> None:
    """The request that booked had no answer; meanwhile people moved one, and cancelled the other."""
    salon, start = desk.salon, open_start()
    await desk.compare()
    moved, cancelled = await salon.book(), await salon.book(start=start + timedelta(hours=2))
    for each in (moved, cancelled):
        salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
        await salon.bring(each, write=0.3)
    first, second = sorted(salon.there, key=lambda each: each.period.start)
    await salon.sim.people.move(first.uid, start + timedelta(days=1))
    await salon.sim.people.cancel(second.uid)
    desk.later(30)
    for each in (moved, cancelled):
        await salon.bring(each)
    assert await salon.reviews() == ["mirror_cancelled_there", "mirror_changed_there"]
    desk.later(900)
    assert kinds(await desk.pull()) == [("cancelled_there", "done"), ("moved_there", "done")]
    assert (await desk.status(cancelled), await salon.reviews()) == ("cancelled", [])
    (row,) = await salon.shop.rows("SELECT starts_at FROM appointment WHERE appointment_id = %s", moved)
    assert row == (start + timedelta(days=1),)


async def test_a_retry_moves_back_what_a_person_does_not_want_there(desk: Reconciled) -> None:
    salon, start = desk.salon, open_start()
    appointment = await desk.booked(start)
    await salon.book(start=start + timedelta(hours=2))
    await salon.sim.people.move(await desk.uid(appointment), start + timedelta(hours=2))
    await desk.compare()
    assert await salon.reviews() == ["mirror_changed_there"]
    await PostgresMirrorHealth(salon.shop.database).retry(desk.company_id, appointment)
    await salon.settle(appointment, desk.clock)
    assert [each.period.start for each in salon.there if each.uid == await desk.uid(appointment)] == [start]
    assert (await salon.known(appointment), await salon.reviews()) == ([("present", "present")], [])
