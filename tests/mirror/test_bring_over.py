"""From booked here to standing there: over a real socket, against a calendar that misbehaves on demand."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from support.database import Clock
from support.mirrored import DOMAIN, Mirrored, open_start
from support.shop import BOOKER, make_shop
from zusage.adapters.postgres.database import Database
from zusage.app.booking.ports import Booker
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.bring_over import bring_over
from zusage.app.mirror.cancel_orphans import cancel_orphans
from zusage.app.mirror.catch_up import catch_up
from zusage.app.mirror.connection import CalendarMapping
from zusage.core.values import Period
from zusage.sandbox.calcom import Fault, Latency

STANDS, GONE = [("present", "present")], [("absent", "absent")]
JOBS = "SELECT task_name, args ->> 'appointment_id', lock, queueing_lock FROM jobs.procrastinate_jobs ORDER BY id"


async def test_a_booking_comes_to_stand_there_as_ours(salon: Mirrored) -> None:
    appointment = await salon.book()
    assert await salon.known(appointment) == [("present", "none")]
    assert (await salon.bring(appointment)).settled
    assert await salon.known(appointment) == STANDS
    (row,), (there,) = await salon.mirrors(appointment), salon.there
    assert (there.uid, there.period.start) == (row["uid"], open_start())
    assert (there.metadata["intent"], there.metadata["appointment"]) == (row["intent"], str(appointment))
    assert set(there.metadata) == {"intent", "installation", "company", "appointment", "phase"}
    assert (there.attendee.name, there.attendee.phone) == (BOOKER.attendee, BOOKER.phone)
    assert (row["next_at"], row["lease"], row["failure"]) == (None, None, None)


async def test_the_job_and_the_mirrors_are_of_the_bookings_own_transaction(
    salon: Mirrored, jobs_db: Database
) -> None:
    shop, run = salon.shop, await salon.shop.call()
    async with shop.ledger(shop.company_id) as unit:
        booked = await unit.take_and_confirm(run.call_id, [shop.plan(start=open_start())], BOOKER)
        assert booked.outcome == "booked"
    async with jobs_db.connection() as connection:
        assert await (await connection.execute(JOBS)).fetchall() == []
    assert await shop.rows("SELECT 1 FROM mirror") == []
    appointment = await salon.book()
    async with jobs_db.connection() as connection:
        rows = await (await connection.execute(JOBS)).fetchall()
    assert rows == [("mirror_appointment", str(appointment), None, None)]


async def test_a_branch_without_a_calendar_leaves_no_mirror_and_no_job(
    app_db: Database, jobs_db: Database
) -> None:
    shop = await make_shop(app_db)
    booked = await shop.take_and_confirm(await shop.call(), shop.plan())
    assert booked.outcome == "booked"
    assert await shop.rows("SELECT 1 FROM mirror") == []
    async with jobs_db.connection() as connection:
        assert await (await connection.execute(JOBS)).fetchall() == []


async def test_all_phases_go_out_at_once(salon: Mirrored) -> None:
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=400), times=None))
    plan = salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30))
    appointment = await salon.book(plan)
    before = time.monotonic()
    assert (await salon.bring(appointment)).settled
    assert time.monotonic() - before < 0.75
    assert sorted(each.period.start for each in salon.there) == [
        open_start(),
        open_start() + timedelta(minutes=90),
    ]
    assert await salon.known(appointment) == STANDS * 2


async def test_the_address_is_the_callers_own_and_an_anonymous_call_has_its_own(salon: Mirrored) -> None:
    nobody = Booker(None, "Jan", "jan", "Jan")
    for hour, booker in ((9, BOOKER), (11, BOOKER), (13, nobody), (15, nobody)):
        await salon.bring(await salon.book(booker=booker, start=open_start(hour)))
    addresses = [each.attendee.email for each in salon.there]
    assert all(address.endswith(f"@{DOMAIN}") for address in addresses if address)
    assert len(addresses) == 4
    assert len(set(addresses)) == 3
    assert addresses[0] == addresses[1]
    assert "3023125111" not in "".join(address or "" for address in addresses)


async def test_a_number_that_is_none_is_not_sent(salon: Mirrored) -> None:
    appointment = await salon.book(booker=replace(BOOKER, phone=None, contact="+15550001"))
    await salon.bring(appointment)
    assert [each.attendee.phone for each in salon.there] == [None]


async def test_incident_20_two_runs_at_once_send_one_request(salon: Mirrored) -> None:
    appointment = await salon.book()
    await asyncio.gather(*(salon.bring(appointment) for _ in range(4)))
    assert await salon.known(appointment) == STANDS
    assert salon.posts() == len(salon.there) == 1
    await salon.bring(appointment)
    assert salon.posts() == 1


@pytest.mark.parametrize(
    "kind", ["timeout_after_commit", "error_after_commit", "drop_after_commit", "refused_but_created"]
)
async def test_incident_35_what_was_booked_unseen_is_found_and_not_booked_again(
    salon: Mirrored, clock: Clock, kind: str
) -> None:
    salon.sim.add_fault(Fault(kind, op="bookings.create"))  # type: ignore[arg-type]
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    assert await salon.known(appointment) == [("present", "unknown")]
    await salon.settle(appointment, clock)
    assert await salon.known(appointment) == STANDS
    assert salon.posts() == len(salon.there) == 1
    assert await salon.reviews() == []


@pytest.mark.parametrize("kind", ["timeout_before_commit", "error_before_commit", "drop_before_commit"])
async def test_what_was_not_booked_is_sent_again_once_that_is_sure(
    salon: Mirrored, clock: Clock, kind: str
) -> None:
    salon.sim.add_fault(Fault(kind, op="bookings.create"))  # type: ignore[arg-type]
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await salon.settle(appointment, clock)
    assert await salon.known(appointment) == STANDS
    assert (salon.posts(), len(salon.there)) == (2, 1)


async def test_a_full_rate_waits_as_long_as_it_says(salon: Mirrored, clock: Clock) -> None:
    salon.sim.add_fault(Fault("rate_limited", op="bookings.create", seconds=0.1))
    appointment = await salon.book()
    await salon.bring(appointment)
    (row,) = await salon.mirrors(appointment)
    assert (row["known"], row["failure"]) == ("none", "limit")
    wait = await salon.shop.rows("SELECT extract(epoch FROM next_at - zusage_now()) FROM mirror")
    assert 50 < float(str(wait[0][0])) <= 60


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "ApiAuthStrategy - api key - Your api key is not valid"),
        (404, "Event type with id 7 not found."),
        (400, "Attempting to book a meeting in the past."),
    ],
)
async def test_what_asking_again_cannot_mend_goes_to_a_person_at_once(
    salon: Mirrored, clock: Clock, status: int, message: str
) -> None:
    fault = Fault("error_before_commit", op="bookings.create", status=status, message=message, times=None)
    salon.sim.add_fault(fault)
    appointment = await salon.book()
    brought = await salon.bring(appointment)
    assert brought.reviews == ((0, "mirror_refused"),)
    assert await salon.reviews() == ["mirror_refused"]
    clock.advance(7200)
    await catch_up(salon.shop.company_id, salon.mirroring)
    assert salon.posts() == 1
    # The promise stands: the time stays taken.
    assert await salon.shop.rows("SELECT status FROM appointment") == [("booked",)]
    assert await salon.shop.rows("SELECT count(*) FROM claim") == [(1,)]


async def test_incident_22_somebody_elses_booking_is_not_ours_and_stays_untouched(salon: Mirrored) -> None:
    stranger = await salon.sim.people.book(salon.kind().id, open_start(14), name="Web")
    salon.sim.add_fault(Fault("others_booking", op="bookings.create", uid=stranger))
    appointment = await salon.book()
    brought = await salon.bring(appointment)
    assert brought.reviews == ((0, "mirror_refused"),)
    assert await salon.known(appointment) == [("present", "none")]
    assert [each.uid for each in salon.there] == [stranger]
    assert await salon.shop.rows("SELECT 1 FROM orphan") == []


async def test_incident_25_another_start_than_asked_is_an_orphan_that_is_cancelled(salon: Mirrored) -> None:
    salon.sim.add_fault(Fault("other_start", op="bookings.create", shift_minutes=60))
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.cancel"))
    appointment = await salon.book()
    assert (await salon.bring(appointment)).reviews == ((0, "mirror_refused"),)
    company = salon.shop.company_id
    assert await cancel_orphans(company, salon.mirroring) == 0
    rows = await salon.shop.rows("SELECT why, attempts, resolved_at IS NULL, next_at IS NULL FROM orphan")
    assert rows == [("wrong", 1, True, False)]
    await salon.shop.do("UPDATE orphan SET next_at = zusage_now()")
    assert await cancel_orphans(company, salon.mirroring) == 1
    assert salon.there == []
    assert await salon.shop.rows("SELECT resolution, next_at FROM orphan") == [("cancelled", None)]
    (gone,) = salon.sim.world.bookings.values()
    assert gone.cancellation_reason is not None
    assert gone.cancellation_reason.startswith("Automatisch zurückgenommen")


async def test_incident_29_a_cancelled_appointment_leaves_the_calendar_by_its_uid_and_with_a_reason(
    salon: Mirrored,
) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    await salon.cancel(appointment, "Kundin ist krank")
    await salon.cancel(appointment, "noch einmal")
    assert (await salon.bring(appointment)).settled
    assert (await salon.known(appointment), salon.there) == (GONE, [])
    assert [each.cancellation_reason for each in salon.sim.world.bookings.values()] == ["Kundin ist krank"]
    assert await salon.shop.rows("SELECT count(*) FROM claim") == [(0,)]
    (uid,) = salon.sim.world.bookings
    assert [each.path for each in salon.sim.journal.of("bookings.cancel")] == [f"/v2/bookings/{uid}/cancel"]


async def test_what_was_never_sent_is_never_sent_and_cancelled_there_is_done(salon: Mirrored) -> None:
    unsent = await salon.book()
    await salon.cancel(unsent)
    assert (await salon.bring(unsent)).settled
    assert salon.posts() == 0
    sent = await salon.book()
    await salon.bring(sent)
    await salon.sim.people.cancel(salon.there[0].uid, reason="im Salon abgesagt")
    await salon.cancel(sent)
    assert (await salon.bring(sent)).settled
    assert await salon.known(sent) == GONE
    assert await salon.reviews() == []


async def test_incident_31_an_unmapped_or_misfitting_segment_goes_to_a_person_and_is_not_sent(
    salon: Mirrored,
) -> None:
    store, company = salon.calendars, salon.shop.company_id
    mapping = await store.load_mapping(company)
    await store.save_mapping(company, CalendarMapping(mapping.hosts, ()))
    assert (await salon.bring(await salon.book())).reviews == ((0, "mirror_unmapped"),)
    wrong = [replace(segment, length_min=45) for segment in mapping.segments]
    await store.save_mapping(company, CalendarMapping(mapping.hosts, wrong))
    misfit = await salon.book(start=open_start(12))
    assert (await salon.bring(misfit)).reviews == ((0, "mirror_unmapped"),)
    (row,) = await salon.mirrors(misfit)
    assert row["failure_text"] == "The event type lasts 45 minutes, the phase 60."
    assert salon.posts() == 0


async def test_a_calendar_out_of_reach_is_tried_for_a_day_and_then_a_persons(
    salon: Mirrored, clock: Clock
) -> None:
    await salon.sim.outage("refuse")
    appointment = await salon.book()
    for _ in range(23):
        await salon.bring(appointment)
        clock.advance(3600)
    assert await salon.reviews() == []
    clock.advance(3600)
    await salon.settle(appointment, clock, most=1)
    assert await salon.reviews() == ["mirror_overdue"]
    (row,) = await salon.mirrors(appointment)
    assert (row["known"], row["failure"]) == ("none", "not_sent")


async def test_a_paused_company_sends_nothing_and_catches_up_later(salon: Mirrored) -> None:
    company = salon.shop.company_id
    await salon.shop.do("UPDATE calendar_connection SET paused_at = zusage_now()")
    appointment = await salon.book()
    assert not (await salon.bring(appointment)).settled
    assert await catch_up(company, salon.mirroring) == 0
    assert list(await salon.mirroring.store.due_companies(10)) == [company]
    await salon.shop.do("UPDATE calendar_connection SET paused_at = NULL")
    assert await catch_up(company, salon.mirroring) == 1
    assert await salon.known(appointment) == STANDS
    assert await salon.mirroring.store.due_companies(10) == []


async def test_incident_26_what_could_not_be_recorded_here_is_found_there(
    salon: Mirrored, clock: Clock
) -> None:
    """Cal.com has it, and our transaction fails: no orphan, for the row said before that it was being sent."""
    appointment = await salon.book()

    async def away(place: str) -> None:
        if place == "before_record":
            raise LedgerBusy("the database went away")

    with pytest.raises(LedgerBusy):
        await salon.bring(appointment, reach=away)
    assert await salon.known(appointment) == [("present", "sending")]
    await salon.settle(appointment, clock)
    assert (await salon.known(appointment), salon.posts(), len(salon.there)) == (STANDS, 1, 1)


async def test_incidents_33_and_36_a_compound_has_one_mirror_a_phase_and_goes_as_a_whole(
    salon: Mirrored,
) -> None:
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    assert [row["ordinal"] for row in await salon.mirrors(appointment)] == [0, 2]
    for _ in range(2):
        await salon.bring(appointment)
    assert (await salon.known(appointment), salon.posts(), len(salon.there)) == (STANDS * 2, 2, 2)
    await salon.cancel(appointment)
    await salon.bring(appointment)
    assert (await salon.known(appointment), salon.there) == (GONE * 2, [])


async def test_incident_37_what_is_taken_there_is_never_moved_silently(salon: Mirrored, clock: Clock) -> None:
    await salon.sim.people.book(salon.kind().id, open_start())
    appointment = await salon.book()
    await salon.settle(appointment, clock)
    asked = {each.body["start"] for each in salon.sim.journal.of("bookings.create")}
    assert len(asked) == 1
    assert await salon.reviews() == ["mirror_refused"]
    assert await salon.shop.rows("SELECT starts_at, status FROM appointment") == [(open_start(), "booked")]


async def test_one_that_fails_unforeseen_keeps_no_other(salon: Mirrored) -> None:
    first, second = await salon.book(start=open_start(9)), await salon.book(start=open_start(11))
    places: list[str] = []

    async def breaks(place: str) -> None:
        places.append(place)
        if places == ["lease_taken"]:
            raise ZeroDivisionError

    assert await catch_up(salon.shop.company_id, replace(salon.mirroring, reach=breaks)) == 2
    assert await salon.known(first) == [("present", "sending")]
    assert await salon.known(second) == STANDS


async def test_whoever_keeps_free_times_is_told_of_a_time_once_the_calendar_has_given_it_up(
    salon: Mirrored,
) -> None:
    told: list[tuple[UUID, UUID, Period]] = []

    async def changed(company_id: UUID, staff_id: UUID, period: Period, *, doubtful: bool = False) -> None:
        assert not doubtful
        assert await salon.known(appointment) == GONE, "recorded before anybody is told"
        told.append((company_id, staff_id, period))

    mirroring = replace(salon.mirroring, changed=changed)
    company, appointment = salon.shop.company_id, await salon.book()
    await bring_over(company, appointment, mirroring)
    assert told == []
    await salon.cancel(appointment)
    await bring_over(company, appointment, mirroring)
    start = open_start()
    assert told == [(company, salon.shop.staff[0], Period(start, start + timedelta(hours=1)))]
