"""What an outside calendar closes: the options are those of the ledger whose work is free there, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scheduling_oracle import MINUTE, taken_minutes
from scheduling_salon import ANNA, BEN, BERLIN, CUT, MONDAY, NOW, PERM, at, salon, service, span, taken, week

from zusage.core.scheduling import (
    calendar_window,
    check_start,
    closed_times,
    day_bounds,
    find_offers,
    find_options,
    make_plan,
)
from zusage.core.scheduling.calendar import CERTAIN_SECONDS, SEEN_SECONDS, CalendarView, FreeDay, UnreadDays
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.plan import Busy, Option
from zusage.core.scheduling.wish import Refusal, Wish
from zusage.core.values import Period

BOOK = salon()
BUFFERED = service(number=3, buffer_before=5, buffer_after=15)
DAY = day_bounds(BERLIN, MONDAY)
TUESDAY = MONDAY + timedelta(days=1)
FREE = taken("0:00", "24:00")


def view(
    free: dict[UUID, Sequence[Period] | None], *, age: float = 10.0, hide: bool = False, days: int = 2
) -> CalendarView:
    """The same free stretches on all days from Monday on; None: that member could not be read."""
    return CalendarView(
        BERLIN,
        "hide" if hide else "offer",
        {
            (staff, MONDAY + timedelta(days=n)): None
            if periods is None
            else FreeDay(tuple(_shifted(periods, n)), age)
            for staff, periods in free.items()
            for n in range(days)
        },
    )


def _shifted(periods: Iterable[Period], days: int) -> Iterable[Period]:
    return (Period(p.start + timedelta(days=days), p.end + timedelta(days=days)) for p in periods)


def options(
    calendar: CalendarView,
    busy: Busy,
    *,
    book: BranchBook = BOOK,
    wanted: Service = CUT,
    own: Busy | None = None,
) -> list[Option]:
    """What is offered on Monday with this calendar."""
    window = calendar_window(book, wanted, DAY)
    closed = closed_times(calendar, [ANNA, BEN], window, busy=busy, own=own or {})
    return find_options(book, wanted, DAY, busy, now=NOW, closed=closed)


def starts(found: Iterable[Option], staff: UUID) -> list[str]:
    return [f"{option.start + timedelta(hours=2):%H:%M}" for option in found if option.staff_id == staff]


_EDGES = st.lists(st.integers(96, 210).map(lambda n: n * 5), max_size=8, unique=True).map(sorted)


@st.composite
def stretches(draw: st.DrawFn) -> list[Period]:
    edges = draw(_EDGES)
    return [
        taken(f"{a // 60}:{a % 60:02}", f"{b // 60}:{b % 60:02}")
        for a, b in zip(edges[::2], edges[1::2], strict=False)
    ]


@settings(deadline=None)  # the first example reads the holidays
@given(stretches(), stretches(), stretches(), st.sampled_from([CUT, PERM, BUFFERED]))
@example([taken("9:00", "10:00")], [], [taken("10:00", "10:50")], PERM)
def test_nothing_is_offered_but_what_the_ledger_offers_and_the_calendar_gives(
    anna: list[Period], ben: list[Period], booked: list[Period], wanted: Service
) -> None:
    """The model: of the options without a calendar those whose every minute of work is free there, in the same order.

    So neither the preference among members nor the starts that close holes get worse by what is closed."""
    busy = {ANNA: booked}
    book = salon(services=(CUT, PERM, BUFFERED))
    free = {ANNA: taken_minutes(anna) | taken_minutes(booked), BEN: taken_minutes(ben)}

    def given_there(option: Option) -> bool:
        plan = make_plan(book, wanted, option, option.chair_ids[0])
        work = [phase.period for phase in plan.phases if phase.staff_id is not None]
        return taken_minutes(work) <= free[option.staff_id]

    expected = [o for o in find_options(book, wanted, DAY, busy, now=NOW) if given_there(o)]
    assert options(view({ANNA: anna, BEN: ben}), busy, book=book, wanted=wanted) == expected


def test_what_is_closed_makes_nobody_busy() -> None:
    """Ben is closed all morning there; he still has the fewest busy minutes, and is asked first in the afternoon."""
    busy = {ANNA: [taken("9:00", "9:30")]}
    found = options(view({ANNA: [FREE], BEN: [taken("13:00", "24:00")]}), busy)
    first = next(option for option in found if option.start == at("14:00"))
    assert first.staff_id == BEN


def test_our_buffers_need_not_be_free_there() -> None:
    """Working hours there end at five, and so does what is booked there; ours goes on for a quarter of an hour."""
    wanted = service(buffer_after=15)
    book = salon(services=(wanted, PERM))
    found = options(view({ANNA: [taken("9:00", "17:00")], BEN: []}), {}, book=book, wanted=wanted)
    assert starts(found, ANNA)[-1] == "16:00"
    assert starts(found, BEN) == []


def test_what_is_ours_there_does_not_stand_in_its_own_way() -> None:
    """An appointment to be moved, or a courtesy reservation of the call's own hold, is not free there either."""
    mine = {ANNA: [taken("10:00", "11:00")]}
    calendar = view({ANNA: [taken("9:00", "10:00"), taken("11:00", "17:00")], BEN: []})
    assert "10:00" not in starts(options(calendar, {}), ANNA)
    moved = starts(options(calendar, {}, own=mine), ANNA)
    assert "10:00" in moved
    assert "10:30" in moved


