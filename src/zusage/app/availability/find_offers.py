"""Answer a question about a window of time: nothing is held, a few times are offered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zusage.app.availability.offers import Search, offers_around, offers_within
from zusage.app.availability.ports import OpenOfferUnit
from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling.plan import Option


@dataclass(frozen=True, slots=True)
class OffersFound:
    """Options that keep the wish ("within"), or the nearest ones because nothing in the window does ("around")."""

    kind: Literal["within", "around"]
    options: tuple[Option, ...]


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
    async with open_unit(search.book.company_id) as unit:
        found = OffersFound("within", tuple(await offers_within(search, unit, refused=refused)))
        if not found.options:
            found = OffersFound("around", tuple(await offers_around(search, unit, refused=refused)))
        answer = conclude(found)
        await unit.finish(run, answer)
        await unit.commit()
    return answer
