"""The holes of the protocols that the mirror routine closes; where it can be shown, a control shows the hole open."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from support.at_work import until
from support.database import Clock
from support.mirrored import DOMAIN, Mirrored, open_start
from zusage.app.mirror import rules
from zusage.app.mirror.ports import Attendee, BookingWanted, CalendarBooking, CalendarError, Terms
from zusage.app.mirror.rows import MirrorRow, Outcome
from zusage.sandbox.calcom import Fault, Latency

STANDS, GONE = [("present", "present")], [("absent", "absent")]
NOW = open_start()


async def post(
    salon: Mirrored, intent: str, *, slug: str = "damenschnitt", person: int = 0
) -> CalendarBooking:
    """Send one request as somebody would who keeps no rules."""
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    attendee = Attendee("Ida", "Europe/Berlin", f"c-{intent}@{DOMAIN}")
    wanted = BookingWanted(salon.kind(slug, person).id, open_start(), attendee, {"intent": intent})
    return await salon.client.of(connection.access).create_booking(wanted, Terms(2.0))


async def changed_by_people(salon: Mirrored, what: str) -> None:
    if what == "cancelled":
        await salon.sim.people.cancel(salon.there[0].uid, reason="im Salon abgesagt")
    else:
        await salon.sim.people.move(salon.there[0].uid, open_start(15))


@pytest.mark.parametrize(
    ("what", "kind", "left"),
    [("cancelled", "mirror_cancelled_there", 0), ("moved", "mirror_changed_there", 1)],
)
async def test_hole_02_what_people_changed_there_is_never_undone(
    salon: Mirrored, clock: Clock, what: str, kind: str, left: int
) -> None:
    """Our answer was lost, and before we look the shop cancels or moves: a person decides, nothing is created again."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await changed_by_people(salon, what)
    await salon.settle(appointment, clock)
    assert await salon.reviews() == [kind]
    assert (salon.posts(), len(salon.there)) == (1, left)
    assert await salon.shop.rows("SELECT status FROM appointment") == [("booked",)]


async def test_hole_05_control_whoever_sends_again_without_looking_books_twice(salon: Mirrored) -> None:
    """Where the calendar asks for confirmation it takes both: nothing but our rows prevents it."""
    salon.kind().confirmation = True
    await post(salon, "first")
    await post(salon, "second")
    assert len(salon.there) == 2


