"""Which companies' calendars are to be looked at now: each once a night, in its own zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

_NIGHT = range(2, 5)
_ONCE_A_NIGHT = timedelta(hours=12)
# Whoever had no worker running at night is looked at by day.
_MISSED = timedelta(hours=36)


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
    since = now - last.checked_at
    night = now.astimezone(ZoneInfo(last.zone)).hour in _NIGHT
    return (night and since >= _ONCE_A_NIGHT) or since >= _MISSED
