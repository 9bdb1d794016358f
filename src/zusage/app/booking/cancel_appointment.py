"""Cancel an appointment, here at once and in the calendar by the mirror routine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from zusage.app.booking.ports import Actor, LedgerUnit, OpenUnit

Said = TypeVar("Said")


async def cancel_appointment(
    appointment_id: UUID,
    *,
    actor: Actor,
    reason: str,
    company_id: UUID,
    open_unit: OpenUnit,
    conclude: Callable[[bool, LedgerUnit], Awaitable[Said]],
) -> Said:
    """End an appointment with all its phases; its time, and what a move of it keeps, is free at once.

    `conclude` gets whether it was booked until now, inside the same transaction; False: it was over already, or there is
    no such one, so cancelling twice is fine. `reason` is told to the calendar as well.

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises LeaseLost: from `conclude`, where another process runs this tool call now."""
    async with open_unit(company_id) as unit:
        said = await conclude(await unit.cancel(appointment_id, actor, reason), unit)
        await unit.commit()
    return said
