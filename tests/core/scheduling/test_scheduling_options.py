from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from scheduling_salon import (
    ANNA,
    BASIN,
    BEN,
    CHAIR,
    CUT,
    MONDAY,
    NOW,
    PERM,
    at,
    clocks,
    member,
    options,
    salon,
    service,
    span,
    taken,
    week,
)

from zusage.core.scheduling import find_options
from zusage.core.scheduling.masters import DayException, Segment
from zusage.core.values import Period

ONLY_ANNA = (member(ANNA, "Anna"),)
HOURLY = salon(staff=ONLY_ANNA, grid_minutes=60)


def test_a_free_day_offers_every_grid_start_that_fits_before_closing() -> None:
    found = options(HOURLY)
    assert clocks(found) == [f"{hour:02}:00" for hour in range(9, 17)]
    assert {o.end - o.start for o in found} == {timedelta(minutes=60)}
    assert found[0].start == datetime(2026, 6, 15, 7, tzinfo=UTC)
    assert found[0].start.tzinfo is UTC


def test_the_window_is_half_open() -> None:
    assert clocks(options(HOURLY, start="10:00", end="12:00")) == ["10:00", "11:00"]
    assert clocks(options(HOURLY, start="10:01", end="11:01")) == ["11:00"]


def test_a_window_with_seconds_counts_whole_minutes_inside_it() -> None:
    late = Period(at("9:00") + timedelta(seconds=1), at("10:00") + timedelta(seconds=1))
    assert clocks(find_options(HOURLY, CUT, late, {}, now=NOW)) == ["10:00"]


def test_a_plan_must_not_cross_a_closed_lunch_break_even_in_a_gap() -> None:
    book = salon(staff=ONLY_ANNA, grid_minutes=15, hours=week(span("9:00", "10:00"), span("10:10", "11:00")))
    gap_over_lunch = service(Segment(15), Segment(30, "gap"), Segment(15))
    assert clocks(options(book, gap_over_lunch)) == ["09:00"]


def test_adjoining_spans_are_one_stretch() -> None:
    book = salon(staff=ONLY_ANNA, grid_minutes=30, hours=week(span("9:00", "9:30"), span("9:30", "10:00")))
    assert clocks(options(book)) == ["09:00"]


def test_opening_hours_join_across_midnight() -> None:
    book = salon(staff=ONLY_ANNA, grid_minutes=30, hours=week(span("0:00", "1:00"), span("23:00", "24:00")))
    assert clocks(options(book)) == ["00:00", "23:00", "23:30"]


def test_a_gap_may_lie_over_the_lunch_break_of_the_staff_member() -> None:
    lunch = member(ANNA, hours=week(span("9:00", "9:50"), span("10:05", "10:35")))
    assert clocks(options(salon(staff=[lunch], grid_minutes=10), PERM)) == ["09:00"]


def test_active_segments_stay_within_the_members_own_week() -> None:
    early = member(ANNA, hours=week(span("8:00", "11:00")))
    assert clocks(options(salon(staff=[early], grid_minutes=60))) == ["09:00", "10:00"]


def test_a_staff_week_has_its_own_days_off() -> None:
    sunday_only = member(ANNA, hours=((),) * 6 + ((span("9:00", "17:00"),),))
    assert options(salon(staff=[sunday_only])) == []


def test_somebody_else_is_served_in_the_gap() -> None:
    busy = {ANNA: [taken("9:50", "10:05")]}
    assert "09:00" in clocks(options(salon(staff=ONLY_ANNA), PERM, busy))
    short = service(Segment(15))
    perm = {ANNA: [taken("9:00", "9:50"), taken("10:05", "10:35")], CHAIR: [taken("9:00", "10:35")]}
    assert clocks(options(salon(staff=ONLY_ANNA, grid_minutes=60), short, perm))[0] == "09:50"


def test_a_chair_stays_taken_through_a_gap_that_needs_it() -> None:
    busy = {CHAIR: [taken("9:50", "10:05")]}
    book = salon(staff=ONLY_ANNA, chairs=1, grid_minutes=60)
    assert "09:00" not in clocks(options(book, PERM, busy))


def test_a_gap_without_chair_frees_it() -> None:
    away = service(Segment(50), Segment(15, "gap", needs_chair=False), Segment(30))
    busy = {CHAIR: [taken("9:50", "10:05")]}
    assert "09:00" in clocks(options(salon(staff=ONLY_ANNA, chairs=1, grid_minutes=60), away, busy))