def test_steps_of_the_calendar_close_no_hole_beside_what_is_ours() -> None:
    """Ours ends at 10:32, and the calendar's five minutes go on at 10:35; a start that closes the hole stays."""
    busy = {ANNA: [taken("10:00", "10:32")]}
    calendar = view({ANNA: [taken("9:00", "10:00"), taken("10:35", "17:00")], BEN: []})
    assert "10:32" in starts(options(calendar, busy), ANNA)


def test_somebody_elses_time_beside_ours_is_no_rounding() -> None:
    busy = {ANNA: [taken("10:00", "10:32")]}
    calendar = view({ANNA: [taken("9:00", "10:00"), taken("10:40", "17:00")], BEN: []})
    found = starts(options(calendar, busy), ANNA)
    assert "10:32" not in found
    assert "10:45" in found


def test_unread_days_are_never_taken_for_free_or_closed() -> None:
    calendar = view({ANNA: [FREE], BEN: [FREE]}, days=1)
    assert closed_times(calendar, [ANNA], DAY, busy={}, own={}) == {ANNA: []}
    window = day_bounds(BERLIN, TUESDAY)
    with pytest.raises(UnreadDays) as unread:
        closed_times(calendar, [ANNA], window, busy={}, own={})
    assert unread.value.window == window


@pytest.mark.parametrize("free", [None, [FREE]])
def test_what_could_not_be_read_is_offered_or_hidden_as_the_company_wishes(
    free: list[Period] | None,
) -> None:
    """A reading too old to count is as good as none."""
    old = SEEN_SECONDS + 1
    offering, hiding = (view({ANNA: free, BEN: []}, age=old, hide=hide) for hide in (False, True))
    assert "10:00" in starts(options(offering, {}), ANNA)
    assert starts(options(hiding, {}), ANNA) == []
    assert hiding.hides(ANNA, MONDAY)
    assert not hiding.showing_all().hides(ANNA, MONDAY)


def test_an_old_reading_still_closes_where_the_ledger_alone_would_decide() -> None:
    calendar = view({ANNA: [taken("9:00", "12:00")], BEN: []}, age=SEEN_SECONDS + 1)
    assert starts(options(calendar, {}), ANNA)[-1] == "11:00"
    assert calendar.age(ANNA, taken("10:00", "11:00")) is None


def test_the_age_of_a_period_is_that_of_its_oldest_day() -> None:
    night = Period(at("23:30"), at("0:30", TUESDAY))
    days = {(ANNA, MONDAY): FreeDay((), 5.0), (ANNA, TUESDAY): FreeDay((), CERTAIN_SECONDS)}
    calendar = CalendarView(BERLIN, "offer", days)
    assert calendar.age(ANNA, night) == CERTAIN_SECONDS
    assert calendar.age(ANNA, taken("10:00", "11:00")) == 5.0
    assert calendar.age(BEN, night) is None


