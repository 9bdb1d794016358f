"""How long the rules take: every option of a week, and the questions of callers.

Run it: `python bench/scheduling.py`. A week is 7 days, 10 staff, 70 % full, a 15-minute grid; the target is 20 ms. The
questions are asked in a salon like the demo's `mitte` (hours, 4 staff, 70 % full) and one like `probe` (open around
the clock, a 5-minute grid, 2 staff, half full): processor time of the rules and of turning rows into periods, the
database is not in it."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from zusage.app.availability.offers import Search, offers_around, offers_within, read_busy
from zusage.core.scheduling import check_start, find_options
from zusage.core.scheduling.masters import Branch, BranchBook, Chair, Segment, Service, Span, Staff, Week
from zusage.core.scheduling.plan import Busy
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money, Period

STAFF, CHAIRS, DAYS, FULL = 10, 8, 7, 0.7
TARGET_MS = 20.0
OPENS, CLOSES = 9 * 60, 19 * 60
MONDAY = datetime(2026, 6, 15, tzinfo=UTC)


def service(number: int, *segments: Segment) -> Service:
    return Service(UUID(int=number), f"s{number}", f"Service {number}", "Test", segments, Money(4500))


CUT = service(1, Segment(45))
PERM = service(2, Segment(50), Segment(15, "gap"), Segment(5), Segment(10, "gap"), Segment(15), Segment(40))


def salon() -> BranchBook:
    week = ((Span(OPENS, CLOSES),),) * 7
    branch = Branch(UUID(int=10), "bench", "Bench", "Europe/Berlin", week, region="BE")
    skills = {CUT.id: None, PERM.id: None}
    staff = tuple(Staff(UUID(int=100 + n), f"Staff {n}", skills, week) for n in range(STAFF))
    chairs = tuple(Chair(UUID(int=200 + n), f"Chair {n}") for n in range(CHAIRS))
    return BranchBook(UUID(int=1), "Bench", branch, (CUT, PERM), staff, chairs)


def fill(random_: random.Random) -> Iterator[Period]:
    """Yield appointments of 15 to 60 minutes with pauses so that about 70 % of each day is taken."""
    for day in range(DAYS):
        midnight, minute = MONDAY + timedelta(days=day), OPENS - 120
        while minute < CLOSES - 180:
            length = random_.choice((15, 30, 30, 45, 60))
            start = midnight + timedelta(minutes=minute)
            yield Period(start, start + timedelta(minutes=length))
            pause = length * (1 - FULL) / FULL * random_.choice((0, 0, 0, 4))
            minute += length + round(pause / 5) * 5


def busy(book: BranchBook) -> Busy:
    random_ = random.Random(7)
    chairs = {chair.id: list(fill(random_))[::2] for chair in book.chairs}
    return {member.id: list(fill(random_)) for member in book.staff} | chairs


def measure(book: BranchBook, wanted: Service, taken: Busy, rounds: int = 40) -> dict[str, float]:
    window = Period(MONDAY, MONDAY + timedelta(days=DAYS))
    now = MONDAY - timedelta(days=1)
    times, options = [], 0
    for _ in range(rounds):
        begun = time.process_time()
        options = len(find_options(book, wanted, window, taken, now=now))
        times.append((time.process_time() - begun) * 1000)
    return {"options": options} | figures(times, TARGET_MS)


def figures(times: list[float], target: float) -> dict[str, float]:
    times.sort()
    return {
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(len(times) * 0.95)], 2),
        "max_ms": round(times[-1], 2),
        "target_ms": target,
    }


Rows = Mapping[UUID, Sequence[tuple[datetime, datetime]]]


@dataclass(slots=True)
class Ledger:
    """A ledger in memory: sorted rows per resource; makes periods of them as the database's adapter does."""

    rows: Rows
    queries: int = 0

    async def busy(self, resources: Collection[UUID], window: Period, *, call_id: UUID | None) -> Busy:
        del call_id
        self.queries += 1
        found: dict[UUID, list[Period]] = {}
        for resource in resources:
            rows = self.rows[resource]
            first = bisect_left(rows, (window.start - timedelta(hours=3),))
            last = bisect_left(rows, (window.end,))
            found[resource] = [Period(start, end) for start, end in rows[first:last]]
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """A salon with its ledger; `now` is the Sunday before the questions of Wednesday."""

    book: BranchBook
    rows: Rows
    now: datetime

    def search(self, wish: Wish) -> Search:
        return Search(self.book, CUT, wish, self.now, None)


