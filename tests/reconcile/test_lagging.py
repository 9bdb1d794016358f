"""Lists lag, pages shift, webhooks come twice, late, out of order or never: nothing is made twice, and nothing undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from copy import copy
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from support.at_work import until
from support.database import Clock
from support.mirrored import connect, open_start
from support.reconciled import HOUR, Reconciled, kinds, reconciled
from support.shop import NO_FLAWS
from zusage.adapters.postgres.database import Database
from zusage.app.reconcile.reading import Paging
from zusage.sandbox.calcom import Fault, Latency


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


async def bring(desk: Reconciled, appointment: UUID) -> None:
    await desk.salon.bring(appointment)
    assert await desk.salon.known(appointment) == [("present", "present")]


async def test_hole_02_what_a_lagging_list_does_not_show_is_not_made_anew(desk: Reconciled) -> None:
    """The booking was made two seconds ago, and neither lists nor look-ups know it yet: it is younger than five minutes."""
    salon = desk.salon
    appointment = await salon.book()
    salon.sim.state.replica_lag_s = 60
    await bring(desk, appointment)
    assert kinds(await desk.compare()) == []
    desk.later(200)
    assert kinds(await desk.compare()) == []
    assert (salon.posts(), len(salon.there)) == (1, 1)


async def test_hole_02_missing_means_not_found_twice_minutes_apart(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.*", seconds=1, times=None))
    lost = salon.sim.world.bookings.pop(await desk.uid(appointment))
    assert kinds(await desk.compare()) == [("missing_there", "done")]
    assert await salon.known(appointment) == [("present", "present")]
    assert kinds(await desk.compare()) == []  # two looks in a moment are one
    salon.sim.world.bookings[lost.uid] = lost
    desk.later(180)
    assert kinds(await desk.compare()) == []  # it was there all the same
    assert (await salon.mirrors(appointment))[0]["missed_at"] is None
    assert (salon.posts(), await salon.reviews()) == (1, [])


async def test_hole_02_control_what_is_certainly_gone_is_made_anew_once(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    before = (await salon.mirrors(appointment))[0]["intent"]
    desk.vanish(await desk.uid(appointment))
    await desk.compare()
    desk.later(180)
    assert kinds(await desk.heed()) == [("missing_there", "done")]  # the second look comes by itself
    row = (await salon.mirrors(appointment))[0]
    assert (row["known"], row["generation"], row["uid"]) == ("none", 1, None)
    assert row["intent"] != before
    await salon.settle(appointment, desk.clock)
    (there,) = salon.there
    assert (there.metadata["intent"], salon.posts()) == (row["intent"], 2)
    desk.later(HOUR)
    assert kinds(await desk.compare()) == []


async def test_hole_02_what_staff_cancel_is_never_made_anew(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    await salon.sim.people.cancel(await desk.uid(appointment))
    for _ in range(3):
        await desk.compare()
        await salon.bring(appointment)
        desk.later(HOUR)
    assert (salon.posts(), salon.there) == (1, [])
    assert await desk.status(appointment) == "cancelled"


async def test_hole_02_a_list_that_still_shows_what_people_cancelled_brings_nothing_back(
    desk: Reconciled,
) -> None:
    salon = desk.salon
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    await salon.bring(appointment)
    desk.later(HOUR)
    there, now = salon.sim.world.bookings[await desk.uid(appointment, 2)], salon.sim.clock.now()
    before = copy(there)
    await salon.sim.people.cancel(there.uid)
    await desk.compare()
    assert await salon.reviews() == ["mirror_cancelled_there"]
    salon.sim.world.lag(before, now=now, seconds=600, reads=0, new=False)
    await desk.compare()
    assert await salon.reviews() == ["mirror_cancelled_there"]
    assert await salon.known(appointment) == [("present", "present"), ("present", "absent")]


async def unseen_after_a_shift(desk: Reconciled, paging: Paging) -> list[str]:
    """Have seven bookings made in the web; two of the first page vanish before the second is read.

    Returns which of them were not noticed, in their order. Only the list of what is new is read, and no booking by its
    uid."""
    salon = desk.salon
    await desk.compare()
    desk.reconciling = replace(desk.reconciling, paging=paging)
    starts = [open_start(9) + timedelta(minutes=30 * n) for n in range(7)]
    made = [await salon.sim.people.book(salon.kind("herrenschnitt").id, start) for start in starts]
    asked = len(salon.sim.journal.of("bookings.list"))
    # The first list is of what changed: nothing. Then come the pages of what is new.
    salon.sim.add_fault(Fault("latency", op="bookings.list", nth=3, latency=Latency(ms=400)))

    async def shift() -> None:
        await until(lambda: len(salon.sim.journal.of("bookings.list")) == asked + 3)
        for uid in made[:2]:
            salon.sim.world.bookings.pop(uid)

    await asyncio.gather(shift(), desk.pull())
    noticed = {row[0] for row in await desk.externals()}
    return [uid for uid in made if uid not in noticed]


async def test_hole_02_rows_that_shift_between_two_pages_hide_nothing(desk: Reconciled) -> None:
    assert await unseen_after_a_shift(desk, Paging(size=4, overlap=2)) == []


async def test_hole_02_control_pages_that_do_not_overlap_hide_what_shifted(desk: Reconciled) -> None:
    assert len(await unseen_after_a_shift(desk, Paging(size=4, overlap=0))) == 2


async def test_hole_19_a_dead_one_and_its_live_successor_with_one_intent(desk: Reconciled) -> None:
    """Cal.com copies the metadata when people move a booking: the dead one must not be taken for the live one."""
    salon = desk.salon
    appointment = await desk.booked()
    first = await desk.uid(appointment)
    second = await salon.sim.people.move(first, open_start(14))
    third = await salon.sim.people.move(second, open_start(10))  # and back again
    intents = {salon.sim.world.bookings[uid].metadata["intent"] for uid in (first, second, third)}
    assert len(intents) == 1
    for uid in (first, second, third):
        await desk.hint(uid, trigger="BOOKING_RESCHEDULED")
    assert kinds(await desk.heed()) == []
    assert (await desk.uid(appointment), await desk.status(appointment)) == (third, "booked")
    assert (await desk.orphans(), await desk.externals(), await salon.reviews()) == ([], [], [])


async def test_hole_20_a_cancellation_is_read_again_since_it_is_told_before_it_is_so(
    desk: Reconciled,
) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    uid = await desk.uid(appointment)
    await desk.hint(uid, trigger="BOOKING_CANCELLED")
    assert kinds(await desk.heed()) == []
    assert await desk.status(appointment) == "booked"
    await salon.sim.people.cancel(uid)
    desk.later(30)
    assert kinds(await desk.heed()) == [("cancelled_there", "done")]


async def test_hole_20_control_another_event_is_heeded_once(desk: Reconciled) -> None:
    appointment = await desk.booked()
    await desk.hint(await desk.uid(appointment), trigger="BOOKING_NO_SHOW_UPDATED")
    await desk.heed()
    rows = await desk.salon.shop.rows("SELECT looks, next_at FROM calendar_hint")
    assert rows == [(1, None)]


async def test_hole_20_a_webhook_is_never_data(desk: Reconciled) -> None:
    """Whatever a webhook says, signed or not: only what the calendar then shows counts."""
    appointment = await desk.booked()
    await desk.hint(await desk.uid(appointment), trigger="BOOKING_CANCELLED")
    await desk.hint("a-booking-that-never-was", trigger="BOOKING_CREATED")
    assert kinds(await desk.heed()) == []
    assert (await desk.status(appointment), await desk.externals()) == ("booked", [])


async def test_a_new_booking_that_look_ups_do_not_know_yet_is_read_again(desk: Reconciled) -> None:
    salon = desk.salon
    uid = await salon.sim.people.book(salon.kind().id, open_start())
    there, now = salon.sim.world.bookings[uid], salon.sim.clock.now()
    salon.sim.world.lag(there, now=now, seconds=20, reads=0, new=True)
    await desk.hint(uid)
    assert (kinds(await desk.heed()), await desk.externals()) == ([], [])
    desk.later(30)
    assert kinds(await desk.heed()) == [("foreign", "done")]


async def test_several_hints_of_one_booking_are_one_question(desk: Reconciled) -> None:
    appointment = await desk.booked()
    uid = await desk.uid(appointment)
    for trigger in ("BOOKING_CANCELLED", "BOOKING_NO_SHOW_UPDATED", "BOOKING_CREATED"):
        await desk.hint(uid, trigger=trigger)
    await desk.heed()
    assert len(desk.salon.sim.journal.of("bookings.get")) == 1


async def test_what_only_tells_of_our_own_cancelling_asks_nothing(desk: Reconciled) -> None:
    """Each booking and cancelling of ours is told as well; reading it again would double what a call costs."""
    appointment = await desk.booked()
    await desk.salon.cancel(appointment)
    await desk.salon.settle(appointment, desk.clock)
    uid = await desk.uid(appointment)
    await desk.hint(uid, trigger="BOOKING_CANCELLED")
    await desk.heed()
    assert len(desk.salon.sim.journal.of("bookings.get")) == 0
    assert await desk.salon.shop.rows("SELECT count(*) FROM calendar_hint WHERE next_at IS NOT NULL") == [
        (0,)
    ]
    await desk.hint(uid, trigger="BOOKING_CREATED")  # the control: it is not as this tells
    await desk.heed()
    assert len(desk.salon.sim.journal.of("bookings.get")) == 1


async def test_incident_39_what_no_webhook_told_the_quarter_of_an_hour_finds(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    await desk.compare()
    salon.sim.add_fault(Fault("webhook_lost", op="*", times=None))
    uid = await salon.sim.people.book(salon.kind().id, open_start(14))
    await salon.sim.people.cancel(await desk.uid(appointment))
    assert (
        salon.sim.world.bookings[uid].updated_at is None
    )  # an incremental list by this time alone would miss it
    desk.later(900)
    assert kinds(await desk.pull()) == [("cancelled_there", "done"), ("foreign", "done")]
    assert await desk.status(appointment) == "cancelled"
    assert [row[0] for row in await desk.externals()] == [uid]


async def test_incident_20_two_bookings_of_one_appointment_become_one(desk: Reconciled) -> None:
    """However it came about: the one that is known stays, the other is cancelled there."""
    salon = desk.salon
    appointment = await desk.booked()
    (ours,) = salon.there
    twin = await salon.sim.people.book(salon.kind(person=1).id, open_start())
    salon.sim.world.bookings[twin].metadata |= ours.metadata
    assert kinds(await desk.compare()) == [("double_there", "done")]
    assert (await desk.orphans(), await desk.externals()) == ([(twin, "duplicate")], [])
    assert await desk.clean_up() == 1
    assert [each.uid for each in salon.there] == [ours.uid]
    desk.later(HOUR)
    assert kinds(await desk.compare()) == []
    assert await desk.status(appointment) == "booked"


async def test_incident_20_one_intent_is_one_row(desk: Reconciled) -> None:
    """Two writers of one booking cannot both leave something to be sent."""
    appointment = await desk.booked()
    rows = await desk.salon.shop.rows("SELECT count(*), count(DISTINCT intent) FROM mirror")
    assert rows == [(1, 1)]
    await asyncio.gather(*(desk.salon.bring(appointment) for _ in range(3)))
    assert desk.salon.posts() == 1


async def test_incident_32_comparing_never_writes_the_catalogue(desk: Reconciled) -> None:
    """Names, lengths and segments are ours: whatever Cal.com calls them, they stay as the company file says."""
    salon = desk.salon
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    await salon.bring(appointment)
    desk.later(HOUR)

    async def catalogue() -> list[tuple[object, ...]]:
        tables = ("service", "segment", "skill", "resource", "branch", "company", "calendar_mapping", "phase")
        return [
            (table, await salon.shop.rows(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1"))
            for table in tables
        ]

    before = await catalogue()
    for kind in salon.sim.world.event_types.values():
        kind.title, kind.length = "Beratung", 15
    await salon.sim.people.book(salon.kind("herrenschnitt").id, open_start(15), name="Web")
    await desk.compare()
    assert await catalogue() == before
    assert await desk.status(appointment) == "booked"


async def test_two_reconcilers_at_once_are_harmless(desk: Reconciled) -> None:
    salon = desk.salon
    appointments = [await desk.booked(open_start(hour)) for hour in (9, 11, 14)]
    await salon.sim.people.cancel(await desk.uid(appointments[0]))
    await salon.sim.people.move(await desk.uid(appointments[1]), open_start(16))
    uid = await salon.sim.people.book(salon.kind(person=1).id, open_start(10))
    for each in (*[await desk.uid(each) for each in appointments], uid):
        await desk.hint(each)
    desk.later(10)
    await asyncio.gather(desk.compare(), desk.heed(), desk.compare(), desk.heed(), desk.pull())
    await desk.compare()
    assert [await desk.status(each) for each in appointments] == ["cancelled", "booked", "booked"]
    histories = [[row[1] for row in await desk.history(each)] for each in appointments]
    assert histories == [["booked", "cancelled"], ["booked", "moved"], ["booked"]]
    assert [row[0] for row in await desk.externals()] == [uid]
    assert (await salon.reviews(), await desk.orphans()) == ([], [])
    assert {
        name: count for name, count in (await salon.shop.flaws()).items() if name != "short_appointments"
    } == {name: count for name, count in NO_FLAWS.items() if name != "short_appointments"}


async def test_one_pull_at_a_time_and_one_that_was_cut_off_goes_on(desk: Reconciled) -> None:
    salon = desk.salon
    await salon.book(start=open_start() + timedelta(weeks=8))
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.list", nth=4))
    observed = await desk.compare()
    assert observed.stopped
    (row,) = await salon.shop.rows(
        "SELECT compare_from > zusage_now() + interval '2 weeks', compared_at, failures, failure IS NOT NULL FROM calendar_pull"
    )
    assert row == (True, None, 1, True)
    done = len(salon.sim.journal.of("bookings.list"))
    desk.later(120)
    assert not (await desk.pull()).stopped
    rest = len(salon.sim.journal.of("bookings.list")) - done
    assert 5 <= rest <= 7  # the weeks that were left, and none of those done
    (row,) = await salon.shop.rows(
        "SELECT compare_from, compared_at IS NOT NULL, failures FROM calendar_pull"
    )
    assert row == (None, True, 0)
    first, second = await asyncio.gather(desk.compare(), desk.pull())
    assert (first.stopped, second.stopped) == ("", "")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
async def test_hole_48_all_weeks_are_compared_at_night_by_the_branchs_clock(
    desk: Reconciled, zone: str
) -> None:
    """The tick is in UTC and may come late; the hour is decided here."""
    shop, journal = desk.salon.shop, desk.salon.sim.journal
    await shop.do("UPDATE branch SET zone = %s", zone)

    async def local(what: str) -> int:
        ((number,),) = await shop.rows(f"SELECT extract({what} FROM zusage_now() AT TIME ZONE %s)::int", zone)
        return int(str(number))

    desk.later((22 - await local("hour")) % 24 * HOUR - await local("minute") * 60)
    await desk.compare()
    calls = len(journal.of("bookings.list"))
    desk.later(900)
    await desk.pull()
    assert len(journal.of("bookings.list")) - calls == 2  # what changed, by two times
    hours = []
    for _ in range(30):
        calls = len(journal.of("bookings.list"))
        desk.later(HOUR)
        await desk.pull()
        if len(journal.of("bookings.list")) - calls > 2:
            hours.append(await local("hour"))
    assert hours == [1], "not the night in which it had been done an hour or two before"


async def test_one_booking_that_cannot_be_read_keeps_no_other_from_being_compared(desk: Reconciled) -> None:
    odd, cancelled = await desk.booked(open_start(9)), await desk.booked(open_start(11))
    desk.salon.sim.world.bookings[await desk.uid(odd)].status = None  # type: ignore[assignment]
    await desk.salon.sim.people.cancel(await desk.uid(cancelled))
    observed = await desk.compare()
    assert (kinds(observed), observed.stopped) == ([("cancelled_there", "done")], "")
    assert await desk.salon.known(odd) == [("present", "present")]
    assert (await desk.salon.mirrors(odd))[0]["missed_at"] is None


async def test_what_was_cancelled_and_is_so_asks_nothing_more(desk: Reconciled) -> None:
    appointment = await desk.booked()
    await desk.salon.cancel(appointment)
    await desk.salon.settle(appointment, desk.clock)
    desk.later(HOUR)
    assert kinds(await desk.compare()) == []
    assert len(desk.salon.sim.journal.of("bookings.get")) == 0


async def test_a_new_mapping_is_compared_at_once(desk: Reconciled) -> None:
    await desk.compare()
    await connect(desk.salon)
    assert await desk.reconciling.store.pull_companies(9) == [desk.company_id]
    (row,) = await desk.salon.shop.rows("SELECT compared_at FROM calendar_pull")
    assert row == (None,)


async def test_a_rate_that_is_used_up_is_no_failure_and_the_comparison_goes_on_soon(desk: Reconciled) -> None:
    """Live calls had it: nothing is counted as failed, and the next look comes within two minutes."""
    desk.salon.sim.add_fault(Fault("rate_limited", op="bookings.list", seconds=30))
    observed = await desk.pull()
    assert "limit" in observed.stopped.casefold() or "many requests" in observed.stopped.casefold()
    rows = await desk.salon.shop.rows(
        "SELECT failures, failure, next_at <= zusage_now() + interval '2 minutes' FROM calendar_pull"
    )
    assert rows == [(0, None, True)]
