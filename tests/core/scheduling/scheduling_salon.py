"""Small salons for the tests of the scheduling rules: times are Berlin wall-clock on Monday, 15 June 2026."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.core.scheduling import find_options
from zusage.core.scheduling.masters import (
    Branch,
    BranchBook,
    Chair,
    Segment,
    Service,
    Span,
    Staff,
    Week,
)
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.values import Money, Period

BERLIN = "Europe/Berlin"
MONDAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 14, 6, 0, tzinfo=UTC)

ANNA, BEN, CLARA = (UUID(int=n) for n in (101, 102, 103))
CHAIR, BASIN = UUID(int=201), UUID(int=202)


def span(opens: str, closes: str) -> Span:
    return Span(minutes(opens), minutes(closes))


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def week(*spans: Span) -> Week:
    return (spans,) * 7


def at(clock: str, day: date = MONDAY, zone: str = BERLIN) -> datetime:
    local = datetime.combine(day, datetime.min.time(), tzinfo=ZoneInfo(zone)) + timedelta(
        minutes=minutes(clock)
    )
    return local.astimezone(UTC)


def taken(start: str, end: str, day: date = MONDAY) -> Period:
    return Period(at(start, day), at(end, day))


def service(*segments: Segment, number: int = 1, **changes: Any) -> Service:
    parts = segments or (Segment(60),)
    plain = Service(UUID(int=number), f"s{number}", f"Service {number}", "Test", parts, Money(4500))
    return replace(plain, **changes)


CUT = service()
PERM = service(Segment(50), Segment(15, "gap"), Segment(30), number=2)

NINE_TO_FIVE = week(span("9:00", "17:00"))


def salon(
    *,
    staff: Sequence[Staff] | None = None,
    chairs: int = 2,
    hours: Week = NINE_TO_FIVE,
    services: Sequence[Service] = (CUT, PERM),
    **branch: Any,
) -> BranchBook:
    members = (member(ANNA, "Anna"), member(BEN, "Ben")) if staff is None else tuple(staff)
    place = Branch(UUID(int=10), "mitte", "Mitte", BERLIN, hours, region="BE")
    seats = tuple(Chair(UUID(int=201 + n), f"Chair {n + 1}") for n in range(chairs))
    return BranchBook(UUID(int=1), "Friseur", replace(place, **branch), tuple(services), members, seats)


def member(
    staff_id: UUID,
    name: str = "Anna",
    *,
    own: Mapping[UUID, tuple[int, ...] | None] | None = None,
    hours: Week | None = None,
) -> Staff:
    skills = {UUID(int=n): None for n in range(1, 10)} if own is None else own
    return Staff(staff_id, name, skills, hours)


def options(
    book: BranchBook,
    wanted: Service = CUT,
    busy: Busy | None = None,
    *,
    start: str = "0:00",
    end: str = "24:00",
    day: date = MONDAY,
    now: datetime = NOW,
    **more: Any,
) -> list[Option]:
    window = Period(at(start, day, book.branch.zone), at(end, day, book.branch.zone))
    return find_options(book, wanted, window, busy or {}, now=now, **more)


def clocks(found: Sequence[Option] | Sequence[datetime], zone: str = BERLIN) -> list[str]:
    """Show starts as wall-clock times, each once, in order."""
    starts = [o.start if isinstance(o, Option) else o for o in found]
    shown = [s.astimezone(ZoneInfo(zone)).strftime("%H:%M") for s in starts]
    return list(dict.fromkeys(shown))
