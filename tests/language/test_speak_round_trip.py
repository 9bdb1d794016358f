"""What the agent says about days and times is understood again as what was meant: three years, every quarter hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from zusage.language.german import speak, understand_when
from zusage.language.german._numbers import cardinal
from zusage.language.german._text import fold
from zusage.language.german.speak import Here
from zusage.language.reading import Unclear, When

ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(ZONE)
FIRST = date(2026, 11, 18)
DAYS = [FIRST + timedelta(days=n) for n in range(3 * 365 + 1)]
QUARTERS = [time(minute // 60, minute % 60) for minute in range(0, 24 * 60, 15)]


def read(text: str, now: datetime) -> When | Unclear:
    return understand_when(text, now=now, zone=ZONE)


def comes_once(at: datetime) -> bool:
    """Whether the wall clock shows this time exactly once on that day."""
    exists = at.astimezone(UTC).astimezone(BERLIN).replace(tzinfo=None) == at.replace(tzinfo=None)
    return exists and at.replace(fold=1).utcoffset() == at.utcoffset()


def moments() -> Iterator[tuple[datetime, datetime]]:
    """Every day with three of its quarter hours, each quarter hour about 34 times; spoken from 0 to 416 days before."""
    for n, day in enumerate(DAYS):
        said_on = datetime.combine(day - timedelta(days=(n * 37) % 417), time(0), BERLIN)
        for third in range(3):
            at = datetime.combine(day, QUARTERS[(n * 31 + third * 32) % 96], BERLIN)
            if comes_once(at):
                yield at, said_on


def test_every_day_of_three_years_said_with_its_time_is_that_moment() -> None:
    heard = {at.time() for at, _ in moments()}
    assert heard == set(QUARTERS)
    wrong = []
    for at, now in moments():
        spoken = speak.moment(at, Here(now, ZONE))
        reading = read(spoken, now)
        if not isinstance(reading, When) or (reading.start, reading.kind) != (at, "instant"):
            wrong.append((spoken, now.date(), reading))
    assert wrong == []


@pytest.mark.parametrize("ahead", [0, 1, 2, 6, 7, 8, 31, 120, 299, 300, 301, 365, 416])
def test_every_day_of_three_years_said_alone_is_that_day(ahead: int) -> None:
    wrong = []
    for day in DAYS[ahead % 5 :: 5]:
        now = datetime.combine(day - timedelta(days=ahead), time(10), BERLIN)
        spoken = speak.date(day, today=now.date())
        reading = read(spoken, now)
        if not isinstance(reading, When) or (reading.start.date(), reading.grain) != (day, "day"):
            wrong.append((spoken, now.date(), reading))
    assert wrong == []


def test_a_day_named_without_its_year_is_the_next_such_day() -> None:
    wrong = []
    for n, day in enumerate(DAYS):
        now = datetime.combine(day - timedelta(days=n % 360), time(0), BERLIN)
        reading = read(speak.day(day), now)
        if not isinstance(reading, When) or reading.start.date() != day:
            wrong.append((speak.day(day), now.date(), reading))
    assert wrong == []


@pytest.mark.parametrize(
    "day", [date(2026, 11, 27), date(2027, 3, 29), date(2028, 2, 29), date(2029, 10, 29)]
)
def test_every_quarter_hour_of_a_day_is_heard_as_said(day: date) -> None:
    now = datetime.combine(day - timedelta(days=2), time(12), BERLIN)
    for quarter in QUARTERS:
        at = datetime.combine(day, quarter, BERLIN)
        reading = read(speak.moment(at, Here(now, ZONE)), now)
        assert isinstance(reading, When)
        assert reading.start == at


def test_two_offers_are_heard_as_two_choices() -> None:
    now = datetime(2026, 11, 18, 10, tzinfo=BERLIN)
    first = datetime(2026, 11, 27, 14, 30, tzinfo=BERLIN)
    for second in (first + timedelta(minutes=90), first + timedelta(days=3)):
        offers = [speak.SpokenOffer(first), speak.SpokenOffer(second)]
        reading = read(speak.offers(offers, Here(now, ZONE)), now)
        starts = {choice.start for choice in reading.choices} if isinstance(reading, When) else set()
        asked = isinstance(reading, Unclear) and reading.reason == "ambiguous"
        assert asked or starts == {first, second}


def words_of(at: datetime) -> str:
    """The moment in words only, as a transcript brings it."""
    day = f"am {speak.ordinal(at.day, ending='en')} {speak.ordinal(at.month, ending='en')}"
    hour = "ein" if at.hour == 1 else speak.number(at.hour)
    minute = f" {speak.number(at.minute)}" if at.minute else ""
    return f"{day} {speak.number(at.year)} um {hour} uhr{minute}".lower()


def test_every_day_of_three_years_in_words_only_is_that_moment() -> None:
    wrong = []
    now = datetime.combine(FIRST, time(0), BERLIN)
    for n, day in enumerate(DAYS):
        at = datetime.combine(day, time(7 + n % 14, 15 * (n % 4)), BERLIN)
        reading = read(words_of(at), now)
        if not isinstance(reading, When) or reading.start != at:
            wrong.append((words_of(at), reading))
    assert wrong == []


def test_every_number_as_a_word_is_read_back() -> None:
    assert [cardinal(fold(speak.number(value))) for value in range(1, 10_000)] == list(range(1, 10_000))


@pytest.mark.parametrize("value", range(1, 32))
def test_every_ordinal_as_a_word_is_read_back(value: int) -> None:
    now = datetime(2026, 12, 1, tzinfo=BERLIN)
    reading = read(f"am {speak.ordinal(value, ending='en')}", now)
    assert isinstance(reading, When)
    assert reading.start.date() == date(2026, 12, value)
