"""The operations of the fault matrix, step by step, so that whoever comes next can go on where a line broke."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from fault_process import Child
from fault_salon import at, salon_file
from fault_shift import START, BrokenLineError, Shift, let_pass
from fault_verdict import Heard, Said

# A compound one goes to where its pieces lie upon each other's old times.
MOVED_TO = {"simple": at(16), "compound": at(14, 30)}
# What somebody else books, and how much later: not the very same time, which the calendar never stores twice.
_TAKEN_PIECE = {
    "simple": ("herrenschnitt", timedelta(minutes=10)),
    "compound": ("dauerwelle-2", timedelta(minutes=45)),
}


async def prepare(shift: Shift, child: Child) -> None:
    """What is cancelled later was booked before, and stands."""
    if shift.cell.operation == "book":
        return
    answer = await _booked_before(shift, child)
    shift.appointment = UUID(answer["data"]["appointment"]["id"])
    shift.heard.clear()


async def _booked_before(shift: Shift, child: Child) -> dict[str, Any]:
    talk = shift.call(child, shift.cell.kind)
    await talk.hold()
    answer = await talk.book()
    await child.ask("work")
    return answer


async def operate(shift: Shift, child: Child) -> None:
    """Do what is left of the operation; a broken line leaves the step to whoever comes next."""
    left = steps(shift, child)
    while shift.step < len(left):
        try:
            await left[shift.step]()
        except httpx2.HTTPError:
            raise BrokenLineError from None
        shift.step += 1


def steps(shift: Shift, child: Child) -> Sequence[Callable[[], Awaitable[object]]]:
    if shift.cell.operation == "cancel":
        return (lambda: _cancel(shift, child), lambda: child.ask("work"))
    if shift.cell.operation == "reschedule":
        return _moving_steps(shift, child)
    talk = shift.call(child, shift.cell.kind)
    booking = (talk.hold, lambda: _web_booker(shift), talk.book)
    return booking if shift.inline else (*booking, *_worker_steps(shift, child))


def _moving_steps(shift: Shift, child: Child) -> Sequence[Callable[[], Awaitable[object]]]:
    moving = (lambda: _web_booker(shift), lambda: _move(shift, child))
    return moving if shift.inline else (*moving, *_worker_steps(shift, child))


def _worker_steps(shift: Shift, child: Child) -> Sequence[Callable[[], Awaitable[object]]]:
    if shift.cell.place.scene == "late":
        return (lambda: child.ask("work"), lambda: _look(shift, child))
    return (lambda: child.ask("work"),)


async def _look(shift: Shift, child: Child) -> None:
    """Let the routine look after what it has heard nothing of."""
    let_pass(shift, 2.0)
    await child.ask("minute")


async def _cancel(shift: Shift, child: Child) -> None:
    assert shift.phone is not None
    try:
        await child.ask("cancel", company=str(salon_file().id), appointment=str(shift.appointment))
    except httpx2.HTTPError:
        shift.heard.append(Heard(shift.phone.call_id, "silence"))
        raise
    shift.heard.append(Heard(shift.phone.call_id, "cancelled", shift.appointment))


async def _move(shift: Shift, child: Child) -> None:
    """Ask for another time, always as the same tool call."""
    assert shift.phone is not None
    call, start = shift.phone.call_id, MOVED_TO[shift.cell.kind]
    try:
        answer = await child.ask(
            "move",
            company=str(salon_file().id),
            appointment=str(shift.appointment),
            expected=START.isoformat(),
            start=start.isoformat(),
            other_host=shift.cell.place.scene == "other_host",
            call=call,
            tool="move",
        )
    except httpx2.HTTPError:
        shift.heard.append(Heard(call, "silence"))
        raise
    said: Said = "kept" if answer["status"] == "kept" else "moved"
    assert answer["status"] in ("kept", "moved", "same"), answer
    moved = Heard(call, said, shift.appointment, start, before=(START,))
    shift.heard.append(Heard(call, said, shift.appointment, START) if said == "kept" else moved)


async def _web_booker(shift: Shift) -> None:
    """Somebody books on the page what the caller is just being asked about, with everybody who could do it."""
    if shift.cell.place.scene != "web_booker":
        return
    slug, later = _TAKEN_PIECE[shift.cell.kind]
    for kind in list(shift.sim.world.event_types.values()):
        if kind.slug == slug:
            start = START if shift.cell.operation == "book" else MOVED_TO[shift.cell.kind]
            await shift.sim.people.book(kind.id, start + later, quiet=True)
