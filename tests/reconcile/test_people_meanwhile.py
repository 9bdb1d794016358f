"""People cancel or move a booking in Cal.com while we are moving or cancelling it: what they did stays, and both agree."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import pytest

from support.database import Clock
from support.mirrored import open_start
from support.reconciled import Reconciled, reconciled
from support.shop import NO_FLAWS
from zusage.adapters.postgres.database import Database
from zusage.app.points import Point, Reach
from zusage.sandbox.calcom import Fault

THEIRS, OURS = open_start(16), open_start(14)
MOVING: Sequence[Point] = ("lease_taken", "before_move", "move_answered", "recorded")
CANCELLING: Sequence[Point] = ("before_cancel", "cancel_answered")


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


def people_at(desk: Reconciled, point: Point, deed: str) -> Reach:
    """Let people act once, where the routine passes a point, on what lives there then; the webhook tells of it."""
    done: list[str] = []

    async def reach(reached: Point) -> None:
        if reached != point or done:
            return
        done.append(deed)
        for each in desk.salon.there:
            if deed == "cancel":
                await desk.salon.sim.people.cancel(each.uid, reason="im Salon abgesagt")
                await desk.hint(each.uid, trigger="BOOKING_CANCELLED")
            else:
                new = await desk.salon.sim.people.move(each.uid, THEIRS)
                await desk.hint(new, each.uid, trigger="BOOKING_RESCHEDULED")

    return reach


async def until_quiet(desk: Reconciled, appointment: UUID, *, hint_first: bool) -> None:
    """Time goes by: hints, the routine and the comparison do their rounds, the one or the other first."""
    if hint_first:
        await desk.heed()
    for _ in range(8):
        await desk.salon.bring(appointment)
        desk.later(60)
    await desk.heed()
    for _ in range(3):
        desk.later(400)
        await desk.compare()
        await desk.clean_up()
        await desk.salon.bring(appointment)


async def stands(desk: Reconciled) -> tuple[list[datetime], list[object]]:
    """When appointments begin here, and when bookings do there."""
    here = await desk.salon.shop.rows("SELECT starts_at FROM appointment WHERE status = 'booked'")
    return [each.period.start for each in desk.salon.there], [row[0] for row in here]


@pytest.mark.parametrize("hint_first", [True, False], ids=["told_first", "told_last"])
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer_lost"])
@pytest.mark.parametrize("deed", ["cancel", "move"])
@pytest.mark.parametrize("point", MOVING)
async def test_while_we_move_it(
    desk: Reconciled, point: Point, deed: str, lost: bool, hint_first: bool
) -> None:
    appointment = await desk.booked()
    await desk.salon.move(appointment, desk.salon.shop.plan(start=OURS))
    if lost:
        desk.salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.reschedule"))
    await desk.salon.bring(appointment, reach=people_at(desk, point, deed), write=0.3)
    await until_quiet(desk, appointment, hint_first=hint_first)
    left = [] if deed == "cancel" else [THEIRS]
    assert await stands(desk) == (left, left)
    assert (await desk.salon.reviews(), await desk.orphans()) == ([], [])
    assert await desk.salon.shop.flaws() == NO_FLAWS
    assert desk.salon.posts() == 1


@pytest.mark.parametrize("hint_first", [True, False], ids=["told_first", "told_last"])
@pytest.mark.parametrize("deed", ["cancel", "move"])
@pytest.mark.parametrize("point", CANCELLING)
async def test_while_we_cancel_it(desk: Reconciled, point: Point, deed: str, hint_first: bool) -> None:
    """The customer has cancelled: wherever people put it meanwhile, nobody comes."""
    appointment = await desk.booked()
    await desk.salon.cancel(appointment)
    await desk.salon.bring(appointment, reach=people_at(desk, point, deed))
    await until_quiet(desk, appointment, hint_first=hint_first)
    assert await stands(desk) == ([], [])
    assert await desk.status(appointment) == "cancelled"
    assert await desk.salon.reviews() == []


async def test_control_without_anybody_it_stands_where_we_moved_it(desk: Reconciled) -> None:
    appointment = await desk.booked()
    await desk.salon.move(appointment, desk.salon.shop.plan(start=OURS))
    await until_quiet(desk, appointment, hint_first=True)
    assert await stands(desk) == ([OURS], [OURS])
