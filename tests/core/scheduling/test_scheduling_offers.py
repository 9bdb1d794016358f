from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling_salon import ANNA, BASIN, BEN, BERLIN, CHAIR, MONDAY, at, clocks, salon, span

from zusage.core.scheduling import rank_offers
from zusage.core.scheduling.plan import Option
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Period

BOOK = salon()
TUESDAY, SUNDAY = MONDAY + timedelta(days=1), MONDAY - timedelta(days=1)


def option(clock: str, day: date = MONDAY, staff: object = ANNA) -> Option:
    start = at(clock, day)
    assert staff in (ANNA, BEN)
    return Option(start, start + timedelta(minutes=60), ANNA if staff == ANNA else BEN, (CHAIR, BASIN))


def every(clock: str, until: str, day: date = MONDAY, step: int = 15) -> list[Option]:
    start, end = at(clock, day), at(until, day)
    count = int((end - start) / timedelta(minutes=step))
    return [
        Option(s, s + timedelta(minutes=60), ANNA, (CHAIR,))
        for s in (start + timedelta(minutes=step * n) for n in range(count))
    ]


def whole(day: date = MONDAY) -> Period:
    return Period(at("0:00", day), at("0:00", day + timedelta(days=1)))


def exact(clock: str, day: date = MONDAY, **more: object) -> Wish:
    staff = more.get("staff_id")
    return Wish(whole(day), at(clock, day), staff_id=ANNA if staff == ANNA else None)


def shown(found: list[Option]) -> list[str]:
    return [o.start.astimezone(ZoneInfo(BERLIN)).strftime("%a %H:%M") for o in found]


def test_the_exact_wish_comes_first() -> None:
    found = rank_offers(every("9:00", "17:00"), exact("14:00"), book=BOOK)
    assert clocks(found)[0] == "14:00"
    assert len(found) == 3


def test_then_the_nearest_on_the_same_day_and_part_of_day() -> None:
    free = [option("9:00"), option("11:45"), option("13:00"), option("15:30"), option("16:45")]
    found = rank_offers(free, exact("14:00"), book=BOOK)
    assert shown(found) == ["Mon 13:00", "Mon 15:30", "Mon 16:45"]


def test_then_the_same_time_on_the_days_around_before_another_part_of_the_day() -> None:
    free = [option("9:00"), option("14:00", SUNDAY), option("14:00", TUESDAY), option("9:00", TUESDAY)]
    found = rank_offers(free, exact("14:00"), book=BOOK, limit=4)
    assert shown(found) == ["Tue 14:00", "Sun 14:00", "Mon 09:00", "Tue 09:00"]
    half_past = [option("14:30", TUESDAY), option("14:00", SUNDAY)]
    assert shown(rank_offers(half_past, exact("14:00"), book=BOOK)) == ["Sun 14:00", "Tue 14:30"]


def test_nearer_days_win_and_beyond_a_week_only_distance_counts() -> None:
    far = MONDAY + timedelta(days=8)
    free = [option("14:00", far), option("14:00", MONDAY + timedelta(days=7)), option("9:00", TUESDAY)]
    found = rank_offers([*free, option("14:31", TUESDAY)], exact("14:00"), book=BOOK, limit=4)
    assert shown(found) == ["Mon 14:00", "Tue 09:00", "Tue 14:31", "Tue 14:00"]
    assert found[0].start == at("14:00", MONDAY + timedelta(days=7))


def test_a_start_close_by_counts_as_the_same_part_of_day() -> None:
    free = [option("12:00"), option("17:30")]
    assert clocks(rank_offers(free, exact("16:45"), book=BOOK, limit=1)) == ["17:30"]
    tomorrow = [option("18:00"), option("16:45", TUESDAY)]
    assert shown(rank_offers(tomorrow, exact("16:45"), book=BOOK, limit=1)) == ["Tue 16:45"]