async def test_hole_06_not_found_is_not_not_created(salon: Mirrored, clock: Clock) -> None:
    """The answer is lost, and the lists lag for a minute: the first looks find nothing, and nothing is sent again."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=2))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await salon.settle(appointment, clock)
    looks = await salon.shop.rows(
        "SELECT outcome FROM mirror_attempt WHERE action = 'look' ORDER BY attempt_id"
    )
    assert looks == [("missing",), ("missing",), ("confirmed",)]
    assert salon.posts() == len(salon.there) == 1


def row(**changes: object) -> MirrorRow:
    values: dict[str, object] = {
        "ordinal": 0, "start": NOW, "end": NOW + timedelta(hours=1), "wanted": "present", "known": "unknown",
        "intent": uuid4(), "created_at": NOW, "sent_at": NOW, "next_at": NOW,
    }  # fmt: skip
    return MirrorRow(**(values | changes))  # type: ignore[arg-type]


def test_hole_06_only_two_looks_apart_and_late_enough_make_sure() -> None:
    missing = Outcome("look", "missing")
    after = [
        rules.after(row(looks=looks, looked_at=looked and NOW + timedelta(seconds=looked)), missing, NOW + timedelta(seconds=at), 0.5)[0].known
        for looks, looked, at in ((0, None, 91), (1, 85, 91), (1, 10, 60), (1, 10, 89), (1, 10, 91))
    ]  # fmt: skip
    assert after == ["unknown", "unknown", "unknown", "unknown", "none"]


async def test_hole_06_a_refusal_that_may_be_our_own_success_is_looked_up_before_it_is_believed(
    salon: Mirrored, clock: Clock
) -> None:
    salon.sim.add_fault(Fault("refused_but_created", op="bookings.create"))
    ours = await salon.book()
    assert (await salon.bring(ours)).reviews == ()
    await salon.settle(ours, clock)
    assert (await salon.known(ours), salon.posts()) == (STANDS, 1)


async def test_hole_06_a_time_that_is_taken_there_is_believed_after_the_looks(
    salon: Mirrored, clock: Clock
) -> None:
    await salon.sim.people.book(salon.kind().id, open_start())
    appointment = await salon.book()
    await salon.bring(appointment)
    assert await salon.known(appointment) == [("present", "unknown")]
    await salon.settle(appointment, clock)
    assert await salon.reviews() == ["mirror_refused"]
    assert (await salon.known(appointment), salon.posts()) == ([("present", "none")], 1)


async def test_hole_07_one_slow_phase_takes_no_other_along(salon: Mirrored, clock: Clock) -> None:
    salon.sim.add_fault(
        Fault("timeout_after_commit", op="bookings.create", event_type=salon.kind("herrenschnitt").id)
    )
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    await salon.bring(appointment, write=0.4)
    assert await salon.known(appointment) == [("present", "present"), ("present", "unknown")]
    await salon.settle(appointment, clock)
    assert await salon.known(appointment) == STANDS * 2
    assert salon.posts() == len(salon.there) == 2


async def test_hole_08_whoever_stops_waiting_ends_no_request(salon: Mirrored, clock: Clock) -> None:
    """Waiting ends after 0.2 s, the request goes on, and is found: no second one."""
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=2500)))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.2)
    assert salon.there == []
    await until(lambda: len(salon.there) == 1)
    await salon.settle(appointment, clock)
    assert (await salon.known(appointment), salon.posts()) == (STANDS, 1)


async def test_hole_12_a_create_waits_for_what_leaves_its_host_and_time(salon: Mirrored) -> None:
    old = await salon.book()
    await salon.bring(old)
    await salon.cancel(old)
    # The ledger is free at once; there the old booking still stands.
    new = await salon.book()
    assert (await salon.bring(new)).settled
    assert (await salon.known(old), await salon.known(new)) == (GONE, STANDS)
    assert [each.op for each in salon.sim.journal.requests if each.method == "POST"] == [
        "bookings.create",
        "bookings.cancel",
        "bookings.create",
    ]
    assert await salon.reviews() == []


async def test_hole_12_a_refusal_by_our_own_leaving_booking_is_a_retry(salon: Mirrored, clock: Clock) -> None:
    """The cancel fails for a while: the new one waits, and stands in the end, without a person."""
    old = await salon.book()
    await salon.bring(old)
    await salon.cancel(old)
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.cancel", times=2))
    new = await salon.book()
    assert not (await salon.bring(new)).settled
    await salon.settle(new, clock)
    assert (await salon.known(old), await salon.known(new)) == (GONE, STANDS)
    assert await salon.reviews() == []


async def test_hole_12_control_without_the_order_our_own_booking_refuses_us(salon: Mirrored) -> None:
    await salon.bring(await salon.book())
    with pytest.raises(CalendarError) as refused:
        await post(salon, "too-early")
    assert refused.value.kind == "taken"


async def test_hole_17_a_cancelled_create_that_commits_late_is_still_cancelled(
    salon: Mirrored, clock: Clock
) -> None:
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=2))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await salon.cancel(appointment)
    await salon.bring(appointment)
    # Looked up and not found: whoever closed it now would leave a booking that nobody wants.
    assert await salon.known(appointment) == [("absent", "unknown")]
    assert len(salon.there) == 1
    await salon.settle(appointment, clock)
    assert (await salon.known(appointment), salon.there) == (GONE, [])


async def test_hole_17_what_never_came_is_watched_for_ten_minutes(salon: Mirrored, clock: Clock) -> None:
    salon.sim.add_fault(Fault("timeout_before_commit", op="bookings.create"))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await salon.cancel(appointment)
    clock.advance(500)
    for _ in range(3):
        await salon.bring(appointment)
        clock.advance(30)
    assert await salon.known(appointment) == [("absent", "unknown")]
    await salon.settle(appointment, clock)
    assert await salon.known(appointment) == GONE
    assert salon.posts() == 1


async def test_hole_17_cancelled_while_the_request_runs(salon: Mirrored) -> None:
    salon.sim.add_fault(Fault("latency", op="bookings.create", latency=Latency(ms=500)))
    appointment = await salon.book()
    run = asyncio.create_task(salon.bring(appointment))
    await asyncio.sleep(0.25)
    assert (salon.posts(), salon.there) == (1, [])
    await salon.cancel(appointment)
    assert (await run).settled
    assert (await salon.known(appointment), salon.there) == (GONE, [])


async def test_hole_19_a_moved_booking_is_known_by_the_live_one_of_its_intent(
    salon: Mirrored, clock: Clock
) -> None:
    """A move copies our metadata: the dead old one carries the intent as well, and is not what we look for."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    moved = await salon.sim.people.move(salon.there[0].uid, open_start(15))
    back = await salon.sim.people.move(moved, open_start())
    await salon.settle(appointment, clock)
    (found,) = await salon.mirrors(appointment)
    assert (found["known"], found["uid"]) == ("present", back)
    assert len([each for each in salon.sim.world.bookings.values() if not each.live]) == 2


