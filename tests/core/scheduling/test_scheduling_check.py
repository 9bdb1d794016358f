from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
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
    span,
    taken,
    week,
)

from zusage.core.scheduling import check_start
from zusage.core.scheduling.masters import BranchBook, DayException, Service, Span
from zusage.core.scheduling.plan import Busy
from zusage.core.scheduling.wish import Refusal

BOTH_TAKEN = {ANNA: [taken("10:00", "12:00")], BEN: [taken("10:00", "12:00")]}


def refused(
    book: BranchBook, start: datetime, busy: Busy | None = None, *, wanted: Service = CUT, **more: Any
) -> Refusal:
    answer = check_start(book, wanted, start, busy or {}, now=more.pop("now", NOW), **more)
    assert isinstance(answer, Refusal), answer
    return answer


def test_a_free_grid_start_gives_exactly_the_options_of_that_instant() -> None:
    found = check_start(salon(), CUT, at("10:00"), {BEN: [taken("12:00", "13:00")]}, now=NOW)
    assert found == options(salon(), CUT, {BEN: [taken("12:00", "13:00")]}, start="10:00", end="10:01")
    assert isinstance(found, list)
    assert [(o.staff_id, o.chair_ids) for o in found] == [(ANNA, (CHAIR, BASIN)), (BEN, (CHAIR, BASIN))]


def test_the_zone_of_the_wish_does_not_matter() -> None:
    elsewhere = at("10:00").astimezone(UTC).replace(tzinfo=UTC)
    tokyo = elsewhere.astimezone(at("10:00", zone="Asia/Tokyo").tzinfo)
    assert check_start(salon(), CUT, tokyo, {}, now=NOW) == check_start(
        salon(), CUT, at("10:00"), {}, now=NOW
    )


def test_past_is_told_before_too_soon() -> None:
    assert refused(salon(), at("9:59"), now=at("10:00")).reason == "past"
    wanted = replace(CUT, min_notice_minutes=60)
    assert refused(salon(), at("9:59"), now=at("10:00"), wanted=wanted).reason == "past"


def test_too_soon_tells_the_first_start_that_hours_allow() -> None:
    wanted = replace(CUT, min_notice_minutes=60)
    refusal = refused(salon(), at("10:45"), now=at("10:03"), wanted=wanted)
    assert refusal == Refusal("too_soon", limit=at("11:15"))
    at_limit = check_start(salon(), wanted, at("11:15"), {}, now=at("10:15"))
    assert isinstance(at_limit, list)
    overnight = replace(CUT, min_notice_minutes=24 * 60)
    assert refused(salon(), at("23:58"), now=at("23:57"), wanted=overnight).limit == at(
        "9:00", date(2026, 6, 17)
    )


def test_too_soon_never_promises_a_time_at_which_the_salon_is_closed() -> None:
    wanted = replace(CUT, min_notice_minutes=60)
    closes_soon = refused(salon(), at("16:00"), now=at("15:45"), wanted=wanted)
    assert closes_soon == Refusal("too_soon", limit=at("9:00", date(2026, 6, 16)))
    shut = {date(2026, 6, 15 + n): DayException(()) for n in range(12)}
    beyond = replace(CUT, min_notice_minutes=60, max_advance_days=10)
    assert refused(salon(exceptions=shut), at("10:00"), now=at("9:45"), wanted=beyond).reason == "closed"
    later = refused(salon(exceptions=shut), at("10:00"), now=at("9:45"), wanted=wanted)
    assert later.limit == at("9:00", date(2026, 6, 27))


def test_too_far_tells_the_last_start_of_the_last_day() -> None:
    wanted = replace(CUT, max_advance_days=3)
    refusal = refused(salon(), at("0:00", date(2026, 6, 18)), wanted=wanted)
    assert refusal == Refusal("too_far", limit=at("23:45", date(2026, 6, 17)))
    assert isinstance(check_start(salon(), wanted, at("9:00", date(2026, 6, 17)), {}, now=NOW), list)
    assert refused(salon(), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)).reason == "too_far"
    assert refused(salon(), datetime(1, 1, 1, tzinfo=UTC)).reason == "past"


def test_nobody_is_told_before_closed() -> None:
    assert refused(salon(staff=[member(ANNA, own={})]), at("3:00")) == Refusal("nobody")
    assert refused(salon(), at("3:00"), staff_id=UUID(int=999)) == Refusal("nobody")
    only_perms = [member(ANNA), member(BEN, own={PERM.id: None})]
    assert refused(salon(staff=only_perms), at("10:00"), staff_id=BEN) == Refusal("nobody")


