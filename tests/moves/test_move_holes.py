"""The holes of the protocols and the incidents that concern moves; where it can be shown, a control shows the hole open."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from moved_salon import (
    MOVE,
    PLACES,
    KilledError,
    booked,
    compound,
    in_step,
    in_step_of,
    iso,
    killed_at,
    mixed,
    moves,
    stands,
    starts,
)
from moved_shop import states

from support.database import Clock
from support.mirrored import Mirrored, open_start
from support.shop import NO_FLAWS
from zusage.app.mirror.catch_up import catch_up
from zusage.app.mirror.ports import CalendarError, Terms
from zusage.app.points import Point
from zusage.sandbox.calcom import Fault, Latency


async def test_incident_28_a_500_at_a_move_is_tried_again_until_both_agree(
    salon: Mirrored, clock: Clock
) -> None:
    """Here it was moved, there it was not, and nobody tried again. It is pending, retried, and shown meanwhile."""
    appointment = await booked(salon)
    fault = salon.sim.add_fault(Fault("error_before_commit", op=MOVE, status=500, times=3))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment)
    (row,) = await salon.mirrors(appointment)
    assert (row["known"], row["failure"], row["next_at"] is not None) == ("moving", "unknown", True)
    assert await states(salon.shop) == ["open"], "the old time is not given up meanwhile"
    await salon.settle(appointment, clock)
    assert salon.sim.faults.fired(fault) == 3
    assert (moves(salon), await salon.reviews()) == (4, [])
    await in_step(salon, open_start(14))


@pytest.mark.parametrize("place", PLACES)
async def test_hole_05_a_crash_anywhere_moves_once(salon: Mirrored, clock: Clock, place: Point) -> None:
    appointment = await booked(salon)
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    with pytest.raises(KilledError):
        await salon.bring(appointment, reach=killed_at(place))
    sent = moves(salon)
    await salon.bring(appointment)
    assert moves(salon) == sent, "while the lease lasts, nobody else does anything"
    await salon.settle(appointment, clock)
    assert (salon.posts(), await salon.reviews()) == (1, [])
    await in_step(salon, open_start(14))


@pytest.mark.parametrize(
    "place", [*PLACES, "before_post", "answer_received", "before_cancel", "cancel_answered"]
)
async def test_hole_05_a_crash_anywhere_between_new_and_old_loses_neither(
    salon: Mirrored, clock: Clock, place: Point
) -> None:
    """To another host it is created anew before the old one goes; at every moment one of them stands there."""
    appointment = await booked(salon)
    await salon.move(appointment, salon.shop.plan(1, start=open_start(14)))
    try:
        await salon.bring(appointment, reach=killed_at(place))
    except KilledError:
        assert len(salon.there) in (1, 2)
    await salon.settle(appointment, clock)
    assert (salon.posts(), moves(salon), await salon.reviews()) == (2, 0, [])
    await in_step(salon, open_start(14))


async def test_hole_10_a_refusal_leads_back_to_the_old_time(salon: Mirrored, clock: Clock) -> None:
    appointment = await booked(salon)
    await salon.sim.people.book(salon.kind().id, open_start(14), quiet=True)
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    brought = await salon.bring(appointment)
    assert (brought.refused, await states(salon.shop)) == (True, ["refused"])
    assert await salon.reviews() == ["move_refused"]
    await salon.settle(appointment, clock)
    assert await stands(salon) == [(open_start(), "booked")]
    assert (open_start() in starts(salon), salon.posts()) == (True, 1)
    assert await salon.shop.flaws() == NO_FLAWS


async def test_hole_10_a_refusal_by_another_host_leads_back_to_the_old_one(
    salon: Mirrored, clock: Clock
) -> None:
    """The old booking was never touched, so it is ours again as it stands."""
    appointment = await booked(salon)
    before = salon.there[0].uid
    await salon.sim.people.book(salon.kind(person=1).id, open_start(14), quiet=True)
    await salon.move(appointment, salon.shop.plan(1, start=open_start(14)))
    await salon.settle(appointment, clock)
    (row,) = await salon.mirrors(appointment)
    assert (row["uid"], row["known"], row["settled_at"] is not None) == (before, "present", True)
    assert (await stands(salon), await salon.reviews()) == ([(open_start(), "booked")], ["move_refused"])
    # And once more to where it is free: a generation that nothing ever had.
    await salon.move(appointment, salon.shop.plan(1, start=open_start(11)))
    await salon.settle(appointment, clock)
    assert [row["generation"] for row in await salon.mirrors(appointment)] == [2]
    assert await stands(salon) == [(open_start(11), "booked")]
    assert await salon.shop.flaws() == NO_FLAWS


async def test_hole_10_nobody_gets_the_old_time_before_the_calendar_agreed(
    salon: Mirrored, clock: Clock
) -> None:
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("error_before_commit", op=MOVE, status=500, times=2))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment)
    rival = await salon.shop.call()
    assert (await salon.shop.take(rival, salon.shop.plan(start=open_start()))).outcome == "lost"
    await salon.settle(appointment, clock)
    assert (await salon.shop.take(rival, salon.shop.plan(start=open_start()))).outcome == "held"


async def test_hole_10_after_ten_minutes_of_silence_a_person_decides(salon: Mirrored, clock: Clock) -> None:
    appointment = await booked(salon)
    fault = salon.sim.add_fault(Fault("error_before_commit", op=MOVE, status=500, times=None))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment)
    clock.advance(601)
    assert salon.shop.company_id in await salon.mirroring.store.due_companies(10)
    await catch_up(salon.shop.company_id, salon.mirroring)
    assert (await states(salon.shop), await salon.reviews()) == (["overdue"], ["move_overdue"])
    assert (
        await salon.shop.take(await salon.shop.call(), salon.shop.plan(start=open_start()))
    ).outcome == "held"
    # It goes on being tried; what was promised last is what is wanted.
    salon.sim.faults.remove(fault)
    await salon.settle(appointment, clock)
    await in_step(salon, open_start(14))


@pytest.mark.parametrize(("by", "order"), [(1, [2, 0]), (-1, [0, 2])])
async def test_hole_11_a_compound_move_does_not_collide_with_itself(
    salon: Mirrored, by: int, order: list[int]
) -> None:
    """The last phase first when it moves later, the first first when earlier: one after the other, none refused."""
    appointment = await booked(salon, compound(salon, 11))
    await salon.move(appointment, compound(salon, 11 + by), expected=open_start(11))
    brought = await salon.bring(appointment)
    assert (brought.settled, brought.refused) == (True, False)
    sent = await salon.shop.rows(
        "SELECT ordinal FROM mirror_attempt WHERE action = 'move' ORDER BY attempt_id"
    )
    assert [row[0] for row in sent] == order
    assert (moves(salon), await salon.reviews()) == (2, [])
    await in_step(salon, open_start(11 + by))


async def test_hole_11_control_concurrent_moves_of_one_host_collide(salon: Mirrored) -> None:
    """Sent at once, or in the order of the day, one of them is refused by its own sibling."""
    await booked(salon, compound(salon, 11))
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    calendar = salon.client.of(connection.access)
    last = iso(open_start(11) + timedelta(hours=2.5))
    slow = Fault("latency", op=MOVE, latency=Latency(ms=300), when=lambda asked: last in asked.body["start"])
    salon.sim.add_fault(slow)
    results = await asyncio.gather(
        *(
            calendar.reschedule_booking(
                each.uid, each.period.start + timedelta(hours=1), "verlegt", Terms(5.0)
            )
            for each in sorted(salon.there, key=lambda each: each.period.start)
        ),
        return_exceptions=True,
    )
    refused = [each for each in results if isinstance(each, CalendarError)]
    assert [each.kind for each in refused] == ["taken"]


@pytest.mark.parametrize("place", ["lease_taken", "move_answered", "recorded"])
@pytest.mark.parametrize("nth", [1, 2])
async def test_hole_11_a_crash_between_two_phases_goes_on_where_it_was(
    salon: Mirrored, clock: Clock, place: Point, nth: int
) -> None:
    appointment = await booked(salon, compound(salon, 10))
    await salon.move(appointment, compound(salon, 11))
    with pytest.raises(KilledError):
        await salon.bring(appointment, reach=killed_at(place, nth))
    await salon.settle(appointment, clock)
    assert (salon.posts(), await salon.reviews()) == (2, [])
    await in_step(salon, open_start(11))


async def test_hole_12_a_move_waits_for_what_leaves_its_time(salon: Mirrored, clock: Clock) -> None:
    """Somebody cancelled at two; there it still stands, and would refuse us."""
    other = await salon.book(start=open_start(14))
    await salon.bring(other)
    mine = await booked(salon)
    await salon.cancel(other)
    await salon.move(mine, salon.shop.plan(start=open_start(14)))
    await salon.bring(mine)
    assert await salon.reviews() == []
    await in_step_of(salon, mine, open_start(14))
    assert await salon.known(other) == [("absent", "absent")]


async def test_hole_12_a_booking_waits_for_what_moves_away(salon: Mirrored, clock: Clock) -> None:
    """Ten minutes were over, so the next caller has the old time; there our own booking is moved away before."""
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("error_before_commit", op=MOVE, status=500, times=1))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment)
    clock.advance(601)
    await salon.shop.do("SELECT ledger_overdue_moves(%s, 100)", salon.shop.company_id)
    next_one = await salon.book()
    await salon.bring(next_one)
    await salon.settle(next_one, clock)
    assert await salon.reviews() == ["move_overdue"]
    assert starts(salon) == [open_start(), open_start(14)]


async def test_hole_12_control_whoever_does_not_wait_is_refused_by_our_own_booking(salon: Mirrored) -> None:
    other = await salon.book(start=open_start(14))
    await salon.bring(other)
    mine = await booked(salon)
    await salon.cancel(other)
    connection = await salon.calendars.load_connection(salon.shop.company_id)
    assert connection is not None
    uid = (await salon.mirrors(mine))[0]["uid"]
    with pytest.raises(CalendarError) as refused:
        await salon.client.of(connection.access).reschedule_booking(
            uid, open_start(14), "verlegt", Terms(2.0)
        )
    assert refused.value.kind == "taken"


@pytest.mark.parametrize("kind", ["timeout_after_commit", "timeout_before_commit"])
async def test_hole_17_cancelling_while_a_move_is_unknown_leaves_nothing(
    salon: Mirrored, clock: Clock, kind: str
) -> None:
    appointment = await booked(salon)
    salon.sim.add_fault(Fault(kind, op=MOVE))  # type: ignore[arg-type]
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment, write=0.3)
    await salon.cancel(appointment)
    await salon.settle(appointment, clock)
    assert (salon.there, await salon.known(appointment)) == ([], [("absent", "absent")])
    assert (await salon.reviews(), await states(salon.shop)) == ([], ["cancelled"])
    assert await salon.shop.flaws() == NO_FLAWS


async def test_hole_18_an_unknown_sibling_of_a_refused_move_is_brought_back_too(
    salon: Mirrored, clock: Clock
) -> None:
    """Two hosts' phases are asked at once: one is refused, of the other nothing is known, and then the process dies."""
    plan = mixed(salon, 10)
    appointment = await booked(salon, plan)
    before = starts(salon)
    salon.sim.add_fault(
        Fault(
            "timeout_after_commit",
            op=MOVE,
            event_type=None,
            when=lambda asked: asked.body["start"].startswith(iso(mixed(salon, 13).phases[0].period.start)),
        )
    )
    await salon.sim.people.book(
        salon.kind("herrenschnitt", 1).id, mixed(salon, 13).phases[2].period.start, quiet=True
    )
    await salon.move(appointment, mixed(salon, 13))
    with pytest.raises(KilledError):
        await salon.bring(appointment, reach=killed_at("recorded"), write=0.3)
    assert await states(salon.shop) == ["refused"]
    await salon.settle(appointment, clock)
    ours = [each for each in salon.there if each.metadata.get("appointment") == str(appointment)]
    assert sorted(each.period.start for each in ours) == before
    assert await salon.reviews() == ["move_refused"]
    assert await salon.shop.flaws() == NO_FLAWS


