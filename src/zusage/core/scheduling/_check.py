"""Whether an exact wish can be kept, and if not, why not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zusage.core.scheduling._clock import (
    ceil_minute,
    day_bounds,
    days_between,
    floor_minute,
    from_minute,
    grid_starts,
    is_first_pass,
    is_on_grid,
    local_day,
)
from zusage.core.scheduling._hours import closing_note, open_stretches
from zusage.core.scheduling._limits import earliest_start, horizon_end
from zusage.core.scheduling._options import find_options, first_open_start
from zusage.core.scheduling._ranges import starts_that_fit, within
from zusage.core.scheduling._shape import minutes_of
from zusage.core.scheduling.calendar import NOTHING_CLOSED, Closed
from zusage.core.scheduling.masters import Branch, BranchBook, Service
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.scheduling.wish import Refusal
from zusage.core.values import Period


def check_start(
    book: BranchBook,
    service: Service,
    start: datetime,
    busy: Busy,
    *,
    now: datetime,
    staff_id: UUID | None = None,
    closed: Closed = NOTHING_CLOSED,
) -> list[Option] | Refusal:
    """Check an exact wish: the options at exactly this instant, best first and never empty, or why there are none.

    The first reason that applies is told: past, too_soon, too_far, nobody, closed,
    too_late_for_service, off_grid, not_free. `off_grid` carries the nearest free starts before and after on that local day; an off-grid start that closes a hole of
    somebody is free for them. `busy` should cover `busy_window` of the whole local day, `closed` what an outside
    calendar does not give of it.

    :raises ValueError: `start` or `now` is naive."""
    branch, minute = book.branch, floor_minute(start)
    refusal = _out_of_time(book, service, start, now, staff_id) or _never(book, service, minute, staff_id)
    if refusal is not None:
        return refusal
    if _is_nameable(branch, start):
        anywhere = branch.off_grid == "allow"
        instant = Period(from_minute(minute), from_minute(minute + 1))
        free = find_options(
            book, service, instant, busy, now=now, staff_id=staff_id, ignore_grid=anywhere, closed=closed
        )
        if free:
            return free
        if anywhere or is_on_grid(branch.zone, minute, branch.grid_minutes):
            return Refusal("not_free")
    return _off_grid(book, service, start, busy, now=now, staff_id=staff_id, closed=closed)


def _is_nameable(branch: Branch, start: datetime) -> bool:
    """Say whether a caller can mean this instant: a whole minute, not in the second pass of a repeated hour."""
    minute = floor_minute(start)
    return minute == ceil_minute(start) and is_first_pass(branch.zone, minute)


def _out_of_time(
    book: BranchBook, service: Service, start: datetime, now: datetime, staff_id: UUID | None
) -> Refusal | None:
    """Refuse what is over, too soon or too far; what no start at all would do for is left to the other reasons."""
    if start < now:
        return Refusal("past")
    branch = book.branch
    earliest, end = earliest_start(service, now), horizon_end(branch, service, now)
    if floor_minute(start) < earliest:
        first = first_open_start(book, service, (earliest, end), staff_id=staff_id)
        return None if first is None else Refusal("too_soon", limit=first)
    if floor_minute(start) >= end:
        last = grid_starts(branch.zone, local_day(branch.zone, end - 1), branch.grid_minutes)[-1]
        return Refusal("too_far", limit=from_minute(last))
    return None


def _never(book: BranchBook, service: Service, minute: int, staff_id: UUID | None) -> Refusal | None:
    """Refuse what no calendar could change: nobody does it, or the branch is closed then or before it would end."""
    able = [member for member in book.staff if staff_id in (None, member.id)]
    lengths = {sum(minutes) for member in able if (minutes := minutes_of(member, service)) is not None}
    if not lengths:
        return Refusal("nobody")
    days = days_between(book.branch.zone, minute - 1440, minute + max(lengths) + 1440)
    stretches = open_stretches(book.branch, days)
    if not any(within([minute], starts_that_fit(stretches, 0, length)) for length in lengths):
        if within([minute], stretches):
            return Refusal("too_late_for_service")
        return Refusal("closed", note=closing_note(book.branch, local_day(book.branch.zone, minute)))
    return None


def _off_grid(
    book: BranchBook,
    service: Service,
    start: datetime,
    busy: Busy,
    *,
    now: datetime,
    staff_id: UUID | None,
    closed: Closed,
) -> Refusal:
    day = day_bounds(book.branch.zone, local_day(book.branch.zone, floor_minute(start)))
    starts = [
        o.start for o in find_options(book, service, day, busy, now=now, staff_id=staff_id, closed=closed)
    ]
    before = [s for s in starts if s < start][-1:]
    after = [s for s in starts if s > start][:1]
    return Refusal("off_grid", neighbours=(*before, *after))
