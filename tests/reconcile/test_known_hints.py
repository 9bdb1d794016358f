"""The webhook of a booking that our own request made asks Cal.com for nothing; any other one does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from support.database import Clock
from support.mirrored import open_start
from support.reconciled import Reconciled, kinds, reconciled
from zusage.adapters.postgres.database import Database
from zusage.sandbox.calcom import Fault


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


def looks(desk: Reconciled) -> int:
    return len(desk.salon.sim.journal.of("bookings.get"))


async def just_booked(desk: Reconciled) -> str:
    appointment = await desk.salon.book()
    await desk.salon.bring(appointment)
    return await desk.uid(appointment)


async def test_what_our_own_request_made_is_not_read_again(desk: Reconciled) -> None:
    await desk.hint(await just_booked(desk))
    assert kinds(await desk.heed()) == []
    rows = await desk.salon.shop.rows("SELECT next_at FROM calendar_hint")
    assert (looks(desk), rows) == (0, [(None,)])


@pytest.mark.parametrize("trigger", ["BOOKING_CANCELLED", "BOOKING_RESCHEDULED", "BOOKING_NO_SHOW_UPDATED"])
async def test_what_else_is_told_of_it_is_read(desk: Reconciled, trigger: str) -> None:
    await desk.hint(await just_booked(desk), trigger=trigger)
    await desk.heed()
    assert looks(desk) == 1


async def test_what_is_told_of_it_later_is_read(desk: Reconciled) -> None:
    uid = await just_booked(desk)
    desk.later(90)
    await desk.hint(uid)
    await desk.heed()
    assert looks(desk) == 1


async def test_what_we_do_not_know_of_yet_is_read(desk: Reconciled) -> None:
    """The answer to our request was lost: the webhook is the first to tell which booking it became."""
    desk.salon.sim.add_fault(Fault("error_after_commit", op="bookings.create"))
    appointment = await desk.salon.book()
    await desk.salon.bring(appointment)
    [there] = desk.salon.there
    await desk.hint(there.uid)
    await desk.heed()
    assert looks(desk) == 1


async def test_a_booking_of_somebody_else_is_read_with_it(desk: Reconciled) -> None:
    ours = await just_booked(desk)
    kind = desk.salon.kind("herrenschnitt")
    theirs = await desk.salon.sim.people.book(kind.id, open_start(15), quiet=True)
    await desk.hint(ours, theirs)
    await desk.heed()
    assert looks(desk) == 2
    assert len(await desk.externals()) == 1
