"""Answer a question about a window of time: nothing is held, a few times are offered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zusage.app.availability.offers import Search, is_hidden, near_windows, offers_around, offers_within
from zusage.app.availability.ports import OfferUnit, OpenOfferUnit
from zusage.app.availability.with_calendar import with_calendar
from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling.calendar import CalendarView
from zusage.core.scheduling.plan import Option


@dataclass(frozen=True, slots=True)
class OffersFound:
    """Options that keep the wish ("within"), or the nearest ones because nothing in the window does ("around").

    `view` is what the outside calendar said, if there is one. `unseen`: nothing keeps the wish because it cannot be
    asked about those days, and the company has nothing promised without it."""

    kind: Literal["within", "around"]
    options: tuple[Option, ...]
    view: CalendarView | None = None
    unseen: bool = False


async def find_offers(
    search: Search,
    *,
    run: Begun,
    open_unit: OpenOfferUnit,
    conclude: Callable[[OffersFound], Answer],
    refused: Collection[datetime] = (),
) -> Answer:
    """Find at most three times for a wish, best first, and store the answer; repeating it finds them anew.

    :raises LedgerBusy: the database is too busy to answer in time.
    :raises LeaseLost: another process runs this tool call now."""

    async def find(search: Search) -> Answer:
        async with open_unit(search.book.company_id) as unit:
            answer = conclude(await _found(search, unit, refused))
            await unit.finish(run, answer)
            await unit.commit()
        return answer

    return await with_calendar(search, near_windows(search), find)


async def _found(search: Search, unit: OfferUnit, refused: Collection[datetime]) -> OffersFound:
    within = tuple(await offers_within(search, unit, refused=refused))
    if within:
        return OffersFound("within", within, search.view)
    around = tuple(await offers_around(search, unit, refused=refused))
    return OffersFound("around", around, search.view, unseen=is_hidden(search, search.wish.window))
