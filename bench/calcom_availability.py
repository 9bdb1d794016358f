"""What the calendar says to a question, from the warm cache and without one; and the answers of the tool with both."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bench.calcom_booker import Booker
from bench.calcom_calls import SERVICE, SLUG
from bench.calcom_stage import Salon, Stage, opened
from bench.calcom_told import Length, Told, quantile, spread
from bench.report import at_least, at_most
from bench.sentences import BERLIN
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.app.free_times.look import CalendarLooks
from zusage.core.scheduling.masters import BranchBook
from zusage.core.values import Period

_DAYS, _WARM_EACH = 7, 5
_WARM_MS, _FASTER = 15.0, 50.0
_BOOKED_HOURS = (9, 10, 12, 14, 15, 17)


async def availability(stage: Stage, length: Length, told: Told) -> None:
    """Ask for a week of everybody in turns: once with nothing kept, then from the cache.

    The salons take turns, so that no key comes near its rate."""
    cold: list[float] = []
    warm: list[float] = []
    async with opened(stage.place) as database, stage.reading() as parts:
        masters = PostgresMasters(database)
        looks = {}
        for salon in stage.salons:
            await _fill(stage, salon)
            book = await masters.book(salon.company_id, salon.file.branches[0].branch.id, 0)
            looks[salon.company_id] = _question(book, parts.looks)
        for _, (company_id, look) in zip(range(length.repeats), itertools.cycle(looks.items()), strict=False):
            await parts.kept.clear(company_id)
            cold.append(await _timed(look))
            warm += [await _timed(look) for _ in range(_WARM_EACH)]
    told.line("availability", "week of four people, nothing kept: p50 / p95 / p99", spread(cold))
    told.line("availability", "the same from the warm cache: p50 / p95 / p99", spread(warm))
    faster = round(quantile(cold, 0.5) / max(quantile(warm, 0.5), 0.01), 1)
    told.goals += [
        at_most("availability from the warm cache, p50 in ms", quantile(warm, 0.5), _WARM_MS),
        at_least("uncached / warm, p50", faster, _FASTER),
    ]
    told.figures["availability"] = {"cold": cold, "warm": warm}
    await _tool_answers(stage, length, told)


async def _fill(stage: Stage, salon: Salon) -> None:
    """Let web visitors take some of everybody's week, so that a day is more than one stretch."""
    today = datetime.now(BERLIN).replace(minute=0, second=0, microsecond=0)
    for person, day, hour in itertools.product(salon.people, range(1, _DAYS), _BOOKED_HOURS):
        kind = stage.kind(salon, person, SLUG)
        start = (today + timedelta(days=day)).replace(hour=hour)
        await stage.sim.people.book(kind.id, start, quiet=True)


def _question(book: BranchBook, looks: CalendarLooks) -> Callable[[], Awaitable[object]]:
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


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
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