def test_one_chair_serves_the_whole_plan() -> None:
    away = service(Segment(30), Segment(30, "gap", needs_chair=False), Segment(30))
    busy = {CHAIR: [taken("9:00", "9:30")], BASIN: [taken("10:00", "10:30")]}
    book = salon(staff=ONLY_ANNA, grid_minutes=60)
    assert options(book, away, busy, start="9:00", end="9:01") == []
    assert [o.chair_ids for o in options(book, away, busy, start="11:00", end="11:01")] == [(BASIN, CHAIR)]


def test_no_chair_is_asked_for_where_none_is_needed() -> None:
    talk = service(Segment(60, needs_chair=False))
    found = options(salon(staff=ONLY_ANNA, chairs=0), talk, start="9:00", end="9:01")
    assert [o.chair_ids for o in found] == [()]
    assert options(salon(staff=ONLY_ANNA, chairs=0)) == []


def test_the_tightest_chair_comes_first_then_the_order_of_the_book() -> None:
    third = UUID(int=203)
    busy = {
        BASIN: [taken("9:00", "11:00"), taken("12:00", "14:00")],
        third: [taken("9:00", "10:30")],
    }
    found = options(salon(staff=ONLY_ANNA, chairs=3), CUT, busy, start="11:00", end="11:01")
    assert [o.chair_ids for o in found] == [(BASIN, third, CHAIR)]
    free = options(salon(staff=ONLY_ANNA, chairs=3), start="11:00", end="11:01")
    assert [o.chair_ids for o in free] == [(CHAIR, BASIN, third)]


def test_idle_time_on_either_side_makes_a_chair_less_tight() -> None:
    between = {
        CHAIR: [taken("9:00", "11:00")],
        BASIN: [taken("9:00", "9:20"), taken("14:30", "17:00")],
    }
    found = options(salon(staff=ONLY_ANNA), CUT, between, start="11:00", end="11:01")
    assert [o.chair_ids for o in found] == [(CHAIR, BASIN)]
    closer = {**between, BASIN: [taken("9:00", "9:20"), taken("13:30", "17:00")]}
    found = options(salon(staff=ONLY_ANNA), CUT, closer, start="11:00", end="11:01")
    assert [o.chair_ids for o in found] == [(BASIN, CHAIR)]


def test_a_chair_that_is_gone_for_weeks_is_not_offered() -> None:
    gone = {CHAIR: [Period(at("10:00"), at("10:00") + timedelta(weeks=6))]}
    found = options(salon(staff=ONLY_ANNA, grid_minutes=60), CUT, gone)
    assert {o.chair_ids for o in found if o.start >= at("10:00")} == {(BASIN,)}


def test_the_order_of_chairs_does_not_depend_on_the_window() -> None:
    busy = {BASIN: [taken("9:00", "11:00")]}
    book = salon(staff=ONLY_ANNA)
    alone = options(book, CUT, busy, start="13:00", end="13:01")
    whole = [o for o in options(book, CUT, busy) if o.start == at("13:00")]
    assert alone == whole


def test_anyone_means_the_least_busy_that_day_then_the_order_of_the_book() -> None:
    busy = {ANNA: [taken("9:00", "10:00")], BEN: [taken("15:00", "15:30")]}
    found = options(salon(), CUT, busy, start="12:00", end="12:01")
    assert [o.staff_id for o in found] == [BEN, ANNA]
    assert [o.staff_id for o in options(salon(), start="12:00", end="12:01")] == [ANNA, BEN]
    other_day = {ANNA: [taken("9:00", "16:00", MONDAY + timedelta(days=1))]}
    assert [o.staff_id for o in options(salon(), CUT, other_day, start="12:00", end="12:01")] == [ANNA, BEN]


def test_overlapping_busy_time_is_counted_once() -> None:
    busy = {ANNA: [taken("9:00", "9:30")] * 3, BEN: [taken("9:00", "10:00")]}
    found = options(salon(), CUT, busy, start="12:00", end="12:01")
    assert [o.staff_id for o in found] == [ANNA, BEN]


def test_a_wish_for_somebody_offers_only_them() -> None:
    assert {o.staff_id for o in options(salon(), staff_id=BEN)} == {BEN}
    assert options(salon(), staff_id=UUID(int=999)) == []


def test_own_minutes_shape_the_plan() -> None:
    slow = member(ANNA, own={PERM.id: (60, 20, 40)})
    found = options(salon(staff=[slow], grid_minutes=60), PERM)
    assert {o.end - o.start for o in found} == {timedelta(minutes=120)}
    assert clocks(found)[-1] == "15:00"
    busy = {ANNA: [taken("10:00", "10:20")]}
    assert "09:00" in clocks(options(salon(staff=[slow], grid_minutes=60), PERM, busy))


