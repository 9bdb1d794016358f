"""How long the rules take to find every option of a week: 7 days, 10 staff, 70 % full, a 15-minute grid.

Run it: `python bench/scheduling.py`. Prints milliseconds and the number of options for a plain service and for one
with gaps; the target is 20 ms."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from zusage.core.scheduling import find_options
from zusage.core.scheduling.masters import Branch, BranchBook, Chair, Segment, Service, Span, Staff
from zusage.core.scheduling.plan import Busy
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
        begun = time.perf_counter()
        options = len(find_options(book, wanted, window, taken, now=now))
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    return {
        "options": options,
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(len(times) * 0.95)], 2),
        "max_ms": round(times[-1], 2),
        "target_ms": TARGET_MS,
    }


def main() -> dict[str, dict[str, float]]:
    book = salon()
    taken = busy(book)
    figures = {"cut": measure(book, CUT, taken), "perm": measure(book, PERM, taken)}
    minutes = sum(p.length / timedelta(minutes=1) for m in book.staff for p in taken[m.id])
    print(f"{DAYS} days, {STAFF} staff, {minutes / (STAFF * DAYS * (CLOSES - OPENS)):.0%} full")
    for name, figure in figures.items():
        print(f"{name:6}", *(f"{key} {value:g}" for key, value in figure.items()), sep="  ")
    return figures


if __name__ == "__main__":
    main()
