"""Moves carried to a simulated Cal.com over a real socket: what stands here and there, whatever fails in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from moved_salon import (
    MOVE,
    booked,
    compound,
    in_step,
    moves,
    stands,
    starts,
)
from moved_shop import states

from support.database import Clock
from support.mirrored import Mirrored, open_start
from support.reconciled import kinds, reconciled
from support.shop import NO_FLAWS
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.operations.verify_ledger import verify_ledger
from zusage.app.points import Point
from zusage.core.values import Period
from zusage.sandbox.calcom import Fault


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

    async def changed(company_id: UUID, staff_id: UUID, period: Period, *, doubtful: bool = False) -> None:
        assert (company_id, staff_id, doubtful) == (salon.shop.company_id, salon.shop.staff[0], False)
        told.append(period.start)

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


async def test_a_500_after_the_commit_moves_once(salon: Mirrored, clock: Clock) -> None:
    appointment = await booked(salon)
    salon.sim.add_fault(Fault("error_after_commit", op=MOVE, status=500))
    await salon.move(appointment, salon.shop.plan(start=open_start(14)))
    await salon.settle(appointment, clock)
    assert (moves(salon), await salon.reviews()) == (1, [])
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


async def test_where_the_way_back_is_taken_a_person_hears_where_each_part_stands(
    app_db: Database, jobs_db: Database, clock: Clock
) -> None:
    """The last phase moved, somebody on the web took its old time, and then the first is refused: one part cannot go back."""
    async with reconciled(app_db, jobs_db, clock) as desk:
        salon = desk.salon
        appointment = await booked(salon, compound(salon, 10))
        first, last = starts(salon)

        async def web_booker(place: Point) -> None:
            if place == "move_answered" and last not in starts(salon):
                await salon.sim.people.book(salon.kind("herrenschnitt").id, last, quiet=True)

        taken = "User either already has booking at this time or is not available"
        salon.sim.add_fault(Fault("error_before_commit", op=MOVE, nth=2, status=400, message=taken))
        await salon.move(appointment, compound(salon, 13))
        await salon.bring(appointment, reach=web_booker)
        await salon.settle(appointment, clock)
        moved_last = last + timedelta(hours=3)
        assert starts(salon) == [first, last, moved_last]
        assert (await stands(salon), await states(salon.shop)) == ([(open_start(), "booked")], ["refused"])
        assert await salon.reviews() == ["mirror_not_moved", "move_refused"]
        ((phase, text),) = await salon.shop.rows(
            "SELECT detail ->> 'phase', detail ->> 'text' FROM review_item"
            " WHERE kind = 'mirror_not_moved' AND resolved_at IS NULL"
        )
        assert (phase, f"still stands at {moved_last:%d.%m.%Y %H:%M} UTC" in str(text)) == ("2", True)

        # The comparison names whom it is about, and undoes nothing; a person agrees on another time for the whole.
        await desk.compare()
        assert await salon.reviews() == ["external_over_promise", "mirror_not_moved", "move_refused"]
        await salon.move(appointment, compound(salon, 15), expected=open_start())
        await salon.settle(appointment, clock)
        assert starts(salon) == [last, first + timedelta(hours=5), last + timedelta(hours=5)]
        assert await salon.shop.flaws() == NO_FLAWS


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
        assert await salon.reviews() == ["mirror_not_moved", "move_overdue"]
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