@pytest.mark.parametrize("own", [(60, 20), (), (60, 0, 40)])
def test_own_minutes_that_do_not_fit_the_segments_mean_the_member_does_not_do_it(
    own: tuple[int, ...],
) -> None:
    assert options(salon(staff=[member(ANNA, own={PERM.id: own})]), PERM) == []


def test_buffers_must_be_free_but_may_lie_outside_the_hours() -> None:
    buffered = service(Segment(60), buffer_before=10, buffer_after=20)
    book = salon(staff=ONLY_ANNA, chairs=1, grid_minutes=60)
    assert clocks(options(book, buffered))[:: len(range(9, 17)) - 1] == ["09:00", "16:00"]
    near = {ANNA: [taken("10:00", "10:51"), taken("13:19", "14:00")]}
    assert "11:00" not in clocks(options(book, buffered, near))
    assert "12:00" not in clocks(options(book, buffered, near))
    touching = {ANNA: [taken("10:00", "10:50"), taken("13:20", "14:00")]}
    assert {"11:00", "12:00"} <= set(clocks(options(book, buffered, touching)))
    assert "11:00" not in clocks(options(book, buffered, {CHAIR: [taken("10:00", "10:51")]}))
    assert "11:00" in clocks(options(book, buffered, {CHAIR: [taken("10:00", "10:50")]}))


def test_a_chair_has_no_buffer_beside_a_segment_that_does_not_need_it() -> None:
    dry = service(
        Segment(15, needs_chair=False),
        Segment(30),
        Segment(15, needs_chair=False),
        buffer_before=15,
        buffer_after=15,
    )
    busy = {CHAIR: [taken("9:00", "11:15"), taken("11:45", "17:00")]}
    assert clocks(options(salon(staff=ONLY_ANNA, chairs=1), dry, busy)) == ["11:00"]


def test_a_trailing_gap_leaves_the_staff_member_free_and_their_buffer_follows_the_work() -> None:
    soak = service(Segment(30), Segment(30, "gap"), buffer_after=10)
    book = salon(staff=ONLY_ANNA, grid_minutes=60)
    assert "11:00" in clocks(options(book, soak, {ANNA: [taken("11:40", "13:00")]}))
    assert "11:00" not in clocks(options(book, soak, {ANNA: [taken("11:39", "13:00")]}))


def test_grid_minutes_count_from_local_midnight() -> None:
    book = salon(staff=ONLY_ANNA, grid_minutes=25, hours=week(span("9:00", "11:00")))
    assert clocks(options(book, start="9:00", end="9:45")) == ["09:10", "09:35"]


def test_starts_that_close_a_hole_come_with_the_grid() -> None:
    busy = {ANNA: [taken("9:00", "9:40"), taken("12:10", "13:00")]}
    found = clocks(options(HOURLY, CUT, busy))
    assert found == ["09:40", "10:00", "11:00", "11:10", "13:00", "14:00", "15:00", "16:00"]


def test_the_end_of_work_and_closing_time_close_a_hole() -> None:
    early = member(ANNA, hours=week(span("9:00", "12:50")))
    assert clocks(options(salon(staff=[early], grid_minutes=60)))[-1] == "11:50"
    book = salon(staff=ONLY_ANNA, grid_minutes=60, hours=week(span("9:00", "12:50")))
    assert clocks(options(book))[-1] == "11:50"


def test_a_hole_is_closed_by_claims_with_their_buffers() -> None:
    buffered = service(Segment(60), buffer_before=5, buffer_after=10)
    busy = {ANNA: [taken("9:00", "9:40"), taken("12:25", "17:00")]}
    found = clocks(options(salon(staff=ONLY_ANNA, grid_minutes=60), buffered, busy))
    assert found == ["09:45", "10:00", "11:00", "11:15"]


def test_a_hole_closes_only_for_the_member_who_has_it() -> None:
    found = options(salon(grid_minutes=60), CUT, {ANNA: [taken("9:00", "9:40")]}, start="9:01", end="9:59")
    assert [(o.staff_id, *clocks([o])) for o in found] == [(ANNA, "09:40")]


def test_touching_busy_times_leave_no_hole() -> None:
    busy = {ANNA: [taken("9:40", "10:10"), taken("9:00", "9:40"), taken("9:10", "9:20")]}
    assert clocks(options(HOURLY, CUT, busy))[0] == "10:10"


def test_without_a_grid_every_minute_counts() -> None:
    found = options(HOURLY, start="9:57", end="10:02", ignore_grid=True)
    assert clocks(found) == ["09:57", "09:58", "09:59", "10:00", "10:01"]


