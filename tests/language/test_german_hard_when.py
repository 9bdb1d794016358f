from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from language import hard_cases
from language.test_german_when import BERLIN, described
from zusage.language.german import understand_when
from zusage.language.german._lexicon import WEEKDAYS
from zusage.language.reading import Unclear, When

MONDAY = datetime(2026, 11, 23, 8, tzinfo=BERLIN)
TUESDAY = date(2026, 11, 24)


def when(text: str, *, now: datetime = MONDAY, on: date | None = None) -> When | Unclear:
    return understand_when(text, now=now, zone="Europe/Berlin", on=on)


def all_choices(read: When | Unclear) -> str:
    if isinstance(read, Unclear):
        return read.reason
    return " / ".join(described(choice) for choice in read.choices)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *hard_cases.MISHEARD,
        *hard_cases.NEVER_DROPPED,
        *hard_cases.CORRECTED,
        *hard_cases.BESIDE_A_MONTH,
        *hard_cases.CHOICES,
        *hard_cases.NAMES,
        *hard_cases.ENGLISH_AND_NIGHT,
        *hard_cases.FULL_STRETCHES,
    ],
)
def test_never_a_wrong_day(text: str, expected: str) -> None:
    assert all_choices(when(text)) == expected


@pytest.mark.parametrize(("text", "expected"), hard_cases.ON_THE_DAY_OF_TALK)
def test_a_time_alone_is_on_the_day_of_talk(text: str, expected: str) -> None:
    assert all_choices(when(text, on=TUESDAY)) == expected


def test_says_that_the_day_was_assumed() -> None:
    read = when("14 Uhr", on=TUESDAY)
    assert isinstance(read, When)
    assert read.assumed == ("day_of_talk",)


@pytest.mark.parametrize("text", ["07:30 Uhr", "07:59"])
def test_a_time_that_is_past_on_the_day_of_talk_is_never_the_next_day(text: str) -> None:
    assert all_choices(when(text, on=MONDAY.date())) == "past"


@pytest.mark.parametrize(
    "text", ["Mai 10 Uhr", "lieber Dezember 10 Uhr", "in zwei bis drei Wochen um 15 Uhr"]
)
def test_a_stretch_of_days_with_a_time_names_no_day(text: str) -> None:
    read = when(text)
    assert isinstance(read, When)
    assert read.kind == "interval"
    assert read.end is not None
    assert read.daily is not None
    assert read.end - read.start > timedelta(days=6)
    assert read.start.date() > MONDAY.date()


def test_a_reading_nobody_named_is_kept_but_is_no_choice() -> None:
    read = when("nächsten Dienstag um drei")
    assert isinstance(read, When)
    assert [described(other) for other in read.alternatives] == ["24.11. 03:00", "01.12. 15:00"]
    assert read.choices == (read,)


@pytest.mark.parametrize("name", WEEKDAYS)
def test_one_lost_letter_never_makes_another_day(name: str) -> None:
    meant = when(f"am {name} um 10")
    assert isinstance(meant, When)
    for at in range(1, len(name)):
        read = when(f"am {name[:at]}{name[at + 1 :]} um 10")
        assert isinstance(read, Unclear) or read.start == meant.start, name[:at] + name[at + 1 :]
