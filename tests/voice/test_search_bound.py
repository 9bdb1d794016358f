"""How much of the calendar a caller with many wishes makes the door read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from zusage.app.availability.offers import MOST_OFFERS, MOST_WISHES, Search, offers_within
from zusage.core.scheduling.masters import Branch, BranchBook, Chair, Segment, Service, Span, Staff
from zusage.core.scheduling.plan import Busy
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money, Period

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)


class Reader:
    """Nothing is taken; counts the queries."""

    def __init__(self) -> None:
        self.queries = 0

    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy:
        self.queries += 1
        return {}


def search(*days: int) -> Search:
    service = Service(uuid4(), "schnitt", "Schnitt", "", (Segment(60),), Money(3500))
    branch = Branch(uuid4(), "b", "Mitte", "UTC", ((Span(540, 1080),),) * 7, closed_on_holidays=False)
    staff = (Staff(uuid4(), "Anna", {service.id: None}),)
    book = BranchBook(uuid4(), "Laden", branch, (service,), staff, (Chair(uuid4(), "1"),))
    wish, *further = (Wish(Period(MONDAY + day * DAY, MONDAY + (day + 1) * DAY)) for day in days)
    return Search(book, service, wish, MONDAY - 3 * DAY, None, tuple(further))


@pytest.mark.parametrize("count", [1, 2, 4, 5, 29])
async def test_of_many_wishes_only_the_first_few_are_searched(count: int) -> None:
    reader = Reader()
    found = await offers_within(search(*range(count)), reader)
    assert reader.queries <= min(count, MOST_WISHES)
    assert len(found) <= MOST_OFFERS


async def test_the_best_of_each_wish_comes_before_the_second_best_of_any() -> None:
    found = await offers_within(search(4, 1), Reader())
    assert [option.start.date() for option in found] == [(MONDAY + day * DAY).date() for day in (4, 1, 4)]


async def test_a_wish_named_twice_is_offered_once() -> None:
    found = await offers_within(search(1, 1), Reader())
    assert len({option.start for option in found}) == len(found) == MOST_OFFERS
