"""What the calendar shows in part only: a booking that cannot be read, or is not seen yet, is not one that is over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from support.database import Clock
from support.mirrored import open_start
from support.reconciled import Reconciled, kinds, reconciled
from zusage.adapters.postgres.database import Database


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


@pytest.mark.parametrize("what", ["cannot_be_read", "is_not_found"])
async def test_hole_19_what_was_moved_to_a_booking_that_is_not_seen_was_not_cancelled(
    desk: Reconciled, what: str
) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    newer = await salon.sim.people.move(await desk.uid(appointment), open_start(14))
    there = salon.sim.world.bookings[newer]
    if what == "cannot_be_read":
        there.status = None  # type: ignore[assignment]
    else:
        salon.sim.world.lag(there, now=salon.sim.clock.now(), seconds=600, reads=0, new=True)
    for _ in range(2):
        assert kinds(await desk.compare()) == []
        assert (await desk.status(appointment), salon.posts()) == ("booked", 1)
        desk.later(180)
    there.status = "accepted"
    desk.later(600)
    assert kinds(await desk.compare()) == [("moved_there", "done")]
    assert await desk.status(appointment) == "booked"


async def test_hole_02_what_a_list_shows_unreadably_is_neither_missing_nor_made_anew(
    desk: Reconciled,
) -> None:
    """With the control: what no look-up finds is (see `test_hole_02_control_…` in test_lagging.py)."""
    appointment = await desk.booked()
    desk.salon.sim.world.bookings[await desk.uid(appointment)].status = None  # type: ignore[assignment]
    for _ in range(3):
        assert kinds(await desk.compare()) == []
        desk.later(180)
    (row,) = await desk.salon.mirrors(appointment)
    assert (row["known"], row["missed_at"], desk.salon.posts()) == ("present", None, 1)


async def test_a_booking_of_a_status_that_is_not_known_stands_where_it_is(desk: Reconciled) -> None:
    salon = desk.salon
    appointment = await desk.booked()
    web = await salon.sim.people.book(salon.kind(person=1).id, open_start(14))
    for there in salon.sim.world.bookings.values():
        there.status = "awaiting_host"  # type: ignore[assignment]
    assert kinds(await desk.compare()) == [("foreign", "done")]
    assert [row[0] for row in await desk.externals()] == [web]
    assert (await desk.status(appointment), salon.posts()) == ("booked", 1)