async def test_hole_19_the_chain_is_followed_from_the_old_uid_and_not_by_intent(
    salon: Mirrored, clock: Clock
) -> None:
    """Metadata is copied, so the cancelled old one and the live new one carry the same intent; and reads lag.

    What is sent again meanwhile is answered by what was done the first time."""
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("timeout_after_commit", op=MOVE))
    salon.sim.add_fault(Fault("lookup_lag", op=MOVE, reads=2))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment, write=0.3)
    intents = {each.metadata["intent"] for each in salon.sim.world.bookings.values()}
    assert (len(salon.sim.world.bookings), len(intents)) == (2, 1)
    await salon.settle(appointment, clock)
    assert (len(salon.sim.world.bookings), await salon.reviews()) == (2, [])
    await in_step(salon, open_start(14))


async def test_hole_19_what_was_moved_already_is_followed(salon: Mirrored, clock: Clock) -> None:
    """An earlier request of ours arrives late, after we looked and sent again: the refusal names its uid."""
    appointment = await booked(salon)
    uid = salon.there[0].uid
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))

    async def late(place: Point) -> None:
        if place == "before_move":
            await salon.sim.people.move(uid, open_start(14), quiet=True)

    brought = await salon.bring(appointment, reach=late)
    assert (brought.settled, await salon.reviews()) == (True, [])
    await in_step(salon, open_start(14))