def test_busy_seconds_are_rounded_outwards_to_whole_minutes() -> None:
    odd = Period(at("9:00") + timedelta(seconds=1), at("9:59") + timedelta(microseconds=1))
    assert clocks(options(HOURLY, CUT, {ANNA: [odd]}))[0] == "10:00"
    late = Period(at("10:59") + timedelta(seconds=59), at("17:00"))
    assert clocks(options(HOURLY, CUT, {ANNA: [late]})) == ["09:00", "09:59"]


def test_busy_times_that_lie_outside_or_belong_to_nobody_do_not_matter() -> None:
    busy = {
        ANNA: [taken("0:00", "9:00"), Period(NOW - timedelta(days=900), NOW - timedelta(days=899))],
        UUID(int=999): [taken("0:00", "23:00")],
    }
    assert clocks(options(HOURLY, CUT, busy)) == clocks(options(HOURLY))


def test_a_long_absence_takes_every_day_it_touches() -> None:
    busy = {ANNA: [Period(NOW - timedelta(days=90), at("15:00"))]}
    assert clocks(options(HOURLY, CUT, busy)) == ["15:00", "16:00"]


@pytest.mark.parametrize(
    ("now", "first"), [("10:00", "11:00"), ("10:01", "12:00"), ("9:59", "11:00"), ("20:00", None)]
)
def test_notice_counts_to_the_minute(now: str, first: str | None) -> None:
    wanted = replace(CUT, min_notice_minutes=60)
    assert [*clocks(options(HOURLY, wanted, now=at(now))), None][0] == first


def test_a_second_past_the_notice_is_too_late() -> None:
    assert clocks(options(HOURLY, now=at("10:00") + timedelta(seconds=1)))[0] == "11:00"
    assert clocks(options(HOURLY, now=at("10:00")))[0] == "10:00"


def test_the_horizon_counts_local_days_from_today() -> None:
    wanted = replace(CUT, max_advance_days=1)
    late_on_saturday = at("23:30", date(2026, 6, 13))
    sunday_in_berlin = at("0:30", date(2026, 6, 14))
    assert options(HOURLY, wanted, now=late_on_saturday) == []
    assert len(options(HOURLY, wanted, now=sunday_in_berlin)) == 8


def test_an_exception_wins_over_the_week_and_over_a_holiday() -> None:
    first_of_may = date(2026, 5, 1)
    book = salon(staff=ONLY_ANNA, grid_minutes=60)
    now = at("8:00", date(2026, 4, 30))
    assert options(book, day=first_of_may, now=now) == []
    opened = {first_of_may: DayException((span("10:00", "12:00"),), "Maimarkt")}
    book = salon(staff=ONLY_ANNA, grid_minutes=60, exceptions=opened)
    assert clocks(options(book, day=first_of_may, now=now)) == ["10:00", "11:00"]
    closed = salon(staff=ONLY_ANNA, exceptions={MONDAY: DayException((), "Betriebsausflug")})
    assert options(closed) == []


def test_holidays_are_those_of_the_federal_state() -> None:
    womens_day = date(2027, 3, 8)  # a Monday, a holiday in Berlin
    now = at("8:00", date(2027, 3, 1))
    assert options(salon(), day=womens_day, now=now) == []
    assert options(salon(region="BY"), day=womens_day, now=now)
    assert options(salon(closed_on_holidays=False), day=womens_day, now=now)


def test_an_own_week_does_not_open_a_closed_branch_nor_stretch_with_an_exception() -> None:
    own = member(ANNA, hours=week(span("7:00", "13:00")))
    long_day = {MONDAY: DayException((span("6:00", "22:00"),))}
    book = salon(staff=[own], grid_minutes=60, exceptions=long_day)
    assert clocks(options(book)) == [f"{hour:02}:00" for hour in range(7, 13)]
    assert options(salon(staff=[own], exceptions={MONDAY: DayException(())})) == []


def test_a_service_nobody_does_has_no_options() -> None:
    assert options(salon(staff=[member(ANNA, own={})])) == []
    assert options(salon(staff=())) == []


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        options(HOURLY, now=datetime(2026, 6, 14, 6, 0))  # noqa: DTZ001


@pytest.mark.parametrize("year", [1, 1969, 9998])
def test_windows_at_the_ends_of_time_are_simply_empty(year: int) -> None:
    edge = Period(datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, 59, tzinfo=UTC))
    assert find_options(HOURLY, CUT, edge, {}, now=NOW) == []


def test_options_come_by_start_then_preference() -> None:
    found = options(salon(), CUT, {ANNA: [taken("9:00", "10:00")]})
    keys = [(o.start, o.staff_id != BEN) for o in found]
    assert keys == sorted(keys)