@pytest.mark.parametrize(
    "fault", [None, Fault("error_after_commit", op="bookings.create")], ids=["confirmed", "unknown"]
)
async def test_hole_20_an_answer_after_the_lease_only_adds_what_was_not_known(
    salon: Mirrored, clock: Clock, fault: Fault | None
) -> None:
    """A frozen run wakes up when another has settled the row: what it saw, or did not learn, changes nothing."""
    if fault is not None:
        salon.sim.add_fault(fault)
    appointment = await salon.book()
    settled: list[list[tuple[str, str]]] = []

    async def freeze(place: str) -> None:
        if place == "before_record":
            clock.advance(rules.LEASE_SECONDS + 60)
            await salon.settle(appointment, clock)
            settled.append(await salon.known(appointment))

    await salon.bring(appointment, reach=freeze)
    assert settled == [STANDS]
    assert (await salon.known(appointment), salon.posts()) == (STANDS, 1)
    assert await salon.shop.rows("SELECT 1 FROM orphan") == []


def test_hole_20_a_second_uid_is_an_orphan() -> None:
    known = row(known="present", uid="a", uids=("a",))
    assert rules.learned(known, Outcome("create", "confirmed", uid="b"), NOW) == (known, "b")
    assert rules.learned(known, Outcome("create", "confirmed", uid="a"), NOW) == (known, None)
    found, orphan = rules.learned(row(), Outcome("create", "confirmed", uid="b"), NOW)
    assert (found.uid, found.known, orphan) == ("b", "present", None)


async def test_hole_20_two_of_one_intent_leave_one(salon: Mirrored, clock: Clock) -> None:
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    (mirror,) = await salon.mirrors(appointment)
    email = str(salon.there[0].attendee.email)
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    twin = BookingWanted(
        salon.kind("damenschnitt", 1).id,
        open_start(),
        Attendee("Ida", "Europe/Berlin", email),
        {"intent": str(mirror["intent"])},
    )
    await salon.client.of(connection.access).create_booking(twin, Terms(2.0))
    await salon.settle(appointment, clock)
    assert await salon.known(appointment) == STANDS
    assert await salon.shop.rows("SELECT why, resolved_at IS NULL FROM orphan") == [("duplicate", True)]


async def test_hole_47_a_201_is_its_own_read_back(salon: Mirrored) -> None:
    """Reading right after a 201 meets a replica that does not know it; nothing is read."""
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=100))
    appointment = await salon.book()
    await salon.bring(appointment)
    assert await salon.known(appointment) == STANDS
    assert [each.op for each in salon.sim.journal.requests if each.op.startswith("bookings")] == [
        "bookings.create"
    ]
