"""The salon's desk in the rehearsal: callers who ring a person there to cancel or to move."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg_pool import PoolTimeout

from zusage.adapters.postgres.appointments import find_appointment
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.standing import read_standing
from zusage.app.booking.ports import Moved
from zusage.app.errors import LedgerBusy, LedgerRefused
from zusage.boot.cli._errors import UsageError
from zusage.boot.cli._frame import app_database
from zusage.boot.cli._moving import Wanted, cancelled, moved
from zusage.boot.servers import Servers

_TRIES, _PAUSE = 12, 1.0
_LATER = timedelta(days=7)
_Value = TypeVar("_Value")


def cancel_some(servers: Servers, company_id: UUID, pick: float) -> tuple[str, str] | None:
    """Cancel one that is booked, trying until the database has said that it is done; gives its id and its guest.

    None where nothing is booked yet, or the database never answered."""
    chosen = _patiently(servers, lambda database: _choose(database, company_id, pick))
    if chosen is None:
        return None
    why = "Kundin hat im Salon abgesagt"
    done = _patiently(servers, lambda database: cancelled(database, company_id, UUID(chosen[0]), why))
    return None if done is None else chosen


def move_some(servers: Servers, company_id: UUID, pick: float) -> str | None:
    """Move one that is booked by a week, with whom it is; says what came of it. None as for `cancel_some`."""
    chosen = _patiently(servers, lambda database: _choose(database, company_id, pick))
    if chosen is None:
        return None
    return _patiently(servers, lambda database: _moved(database, company_id, UUID(chosen[0])))


async def _moved(database: Database, company_id: UUID, appointment_id: UUID) -> str | None:
    state = await find_appointment(database, company_id, appointment_id)
    if state is None:
        return None
    # The same time of day by the clock of the branch, whatever the clocks do meanwhile.
    start = state.start.astimezone(ZoneInfo(state.zone)) + _LATER
    outcome = (await moved(database, company_id, state, Wanted(start, "", "Verlegt"), apply=True)).outcome
    came = "" if isinstance(outcome, Moved) and outcome.outcome == "moved" else ", which cannot be had"
    return f"{state.attendee}, to {start:%d.%m. %H:%M}{came}"


async def _choose(database: Database, company_id: UUID, pick: float) -> tuple[str, str] | None:
    standing = await read_standing(database, company_id)
    live = sorted({(str(each.appointment_id), each.guest) for each in standing if each.live})
    return live[int(pick * len(live))] if live else None


def _patiently(servers: Servers, work: Callable[[Database], Awaitable[_Value | None]]) -> _Value | None:
    async def once() -> _Value | None:
        async with app_database(servers) as database:
            return await work(database)

    for _ in range(_TRIES):
        try:
            return asyncio.run(once())
        except UsageError:
            return None
        except (LedgerBusy, LedgerRefused, psycopg.OperationalError, PoolTimeout):
            # It was just killed; what was done before that is found done.
            time.sleep(_PAUSE)
    return None
