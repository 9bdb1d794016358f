"""What there is to see of a running installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DatabaseSight:
    """`schema` is None on an empty database; `worker_silent` counts seconds since any worker's last beat."""

    version: str
    schema: str | None
    schema_behind: bool
    worker_silent: float | None


@dataclass(frozen=True, slots=True)
class CallSight:
    """One call without anything its people said; `caller` is E.164 and to be masked before it is shown.

    It counts as running while its end was not told and the last sign of it is less than ten minutes old."""

    company: str
    branch: str
    zone: str
    seen_at: datetime
    caller: str | None
    running: bool
    booked: int
    tool_calls: int
    last_tool: str
    last_status: str


@dataclass(frozen=True, slots=True)
class CompanySight:
    """Counts stop at `MOST`: beyond it, more is only "many"."""

    name: str
    calls_day: int
    holds_live: int
    appointments_ahead: int
    calls: Sequence[CallSight]


MOST = 10_000
