"""Give back what is held for a call."""

from __future__ import annotations

from collections.abc import Callable

from zusage.app.booking.ports import OpenUnit
from zusage.app.calls.ports import Answer, Begun


async def release_hold(*, run: Begun, open_unit: OpenUnit, conclude: Callable[[bool], Answer]) -> Answer:
    """Release what the call holds; `conclude` gets whether there was anything.

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises LeaseLost: another process runs this tool call now."""
    async with open_unit(run.company_id) as unit:
        answer = conclude(await unit.release(run.call_id) > 0)
        await unit.finish(run, answer)
        await unit.commit()
    return answer
