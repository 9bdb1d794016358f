"""A process that ends anywhere in the mirror routine: what it left is found, nothing is sent twice, nothing stays."""

from __future__ import annotations

import asyncio

import pytest

from support.database import Clock
from support.mirrored import Mirrored, open_start
from zusage.app.mirror import rules
from zusage.app.points import Reach
from zusage.sandbox.calcom import Fault

STANDS, GONE = [("present", "present")], [("absent", "absent")]
PLACES = ("lease_taken", "before_post", "answer_received", "before_record", "recorded")


class KilledError(Exception):
    """The process ended here."""


def killed_at(place: str) -> Reach:
    async def reach(reached: str) -> None:
        if reached == place:
            raise KilledError

    return reach


@pytest.mark.parametrize("place", PLACES)
async def test_hole_05_a_crash_anywhere_books_once(salon: Mirrored, clock: Clock, place: str) -> None:
    appointment = await salon.book()
    with pytest.raises(KilledError):
        await salon.bring(appointment, reach=killed_at(place))
    # While the lease lasts, nobody else does anything.
    sent = salon.posts()
    await salon.bring(appointment)
    assert salon.posts() == sent
    await salon.settle(appointment, clock)
    assert await salon.known(appointment) == STANDS
    assert salon.posts() == len(salon.there) == 1
    assert await salon.reviews() == []
    assert await salon.shop.rows("SELECT 1 FROM orphan") == []


@pytest.mark.parametrize("place", PLACES)
async def test_hole_05_a_crash_anywhere_books_each_phase_once(
    salon: Mirrored, clock: Clock, place: str
) -> None:
    """One of two phases may have been answered and the other not; the second place reached is where it ends."""
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    reached = 0

    async def reach(here: str) -> None:
        nonlocal reached
        reached += here == place
        if here == place and (reached == 2 or place in ("lease_taken", "before_record", "recorded")):
            raise KilledError

    with pytest.raises(KilledError):
        await salon.bring(appointment, reach=reach)
    await salon.settle(appointment, clock)
    assert await salon.known(appointment) == STANDS * 2
    assert salon.posts() == len(salon.there) == 2
    assert await salon.shop.rows("SELECT 1 FROM orphan") == []
    assert await salon.reviews() == []


@pytest.mark.parametrize("place", ["before_cancel", "cancel_answered", "before_record", "recorded"])
async def test_hole_05_a_crash_anywhere_in_a_cancel_leaves_nothing(
    salon: Mirrored, clock: Clock, place: str
) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    await salon.cancel(appointment)
    with pytest.raises(KilledError):
        await salon.bring(appointment, reach=killed_at(place))
    await salon.settle(appointment, clock)
    assert (await salon.known(appointment), salon.there, await salon.reviews()) == (GONE, [], [])


async def test_hole_05_only_the_one_with_the_lease_writes_back(salon: Mirrored, clock: Clock) -> None:
    """A run whose lease is over learned nothing; it wakes up while the next one looks, and leaves its row alone."""
    salon.sim.add_fault(Fault("error_after_commit", op="bookings.create"))
    appointment = await salon.book()
    answered, awake = asyncio.Event(), asyncio.Event()

    async def freeze(place: str) -> None:
        if place == "before_record":
            answered.set()
            await awake.wait()

    sleeper = asyncio.create_task(salon.bring(appointment, reach=freeze))
    await answered.wait()
    clock.advance(rules.LEASE_SECONDS + 1)
    seen: list[tuple[object, object]] = []

    async def wake(place: str) -> None:
        if place == "before_record":
            (before,) = await salon.mirrors(appointment)
            awake.set()
            await sleeper
            (after,) = await salon.mirrors(appointment)
            seen.append((before, after))

    await salon.bring(appointment, reach=wake)
    ((before, after),) = seen
    assert before == after
    assert (await salon.known(appointment), salon.posts()) == (STANDS, 1)


async def test_hole_18_undone_with_one_phase_unknown_nothing_stays(salon: Mirrored, clock: Clock) -> None:
    """One confirmed, one unknown, a crash after the first cancel: the rows say the rest."""
    salon.sim.add_fault(
        Fault("timeout_after_commit", op="bookings.create", event_type=salon.kind("herrenschnitt").id)
    )
    appointment = await salon.book(salon.shop.plan(start=open_start(), minutes=120, gap=(60, 30)))
    await salon.bring(appointment, write=0.3)
    await salon.shop.do(
        "SELECT ledger_cancel(%s, %s, 'mirror', 'Termin war dort nicht frei', true)",
        salon.shop.company_id,
        appointment,
    )
    with pytest.raises(KilledError):
        await salon.bring(appointment, reach=killed_at("cancel_answered"))
    await salon.settle(appointment, clock)
    assert (await salon.known(appointment), salon.there) == (GONE * 2, [])
    reasons = {each.cancellation_reason for each in salon.sim.world.bookings.values()}
    assert reasons == {"Automatisch zurückgenommen: Termin war dort nicht frei"}
