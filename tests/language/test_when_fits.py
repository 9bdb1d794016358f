"""Whether words about time may mean a start: of an offer that is chosen, or of what is held."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from zusage.language.german import understand_when
from zusage.language.reading import When

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=BERLIN)
FRIDAY_AT_THREE = datetime(2026, 11, 20, 15, 0, tzinfo=BERLIN)


def read(text: str, *, on: date | None = None, anchor: datetime | None = None) -> When:
    said = understand_when(text, now=NOW, zone="Europe/Berlin", on=on, anchor=anchor)
    assert isinstance(said, When), said
    return said


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("am Freitag", True),
        ("um drei", True),
        ("nachmittags", True),
        ("Freitag oder Samstag", True),
        ("Montag oder Freitag um drei", True),
        ("freitags", True),
        ("freitags um drei", True),
        ("diese Woche", True),
        ("ab Donnerstag", True),
        ("am Samstag", False),
        ("um vier", False),
        ("vormittags", False),
        ("freitags vormittags", False),
        ("montags um drei", False),
        ("bis Donnerstag", False),
        ("nicht am Freitag", False),
        ("nicht freitags", False),
        ("diese Woche, nur nicht am Freitag", False),
        ("nicht am Samstag", True),
    ],
)
def test_words_fit_a_start_or_they_do_not(text: str, *, fits: bool) -> None:
    assert read(text).fits(FRIDAY_AT_THREE) is fits
    assert read(text).fits(FRIDAY_AT_THREE.astimezone(UTC)) is fits


def test_a_weekday_of_every_week_fits_in_later_weeks_too() -> None:
    assert read("freitags um drei").fits(datetime(2026, 12, 4, 15, 0, tzinfo=BERLIN))
    assert not read("freitags um drei").fits(datetime(2026, 12, 5, 15, 0, tzinfo=BERLIN))


def test_a_time_alone_is_of_any_day_and_refused_on_any() -> None:
    other_day = datetime(2026, 11, 25, 15, 0, tzinfo=BERLIN)
    assert read("um drei", on=date(2026, 11, 20)).fits(other_day)
    assert not read("um drei geht nicht", on=date(2026, 11, 20)).fits(other_day)


def test_the_day_that_is_talked_about_wins_over_that_of_the_anchor() -> None:
    talk = {"on": date(2026, 11, 27), "anchor": datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)}
    for text in ("um elf", "am gleichen Tag um elf", "am selben Tag um elf"):
        assert read(text, **talk).start == datetime(2026, 11, 27, 11, 0, tzinfo=BERLIN), text  # type: ignore[arg-type]
    assert read("eine Stunde später", **talk).start == datetime(2026, 11, 23, 11, 0, tzinfo=BERLIN)  # type: ignore[arg-type]
    alone = read("am gleichen Tag um elf", anchor=datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN))
    assert alone.start == datetime(2026, 11, 23, 11, 0, tzinfo=BERLIN)
