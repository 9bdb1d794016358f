"""The guards of reconciliation: another database, or too much at once, and it only looks until a person says go (1)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import structlog

from zusage.app.reconcile.ports import Frame, ReconcileStore

log = structlog.get_logger()

MOST_DEEDS = 3
"""So many bookings one run and the hour before it may have cancelled there or made anew."""

Mode = Literal["look", "work", "go"]
"""look: tell only. work: as the worker, within the guards. go: a person said so, whatever the guards say."""

COPIED = (
    "This is another database than the one that compared with the calendar before: a restored one, a copy, or a "
    "standby that was promoted."
)


async def guard(company_id: UUID, frame: Frame, wants: int, store: ReconcileStore, *, mode: Mode) -> str:
    """Say why nothing may be done now, "" where it may; from "work" on it is stored, and a person is told.

    `wants` is how many bookings this run would have cancelled there or made anew."""
    connection = frame.connection
    if mode == "go":
        return ""
    copied = frame.acted is not None and frame.acted != frame.identity
    reason = COPIED if copied else _too_much(frame, wants)
    if connection.observe_only and not (copied and connection.observe_reason != COPIED):
        return connection.observe_reason or "The company is only observed."
    if reason and mode == "work":
        async with store.unit(company_id) as unit:
            await unit.observe(reason, doubt=copied)
            await unit.commit()
        log.error("calendar_only_observed", company_id=str(company_id), reason=reason)
    return reason


def _too_much(frame: Frame, wants: int) -> str:
    if not wants or wants + frame.recent <= MOST_DEEDS:
        return ""
    return (
        f"{wants} bookings were to be cancelled in the calendar or made anew at once, and {frame.recent} in the hour "
        f"before; without a person it may be {MOST_DEEDS}."
    )
