"""Looking outward from the wish finds exactly what looking at everything finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from scheduling_salon import ANNA, BASIN, BEN, BERLIN, CHAIR, CUT, MONDAY, NOW, PERM, at, member, salon, span

from zusage.core.scheduling import (
    busy_window,
    find_near_offers,
    find_offers,
    find_options,
    near_window,
    rank_offers,
    search_window,
)
from zusage.core.scheduling.masters import BranchBook, Service, Span
from zusage.core.scheduling.plan import Busy
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Period

MIDDLES = [
    (BERLIN, MONDAY),
    (BERLIN, date(2026, 3, 29)),
    (BERLIN, date(2026, 10, 25)),
    (BERLIN, date(2026, 12, 24)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
]
WHOLE = Span(0, 1440)
SHOP = (Span(540, 840), Span(900, 1110))
OPENED = st.sampled_from([(), SHOP, SHOP, (WHOLE,), (Span(60, 240),), (Span(0, 120), Span(1200, 1440))])
Asked = tuple[BranchBook, Service, Wish, Busy, datetime, Period, list[datetime]]


@st.composite
def fillings(draw: st.DrawFn, start: datetime) -> list[Period]:
    """Mostly full weeks: what is free is what a few days leave, so that the search must go far."""
    taken, minute = [], -6 * 1440
    while minute < 7 * 1440:
        length = draw(st.sampled_from([300, 700, 1440, 2880, 4000]))
        taken.append(Period(start + timedelta(minutes=minute), start + timedelta(minutes=minute + length)))
        minute += length + draw(st.sampled_from([0, 15, 35, 90, 240, 1440]))
    return taken


@st.composite
def wishes(draw: st.DrawFn, start: datetime) -> Wish:
    low = start + timedelta(minutes=draw(st.integers(-2 * 96, 2 * 96)) * 15)
    if draw(st.booleans()):
        low += timedelta(seconds=draw(st.sampled_from([0, 0, 0, 30])))
    window = Period(low, low + timedelta(minutes=draw(st.sampled_from([60, 600, 1440, 3000, 8000]))))
    return Wish(
        window,
        exact=draw(st.sampled_from([low, None])),
        daily=draw(st.sampled_from([None, None, span("12:00", "17:00"), span("0:00", "4:00")])),
        staff_id=draw(st.sampled_from([None, None, ANNA])),
        without=draw(
            st.sampled_from([(), (), (Period(low + timedelta(hours=1), low + timedelta(hours=30)),)])
        ),
        without_daily=draw(st.sampled_from([(), (), (span("9:00", "12:00"),)])),
        without_weekdays=draw(st.sampled_from([frozenset(), frozenset(), frozenset({0, 3})])),
    )


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    zone, middle = draw(st.sampled_from(MIDDLES))
    book = salon(
        staff=[member(ANNA), member(BEN, "Ben", hours=draw(st.none() | st.just(((WHOLE,),) * 7)))],
        chairs=draw(st.sampled_from([2, 1])),
        hours=tuple(draw(st.lists(OPENED, min_size=7, max_size=7))),
        zone=zone,
        grid_minutes=draw(st.sampled_from([15, 30])),
    )
    start = at("0:00", middle, zone)
    wish = draw(wishes(start))
    busy = {r: draw(fillings(start)) for r in (ANNA, BEN, CHAIR, BASIN) if draw(st.integers(0, 3))}
    wanted = replace(draw(st.sampled_from([CUT, PERM])), max_advance_days=draw(st.sampled_from([365, 9])))
    now = start - timedelta(minutes=draw(st.integers(-1000, 9000)))
    week = Period(start - timedelta(days=9), start + timedelta(days=9))
    window = draw(st.sampled_from([wish.window, week, week]))
    refused = draw(st.sampled_from([[], [wish.exact or wish.window.start]]))
    return book, wanted, wish, busy, now, window, refused


def everything(asked: Asked, limit: int) -> list[Any]:
    book, wanted, wish, busy, now, window, refused = asked
    options = find_options(book, wanted, window, busy, now=now, staff_id=wish.staff_id)
    return rank_offers(options, wish, book=book, refused=refused, limit=limit)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(questions(), st.sampled_from([3, 3, 1, 8]))
def test_looking_outward_finds_what_looking_at_everything_finds(asked: Asked, limit: int) -> None:
    book, wanted, wish, busy, now, window, refused = asked
    expected = everything(asked, limit)
    event(f"{len(expected)} offers of {limit}")
    assert (
        find_offers(book, wanted, wish, busy, now=now, window=window, refused=refused, limit=limit)
        == expected
    )


@settings(max_examples=250, deadline=None, derandomize=True)
@given(questions(), st.integers(0, 3))
def test_what_the_days_nearby_decide_is_what_all_days_decide(asked: Asked, more: int) -> None:
    book, wanted, wish, busy, now, window, refused = asked
    clamped = search_window(book, wanted, window, now=now)
    if clamped is None:
        assert find_offers(book, wanted, wish, busy, now=now, window=window) == []
        return
    near = near_window(book, wish, clamped)
    assert clamped.start <= near.start < near.end <= clamped.end
    read = busy_window(book, wanted, near)
    seen = {resource: [p for p in taken if p.overlaps(read)] for resource, taken in busy.items()}
    found = find_near_offers(
        book, wanted, wish, seen, now=now, window=clamped, near=near, refused=refused, limit=1 + more
    )
    event("undecided" if found is None else "decided")
    assert found in (None, everything(asked, 1 + more))


FIRST = at("0:00")
FORTNIGHT = Period(FIRST - timedelta(days=14), FIRST + timedelta(days=15))


def near_offers(wish: Wish, busy: Busy, **more: Any) -> list[Any] | None:
    near = near_window(salon(), wish, FORTNIGHT)
    found = find_near_offers(
        salon(), CUT, wish, busy, now=FIRST - timedelta(days=20), window=FORTNIGHT, near=near, **more
    )
    assert found is None or isinstance(found, list)
    return found


def test_a_refused_time_on_a_day_with_room_needs_no_other_days() -> None:
    wish = Wish(Period(FIRST, FIRST + timedelta(days=1)), at("14:00"))
    found = near_offers(wish, {}, refused=[at("14:00")])
    assert found is not None
    assert [o.start for o in found] == [at("14:15"), at("13:45"), at("15:15")]


def test_days_nearby_without_room_decide_nothing() -> None:
    full = {r: [Period(FIRST - timedelta(days=4), FIRST + timedelta(days=5))] for r in (ANNA, BEN)}
    wish = Wish(Period(FIRST, FIRST + timedelta(days=1)), at("14:00"))
    assert near_offers(wish, full) is None


def test_days_nearby_with_too_few_offers_decide_nothing() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(-4, 5)]
    full = {
        r: [Period(at("8:00", d), at("14:00", d)) for d in days]
        + [Period(at("15:00", d), at("17:00", d)) for d in days if d != MONDAY + timedelta(days=1)]
        for r in (ANNA, BEN)
    }
    wish = Wish(Period(FIRST, FIRST + timedelta(days=1)), at("10:00"))
    found = near_offers(wish, full, limit=1)
    assert found is None  # the same time a few days off is better than an afternoon
    late = Wish(Period(FIRST, FIRST + timedelta(days=1)), at("14:00"))
    assert [o.start for o in near_offers(late, full, limit=1) or ()] == [at("14:00")]


def test_beyond_a_week_the_later_part_of_an_earlier_day_is_nearer() -> None:
    book = salon(staff=[member(ANNA)], hours=((WHOLE,),) * 7)
    far = [MONDAY + timedelta(days=n) for n in (-8, 8)]
    free = Period(at("22:45", far[0]), at("23:45", far[0])), Period(at("22:30", far[1]), at("23:30", far[1]))
    edges = [FORTNIGHT.start - timedelta(days=1), *(e for p in free for e in (p.start, p.end))]
    edges.append(FORTNIGHT.end + timedelta(days=1))
    busy = {ANNA: [Period(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]}
    wish = Wish(Period(FIRST, FIRST + timedelta(days=1)), at("22:30"))
    now = FORTNIGHT.start - timedelta(days=1)
    found = find_offers(book, CUT, wish, busy, now=now, window=FORTNIGHT)
    assert [o.start for o in found] == [free[0].start, free[1].start]


def test_the_days_nearby_are_whole_local_days_of_the_window() -> None:
    autumn = date(2026, 10, 25)
    wish = Wish(Period(at("0:00", autumn), at("24:00", autumn)), at("10:00", autumn))
    wide = Period(at("7:00", date(2026, 10, 23)), at("0:00", date(2026, 11, 8)))
    near = near_window(salon(), wish, wide)
    assert near == Period(wide.start, datetime(2026, 10, 29, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC))
    beyond = Wish(Period(at("0:00"), at("24:00")), at("10:00"))
    assert near_window(salon(), beyond, wide).start == wide.start


def test_nothing_may_be_booked_nothing_is_offered() -> None:
    wish = Wish(Period(FIRST, FIRST + timedelta(days=1)), at("14:00"))
    after = FORTNIGHT.end + timedelta(days=1)
    assert find_offers(salon(), CUT, wish, {}, now=after, window=FORTNIGHT) == []
    assert find_offers(salon(), CUT, wish, {}, now=NOW, window=FORTNIGHT, limit=0) == []


def test_a_naive_refused_time_is_an_error_here_too() -> None:
    wish = Wish(Period(FIRST, FIRST + timedelta(days=1)), at("14:00"))
    naive = datetime(2026, 6, 15, 14)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        find_offers(salon(), CUT, wish, {}, now=NOW, window=FORTNIGHT, refused=[naive])
