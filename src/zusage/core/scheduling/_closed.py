"""What the calendar adds to what is taken: all that is not free there, but for what is ours there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from zusage.core.scheduling._clock import (
    DAY_MINUTES,
    ceil_minute,
    day_start,
    days_between,
    floor_minute,
    from_minute,
)
from zusage.core.scheduling._hours import open_stretches, working_stretches
from zusage.core.scheduling._limits import longest_minutes
from zusage.core.scheduling._ranges import Range, Ranges, clip, complement, merge
from zusage.core.scheduling.calendar import CalendarView, Closed, UnreadDays
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.plan import Busy
from zusage.core.values import Period

_ONE_DAY = timedelta(days=1)
_ROUNDING = 5
"""Minutes: the calendar gives free time in steps, so that beside a booking of ours less than a step is rounding."""


def calendar_window(book: BranchBook, service: Service, window: Period) -> Period:
    """Return the time that plans may take which start in `window`: what is to be known of the calendar.

    Nobody works beyond their hours, so a window that ends with a day mostly needs nothing of the next one."""
    low, end = floor_minute(window.start), ceil_minute(window.end)
    high = end - 1 + longest_minutes(book, service)
    # A day before: its hours may run across midnight.
    days = days_between(book.branch.zone, low - DAY_MINUTES, high)
    own = (stretch for each in book.staff for stretch in working_stretches(book.branch, each, days))
    hours = merge((*open_stretches(book.branch, days), *own))
    last = max((stop for start, stop in hours if start < end), default=end)
    return Period(from_minute(low), from_minute(max(min(high, last), end)))


def closed_times(
    view: CalendarView, staff: Iterable[UUID], window: Period, *, busy: Busy, own: Busy
) -> Closed:
    """Return what of `window` the calendar does not give these members.

    Not free there is also what we have booked ourselves: what the ledger has taken (`busy`) blocks already, and `own`
    (the appointment to be moved, the hold of this call) must not stand in its own way. Less than a step of the
    calendar's grid beside either is rounding, and stays open.

    :raises UnreadDays: a day of the window is not in the view."""
    low, high = floor_minute(window.start), ceil_minute(window.end)
    closed: dict[UUID, list[Period]] = {}
    for staff_id in staff:
        ours = merge(_minutes(p) for p in (*busy.get(staff_id, ()), *own.get(staff_id, ())))
        shut = merge(_shut(view, staff_id, window))
        left = [piece for part in clip(shut, low, high) for piece in _without(part, ours)]
        closed[staff_id] = [Period(from_minute(a), from_minute(b)) for a, b in left]
    return closed


def _shut(view: CalendarView, staff_id: UUID, window: Period) -> Iterator[Range]:
    days = view.days_in(window)
    if any((staff_id, day) not in view.days for day in days):
        raise UnreadDays(window)
    for day in days:
        begin, end = day_start(view.zone, day), day_start(view.zone, day + _ONE_DAY)
        known = view.days[staff_id, day]
        if view.hides(staff_id, day):
            yield begin, end
        elif known is not None:
            yield from complement(merge(_within(p) for p in known.free), begin, end)


def _without(shut: Range, ours: Ranges) -> Iterator[Range]:
    """Give what of a shut stretch is not ours, without the crumbs that rounding leaves beside ours."""
    for start, end in complement(clip(ours, *shut), *shut):
        beside = any(end == one[0] or start == one[1] for one in ours)
        if not beside or end - start >= _ROUNDING:
            yield start, end


def _minutes(period: Period) -> Range:
    return floor_minute(period.start), ceil_minute(period.end)


def _within(period: Period) -> Range:
    """The whole minutes of a free stretch."""
    return ceil_minute(period.start), floor_minute(period.end)
