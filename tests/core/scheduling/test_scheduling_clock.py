from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling_salon import ANNA, BERLIN, at, clocks, member, options, salon, service, span, week

from zusage.core.scheduling import check_start, day_bounds
from zusage.core.scheduling._ranges import complement, intersect, merge, overlap, starts_that_fit, within
from zusage.core.scheduling.masters import Segment
from zusage.core.scheduling.wish import Refusal

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
HOWE = "Australia/Lord_Howe"
QUARTER = service(Segment(15))
NIGHT = week(span("0:00", "24:00"))


def hours(zone: str, day: date) -> float:
    return day_bounds(zone, day).length / timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        (BERLIN, date(2026, 6, 15), 24),
        (BERLIN, SPRING, 23),
        (BERLIN, AUTUMN, 25),
        (BERLIN, date(2027, 3, 28), 23),
        (HOWE, date(2026, 10, 4), 23.5),
        (HOWE, date(2026, 4, 5), 24.5),
        ("Asia/Beirut", date(2026, 3, 29), 23),
    ],
)
def test_days_have_the_length_their_clocks_give_them(zone: str, day: date, expected: float) -> None:
    assert hours(zone, day) == expected


def test_a_day_whose_midnight_is_skipped_begins_at_the_transition() -> None:
    assert day_bounds("Asia/Beirut", date(2026, 3, 29)).start == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_skipped_times_are_never_offered() -> None:
    book = salon(staff=[member(ANNA)], hours=NIGHT, grid_minutes=30)
    found = options(book, QUARTER, day=SPRING, now=at("8:00", date(2026, 3, 28)), end="6:00")
    assert clocks(found)[:6] == ["00:00", "00:30", "01:00", "01:30", "03:00", "03:30"]
    assert len(found) == len({o.start for o in found})


def test_repeated_times_are_offered_once_and_in_their_first_pass() -> None:
    book = salon(staff=[member(ANNA)], hours=NIGHT, grid_minutes=30)
    found = options(book, QUARTER, day=AUTUMN, now=at("8:00", date(2026, 10, 24)), end="4:00")
    assert clocks(found) == ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    assert len(found) == 8
    assert found[6].start - found[5].start == timedelta(minutes=90)


def test_the_second_pass_cannot_be_wished_for_nor_offered_without_a_grid() -> None:
    book = salon(staff=[member(ANNA)], hours=NIGHT, off_grid="allow")
    now = at("8:00", date(2026, 10, 24))
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    refusal = check_start(book, QUARTER, second, {}, now=now)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "off_grid"
    assert refusal.neighbours == (second - timedelta(minutes=45), second + timedelta(minutes=30))
    every_minute = options(book, QUARTER, day=AUTUMN, now=now, start="2:00", end="3:00", ignore_grid=True)
    assert [o.start.hour for o in every_minute] == [0] * 60


def test_hours_that_begin_or_end_in_the_gap_move_to_the_transition() -> None:
    late = salon(staff=[member(ANNA)], hours=week(span("1:00", "2:30")), grid_minutes=15)
    now = at("8:00", date(2026, 3, 28))
    assert clocks(options(late, QUARTER, day=SPRING, now=now)) == ["01:00", "01:15", "01:30", "01:45"]
    early = salon(staff=[member(ANNA)], hours=week(span("2:30", "3:30")), grid_minutes=15)
    assert clocks(options(early, QUARTER, day=SPRING, now=now)) == ["03:00", "03:15"]
    inside = salon(staff=[member(ANNA)], hours=week(span("2:10", "2:40")), grid_minutes=15)
    assert options(inside, QUARTER, day=SPRING, now=now) == []


def test_closing_time_in_the_repeated_hour_is_its_first_pass() -> None:
    book = salon(staff=[member(ANNA)], hours=week(span("2:00", "2:30")), grid_minutes=15)
    found = options(book, QUARTER, day=AUTUMN, now=at("8:00", date(2026, 10, 24)))
    assert [o.start for o in found] == [datetime(2026, 10, 25, 0, minute, tzinfo=UTC) for minute in (0, 15)]


def test_a_plan_over_the_changed_hour_keeps_its_real_length() -> None:
    book = salon(staff=[member(ANNA)], hours=week(span("1:00", "4:00")), grid_minutes=60)
    two_hours = service(Segment(120))
    spring = options(book, two_hours, day=SPRING, now=at("8:00", date(2026, 3, 28)))
    autumn = options(book, two_hours, day=AUTUMN, now=at("8:00", date(2026, 10, 24)))
    assert (clocks(spring), clocks(autumn)) == (["01:00"], ["01:00", "02:00"])
    assert {o.end - o.start for o in spring + autumn} == {timedelta(hours=2)}


RANGES = st.lists(
    st.tuples(st.integers(-5, 40), st.integers(0, 12)).map(lambda r: (r[0], r[0] + r[1])), max_size=8
)


def minutes_of(ranges: list[tuple[int, int]]) -> set[int]:
    return {minute for low, high in ranges for minute in range(low, high)}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(RANGES, RANGES, st.integers(-4, 6), st.integers(1, 8))
def test_ranges_are_sets_of_minutes(
    one: list[tuple[int, int]], other: list[tuple[int, int]], offset: int, length: int
) -> None:
    left, right = merge(one), merge(other)
    assert minutes_of(left) == minutes_of(one)
    assert all(a[1] < b[0] for a, b in pairwise(left))
    assert minutes_of(intersect(left, right)) == minutes_of(one) & minutes_of(other)
    assert minutes_of(complement(left, -10, 50)) == set(range(-10, 50)) - minutes_of(one)
    assert minutes_of(complement(left, 3, 30)) == set(range(3, 30)) - minutes_of(one)
    assert overlap(left, 5, 25) == len(minutes_of(one) & set(range(5, 25)))
    assert within(range(-10, 60), left) == sorted(minutes_of(one))
    fit = {s for s in range(-20, 70) if set(range(s + offset, s + offset + length)) <= minutes_of(one)}
    assert minutes_of(starts_that_fit(left, offset, offset + length)) == fit
