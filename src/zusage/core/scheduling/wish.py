"""What the caller wants, as the rules see it: language turns words into this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zusage.core.scheduling.masters import Span
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class Wish:
    """A time somebody asked for: starts within `window`, at `exact` when they named one, within `daily` each day.

    `window` holds whole local days when only a day was said. `staff_id` is None for "anyone". No start within
    `without`, on a local day of `without_weekdays` (0 is Monday) or within `without_daily` of any day is ever offered,
    however near it lies."""

    window: Period
    exact: datetime | None = None
    daily: Span | None = None
    staff_id: UUID | None = None
    without: tuple[Period, ...] = ()
    without_weekdays: frozenset[int] = frozenset()
    without_daily: tuple[Span, ...] = ()


RefusalReason = Literal[
    "past",
    "too_soon",
    "too_far",
    "closed",
    "too_late_for_service",
    "off_grid",
    "not_free",
    "nobody",
    "unseen",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a start is not possible.

    `limit` is the first start that hours allow (too_soon) or the latest instant that would do (too_far); `note` names a
    holiday or the reason of an exception; too_late_for_service: open then, but the service would outlast it; `neighbours` are the free or gridded starts before and after (off_grid: exactly those
    two where they exist). `nobody`: no member of staff does this service (or the wished one does not). `unseen`: it may be free, but
    the outside calendar cannot be asked, and the company has nothing promised without it."""

    reason: RefusalReason
    limit: datetime | None = None
    note: str = ""
    neighbours: tuple[datetime, ...] = ()
