from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from scheduling_oracle import Oracle
from scheduling_salon import ANNA, BASIN, BEN, CHAIR, CLARA, member, salon, service

from zusage.core.scheduling import check_start, day_bounds, find_options
from zusage.core.scheduling.masters import BranchBook, DayException, Segment, Service, Span, Staff, Week
from zusage.core.scheduling.plan import Busy
from zusage.core.values import Period

BERLIN, HOWE = "Europe/Berlin", "Australia/Lord_Howe"
DAYS = [
    (BERLIN, date(2026, 6, 15)),
    (BERLIN, date(2026, 3, 29)),
    (BERLIN, date(2026, 10, 25)),
    (BERLIN, date(2027, 3, 28)),
    (BERLIN, date(2026, 12, 24)),
    (HOWE, date(2026, 10, 4)),
    (HOWE, date(2026, 4, 5)),
]

SEGMENT = st.builds(
    Segment, st.integers(1, 9).map(lambda n: n * 5), st.sampled_from(["active", "gap"]), st.booleans()
)


@st.composite
def services(draw: st.DrawFn) -> Service:
    parts = [
        Segment(draw(st.sampled_from([7, 15, 30, 60])), needs_chair=draw(st.booleans())),
        *draw(st.lists(SEGMENT, max_size=4)),
    ]
    return service(
        *parts,
        buffer_before=draw(st.sampled_from([0, 0, 5])),
        buffer_after=draw(st.sampled_from([0, 0, 10])),
        min_notice_minutes=draw(st.sampled_from([0, 45])),
        max_advance_days=draw(st.sampled_from([30, 30, 1, 0])),
    )


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = draw(st.lists(st.integers(0, 288).map(lambda n: n * 5), min_size=0, max_size=4, unique=True))
    edges = sorted(edges)
    return tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))


NIGHT = (Span(0, 1440),)
OFTEN_OPEN = st.one_of(
    st.just(NIGHT), st.just((Span(60, 190),)), st.just((Span(0, 300), Span(1200, 1440))), spans()
)
WEEKS: st.SearchStrategy[Week] = st.lists(OFTEN_OPEN, min_size=7, max_size=7).map(tuple)


@st.composite
def members(draw: st.DrawFn, wanted: Service) -> list[Staff]:
    staff = []
    for staff_id in (ANNA, BEN, CLARA)[: draw(st.integers(1, 3))]:
        slower = tuple(s.minutes + 5 for s in wanted.segments)
        own: Any = draw(st.sampled_from([{wanted.id: None}] * 3 + [{wanted.id: slower}] * 2 + [{}]))
        staff.append(member(staff_id, own=own, hours=draw(st.none() | WEEKS)))
    return staff


@st.composite
def ledgers(draw: st.DrawFn, day: Period) -> Busy:
    busy = {}
    for resource in (ANNA, BEN, CLARA, CHAIR, BASIN):
        starts = draw(st.lists(st.integers(-120, 1500), max_size=3))
        lengths = st.sampled_from([1, 5, 20, 45, 240])
        odd = st.sampled_from([0, 0, 0, 20])
        busy[resource] = [
            Period(at, at + timedelta(minutes=draw(lengths), seconds=draw(odd)))
            for at in (day.start + timedelta(minutes=start, seconds=draw(odd)) for start in starts)
        ]
    return busy


@st.composite
def questions(draw: st.DrawFn) -> tuple[BranchBook, Service, Period, Busy, datetime, date]:
    zone, day = draw(st.sampled_from(DAYS))
    wanted = draw(services())
    closed = {day: DayException(draw(OFTEN_OPEN))} if draw(st.booleans()) else {}
    book = salon(
        staff=draw(members(wanted)),
        chairs=draw(st.sampled_from([2, 2, 1, 0])),
        hours=draw(WEEKS),
        services=[wanted],
        zone=zone,
        exceptions=closed,
        grid_minutes=draw(st.sampled_from([5, 15, 20, 60])),
    )
    bounds = day_bounds(zone, day)
    from_minute = draw(st.sampled_from([0, 0, 100, 700, 1290]))
    start = bounds.start + timedelta(minutes=from_minute)
    window = Period(start, start + timedelta(minutes=draw(st.sampled_from([60, 240]))))
    now = bounds.start + timedelta(minutes=draw(st.integers(-2000, 120)), seconds=draw(st.integers(0, 59)))
    return book, wanted, window, draw(ledgers(bounds)), now, day


def oracle_for(book: BranchBook, wanted: Service, busy: Busy, day: date) -> Oracle:
    return Oracle(book, wanted, busy, [day + timedelta(days=n) for n in (-1, 0, 1, 2)])


@settings(max_examples=220, deadline=None, derandomize=True)
@given(questions(), st.booleans(), st.sampled_from([None, None, ANNA, BEN]))
def test_options_are_exactly_those_a_slow_look_at_every_minute_finds(
    question: tuple[BranchBook, Service, Period, Busy, datetime, date], ignore_grid: bool, staff_id: Any
) -> None:
    book, wanted, window, busy, now, day = question
    found = find_options(book, wanted, window, busy, now=now, staff_id=staff_id, ignore_grid=ignore_grid)
    expected = oracle_for(book, wanted, busy, day).find(window, now, staff_id, ignore_grid=ignore_grid)
    event(f"{min(len(expected), 20) // 10 * 10}+ options in {book.branch.zone}")
    assert {(o.start, o.staff_id, frozenset(o.chair_ids)) for o in found} == expected
    assert len(found) == len(expected)
    assert [o.start for o in found] == sorted(o.start for o in found)
    assert all(o.start.tzinfo is UTC and o.end.tzinfo is UTC for o in found)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(questions(), st.integers(0, 59), st.sampled_from(["refuse", "allow"]))
def test_an_exact_wish_is_free_exactly_when_the_slow_way_says_so(
    question: tuple[BranchBook, Service, Period, Busy, datetime, date], minute: int, off_grid: Any
) -> None:
    book, wanted, window, busy, now, day = question
    book = replace(book, branch=replace(book.branch, off_grid=off_grid))
    start = window.start + timedelta(minutes=minute)
    answer = check_start(book, wanted, start, busy, now=now)
    instant = Period(start, start + timedelta(minutes=1))
    expected = oracle_for(book, wanted, busy, day).find(instant, now, None, ignore_grid=off_grid == "allow")
    event(answer.reason if not isinstance(answer, list) else "free")
    if isinstance(answer, list):
        assert answer
        assert {(o.start, o.staff_id, frozenset(o.chair_ids)) for o in answer} == expected
    else:
        assert not expected
