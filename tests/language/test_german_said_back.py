"""What was understood, said back to the caller."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from zusage.core.scheduling.masters import Span
from zusage.language.german import Speech, speak
from zusage.language.german.speak import Here
from zusage.language.reading import When

BERLIN = ZoneInfo("Europe/Berlin")
HERE = Here(datetime(2026, 11, 24, 10, tzinfo=BERLIN), "Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 14, 30, tzinfo=BERLIN)
SPEECH = Speech()


def midnight(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, tzinfo=BERLIN)


FORENOON = Span(9 * 60, 12 * 60)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (When(FRIDAY, None, "instant", "minute"), "am Freitag, dem 27. November, um 14 Uhr 30"),
        (
            When(FRIDAY, None, "instant", "minute", approximate=True),
            "am Freitag, dem 27. November, gegen 14 Uhr 30",
        ),
        (When(midnight(24), midnight(25), "interval", "day"), "heute"),
        (When(midnight(25), midnight(26), "interval", "day"), "morgen, am Mittwoch"),
        (
            When(midnight(27), midnight(30), "interval", "day"),
            "vom Freitag, dem 27. November, bis zum Sonntag, dem 29. November",
        ),
        (When(midnight(24), midnight(26), "interval", "day"), "von heute bis morgen, Mittwoch"),
        (
            When(midnight(30), midnight(7, 12), "interval", "week", daily=FORENOON),
            "vom Montag, dem 30. November, bis zum Sonntag, dem 6. Dezember, zwischen 9 und 12 Uhr",
        ),
        (
            When(
                FRIDAY.replace(hour=9, minute=0), FRIDAY.replace(hour=12, minute=0), "interval", "part_of_day"
            ),
            "am Freitag, dem 27. November, zwischen 9 und 12 Uhr",
        ),
        (
            When(FRIDAY, midnight(28), "interval", "hour", daily=Span(14 * 60 + 30, 24 * 60)),
            "am Freitag, dem 27. November, ab 14 Uhr 30",
        ),
        (
            When(midnight(27), FRIDAY, "interval", "hour", daily=Span(0, 14 * 60 + 30)),
            "am Freitag, dem 27. November, bis 14 Uhr 30",
        ),
        (
            When(FRIDAY, None, "open_end", "hour", daily=Span(14 * 60 + 30, 24 * 60), limit=midnight(28)),
            "am Freitag, dem 27. November, ab 14 Uhr 30",
        ),
        (When(FRIDAY, None, "open_end", "minute"), "ab Freitag, dem 27. November, um 14 Uhr 30"),
        (When(midnight(27), None, "open_end", "day"), "ab Freitag, dem 27. November"),
        (When(midnight(24), None, "open_end", "day"), "ab heute"),
        (
            When(midnight(27), None, "open_end", "day", daily=FORENOON),
            "ab Freitag, dem 27. November, zwischen 9 und 12 Uhr",
        ),
        (
            When(midnight(27), FRIDAY, "open_start", "hour", daily=Span(0, 14 * 60 + 30)),
            "am Freitag, dem 27. November, bis 14 Uhr 30",
        ),
        (When(HERE.now, HERE.now.replace(hour=12), "open_start", "minute"), "heute bis 12 Uhr"),
        (When(HERE.now, FRIDAY, "open_start", "minute"), "bis zum Freitag, dem 27. November, um 14 Uhr 30"),
        (When(midnight(24), midnight(28), "open_start", "day"), "bis zum Freitag, dem 27. November"),
        (When(midnight(24), midnight(28), "open_start", "minute"), "bis zum Freitag, dem 27. November"),
        (When(HERE.now, None, "open_end", "minute", soonest=True), "so bald wie möglich"),
        (
            When(HERE.now, None, "open_end", "minute", soonest=True, daily=FORENOON),
            "so bald wie möglich zwischen 9 und 12 Uhr",
        ),
    ],
)
def test_what_was_understood_is_said_back(wish: When, said: str) -> None:
    assert speak.wish(wish, HERE) == said


def test_two_wishes_are_asked_between() -> None:
    ten, eleven = (When(FRIDAY.replace(hour=hour, minute=0), None, "instant", "minute") for hour in (10, 11))
    assert SPEECH.ask_between(HERE, wishes=[ten, eleven]) == (
        "Was ist Ihnen lieber, am Freitag, dem 27. November, um 10 Uhr oder um 11 Uhr?"
    )
    whole = When(midnight(30), midnight(1, 12), "interval", "day")
    assert SPEECH.ask_between(HERE, wishes=[ten, whole, eleven]) == (
        "Was ist Ihnen lieber, am Freitag, dem 27. November, um 10 Uhr oder am Montag, dem 30. November?"
    )
