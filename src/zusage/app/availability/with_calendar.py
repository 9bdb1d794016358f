"""Ask the outside calendar first, then work in a transaction; again, where more of it turns out to be needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from zusage.app.availability.offers import MOST_WISHES, Search
from zusage.core.scheduling.calendar import UnreadDays
from zusage.core.values import Period

Outcome = TypeVar("Outcome")

# Every further look answers one question for good: the days near a wish, its whole window, those around it.
_MOST_LOOKS = 2 * (MOST_WISHES + 1) + 1


async def with_calendar(
    search: Search,
    windows: Sequence[Period],
    attempt: Callable[[Search], Awaitable[Outcome]],
    *,
    certain: Period | None = None,
    besides: Sequence[Period] = (),
) -> Outcome:
    """Do `attempt` with what the calendar knows of `windows`; nothing is asked while it runs, so it may hold locks.

    It raises UnreadDays where it needs other days as well (`closed_for` does): what it did must be undone by that, and
    it is done again with them. `certain` is what is about to be promised, and `besides` what it will need only if it is
    refused (`LookAtCalendar`). Without a calendar it is simply done."""
    look = search.calendar
    if look is None:
        return await attempt(search)
    view = await look(search.book, search.service, search.able, windows, certain=certain, besides=besides)
    for _ in range(_MOST_LOOKS):
        try:
            return await attempt(replace(search, view=view))
        except UnreadDays as unread:
            more = await look(search.book, search.service, search.able, [unread.window])
            view = view.with_days_of(more)
    raise AssertionError("a look answers for the days it was asked about")
