"""Every start at which a service can be offered, by interval arithmetic; never a scan of minutes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from zusage.core.scheduling._clock import (
    ceil_minute,
    day_start,
    days_between,
    floor_minute,
    from_minute,
    grid_starts,
    is_first_pass,
)
from zusage.core.scheduling._hours import open_stretches, working_stretches
from zusage.core.scheduling._limits import SLACK_CAP, busy_window, earliest_start, horizon_end
from zusage.core.scheduling._ranges import (
    Range,
    Ranges,
    complement,
    intersect,
    merge,
    overlap,
    starts_that_fit,
    within,
)
from zusage.core.scheduling._shape import Shape, minutes_of, needs_chair, shape_of
from zusage.core.scheduling.masters import BranchBook, Service, Staff
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class _Resource:
    """Taken and free time of one member of staff or chair within the view."""

    id: UUID
    taken: Ranges
    free: Ranges


@dataclass(slots=True)
class _Chairs:
    """The chairs of a branch for one shape: which can take it at a start, tightest fit first."""

    shape: Shape
    chairs: Sequence[_Resource]
    fits: list[Ranges] = field(init=False)
    known: dict[int, tuple[UUID, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.fits = [_fitting(chair.free, self.shape.chair_claims) for chair in self.chairs]

    def at(self, start: int) -> tuple[UUID, ...]:
        if start not in self.known:
            fitting = [c for c, fits in zip(self.chairs, self.fits, strict=True) if _covers(fits, start)]
            if len(fitting) > 1:
                fitting.sort(key=lambda chair: _slack(chair, self.shape.chair_claims, start))
            self.known[start] = tuple(chair.id for chair in fitting)
        return self.known[start]


def _covers(ranges: Ranges, minute: int) -> bool:
    index = bisect_left(ranges, (minute + 1, minute + 1)) - 1
    return index >= 0 and minute < ranges[index][1]


def _slack(chair: _Resource, claims: Sequence[Range], start: int) -> int:
    """Return how many idle minutes would be left beside the claims, each side counted up to a cap."""
    total = 0
    for begins, ends in claims:
        low, high = chair.free[bisect_right(chair.free, start + begins, key=lambda r: r[0]) - 1]
        total += min(start + begins - low, SLACK_CAP) + min(high - start - ends, SLACK_CAP)
    return total


def _fitting(stretches: Ranges, claims: Sequence[Range]) -> Ranges:
    """Return the starts for which every claim lies in one of the stretches; claims must not be empty."""
    ranges = starts_that_fit(stretches, *claims[0])
    for claim in claims[1:]:
        ranges = intersect(ranges, starts_that_fit(stretches, *claim))
    return ranges


class _Search:
    """One question: the view on hours and ledger that every member of staff is measured against."""

    def __init__(self, book: BranchBook, service: Service, busy: Busy, low: int, high: int) -> None:
        zone = book.branch.zone
        window = Period(from_minute(low), from_minute(high))
        view = busy_window(book, service, window)
        self.book, self.service, self.busy, self.zone = book, service, busy, zone
        self.window: Ranges = [(low, high)]
        self.view = (floor_minute(view.start), floor_minute(view.end))
        self.days = days_between(zone, low, high)
        self.day_starts = [day_start(zone, day) for day in [*self.days, self.days[-1] + timedelta(days=1)]]
        # A day more on either side: stretches that run across midnight keep their true ends.
        around = days_between(zone, self.view[0] - 1440, self.view[1] + 1440)
        self.hour_days: Sequence[date] = around
        self.open = open_stretches(book.branch, around)
        self.chairs = [self.resource(chair.id) for chair in book.chairs]
        self.by_shape: dict[tuple[int, ...], tuple[Shape, _Chairs, Ranges]] = {}

    def resource(self, resource_id: UUID) -> _Resource:
        low, high = self.view
        found = ((floor_minute(p.start), ceil_minute(p.end)) for p in self.busy.get(resource_id, ()))
        taken = merge(r for r in found if r[0] < high and low < r[1])
        return _Resource(resource_id, taken, complement(taken, low, high))

    def shaped(self, minutes: tuple[int, ...]) -> tuple[Shape, _Chairs, Ranges]:
        """Return the shape, its chairs, and the starts in the window that lie within opening hours."""
        if minutes not in self.by_shape:
            shape = shape_of(self.service, minutes)
            chairs = _Chairs(shape, self.chairs if shape.chair_claims else ())
            opened = intersect(self.window, starts_that_fit(self.open, 0, shape.length))
            self.by_shape[minutes] = (shape, chairs, opened)
        return self.by_shape[minutes]

    def day_index(self, start: int) -> int:
        return bisect_right(self.day_starts, start) - 1

    def load(self, member: _Resource, day_index: int) -> int:
        return overlap(member.taken, self.day_starts[day_index], self.day_starts[day_index + 1])


def _hole_closers(shape: Shape, member: _Resource, work: Ranges, opened: Ranges) -> list[int]:
    """Return the starts that leave no idle time before or after, fitting or not, in order.

    A first claim right after taken time, a last claim right before it, work that ends with the working time, or a
    plan that ends at closing time."""
    first, last = shape.staff_claims[0][0], shape.staff_claims[-1][1]
    found = {end - first for _, end in member.taken}
    found.update(start - last for start, _ in member.taken)
    found.update(end - shape.runs[-1][1] for _, end in work)
    found.update(end - shape.length for _, end in opened)
    return sorted(found)


def _starts(
    search: _Search, staff: Staff, member: _Resource, minutes: tuple[int, ...], grid: Sequence[int] | None
) -> list[int]:
    """Return the starts at which this member is free; without a grid every minute counts."""
    shape, _, ranges = search.shaped(minutes)
    own = staff.week is not None
    work = working_stretches(search.book.branch, staff, search.hour_days) if own else search.open
    if own:
        ranges = intersect(ranges, _fitting(work, shape.runs))
    ranges = intersect(ranges, _fitting(member.free, shape.staff_claims))
    if grid is None:
        found = [minute for low, high in ranges for minute in range(low, high)]
        return [minute for minute in found if is_first_pass(search.zone, minute)]
    closers = within(_hole_closers(shape, member, work, search.open), ranges)
    gridded = within(grid, ranges)
    named = [minute for minute in closers if is_first_pass(search.zone, minute)]
    return sorted({*gridded, *named})


def _grid(search: _Search) -> list[int]:
    grid = search.book.branch.grid_minutes
    return [start for day in search.days for start in grid_starts(search.zone, day, grid)]


def _found(
    search: _Search, staff_id: UUID | None, *, ignore_grid: bool
) -> Iterator[tuple[int, int, int, Option]]:
    """Yield (start, busy minutes that day, place in the book, option)."""
    grid = None if ignore_grid else _grid(search)
    seated = needs_chair(search.service.segments)
    for order, staff in enumerate(search.book.staff):
        minutes = minutes_of(staff, search.service)
        if minutes is None or staff_id not in (None, staff.id):
            continue
        shape, chairs, _ = search.shaped(minutes)
        member = search.resource(staff.id)
        loads: dict[int, int] = {}
        for start in _starts(search, staff, member, minutes, grid):
            chair_ids = chairs.at(start) if seated else ()
            if seated and not chair_ids:
                continue
            day = search.day_index(start)
            if day not in loads:
                loads[day] = search.load(member, day)
            option = Option(from_minute(start), from_minute(start + shape.length), staff.id, chair_ids)
            yield start, loads[day], order, option


def find_options(
    book: BranchBook,
    service: Service,
    window: Period,
    busy: Busy,
    *,
    now: datetime,
    staff_id: UUID | None = None,
    ignore_grid: bool = False,
) -> list[Option]:
    """Find every start in `[window.start, window.end)` at which the service can be offered, for each member free then.

    Sorted by start, then by whom to prefer: the fewest busy minutes on that local day, then the order of the book;
    the chairs of an option come tightest fit first. Starts lie on the branch's grid or close a hole of that member;
    with `ignore_grid` every whole minute counts. `busy` should cover `busy_window(…)`. Notice, horizon and past are
    kept, whatever the window says.

    :raises ValueError: `now` is naive."""
    low = max(ceil_minute(window.start), earliest_start(service, now))
    high = min(ceil_minute(window.end), horizon_end(book.branch, service, now))
    if low >= high:
        return []
    search = _Search(book, service, busy, low, high)
    found = sorted(_found(search, staff_id, ignore_grid=ignore_grid), key=lambda row: row[:3])
    return [option for *_, option in found]