def place(week: Week, *, staff: int, chairs: int, grid: int, full: float, closed: bool) -> Place:
    branch = Branch(
        UUID(int=10),
        "b",
        "B",
        "Europe/Berlin",
        week,
        region="BE",
        closed_on_holidays=closed,
        grid_minutes=grid,
    )
    members = tuple(Staff(UUID(int=100 + n), f"Staff {n}", {CUT.id: None}) for n in range(staff))
    seats = tuple(Chair(UUID(int=200 + n), f"Chair {n}") for n in range(chairs))
    book = BranchBook(UUID(int=1), "Bench", branch, (CUT,), members, seats)
    random_ = random.Random(11)
    rows = {member.id: list(appointments(random_, full)) for member in members}
    rows |= {seat.id: list(appointments(random_, full * 0.7)) for seat in seats}
    return Place(book, rows, MONDAY - timedelta(hours=14))


def appointments(random_: random.Random, full: float) -> Iterator[tuple[datetime, datetime]]:
    """Yield appointments around the clock for six weeks, as rows; of those outside hours nothing is noticed."""
    at, end = MONDAY - timedelta(days=7), MONDAY + timedelta(days=35)
    while at < end:
        length = random_.choice((15, 30, 45, 60, 90))
        yield at, at + timedelta(minutes=length)
        pause = length * (1 - full) / full * random_.choice((0, 0, 1, 3))
        at += timedelta(minutes=length + round(pause / 5) * 5)


def around_the_clock(*, full: float) -> Place:
    return place(((Span(0, 1440),),) * 7, staff=2, chairs=2, grid=5, full=full, closed=False)


def with_hours(*, full: float) -> Place:
    day = (Span(9 * 60, 18 * 60 + 30),)
    thursday = (Span(9 * 60 + 30, 14 * 60), Span(15 * 60, 20 * 60))
    week = ((), day, day, thursday, day, (Span(9 * 60, 14 * 60),), ())
    return place(week, staff=4, chairs=3, grid=15, full=full, closed=True)


WEDNESDAY = MONDAY + timedelta(days=2, hours=-2)
ASKED = WEDNESDAY + timedelta(hours=14)
DAY, WEEK, FORTNIGHT = (Period(WEDNESDAY, WEDNESDAY + timedelta(days=n)) for n in (1, 7, 14))
Question = Callable[[Place, "Ledger"], Awaitable[object]]


async def refused(here: Place, reader: Ledger) -> object:
    return await offers_around(here.search(Wish(DAY, ASKED)), reader, refused=[ASKED])


async def week(here: Place, reader: Ledger) -> object:
    return await offers_within(here.search(Wish(WEEK)), reader)


async def afternoons(here: Place, reader: Ledger) -> object:
    return await offers_within(here.search(Wish(WEEK, daily=Span(12 * 60, 17 * 60))), reader)


async def soon(here: Place, reader: Ledger) -> object:
    return await offers_within(here.search(Wish(Period(here.now, here.now + FORTNIGHT.length))), reader)


async def exact(here: Place, reader: Ledger) -> object:
    search = here.search(Wish(DAY, ASKED))
    busy = await read_busy(search, Period(ASKED, ASKED + timedelta(minutes=1)), reader)
    return check_start(here.book, CUT, ASKED, busy, now=here.now)


QUESTIONS: dict[str, tuple[Question, float]] = {
    "refused": (refused, 8.0),
    "week": (week, 10.0),
    "afternoons": (afternoons, 10.0),
    "soon": (soon, 5.0),
    "exact": (exact, 1.0),
}


async def ask(here: Place, question: Question, target: float, rounds: int = 30) -> dict[str, float]:
    times, reader = [], Ledger(here.rows)
    for _ in range(rounds):
        begun = time.process_time()
        await question(here, reader)
        times.append((time.process_time() - begun) * 1000)
    return {"queries": reader.queries / rounds} | figures(times, target)


def questions() -> dict[str, dict[str, float]]:
    """Ask every question in every salon, also where there is hardly an appointment and where hardly a gap is left."""
    places = {
        "mitte": with_hours(full=0.7),
        "probe": around_the_clock(full=0.5),
        "probe empty": around_the_clock(full=0.02),
        "mitte full": with_hours(full=0.99),
        "probe full": around_the_clock(full=0.99),
    }
    return {
        f"{question} {name}": asyncio.run(ask(here, ask_, target))
        for name, here in places.items()
        for question, (ask_, target) in QUESTIONS.items()
    }


def main() -> dict[str, dict[str, float]]:
    book = salon()
    taken = busy(book)
    found = {"cut": measure(book, CUT, taken), "perm": measure(book, PERM, taken)}
    minutes = sum(p.length / timedelta(minutes=1) for m in book.staff for p in taken[m.id])
    print(f"{DAYS} days, {STAFF} staff, {minutes / (STAFF * DAYS * (CLOSES - OPENS)):.0%} full")
    for name, figure in (found | questions()).items():
        print(f"{name:24}", *(f"{key} {value:g}" for key, value in figure.items()), sep="  ")
    return found


if __name__ == "__main__":
    main()
