"""The nearest free times to a wish, read and ranked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from zusage.app.availability.ports import BusyReader
from zusage.core.scheduling import busy_window, find_near_offers, find_offers, near_window, search_window
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

    `further` are wishes that were named as well as `wish` ("Montag oder Dienstag")."""

    book: BranchBook
    service: Service
    wish: Wish
    now: datetime
    call_id: UUID | None
    further: tuple[Wish, ...] = ()


def resources_of(book: BranchBook) -> tuple[UUID, ...]:
    return (*(member.id for member in book.staff), *(chair.id for chair in book.chairs))


async def read_busy(search: Search, window: Period, reader: BusyReader) -> Busy:
    """Read all that decides about starts in `window`: one query."""
    wide = busy_window(search.book, search.service, window)
    return await reader.busy(resources_of(search.book), wide, call_id=search.call_id)


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
    found = find_near_offers(book, service, wish, busy, now=now, window=window, near=near, refused=refused)
    if found is None:
        busy = await read_busy(search, window, reader)
        found = find_offers(book, service, wish, busy, now=now, window=window, refused=refused)
    return found