@pytest.mark.parametrize("what", ["moved", "cancelled"])
async def test_hole_02_what_people_did_there_meanwhile_is_theirs(
    salon: Mirrored, clock: Clock, what: str
) -> None:
    appointment = await booked(salon)
    uid = salon.there[0].uid
    if what == "moved":
        await salon.sim.people.move(uid, open_start(16), quiet=True)
    else:
        await salon.sim.people.cancel(uid, reason="im Salon abgesagt", quiet=True)
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.settle(appointment, clock)
    kind = "mirror_changed_there" if what == "moved" else "mirror_cancelled_there"
    assert await salon.reviews() == [kind]
    assert starts(salon) == ([open_start(16)] if what == "moved" else [])
    assert salon.posts() == 1, "nothing is created in its place"


async def test_incident_29_cancelling_goes_by_uid_and_what_is_gone_is_done(
    salon: Mirrored, clock: Clock
) -> None:
    """By the uid, as a POST with a reason; 404 and "cancelled already" are as good as done."""
    appointment = await booked(salon)
    (row,) = await salon.mirrors(appointment)
    await salon.cancel(appointment)
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.cancel"))
    await salon.bring(appointment, write=0.3)
    await salon.settle(appointment, clock)
    asked = salon.sim.journal.of("bookings.cancel")
    assert {(each.method, each.path) for each in asked} == {("POST", f"/v2/bookings/{row['uid']}/cancel")}
    assert asked[0].body["cancellationReason"] == "Kunde hat abgesagt"
    assert (await salon.known(appointment), await salon.reviews()) == ([("absent", "absent")], [])


