"""Which companies' calendars are to be looked at now: each once a night, in its own zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from zusage.app.nights import is_due_at_night

_ONCE_A_NIGHT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class LastCheck:
    """When a mirrored company's calendar was looked at last, or else connected; `zone` is that of a branch."""

    company_id: UUID
    zone: str
    checked_at: datetime


class CheckTimes(Protocol):
    async def last_checks(self) -> Sequence[LastCheck]:
        """List the companies of which a branch is mirrored."""

    async def now(self) -> datetime:
        """Tell the database's clock."""


async def due_checks(times: CheckTimes) -> list[UUID]:
    """List the companies to be looked at now, the longest ago first. Ask hourly: a missed hour does no harm."""
    now = await times.now()
    due = [each for each in await times.last_checks() if is_due(each, now)]
    return [each.company_id for each in sorted(due, key=lambda each: each.checked_at)]


def is_due(last: LastCheck, now: datetime) -> bool:
    """Say whether it is night there and nobody looked this night, or whether a whole night was missed."""
    return is_due_at_night(last.zone, now, now - last.checked_at, once=_ONCE_A_NIGHT)
