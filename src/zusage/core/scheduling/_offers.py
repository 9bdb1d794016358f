"""Which of the possible starts to name to the caller, and how little of the calendar decides that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import takewhile, tee

from zusage.core.scheduling._clock import (
    ceil_minute,
    day_start,
    floor_minute,
    from_minute,
    local_day,
    local_time,
)
from zusage.core.scheduling._limits import bookable_range
from zusage.core.scheduling._ranges import Range
from zusage.core.scheduling._ranks import WITHIN, Aim, Rank, aim_of
from zusage.core.scheduling._search import Day, Found, Search, split_days
from zusage.core.scheduling.calendar import NOTHING_CLOSED, Closed
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Period

_CROWD = 90
"""Minutes: three offers within less than this are three neighbours of each other."""
_SPREAD = 60
"""How many minutes apart the offers for a window lie where they can: "um neun oder um Viertel nach neun" is hardly a choice."""
_NEAR = timedelta(days=3)
_ONE_DAY = timedelta(days=1)

_Unwanted = Callable[[Sequence[Found], int], bool]
_Candidate = tuple[Rank, Found]


class _Unread(Exception):  # noqa: N818
    """A start on a day of which nobody read what is taken could rank better than those that are left."""


def rank_offers(
    options: Sequence[Option],
    wish: Wish,
    *,
    book: BranchBook,
    refused: Collection[datetime] = (),
    limit: int = 3,
) -> list[Option]:
    """Choose at most `limit` options to name, best first, one per start and never a refused start.

    First the exact wish; then the nearest on the same local day and part of day (without an exact wish: the earliest
    within window and `daily`); then the same time of day on the days around, up to a week off; then the rest by
    distance. What the wish goes without is left out. Offers for a window lie an hour apart where they can. Options of the wished member of staff come before
    all others. Never three within 90 minutes, even if fewer than `limit` remain. Among options with one start the
    first in `options` wins, so hand them over as `find_options` returns them. Every option carries its own day: say
    it, it may not be the wished one.

    :raises ValueError: a refused start is naive."""
    aim, zone = aim_of(wish, book.branch.zone), book.branch.zone

    def rank(option: Option) -> Rank:
        start = floor_minute(option.start)
        local = local_time(zone, start)
        other = wish.staff_id not in (None, option.staff_id)
        return aim.rank(start, local.date(), local.hour * 60 + local.minute, other_staff=other)

    def refused_day(option: Option) -> bool:
        start = floor_minute(option.start)
        local = local_time(zone, start)
        return aim.refuses(start, local.date(), local.hour * 60 + local.minute)

    # A place in `options` instead of busy minutes: sorted() keeps their order among equals.
    ranked = sorted(
        (
            (rank(option), (floor_minute(option.start), place, place))
            for place, option in enumerate(options)
            if not refused_day(option)
        ),
        key=lambda candidate: candidate[0],
    )
    inside = [candidate for candidate in ranked if candidate[0].tier <= WITHIN]
    chosen = _choose(() if aim.exact else inside, ranked, _minutes(refused), limit)
    return [options[place] for _, place, _ in chosen]


def find_offers(
    book: BranchBook,
    service: Service,
    wish: Wish,
    busy: Busy,
    *,
    now: datetime,
    window: Period,
    refused: Collection[datetime] = (),
    limit: int = 3,
    closed: Closed = NOTHING_CLOSED,
) -> list[Option]:
    """Find what `rank_offers` chooses among all options of a window, but look outward from the wish, day by day.

    It stops as soon as no day further out can offer better. Only the wished member of staff is asked, if one is
    wished; `busy` should cover `busy_window` of the window, `closed` what an outside calendar does not give of it.

    :raises ValueError: `now` or a refused start is naive."""
    found = find_near_offers(
        book,
        service,
        wish,
        busy,
        now=now,
        window=window,
        near=window,
        refused=refused,
        limit=limit,
        closed=closed,
    )
    assert found is not None
    return found


def find_near_offers(
    book: BranchBook,
    service: Service,
    wish: Wish,
    busy: Busy,
    *,
    now: datetime,
    window: Period,
    near: Period,
    refused: Collection[datetime] = (),
    limit: int = 3,
    closed: Closed = NOTHING_CLOSED,
) -> list[Option] | None:
    """Find the offers of a window as `find_offers` does, from what is taken in `near` (`near_window`) only.

    None if a day of the window that is not in `near` could offer better: read the whole window then. `busy` should
    cover `busy_window` of `near`, `closed` what an outside calendar does not give of it.

    :raises ValueError: `now` or a refused start is naive."""
    taken = _minutes(refused)
    asked = bookable_range(book.branch, service, window, now=now)
    if asked is None:
        return []
    read = bookable_range(book.branch, service, near, now=now)
    if read is None:
        return None
    search = Search(book, service, busy, read, staff_id=wish.staff_id, closed=closed)
    aim = aim_of(wish, book.branch.zone)
    ranked, again = tee(_outward(search, split_days(book.branch.zone, *asked), read, aim))
    inside = takewhile(lambda candidate: candidate[0].tier <= WITHIN, ranked)
    try:
        chosen = _choose(() if aim.exact else inside, again, taken, limit)
    except _Unread:
        return None
    return [search.option(found) for found in chosen]


def near_window(book: BranchBook, wish: Wish, window: Period) -> Period:
    """Return the part of a search window to read first: the few days around the wish that mostly hold its offers."""
    zone = book.branch.zone
    aimed = min(max(wish.exact or wish.window.start, window.start), window.end - timedelta(minutes=1))
    day = local_day(zone, floor_minute(aimed))
    first, last = day_start(zone, day - _NEAR), day_start(zone, day + _NEAR + _ONE_DAY)
    return Period(max(from_minute(first), window.start), min(from_minute(last), window.end))


def _outward(search: Search, days: Iterable[Day], read: Range, aim: Aim) -> Iterator[_Candidate]:
    """Yield the first option of each start, best first; a day is looked at when it is its turn, not before.

    :raises _Unread: it is the turn of a day outside `read`."""
    waiting: list[_Candidate] = []
    for best, day in sorted((aim.best(day), day) for day in days):
        while waiting and waiting[0][0] < best:
            yield heappop(waiting)
        if not (read[0] <= day.low and day.high <= read[1]):
            raise _Unread
        starts: dict[int, Found] = {}
        for found in search.found(day):
            starts.setdefault(found[0], found)
        for start, found in starts.items():
            minute = day.minute_of(start)
            if not aim.refuses(start, day.date, minute):
                heappush(waiting, (aim.rank(start, day.date, minute), found))
    while waiting:
        yield heappop(waiting)


def _choose(
    inside: Iterable[_Candidate], ranked: Iterable[_Candidate], taken: set[int], limit: int
) -> list[Found]:
    """Pick the best of those who keep the wish, well apart, then of all; look at no more of them than needed."""
    picked: list[Found] = []
    _pick(inside, picked, taken, limit, _too_close)
    _pick(ranked, picked, taken, limit, _crowded)
    return picked


def _pick(
    ranked: Iterable[_Candidate], picked: list[Found], taken: set[int], limit: int, unwanted: _Unwanted
) -> None:
    if len(picked) >= limit:
        return
    for _, found in ranked:
        if found[0] in taken or unwanted(picked, found[0]):
            continue
        picked.append(found)
        taken.add(found[0])
        if len(picked) == limit:
            return


def _too_close(picked: Sequence[Found], start: int) -> bool:
    return any(abs(p[0] - start) < _SPREAD for p in picked)


def _crowded(picked: Sequence[Found], start: int) -> bool:
    near = [p[0] for p in picked if abs(p[0] - start) < _CROWD]
    return any(abs(one - other) < _CROWD for i, one in enumerate(near) for other in near[:i])


def _minutes(refused: Collection[datetime]) -> set[int]:
    """Return the refused starts that are whole minutes; no start is anything else.

    :raises ValueError: one is naive."""
    return {floor_minute(instant) for instant in refused if floor_minute(instant) == ceil_minute(instant)}
