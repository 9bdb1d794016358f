"""One look at hours and ledger, by interval arithmetic; starts are then listed day by day, as far as somebody asks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from zusage.core.scheduling._clock import (
    DAY_MINUTES,
    ceil_minute,
    day_start,
    days_between,
    floor_minute,
    from_minute,
    grid_starts,
    is_first_pass,
    local_time,
)
from zusage.core.scheduling._hours import open_stretches, working_stretches
from zusage.core.scheduling._limits import SLACK_CAP, busy_window
from zusage.core.scheduling._ranges import (
    Range,
    Ranges,
    clip,
    complement,
    intersect,
    merge,
    overlap,
    starts_that_fit,
    within,
)
from zusage.core.scheduling._shape import Shape, minutes_of, shape_of
from zusage.core.scheduling.calendar import NOTHING_CLOSED, Closed
from zusage.core.scheduling.masters import BranchBook, Service, Staff
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.values import Period

Found = tuple[int, int, int]
"""A start, the busy minutes of the member on that local day, and which member it is: the order of preference."""


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A local day from `begin` to `end`, and the starts `[low, high)` of it that are asked about."""

    low: int
    high: int
    date: date
    begin: int
    end: int
    zone: str

    @property
    def is_plain(self) -> bool:
        return self.end - self.begin == DAY_MINUTES

    def minute_of(self, start: int) -> int:
        """Return what a clock shows at a start of this day, in minutes after midnight."""
        if self.is_plain:
            return start - self.begin
        local = local_time(self.zone, start)
        return local.hour * 60 + local.minute


def split_days(zone: str, low: int, high: int) -> list[Day]:
    """Split `[low, high)` at local midnights."""
    days = days_between(zone, low, high)
    edges = [day_start(zone, day) for day in [*days, days[-1] + timedelta(days=1)]]
    return [
        Day(max(begin, low), min(end, high), day, begin, end, zone)
        for day, begin, end in zip(days, edges, edges[1:], strict=False)
        if max(begin, low) < min(end, high)
    ]


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


def _hole_closers(shape: Shape, taken: Ranges, work: Ranges, opened: Ranges) -> list[int]:
    """Return the starts that leave no idle time before or after, fitting or not, in order.

    A first claim right after taken time, a last claim right before it, work that ends with the working time, or a
    plan that ends at closing time."""
    first, last = shape.staff_claims[0][0], shape.staff_claims[-1][1]
    found = {end - first for _, end in taken}
    found.update(start - last for start, _ in taken)
    found.update(end - shape.runs[-1][1] for _, end in work)
    found.update(end - shape.length for _, end in opened)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Member:
    """Somebody who does the service: `starts` are all minutes at which they, hours and a chair allow it.

    `closers` are those of them that leave no hole."""

    order: int
    id: UUID
    taken: Ranges
    shape: Shape
    starts: Ranges
    closers: Sequence[int]


class Search:
    """One question about the starts in `[low, high)`, which must not be empty; `busy` covers their `busy_window`.

    `closed` is what an outside calendar does not give: nothing may lie in it, but it decides no preference."""

    def __init__(
        self,
        book: BranchBook,
        service: Service,
        busy: Busy,
        window: Range,
        *,
        staff_id: UUID | None = None,
        ignore_grid: bool = False,
        closed: Closed = NOTHING_CLOSED,
    ) -> None:
        low, high = window
        zone = book.branch.zone
        view = busy_window(book, service, Period(from_minute(low), from_minute(high)))
        self._book, self._service, self._busy, self._window = book, service, busy, window
        self._closed = closed
        self._zone = zone
        self._grid = None if ignore_grid else book.branch.grid_minutes
        self._view = (floor_minute(view.start), floor_minute(view.end))
        # A day more on either side: stretches that run across midnight keep their true ends.
        self._hour_days = days_between(zone, self._view[0] - DAY_MINUTES, self._view[1] + DAY_MINUTES)
        self._open = open_stretches(book.branch, self._hour_days)
        self._seats = [self._resource(chair.id) for chair in book.chairs]
        self._chairs: dict[tuple[int, ...], _Chairs] = {}
        self._members = {member.order: member for member in self._able(staff_id)}

    def found(self, day: Day) -> list[Found]:
        """List the starts of a day within the window at which a member is free, in order."""
        rows: list[Found] = []
        for member in self._members.values():
            ranges = clip(member.starts, day.low, day.high)
            if ranges:
                load = overlap(member.taken, day.begin, day.end)
                rows += [(start, load, member.order) for start in self._named(member, ranges, day)]
        rows.sort()
        return rows

    def option(self, found: Found) -> Option:
        start, member = found[0], self._members[found[2]]
        chair_ids = self._chairs[member.shape.minutes].at(start)
        return Option(from_minute(start), from_minute(start + member.shape.length), member.id, chair_ids)

    def _named(self, member: _Member, ranges: Ranges, day: Day) -> list[int]:
        """Pick the starts that are on the grid or close a hole, and that a caller can name."""
        if self._grid is None:
            found = [minute for low, high in ranges for minute in range(low, high)]
        else:
            gridded = within(grid_starts(self._zone, day.date, self._grid), ranges)
            found = list({*gridded, *within(member.closers, ranges)})
        return found if day.is_plain else [m for m in found if is_first_pass(self._zone, m)]

    def _resource(self, resource_id: UUID) -> _Resource:
        low, high = self._view
        found = ((floor_minute(p.start), ceil_minute(p.end)) for p in self._busy.get(resource_id, ()))
        taken = merge(r for r in found if r[0] < high and low < r[1])
        return _Resource(resource_id, taken, complement(taken, low, high))

    def _able(self, staff_id: UUID | None) -> Iterator[_Member]:
        possible: dict[tuple[int, ...], Ranges] = {}
        for order, staff in enumerate(self._book.staff):
            minutes = minutes_of(staff, self._service)
            if minutes is None or staff_id not in (None, staff.id):
                continue
            shape = shape_of(self._service, minutes)
            if minutes not in possible:
                self._chairs[minutes] = _Chairs(shape, self._seats if shape.chair_claims else ())
                possible[minutes] = self._possible(shape)
            yield self._member(order, staff, shape, possible[minutes])

    def _possible(self, shape: Shape) -> Ranges:
        """Return the starts in the window that lie within opening hours and find a chair, whoever works."""
        opened = intersect([self._window], starts_that_fit(self._open, 0, shape.length))
        if not shape.chair_claims:
            return opened
        return intersect(opened, merge(r for fits in self._chairs[shape.minutes].fits for r in fits))

    def _member(self, order: int, staff: Staff, shape: Shape, possible: Ranges) -> _Member:
        own = self._resource(staff.id)
        work, starts = self._open, possible
        if staff.week is not None:
            work = working_stretches(self._book.branch, staff, self._hour_days)
            starts = intersect(starts, _fitting(work, shape.runs))
        starts = intersect(starts, _fitting(own.free, shape.staff_claims))
        if closed := self._closed.get(staff.id):
            # Only what is booked there has to be free there: our buffers are not.
            starts = intersect(starts, _fitting(self._left_open(closed), shape.runs))
        closers = within(_hole_closers(shape, own.taken, work, self._open), starts)
        return _Member(order, staff.id, own.taken, shape, starts, closers)

    def _left_open(self, closed: Sequence[Period]) -> Ranges:
        """Return what the calendar gives of a member's time. What it closes makes nobody busy, and no hole to be closed."""
        shut = merge((floor_minute(p.start), ceil_minute(p.end)) for p in closed)
        return complement(shut, *self._view)
