"""Days by words: valid on whatever day a scenario is played."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from zusage.sandbox.player._days import format_moment, is_day, resolve_day

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = date(2026, 11, 21)


def last(count: int) -> int:
    return count - 1


def first(count: int) -> int:
    return count - count


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("today", "2026-11-21"),
        ("tomorrow", "2026-11-22"),
        ("yesterday", "2026-11-20"),
        ("+3 days", "2026-11-24"),
        ("-1 day", "2026-11-20"),
        ("next tuesday", "2026-11-24"),
        ("next saturday", "2026-11-28"),
        ("next sunday", "2026-11-22"),
        ("next open day", "2026-11-24"),
        ("+2 open days", "2026-11-25"),
        ("+5 open days", "2026-12-01"),
        ("any open day", "2026-11-25"),
        ("next dst gap", "2027-03-28"),
        ("next dst twice", "2027-10-31"),
    ],
)
def test_words_become_days(words: str, expected: str) -> None:
    assert is_day(words)
    assert resolve_day(words, today=SATURDAY, pick=first).isoformat() == expected


@pytest.mark.parametrize(
    "words", ["", "next", "next week", "morgen", "+1 weekday", "2026-11-24", "next next tuesday"]
)
def test_other_words_are_no_days(words: str) -> None:
    assert not is_day(words)


@pytest.mark.parametrize(("words", "month", "hours"), [("next dst gap", 3, 23), ("next dst twice", 10, 25)])
def test_a_change_of_the_clocks_is_always_ahead(words: str, month: int, hours: int) -> None:
    for offset in range(0, 1500, 7):
        today = SATURDAY + timedelta(days=offset + 1)
        day = resolve_day(words, today=today, pick=first)
        assert (day.weekday(), day.month) == (6, month)
        assert timedelta(0) < day - today <= timedelta(days=372)
        starts, ends = (datetime.combine(each, time.min, BERLIN) for each in (day, day + timedelta(days=1)))
        assert ends.astimezone(UTC) - starts.astimezone(UTC) == timedelta(hours=hours)


def test_christmas_is_passed_over() -> None:
    assert resolve_day("next open day", today=date(2026, 12, 22), pick=first) == date(2027, 1, 7)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 3, 25), date(2027, 3, 30)),  # Good Friday
        (date(2026, 10, 30), date(2026, 11, 3)),  # a Saturday, then Sunday and Monday
        (date(2027, 5, 26), date(2027, 5, 28)),  # Corpus Christi, a holiday in some regions only
        (date(2027, 10, 25), date(2027, 10, 27)),  # Austria's national day
    ],
)
def test_a_holiday_anywhere_is_no_open_day(today: date, expected: date) -> None:
    assert resolve_day("next open day", today=today, pick=first) == expected


def test_open_days_are_tuesday_to_friday_through_a_whole_year() -> None:
    for offset in range(366):
        today = SATURDAY + timedelta(days=offset)
        day = resolve_day("next open day", today=today, pick=first)
        assert day > today
        assert day.weekday() in {1, 2, 3, 4}


def test_any_open_day_stays_within_the_usual_horizon() -> None:
    farthest = resolve_day("any open day", today=SATURDAY, pick=last)
    assert timedelta(days=150) < farthest - SATURDAY < timedelta(days=300)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("date", "2026-11-24"),
        ("german", "24.11.2026"),
        ("weekday", "Dienstag"),
        ("spoken", "Dienstag, den 24. November"),
        ("time", "14:30"),
        ("clock", "14 Uhr 30"),
    ],
)
def test_formats(form: str, expected: str) -> None:
    assert format_moment("2026-11-24T14:30:00+01:00", form) == expected


def test_a_full_hour_is_said_short_and_other_texts_stay() -> None:
    assert format_moment("2026-11-24T14:00:00+01:00", "clock") == "14 Uhr"
    assert format_moment("tok_1", "clock") == "tok_1"