def test_what_one_more_reading_knows_wins() -> None:
    older, newer = view({ANNA: [FREE]}, age=900), view({ANNA: []}, age=1, days=1)
    both = older.with_days_of(newer)
    assert both.age(ANNA, taken("10:00", "11:00")) == 1
    assert both.age(ANNA, Period(at("10:00", TUESDAY), at("11:00", TUESDAY))) == 900


def test_a_wish_and_its_alternatives_keep_to_the_calendar() -> None:
    calendar = view({ANNA: [taken("15:00", "17:00")], BEN: []})
    closed = closed_times(calendar, [ANNA, BEN], calendar_window(BOOK, CUT, DAY), busy={}, own={})
    refused = check_start(BOOK, CUT, at("10:00"), {}, now=NOW, closed=closed)
    assert refused == Refusal("not_free")
    off_grid = check_start(BOOK, CUT, at("15:07"), {}, now=NOW, closed=closed)
    assert isinstance(off_grid, Refusal)
    assert off_grid.neighbours == (at("15:00"), at("15:15"))
    free = check_start(BOOK, CUT, at("15:00"), {}, now=NOW, closed=closed)
    assert not isinstance(free, Refusal)
    assert [option.staff_id for option in free] == [ANNA]
    wish = Wish(DAY, exact=at("10:00"))
    offers = find_offers(BOOK, CUT, wish, {}, now=NOW, window=DAY, closed=closed)
    assert [option.start for option in offers] == [at("15:00"), at("15:15")]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_hole_50_a_day_of_23_or_25_hours_is_closed_and_given_as_real_time(day: date, hours: int) -> None:
    """What is not free there is closed to the minute of the day's true end, and nothing of the next day with it."""
    bounds = day_bounds(BERLIN, day)
    assert bounds.length == timedelta(hours=hours)
    two = Period(bounds.start + timedelta(hours=2), bounds.start + timedelta(hours=4))
    calendar = CalendarView(BERLIN, "offer", {(ANNA, day): FreeDay((two,), 1.0)})
    closed = closed_times(calendar, [ANNA], bounds, busy={}, own={})
    assert list(closed[ANNA]) == [Period(bounds.start, two.start), Period(two.end, bounds.end)]
    assert _minutes(closed[ANNA]) + 120 == hours * 60


def _minutes(periods: Iterable[Period]) -> int:
    return sum(int((p.end - p.start) / MINUTE) for p in periods)


def test_the_window_of_a_question_holds_the_longest_plan_that_starts_in_it() -> None:
    instant = Period(at("10:00"), at("10:01"))
    assert calendar_window(BOOK, PERM, instant) == Period(at("10:00"), at("11:35"))
    assert isinstance(calendar_window(BOOK, CUT, instant).end, datetime)


def test_the_window_of_a_day_needs_nothing_of_the_next_one() -> None:
    assert calendar_window(BOOK, PERM, DAY) == DAY
    closed = replace(BOOK, branch=replace(BOOK.branch, week=((),) * 7))
    assert calendar_window(closed, PERM, DAY) == DAY


@pytest.mark.parametrize("whose", ["branch", "member"])
def test_where_somebody_works_past_midnight_the_window_does_as_well(whose: str) -> None:
    late = week(span("0:00", "2:00"), span("20:00", "24:00"))
    anna = replace(BOOK.staff[0], week=late if whose == "member" else None)
    hours = late if whose == "branch" else BOOK.branch.week
    book = replace(BOOK, branch=replace(BOOK.branch, week=hours), staff=(anna,))
    night = Period(at("0:30", TUESDAY), at("0:31", TUESDAY))
    assert calendar_window(book, PERM, DAY).end == DAY.end + timedelta(minutes=PERM.minutes - 1)
    assert calendar_window(book, PERM, night).end == at("2:00", TUESDAY)