def test_the_exact_wish_is_first_even_outside_the_part_of_day_that_was_said() -> None:
    wish = Wish(whole(), at("17:00"), daily=span("13:00", "17:00"))
    found = rank_offers([option("16:00"), option("17:00")], wish, book=BOOK)
    assert clocks(found) == ["17:00", "16:00"]


def test_an_hour_apart_is_still_close_by() -> None:
    free = [option("17:45"), option("16:45", TUESDAY)]
    assert shown(rank_offers(free, exact("16:45"), book=BOOK)) == ["Mon 17:45", "Tue 16:45"]


def test_of_two_equally_near_the_later_in_the_afternoon_and_the_earlier_in_the_morning() -> None:
    assert clocks(rank_offers([option("13:00"), option("15:00")], exact("14:00"), book=BOOK))[0] == "15:00"
    assert clocks(rank_offers([option("9:00"), option("11:00")], exact("10:00"), book=BOOK))[0] == "09:00"


def test_a_window_offers_its_earliest_first_and_keeps_to_the_part_of_day() -> None:
    wish = Wish(whole(), daily=span("13:00", "17:00"))
    free = [option("9:00"), *every("12:30", "17:30", step=30), option("14:00", TUESDAY)]
    assert shown(rank_offers(free, wish, book=BOOK)) == ["Mon 13:00", "Mon 14:00", "Mon 15:00"]


def test_a_window_with_little_room_offers_neighbours_rather_than_less() -> None:
    free = every("13:00", "13:30", step=15)
    assert shown(rank_offers(free, Wish(whole()), book=BOOK)) == ["Mon 13:00", "Mon 13:15"]


def test_a_window_without_room_goes_to_the_same_part_of_the_next_days() -> None:
    wish = Wish(whole(), daily=span("13:00", "17:00"))
    free = [
        option("12:45"),
        option("17:00"),
        option("13:00", MONDAY + timedelta(days=2)),
        option("16:00", TUESDAY),
    ]
    assert shown(rank_offers(free, wish, book=BOOK, limit=4)) == [
        "Tue 16:00",
        "Wed 13:00",
        "Mon 12:45",
        "Mon 17:00",
    ]


def test_a_window_that_opens_late_looks_for_that_time_on_other_days() -> None:
    wish = Wish(Period(at("15:00"), at("24:00")), daily=span("13:00", "17:00"))
    free = [option("13:00", TUESDAY), option("15:30", TUESDAY)]
    assert shown(rank_offers(free, wish, book=BOOK)) == ["Tue 15:30", "Tue 13:00"]


def test_a_window_of_several_days_begins_with_the_first() -> None:
    wish = Wish(Period(at("0:00", TUESDAY), at("0:00", TUESDAY + timedelta(days=3))))
    free = [option("9:00"), option("16:00", TUESDAY), option("9:00", TUESDAY + timedelta(days=2))]
    assert shown(rank_offers(free, wish, book=BOOK)) == ["Tue 16:00", "Thu 09:00", "Mon 09:00"]


def test_never_three_neighbours() -> None:
    found = rank_offers(every("9:00", "17:00"), exact("14:00"), book=BOOK, refused=[at("14:00")])
    assert clocks(found) == ["14:15", "13:45", "15:15"]
    crowd = [option("14:00"), option("14:15"), option("14:30"), option("15:15")]
    assert clocks(rank_offers(crowd, exact("14:00"), book=BOOK)) == ["14:00", "14:15"]
    apart = [option("14:00"), option("14:15"), option("15:30")]
    assert len(rank_offers(apart, exact("14:00"), book=BOOK)) == 3


def test_ninety_minutes_are_wide_enough_for_three() -> None:
    free = [option("13:15"), option("14:45"), option("14:00", staff=BEN)]
    found = rank_offers(free, exact("13:15", staff_id=ANNA), book=BOOK)
    assert clocks(found) == ["13:15", "14:45", "14:00"]


