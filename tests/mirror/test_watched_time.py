"""What was cancelled while nobody knew whether it stands there holds its time only while its request may be on its way."""

from __future__ import annotations

from uuid import UUID

from support.database import Clock
from support.mirrored import Mirrored
from zusage.sandbox.calcom import Fault

STANDS, WATCHED, GONE = [("present", "present")], [("absent", "unknown")], [("absent", "absent")]


async def after_a_cancelled_one(salon: Mirrored) -> tuple[UUID, UUID]:
    """Book, learn nothing of what became of it, cancel, and book the same time for somebody else."""
    old = await salon.book()
    await salon.bring(old, write=0.3)
    await salon.cancel(old)
    return old, await salon.book()


async def minutes(salon: Mirrored, clock: Clock, count: int, *appointments: UUID) -> None:
    """Let so many minutes pass, with the worker's rounds in them."""
    for _ in range(6 * count):
        clock.advance(10)
        for each in appointments:
            await salon.bring(each)


async def test_hole_17_what_never_came_is_watched_on_while_its_time_is_booked_for_the_next(
    salon: Mirrored, clock: Clock
) -> None:
    """Ten minutes of a promise that anybody on the web may still take would be as bad as what 12 wants to prevent."""
    salon.sim.add_fault(Fault("timeout_before_commit", op="bookings.create"))
    old, new = await after_a_cancelled_one(salon)
    await minutes(salon, clock, 1, old, new)
    assert (await salon.known(new), salon.posts()) == ([("present", "none")], 1), (
        "the request may still arrive"
    )
    await minutes(salon, clock, 3, old, new)
    assert (await salon.known(old), await salon.known(new)) == (WATCHED, STANDS)
    assert (salon.posts(), len(salon.there), await salon.reviews()) == (2, 1, [])
    await minutes(salon, clock, 8, old, new)
    assert (await salon.known(old), await salon.known(new)) == (GONE, STANDS)


async def test_hole_12_what_came_later_still_is_no_refusal(salon: Mirrored, clock: Clock) -> None:
    """It stood there all the time, and no look showed it: the next is refused by it, waits, and stands in the end."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    salon.sim.add_fault(Fault("lookup_lag", op="bookings.create", reads=10))
    old, new = await after_a_cancelled_one(salon)
    await minutes(salon, clock, 4, old, new)
    assert len(salon.there) == 1
    assert salon.posts() >= 2, "the new one was tried"
    assert await salon.reviews() == []
    await minutes(salon, clock, 8, old, new)
    assert (await salon.known(old), await salon.known(new)) == (GONE, STANDS)
    assert (len(salon.there), await salon.reviews()) == (1, [])
