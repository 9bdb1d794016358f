"""How early and how late a service may be booked, and how much time a question has to look at."""

from __future__ import annotations

from datetime import datetime, timedelta

from zusage.core.scheduling._clock import (
    ceil_minute,
    day_start,
    days_between,
    floor_minute,
    from_minute,
    local_day,
)
from zusage.core.scheduling._ranges import Range
from zusage.core.scheduling._shape import minutes_of
from zusage.core.scheduling.masters import Branch, BranchBook, Service
from zusage.core.values import Period

SLACK_CAP = 240
"""Idle minutes beside a plan beyond which a chair counts as simply free."""


def earliest_start(service: Service, now: datetime) -> int:
    """Return the first minute that keeps the minimum notice."""
    return ceil_minute(now + timedelta(minutes=service.min_notice_minutes))


def horizon_end(branch: Branch, service: Service, now: datetime) -> int:
    """Return the first minute that is too far ahead: the midnight after the last local day that may be booked."""
    today = local_day(branch.zone, floor_minute(now))
    return day_start(branch.zone, today + timedelta(days=service.max_advance_days + 1))


def bookable_range(branch: Branch, service: Service, window: Period, *, now: datetime) -> Range | None:
    """Return the minutes of a window that keep notice and horizon; None if there are none."""
    low = max(ceil_minute(window.start), earliest_start(service, now))
    high = min(ceil_minute(window.end), horizon_end(branch, service, now))
    return (low, high) if low < high else None


def longest_minutes(book: BranchBook, service: Service) -> int:
    """Return how long the service takes at most, whoever does it."""
    each = (minutes_of(member, service) for member in book.staff)
    return max([service.minutes, *(sum(m) for m in each if m is not None)])


def busy_window(book: BranchBook, service: Service, window: Period) -> Period:
    """Return what to read from the ledger so that one query answers for every start in `window`.

    That is the whole local days touched (they decide who is least busy), and beyond them the longest plan that
    can start in the window, with its buffers, and some room that tells a tight chair from an empty one."""
    zone = book.branch.zone
    low, high = floor_minute(window.start), ceil_minute(window.end)
    days = days_between(zone, low, high)
    before = low - service.buffer_before - SLACK_CAP
    after = high + longest_minutes(book, service) + service.buffer_after + SLACK_CAP
    first, last = day_start(zone, days[0]), day_start(zone, days[-1] + timedelta(days=1))
    return Period(from_minute(min(first, before)), from_minute(max(last, after)))


def search_window(
    book: BranchBook, service: Service, window: Period, *, now: datetime, days_around: int = 0
) -> Period | None:
    """Clamp a window to what may be booked at all (notice and horizon); None if nothing is left.

    With `days_around` it first grows to whole local days and that many more on either side, to look for
    alternatives."""
    zone = book.branch.zone
    low, high = earliest_start(service, now), horizon_end(book.branch, service, now)
    start, end = ceil_minute(window.start), ceil_minute(window.end)
    if days_around and low < high:
        start, end = (min(max(edge, low), high) for edge in (start, end))
        days = days_between(zone, start, end)
        start = day_start(zone, days[0] - timedelta(days=days_around))
        end = day_start(zone, days[-1] + timedelta(days=days_around + 1))
    start, end = max(start, low), min(end, high)
    return Period(from_minute(start), from_minute(end)) if start < end else None
