"""What the calendar says to a question, from the warm cache and without one; and the answers of the tool with both."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bench.calcom_booker import Booker
from bench.calcom_calls import SERVICE, SLUG
from bench.calcom_stage import Salon, Stage, opened
from bench.calcom_told import Length, Told, quantile, spread
from bench.report import at_least, at_most
from bench.sentences import BERLIN
from zusage.adapters.postgres.ledger import PostgresLedger, PostgresUnit
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.app.availability.find_offers import OffersFound, find_offers
from zusage.app.availability.offers import Search
from zusage.app.calls.ports import Answer, Begun
from zusage.app.free_times.look import CalendarLooks
from zusage.core.scheduling.masters import BranchBook
from zusage.core.scheduling.plan import Busy
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Period

Ask = Callable[[], Awaitable[object]]

_DAYS, _WARM_EACH = 7, 5
_WARM_MS, _FASTER = 15.0, 50.0
_BOOKED_HOURS = (9, 10, 12, 14, 15, 17)


@dataclass
class _Waits:
    """Milliseconds, with nothing kept and from the warm cache."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class _Questions:
    """One salon's week of everybody, asked two ways."""

    company_id: UUID
    look: Ask
    search: Ask


async def availability(stage: Stage, length: Length, told: Told) -> None:
    """Ask for a week of everybody in turns: once with nothing kept, then from the cache.

    Once only what the calendar knows (the look), once the whole search that a tool makes of it. The salons take turns,
    so that no key comes near its rate."""
    looks, searches = _Waits(), _Waits()
    async with opened(stage.place) as database, stage.reading() as parts:
        masters = PostgresMasters(database)
        ledger = PostgresLedger(database, new_id=uuid4, new_token=_no_token)
        questions = []
        for salon in stage.salons:
            await _fill(stage, salon)
            book = await masters.book(salon.company_id, salon.file.branches[0].branch.id, 0)
            look = _question(book, parts.looks)
            questions.append(_Questions(salon.company_id, look, _search(book, parts.looks, ledger)))
        # The first comparison finds all these bookings, and takes what is kept back meanwhile.
        await stage.compared()
        for _, asked in zip(range(length.repeats), itertools.cycle(questions), strict=False):
            for ask, waits in ((asked.look, looks), (asked.search, searches)):
                await parts.kept.clear(asked.company_id)
                waits.cold.append(await _timed(ask))
                waits.warm += [await _timed(ask) for _ in range(_WARM_EACH)]
    _say(looks, "the calendar's word on a week of four people", "the calendar's word", told)
    _say(searches, "whole search of a week (rules, ledger, calendar)", "whole search", told)
    told.figures["availability"] = {"look": vars(looks), "search": vars(searches)}
    await _tool_answers(stage, length, told)


def _say(waits: _Waits, name: str, short: str, told: Told) -> None:
    told.line("availability", f"{name}, nothing kept: p50 / p95 / p99", spread(waits.cold))
    told.line("availability", "the same from the warm cache: p50 / p95 / p99", spread(waits.warm))
    cold, warm = quantile(waits.cold, 0.5), quantile(waits.warm, 0.5)
    told.goals += [
        at_most(f"{short} from the warm cache, p50 in ms", warm, _WARM_MS),
        at_least(f"{short}: uncached / warm, p50", round(cold / max(warm, 0.01), 1), _FASTER),
    ]


async def _fill(stage: Stage, salon: Salon) -> None:
    """Let web visitors take some of everybody's week, so that a day is more than one stretch."""
    today = datetime.now(BERLIN).replace(minute=0, second=0, microsecond=0)
    for person, day, hour in itertools.product(salon.people, range(1, _DAYS), _BOOKED_HOURS):
        kind = stage.kind(salon, person, SLUG)
        start = (today + timedelta(days=day)).replace(hour=hour)
        await stage.sim.people.book(kind.id, start, quiet=True)


def _question(book: BranchBook, looks: CalendarLooks) -> Ask:
    """Ask as `check_availability` does: one look for each tool call."""
    service = next(each for each in book.services if each.key == SLUG)
    begin = datetime.now(BERLIN)
    week = Period(begin, begin + timedelta(days=_DAYS - 1))
    everybody = [each.id for each in book.staff]

    async def ask() -> object:
        look = looks.of(book)
        if look is None:
            raise RuntimeError("the branch has no calendar")
        view = await look(book, service, everybody, [week])
        if any(day is None for day in view.days.values()):
            raise RuntimeError("the calendar could not be read in time")
        return view

    return ask


def _search(book: BranchBook, looks: CalendarLooks, ledger: PostgresLedger) -> Ask:
    """Search as `check_availability` does where no exact time was said; what it would store is left out."""
    service = next(each for each in book.services if each.key == SLUG)
    now = datetime.now(UTC)
    run = Begun("run", book.company_id, UUID(int=0), now)

    @asynccontextmanager
    async def open_unit(company_id: UUID) -> AsyncIterator[_Reading]:
        async with ledger(company_id) as unit:
            yield _Reading(unit)

    def conclude(found: OffersFound) -> Answer:
        if not found.options or found.unseen:
            raise RuntimeError("the search found nothing, or was not told everything")
        return Answer("offers", {})

    async def ask() -> object:
        wish = Wish(Period(now, now + timedelta(days=_DAYS - 1)))
        search = Search(book, service, wish, now, None, calendar=looks.of(book))
        return await find_offers(search, run=run, open_unit=open_unit, conclude=conclude)

    return ask


@dataclass(frozen=True)
class _Reading:
    """Implements `app.availability.ports.OfferUnit` for searches that no call made: reads, and stores nothing."""

    unit: PostgresUnit

    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy:
        return await self.unit.busy(resources, window, call_id=call_id)

    async def finish(self, run: Begun, answer: Answer) -> None:
        del run, answer

    async def commit(self) -> None:
        """Nothing was written."""


def _no_token() -> str:
    raise RuntimeError("nothing is stored here")


async def _timed(ask: Ask) -> float:
    begun = time.perf_counter()
    await ask()
    return (time.perf_counter() - begun) * 1000


async def _tool_answers(stage: Stage, length: Length, told: Told) -> None:
    """The whole answer of the tool, over HTTP with the ledger in it: a new day each time, and that day once more."""
    booker = Booker(stage)
    first: list[float] = []
    again: list[float] = []
    for turn in range(length.repeats):
        salon = stage.salons[turn % len(stage.salons)]
        first.append((await booker.book(salon, SERVICE, 12 * turn)).check_ms)
        # The same person and day, three hours later.
        again.append((await booker.book(salon, SERVICE, 12 * turn + 4)).check_ms)
    booker.close()
    told.line(
        "availability", "check_availability, a day nobody asked for yet: p50 / p95 / p99", spread(first)
    )
    told.line("availability", "check_availability, from the cache: p50 / p95 / p99", spread(again))
    told.figures["check_availability"] = {"first": first, "again": again}
