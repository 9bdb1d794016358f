"""Moves carried to a simulated Cal.com over a real socket: what stands here and there, whatever fails in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from moved_shop import states

from support.database import Clock
from support.mirrored import Mirrored, mirrored, open_start
from support.reconciled import kinds, reconciled
from support.shop import NO_FLAWS
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.mirror.catch_up import catch_up
from zusage.app.mirror.ports import CalendarError, Terms
from zusage.app.operations.verify_ledger import verify_ledger
from zusage.app.points import Point, Reach
from zusage.core.scheduling.plan import Plan
from zusage.sandbox.calcom import Fault, Latency

MOVE = "bookings.reschedule"
PLACES: tuple[Point, ...] = ("lease_taken", "before_move", "move_answered", "before_record", "recorded")


class KilledError(Exception):
    """The process ended here."""


def killed_at(place: Point, nth: int = 1) -> Reach:
    seen = 0

    async def reach(reached: Point) -> None:
        nonlocal seen
        seen += reached == place
        if reached == place and seen == nth:
            raise KilledError

    return reach


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database) -> AsyncIterator[Mirrored]:
    async with mirrored(app_db, jobs_db) as made:
        yield made


async def booked(salon: Mirrored, plan: Plan | None = None) -> UUID:
    """Book at ten, there as well."""
    appointment = await salon.book(*((plan,) if plan is not None else ()))
    await salon.bring(appointment)
    return appointment


def compound(salon: Mirrored, hour: float, staff: int = 0) -> Plan:
    start = open_start() + timedelta(hours=hour - 10)
    return salon.shop.plan(staff, start=start, minutes=120, gap=(60, 30))


def starts(salon: Mirrored) -> list[datetime]:
    return sorted(booking.period.start for booking in salon.there)


def moves(salon: Mirrored) -> int:
    return len(salon.sim.journal.of(MOVE))


async def stands(salon: Mirrored) -> list[tuple[object, ...]]:
    return await salon.shop.rows("SELECT starts_at, status FROM appointment ORDER BY starts_at")


async def in_step(salon: Mirrored, *at: datetime) -> None:
    """The appointments, their mirrors and Cal.com agree, and nothing is left over."""
    assert await stands(salon) == [(each, "booked") for each in at]
    wanted = await salon.shop.rows("SELECT starts_at FROM mirror WHERE known = 'present' ORDER BY 1")
    assert [row[0] for row in wanted] == starts(salon)
    off = "SELECT count(*) FROM mirror WHERE next_at IS NOT NULL OR (starts_at, ends_at, staff_id) <> (known_starts_at, known_ends_at, known_staff_id)"
    assert await salon.shop.rows(off) == [(0,)]
    assert await salon.shop.rows("SELECT count(*) FROM mirror_former") == [(0,)]
    assert await salon.shop.rows("SELECT count(*) FROM orphan") == [(0,)]
    assert await salon.shop.flaws() == NO_FLAWS
    assert "open" not in await states(salon.shop)


async def test_a_move_gives_a_new_uid_and_the_chain_is_kept(salon: Mirrored) -> None:
    appointment = await booked(salon)
    first = salon.there[0].uid
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    brought = await salon.bring(appointment)
    assert (brought.settled, brought.refused) == (True, False)
    (row,) = await salon.mirrors(appointment)
    assert row["uids"] == [first, salon.there[0].uid]
    assert row["uid"] != first
    assert (salon.posts(), moves(salon), await states(salon.shop)) == (1, 1, ["agreed"])
    assert salon.there[0].rescheduling_reason == "verlegt"
    await in_step(salon, open_start(14))


async def test_what_the_calendar_gave_up_and_took_is_told(salon: Mirrored) -> None:
    told: list[datetime] = []

    async def changed(_company: UUID, staff: UUID, period: object) -> None:
        assert staff == salon.shop.staff[0]
        told.append(period.start)  # type: ignore[attr-defined]

    salon.mirroring = replace(salon.mirroring, changed=changed)
    appointment = await booked(salon)
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment)
    assert told == [open_start(), open_start(14)]


async def test_what_was_not_sent_yet_is_created_where_it_is_wanted_by_now(salon: Mirrored) -> None:
    appointment = await salon.book()
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment)
    assert (salon.posts(), moves(salon)) == (1, 0)
    await in_step(salon, open_start(14))


async def test_what_is_moved_while_it_is_created_is_moved_afterwards(salon: Mirrored, clock: Clock) -> None:
    """The POST for ten runs on; it is ours there, and is then moved to where it is wanted by now."""
    appointment = await salon.book()

    async def reach(place: Point) -> None:
        if place == "answer_received":
            await salon.move(appointment, salon.shop.plan(start=open_start(14)))

    await salon.bring(appointment, reach=reach)
    await salon.settle(appointment, clock)
    assert (salon.posts(), moves(salon), await salon.reviews()) == (1, 1, [])
    await in_step(salon, open_start(14))


@pytest.mark.parametrize("kind", ["timeout_after_commit", "timeout_before_commit"])
@pytest.mark.parametrize("again", [1, 2])
async def test_an_unknown_move_is_read_from_the_old_uid(
    salon: Mirrored, clock: Clock, kind: str, again: int
) -> None:
    appointment = await booked(salon)
    salon.sim.add_fault(Fault(kind, op=MOVE, times=again))  # type: ignore[arg-type]
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment, write=0.3)
    assert [row["known"] for row in await salon.mirrors(appointment)] == ["moving"]
    await salon.settle(appointment, clock)
    assert (salon.posts(), await salon.reviews()) == (1, [])
    assert moves(salon) == (1 if kind == "timeout_after_commit" else 1 + again)
    await in_step(salon, open_start(14))


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


async def test_a_500_after_the_commit_moves_once(salon: Mirrored, clock: Clock) -> None:
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("error_after_commit", op=MOVE, status=500))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.settle(appointment, clock)
    assert (moves(salon), await salon.reviews()) == (1, [])
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


async def test_to_another_host_the_new_one_stands_before_the_old_one_goes(salon: Mirrored) -> None:
    appointment = await booked(salon)
    (before,) = await salon.mirrors(appointment)
    await salon.move(appointment, salon.shop.plan(1, start=open_start(14)))
    seen: list[tuple[Point, int]] = []

    async def reach(place: Point) -> None:
        if place in ("before_post", "before_cancel", "cancel_answered"):
            seen.append((place, len(salon.there)))

    await salon.bring(appointment, reach=reach)
    assert seen == [("before_post", 1), ("before_cancel", 2), ("cancel_answered", 1)]
    (after,) = await salon.mirrors(appointment)
    assert (after["generation"], after["intent"] != before["intent"]) == (1, True)
    assert salon.sim.world.bookings[before["uid"]].cancellation_reason == (
        "Automatisch zurückgenommen: Der Termin wurde verlegt."
    )
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


async def test_a_compound_appointment_that_is_refused_halfway_goes_back_as_a_whole(
    salon: Mirrored, clock: Clock
) -> None:
    """The last phase moved, the first is refused: here and there all of it stands at the old time again."""
    appointment = await booked(salon, compound(salon, 10))
    before = starts(salon)
    salon.sim.add_fault(
        Fault(
            "error_before_commit",
            op=MOVE,
            nth=2,
            status=400,
            message="User either already has booking at this time or is not available",
        )
    )
    await salon.move(appointment, compound(salon, 13))
    await salon.settle(appointment, clock)
    assert (starts(salon), await salon.reviews()) == (before, ["move_refused"])
    back = salon.sim.journal.of(MOVE)[-1]
    assert back.body["reschedulingReason"].startswith("Automatisch zurückgenommen: ")
    await in_step(salon, open_start())


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


async def in_step_of(salon: Mirrored, appointment: UUID, at: datetime) -> None:
    (row,) = await salon.mirrors(appointment)
    assert salon.sim.world.bookings[row["uid"]].period.start == at
    assert row["settled_at"] is not None


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


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def mixed(salon: Mirrored, hour: float) -> Plan:
    """The first phase with Anna, the second with Ben."""
    plan = compound(salon, hour)
    ben = salon.shop.staff[1]
    phases = tuple(replace(each, staff_id=ben) if each.ordinal == 2 else each for each in plan.phases)
    first, last = plan.claims
    return replace(plan, phases=phases, claims=(first, replace(last, resource_id=ben)))


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


async def test_an_answer_at_another_time_or_host_is_not_believed(salon: Mirrored, clock: Clock) -> None:
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("other_start", op=MOVE, shift_minutes=30))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.settle(appointment, clock)
    assert await salon.reviews() == ["mirror_changed_there"]
    text = await salon.shop.rows("SELECT detail ->> 'text' FROM review_item")
    assert text == [("Cal.com moved the booking to one that differs in start.",)]


async def test_a_length_that_the_move_set_back_is_mended(salon: Mirrored, clock: Clock) -> None:
    """Some versions of Cal.com do so to a length of ours: what stands too long there is made anew, as it is wanted."""
    kind = salon.kind()
    kind.lengths = [60, 90]
    await salon.shop.do("UPDATE calendar_mapping SET send_length = true")
    start = open_start()
    appointment = await booked(salon, salon.shop.plan(start=start, minutes=90))
    await salon.move(appointment, salon.shop.plan(start=open_start(14), minutes=90))

    async def reach(place: Point) -> None:
        if place == "move_answered":
            (there,) = salon.there
            there.period = type(there.period)(there.period.start, there.period.start + timedelta(minutes=60))

    # The answer is lost, so that what stands there is read.
    salon.sim.add_fault(Fault("timeout_after_commit", op=MOVE))
    await salon.bring(appointment, reach=reach, write=0.3)
    await salon.settle(appointment, clock)
    (there,) = salon.there
    assert there.period.end - there.period.start == timedelta(minutes=90)
    assert (salon.posts(), await salon.reviews()) == (2, [])
    await in_step(salon, open_start(14))


async def test_a_second_move_while_the_first_is_under_way_is_followed(salon: Mirrored, clock: Clock) -> None:
    """The first was carried out there though its answer was lost; then it is wanted elsewhere."""
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("timeout_after_commit", op=MOVE))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment, write=0.3)
    await salon.move(appointment, salon.shop.plan(start=open_start(16)), expected=open_start(14))
    await salon.settle(appointment, clock)
    assert (moves(salon), await salon.reviews(), await states(salon.shop)) == (2, [], ["followed", "agreed"])
    await in_step(salon, open_start(16))


async def test_moved_back_while_the_first_is_under_way(salon: Mirrored, clock: Clock) -> None:
    """What left a moment ago may still arrive: it is watched before the old place counts as settled."""
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("timeout_before_commit", op=MOVE))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.bring(appointment, write=0.3)
    await salon.move(appointment, salon.shop.plan(start=open_start()), expected=open_start(14))
    clock.advance(5)
    await salon.bring(appointment)
    assert [row["known"] for row in await salon.mirrors(appointment)] == ["moving"]
    uid = salon.there[0].uid
    await salon.sim.people.move(uid, open_start(14), quiet=True)
    await salon.settle(appointment, clock)
    assert await salon.reviews() == []
    await in_step(salon, open_start())


async def test_what_waits_for_the_calendar_is_proven_and_what_is_forgotten_is_found(
    salon: Mirrored, clock: Clock
) -> None:
    async def codes() -> set[str]:
        proof = await verify_ledger(evidence=PostgresEvidence(salon.shop.database))
        return {finding.code for finding in proof.findings}

    appointment = await booked(salon)
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    assert await codes() == set()
    clock.advance(1300)
    assert await codes() == {"move_unattended", "mirror_unattended"}
    await salon.bring(appointment)
    assert await codes() == set()


async def test_the_comparison_does_not_take_our_own_failed_move_for_a_decision_of_people(
    app_db: Database, jobs_db: Database, clock: Clock
) -> None:
    """The old time was given up after ten minutes, then the calendar refuses: it is not moved back in silence."""
    async with reconciled(app_db, jobs_db, clock) as desk:
        salon = desk.salon
        appointment = await desk.booked()
        fault = salon.sim.add_fault(Fault("error_before_commit", op=MOVE, status=500, times=None))
        await salon.move(appointment, salon.shop.plan(start=open_start(14)))
        await salon.bring(appointment)
        clock.advance(601)
        await salon.shop.do("SELECT ledger_overdue_moves(%s, 100)", salon.shop.company_id)
        salon.sim.faults.remove(fault)
        await salon.sim.people.book(salon.kind().id, open_start(14), quiet=True)
        await salon.settle(appointment, clock)
        assert await salon.reviews() == ["mirror_refused", "move_overdue"]
        await desk.compare()
        assert await stands(salon) == [(open_start(14), "booked")]
        assert "moved_there" not in {kind for kind, _ in kinds(await desk.compare())}


async def test_what_people_move_there_is_followed_here_and_nothing_is_asked(
    app_db: Database, jobs_db: Database, clock: Clock
) -> None:
    async with reconciled(app_db, jobs_db, clock) as desk:
        appointment = await desk.booked()
        await desk.salon.sim.people.move(await desk.uid(appointment), open_start(14))
        await desk.compare()
        assert (moves(desk.salon), await states(desk.salon.shop)) == (0, ["agreed"])
        await in_step(desk.salon, open_start(14))