def test_a_start_that_would_outlast_the_hours_is_not_called_closed() -> None:
    for start in ("16:01", "16:15", "16:59"):
        assert refused(salon(), at(start)) == Refusal("too_late_for_service")
    half_day = salon(exceptions={MONDAY: DayException((Span(540, 720),), "Inventur")})
    assert refused(half_day, at("11:30")) == Refusal("too_late_for_service")


def test_closed_names_the_holiday_or_the_reason_of_the_exception() -> None:
    assert refused(salon(), at("3:07")) == Refusal("closed")
    assert refused(salon(), at("8:59")) == refused(salon(), at("17:00")) == Refusal("closed")
    christmas = at("10:00", date(2026, 12, 25))
    assert refused(salon(), christmas) == Refusal("closed", note="Erster Weihnachtstag")
    trip = salon(exceptions={MONDAY: DayException((), "Betriebsausflug")})
    assert refused(trip, at("10:00")) == Refusal("closed", note="Betriebsausflug")
    open_at_christmas = salon(closed_on_holidays=False)
    assert isinstance(check_start(open_at_christmas, CUT, christmas, {}, now=NOW), list)
    assert refused(open_at_christmas, at("3:00", date(2026, 12, 25))).note == ""


def test_whoever_is_quick_enough_before_closing_counts() -> None:
    quick = [member(ANNA), member(BEN, own={CUT.id: (45,)})]
    found = check_start(salon(staff=quick), CUT, at("16:15"), {}, now=NOW)
    assert isinstance(found, list)
    assert [o.staff_id for o in found] == [BEN]


def test_a_member_who_does_not_work_then_is_not_free() -> None:
    early = [member(ANNA, hours=week(span("9:00", "12:00"))), member(BEN)]
    assert refused(salon(staff=early), at("13:00"), staff_id=ANNA) == Refusal("not_free")


def test_not_free_on_the_grid() -> None:
    assert refused(salon(), at("10:30"), BOTH_TAKEN) == Refusal("not_free")
    no_chair = {CHAIR: [taken("10:00", "12:00")], BASIN: [taken("10:00", "12:00")]}
    assert refused(salon(), at("10:30"), no_chair) == Refusal("not_free")


def test_off_grid_names_the_nearest_free_starts_on_either_side() -> None:
    refusal = refused(salon(), at("13:07"))
    assert refusal == Refusal("off_grid", neighbours=(at("13:00"), at("13:15")))
    around = refused(salon(), at("10:37"), BOTH_TAKEN)
    assert around == Refusal("off_grid", neighbours=(at("9:00"), at("12:00")))


def test_off_grid_names_only_neighbours_of_that_day_that_exist() -> None:
    morning = {ANNA: [taken("9:00", "12:00")], BEN: [taken("9:00", "12:00")]}
    assert refused(salon(), at("9:07"), morning).neighbours == (at("12:00"),)
    afternoon = {ANNA: [taken("12:00", "17:00")], BEN: [taken("12:00", "17:00")]}
    assert refused(salon(), at("15:07"), afternoon).neighbours == (at("11:00"),)
    whole_day = {ANNA: [taken("9:00", "17:00")], BEN: [taken("9:00", "17:00")]}
    assert refused(salon(), at("15:07"), whole_day) == Refusal("off_grid")


def test_neighbours_are_those_of_the_wished_member() -> None:
    busy = {ANNA: [taken("13:00", "15:00")]}
    assert refused(salon(), at("13:07"), busy, staff_id=ANNA).neighbours == (at("12:00"), at("15:00"))


def test_an_off_grid_start_that_closes_a_hole_is_free_for_that_member_only() -> None:
    found = check_start(salon(), CUT, at("9:40"), {ANNA: [taken("9:00", "9:40")]}, now=NOW)
    assert isinstance(found, list)
    assert [o.staff_id for o in found] == [ANNA]
    assert refused(salon(), at("9:40"), {ANNA: [taken("9:00", "9:40")]}, staff_id=BEN).reason == "off_grid"


def test_a_branch_may_allow_any_minute() -> None:
    book = salon(off_grid="allow")
    found = check_start(book, CUT, at("13:07"), {}, now=NOW)
    assert isinstance(found, list)
    assert clocks(found) == ["13:07"]
    assert refused(book, at("10:37"), BOTH_TAKEN) == Refusal("not_free")


@pytest.mark.parametrize("off_grid", ["allow", "refuse"])
def test_seconds_are_never_on_the_grid(off_grid: str) -> None:
    refusal = refused(salon(off_grid=off_grid), at("13:00") + timedelta(seconds=30))
    assert refusal == Refusal("off_grid", neighbours=(at("13:00"), at("13:15")))


def test_a_naive_wish_is_refused_loudly() -> None:
    naive = datetime(2026, 6, 15, 10, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        check_start(salon(), CUT, naive, {}, now=NOW)