def test_one_offer_per_start_with_the_first_of_its_options() -> None:
    free = [option("14:00", staff=BEN), option("14:00", staff=ANNA), option("16:00", staff=ANNA)]
    found = rank_offers(free, exact("14:00"), book=BOOK)
    assert [(o.staff_id, *clocks([o])) for o in found] == [(BEN, "14:00"), (ANNA, "16:00")]


def test_the_wished_member_comes_before_all_others() -> None:
    free = [option("14:00", staff=BEN), option("9:00"), option("16:00", staff=BEN)]
    found = rank_offers(free, exact("14:00", staff_id=ANNA), book=BOOK)
    assert [o.staff_id for o in found] == [ANNA, BEN, BEN]
    both = [option("14:00", staff=BEN), option("14:00")]
    assert [o.staff_id for o in rank_offers(both, exact("14:00", staff_id=ANNA), book=BOOK)] == [ANNA]


def test_refused_times_are_compared_as_instants_in_any_zone() -> None:
    repeated = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo(BERLIN))  # never equals UTC: PEP 495
    start = repeated.astimezone(UTC)
    only = Option(start, start + timedelta(hours=1), ANNA, ())
    wish = Wish(Period(start, start + timedelta(hours=1)), repeated)
    assert rank_offers([only], wish, book=BOOK) == [only]
    assert rank_offers([only], wish, book=BOOK, refused=[repeated]) == []


def test_what_nobody_wants_is_never_offered_however_near_it_lies() -> None:
    free = [option("14:00"), option("15:30"), option("17:00")]
    away = (Period(at("15:00"), at("16:00")),)
    wish = replace(exact("15:30"), without=away)
    assert clocks(rank_offers(free, exact("15:30"), book=BOOK))[0] == "15:30"
    assert sorted(clocks(rank_offers(free, wish, book=BOOK))) == ["14:00", "17:00"]
    no_mondays = replace(exact("15:30"), without_weekdays=frozenset({0}))
    assert rank_offers(free, no_mondays, book=BOOK) == []
    late_only = replace(exact("15:30"), without_daily=(span("12:00", "16:00"),))
    assert clocks(rank_offers(free, late_only, book=BOOK)) == ["17:00"]


def test_a_naive_refused_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="aware"):
        rank_offers([], exact("14:00"), book=BOOK, refused=[datetime(2026, 6, 15, 14)])  # noqa: DTZ001


def test_no_options_no_offers() -> None:
    assert rank_offers([], exact("14:00"), book=BOOK) == []
    assert rank_offers([option("14:00")], exact("14:00"), book=BOOK, limit=0) == []


STARTS = st.lists(st.integers(0, 4 * 96), max_size=40)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(STARTS, st.integers(0, 4 * 96), st.integers(1, 5), st.booleans())
def test_offers_are_real_apart_and_not_refused(
    quarters: list[int], wished: int, limit: int, refuse: bool
) -> None:
    free = [
        Option(s, s + timedelta(hours=1), staff, ())
        for s in (at("0:00", SUNDAY) + timedelta(minutes=15 * q) for q in sorted(quarters))
        for staff in (ANNA, BEN)
    ]
    aim = at("0:00", SUNDAY) + timedelta(minutes=15 * wished)
    wish = Wish(Period(aim, aim + timedelta(hours=1)), aim)
    found = rank_offers(free, wish, book=BOOK, refused=[aim] if refuse else [], limit=limit)
    starts = [o.start for o in found]
    assert set(found) <= set(free)
    assert len(set(starts)) == len(starts) <= limit
    assert all(max(t) - min(t) >= timedelta(minutes=90) for t in combinations(starts, 3))
    assert (aim in starts) <= (not refuse)
    if not refuse and aim in {o.start for o in free}:
        assert starts[0] == aim
    assert bool(found) == any(not (refuse and o.start == aim) for o in free)
