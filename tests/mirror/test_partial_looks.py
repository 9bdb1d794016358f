"""A look that could not read every booking says nothing of what it did not find (protocols 6)."""

from __future__ import annotations

from support.database import Clock
from support.mirrored import Mirrored
from zusage.sandbox.calcom import Booking, Fault

UNREADABLE, STANDS = None, [("present", "present")]


async def lost_answer(salon: Mirrored) -> tuple[object, Booking]:
    """Have a booking made there whose answer never came."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    (ours,) = salon.there
    return appointment, ours


async def looked(salon: Mirrored, clock: Clock, **patience: int) -> tuple[int, str, str]:
    """Let the routine look several times, late enough for two looks to be believed."""
    (row,) = await salon.shop.rows("SELECT appointment_id FROM mirror")
    for _ in range(4):
        clock.advance(120)
        await salon.bring(row[0], **patience)  # type: ignore[arg-type]
    (mirror,) = await salon.mirrors(row[0])  # type: ignore[arg-type]
    return salon.posts(), mirror["known"], mirror["failure_text"]


async def test_hole_06_what_cannot_be_read_may_be_ours_and_is_not_sent_again(
    salon: Mirrored, clock: Clock
) -> None:
    _, ours = await lost_answer(salon)
    ours.status = UNREADABLE  # type: ignore[assignment]
    posts, known, text = await looked(salon, clock)
    assert (posts, known, await salon.reviews()) == (1, "unknown", [])
    assert text.startswith("Not every booking")
    ours.status = "accepted"
    assert (await looked(salon, clock), await states(salon)) == ((1, "present", ""), STANDS)


async def test_hole_06_a_list_that_is_too_long_to_be_read_is_no_proof(salon: Mirrored, clock: Clock) -> None:
    await lost_answer(salon)
    assert (await looked(salon, clock, most_listed=0))[:2] == (1, "unknown")


async def test_hole_06_control_what_is_not_in_a_list_read_as_a_whole_is_sent_again(
    salon: Mirrored, clock: Clock
) -> None:
    _, ours = await lost_answer(salon)
    salon.sim.world.end(ours, "cancelled", salon.sim.clock.now())
    salon.sim.world.bookings.pop(ours.uid)
    assert (await looked(salon, clock))[:2] == (2, "present")


async def test_ours_is_found_beside_one_that_cannot_be_read(salon: Mirrored, clock: Clock) -> None:
    _, ours = await lost_answer(salon)
    other = await salon.sim.people.book(salon.kind("herrenschnitt", person=1).id, ours.period.start)
    odd = salon.sim.world.bookings[other]
    odd.attendee, odd.status = ours.attendee, UNREADABLE  # type: ignore[assignment]
    assert (await looked(salon, clock))[:2] == (1, "present")


async def test_a_dead_one_is_not_believed_while_another_cannot_be_read(salon: Mirrored, clock: Clock) -> None:
    """A move copies the intent: what cannot be read may be where people moved it (protocols 19)."""
    _, ours = await lost_answer(salon)
    newer = await salon.sim.people.move(ours.uid, ours.period.end)
    salon.sim.world.bookings[newer].status = UNREADABLE  # type: ignore[assignment]
    posts, known, _ = await looked(salon, clock)
    assert (posts, known, await salon.reviews()) == (1, "unknown", [])


async def states(salon: Mirrored) -> list[tuple[object, ...]]:
    return await salon.shop.rows("SELECT wanted, known FROM mirror")
