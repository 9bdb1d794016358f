"""The nearest free times to a wish, read and ranked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from zusage.app.availability.ports import BusyReader, LookAtCalendar
from zusage.core.scheduling import (
    busy_window,
    calendar_window,
    closed_times,
    find_near_offers,
    find_offers,
    minutes_of,
    near_window,
    search_window,
)
from zusage.core.scheduling.calendar import NOTHING_CLOSED, CalendarView, Closed, UnreadDays
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Period

DAYS_AROUND = 14
MOST_OFFERS = 3
MOST_WISHES = 4
"""Of several wishes only so many are searched, the first in the order of talk: each costs queries while a caller waits."""


@dataclass(frozen=True, slots=True)
class Search:
    """For whom and what to look. `now` is the database's clock; the call's own hold is seen through.

    `further` are wishes that were named as well as `wish` ("Montag oder Dienstag"). `calendar` is how the outside
    calendar is asked, None for a branch that has none; `view` is what it said (`with_calendar`), and `own` what may
    stand there for us and is seen through."""

    book: BranchBook
    service: Service
    wish: Wish
    now: datetime
    call_id: UUID | None
    further: tuple[Wish, ...] = ()
    calendar: LookAtCalendar | None = None
    view: CalendarView | None = None
    own: Busy = field(default_factory=dict)

    @property
    def able(self) -> tuple[UUID, ...]:
        """Who is asked: whoever does the service, or of them the wished member only."""
        return tuple(
            member.id
            for member in self.book.staff
            if self.wish.staff_id in (None, member.id) and minutes_of(member, self.service) is not None
        )


def resources_of(book: BranchBook) -> tuple[UUID, ...]:
    return (*(member.id for member in book.staff), *(chair.id for chair in book.chairs))


async def read_busy(search: Search, window: Period, reader: BusyReader) -> Busy:
    """Read all that decides about starts in `window`: one query."""
    wide = busy_window(search.book, search.service, window)
    return await reader.busy(resources_of(search.book), wide, call_id=search.call_id)


def closed_for(search: Search, window: Period, busy: Busy) -> Closed:
    """Tell what the outside calendar does not give to plans that start in `window`.

    :raises UnreadDays: nobody has asked it about all of that yet."""
    if search.calendar is None:
        return NOTHING_CLOSED
    needed = calendar_window(search.book, search.service, window)
    if search.view is None:
        raise UnreadDays(needed)
    return closed_times(search.view, search.able, needed, busy=busy, own=search.own)


def is_hidden(search: Search, window: Period) -> bool:
    """Say whether a day of `window` is not offered with somebody because the outside calendar could not be read."""
    view = search.view
    return view is not None and any(
        view.hides(staff_id, day) for staff_id in search.able for day in view.days_in(window)
    )


def near_windows(search: Search, *, days_around: int = 0) -> list[Period]:
    """The days that mostly decide a search, per wish: what is to be known of the outside calendar beforehand."""
    wishes = (search.wish, *search.further)[:MOST_WISHES] if not days_around else (search.wish,)
    windows = (
        (
            wish,
            search_window(search.book, search.service, wish.window, now=search.now, days_around=days_around),
        )
        for wish in wishes
    )
    return [
        calendar_window(search.book, search.service, near_window(search.book, wish, window))
        for wish, window in windows
        if window is not None
    ]


async def offers_within(
    search: Search, reader: BusyReader, *, refused: Collection[datetime] = ()
) -> list[Option]:
    """Find at most three free starts inside the wished window, best first.

    Of several wishes, the best of each in the order of talk, then the second best of each; only the first
    `MOST_WISHES` are searched. One query a wish; two if the days around it do not decide it, none if nothing may
    be booked."""
    found: list[list[Option]] = []
    for wish in (search.wish, *search.further)[:MOST_WISHES]:
        one = replace(search, wish=wish, further=())
        window = search_window(search.book, search.service, wish.window, now=search.now)
        found.append(await _outward(one, window, reader, refused))
    return _in_turn(found) if search.further else found[0]


def _in_turn(found: Sequence[Sequence[Option]]) -> list[Option]:
    """The best of each wish, then the second best of each; a start once."""
    by_start: dict[datetime, Option] = {}
    for rank in zip_longest(*found):
        for option in rank:
            if option is not None:
                by_start.setdefault(option.start, option)
    return [*by_start.values()][:MOST_OFFERS]


async def offers_around(
    search: Search, reader: BusyReader, *, refused: Collection[datetime] = ()
) -> list[Option]:
    """Find at most three free starts near the wish, up to two weeks off, best first.

    One query; two if the days around the wish do not decide it, none if nothing may be booked."""
    window = search_window(
        search.book, search.service, search.wish.window, now=search.now, days_around=DAYS_AROUND
    )
    return await _outward(search, window, reader, refused)


async def _outward(
    search: Search, window: Period | None, reader: BusyReader, refused: Collection[datetime]
) -> list[Option]:
    if window is None:
        return []
    book, service, wish, now = search.book, search.service, search.wish, search.now
    near = near_window(book, wish, window)
    busy = await read_busy(search, near, reader)
    closed = closed_for(search, near, busy)
    found = find_near_offers(
        book, service, wish, busy, now=now, window=window, near=near, refused=refused, closed=closed
    )
    if found is None:
        busy = await read_busy(search, window, reader)
        closed = closed_for(search, window, busy)
        found = find_offers(book, service, wish, busy, now=now, window=window, refused=refused, closed=closed)
    return found