async def test_incident_36_a_compound_appointment_is_cancelled_as_a_whole(
    salon: Mirrored, clock: Clock
) -> None:
    appointment = await booked(salon, compound(salon, 10))
    await salon.move(appointment, compound(salon, 13))
    await salon.bring(appointment)
    assert len(salon.there) == 2
    await salon.cancel(appointment)
    await salon.settle(appointment, clock)
    assert (salon.there, await salon.known(appointment)) == ([], [("absent", "absent")] * 2)
    assert await salon.reviews() == []


async def test_incident_37_what_is_taken_there_is_never_moved_to_another_time(
    salon: Mirrored, clock: Clock
) -> None:
    """Blocked in the calendar: it stands where it was, and a person calls the customer. Nothing half an hour later."""
    appointment = await booked(salon)
    await salon.sim.people.book(salon.kind().id, open_start(14), quiet=True)
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.settle(appointment, clock)
    asked = {each.body["start"][:16] for each in salon.sim.journal.of(MOVE)}
    assert asked == {iso(open_start(14))}
    assert (await stands(salon), await salon.reviews()) == ([(open_start(), "booked")], ["move_refused"])


async def test_incident_38_a_move_that_fails_never_becomes_a_new_booking(
    salon: Mirrored, clock: Clock
) -> None:
    """404 at the move: the customer must not get the mail of a new appointment. A person looks."""
    appointment = await booked(salon)
    uid = salon.there[0].uid
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    del salon.sim.world.bookings[uid]
    await salon.settle(appointment, clock)
    assert (salon.posts(), await salon.reviews()) == (1, ["mirror_cancelled_there"])
    assert salon.there == []
    await salon.settle(appointment, clock)
    assert salon.posts() == 1
