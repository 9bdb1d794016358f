"""What went wrong in the system before, where the language decides; numbers are those of its incident list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zusage.core.scheduling.masters import Span
from zusage.language.german import (
    Speech,
    clean_name,
    speak,
    understand_service,
    understand_staff,
    understand_when,
)
from zusage.language.german.speak import Here, SpokenOffer
from zusage.language.reading import ServiceEntry, Unclear, When

BERLIN = ZoneInfo("Europe/Berlin")
SPEECH = Speech()
NOW = datetime(2026, 11, 18, 10, tzinfo=BERLIN)


def read(text: str, now: datetime = NOW) -> When:
    reading = understand_when(text, now=now, zone="Europe/Berlin")
    assert isinstance(reading, When), reading
    return reading


def doubt(text: str, now: datetime = NOW) -> Unclear:
    reading = understand_when(text, now=now, zone="Europe/Berlin")
    assert isinstance(reading, Unclear), reading
    return reading


def test_incident_10_another_day_is_offered_by_its_name() -> None:
    saturday = datetime(2026, 11, 21, 14, tzinfo=BERLIN)
    line = SPEECH.not_free(
        Here(NOW, "Europe/Berlin"), start=saturday, offers=[SpokenOffer(saturday + timedelta(days=2))]
    )
    assert "am Montag, dem 23. November" in line


def test_incident_42_next_week_tuesday_is_the_tuesday_of_next_week() -> None:
    saturday = datetime(2025, 10, 18, 12, tzinfo=BERLIN)
    assert read("nächste Woche Dienstag", saturday).start.date() == date(2025, 10, 21)


@pytest.mark.parametrize("text", ["24.11.2023 14:00", "2024-11-24 14:00", "24. November 2023 um 14 Uhr"])
def test_incident_43_a_past_year_is_repaired_and_said(text: str) -> None:
    reading = read(text)
    assert reading.start == datetime(2026, 11, 24, 14, tzinfo=BERLIN)
    assert reading.assumed == ("year",)
    line = SPEECH.year_corrected(Here(NOW, "Europe/Berlin"), start=reading.start)
    assert line == "Ich gehe von Dienstag, dem 24. November, aus."


def test_incident_44_a_date_without_a_year_is_read() -> None:
    monday = datetime(2025, 11, 10, 9, tzinfo=BERLIN)
    assert read("Dienstag, den 11. November", monday).start.date() == date(2025, 11, 11)


def test_incident_45_the_fifteenth_one_is_the_next_such_day_and_its_weekday_is_said() -> None:
    reading = read("15.1")
    assert reading.start.date() == date(2027, 1, 15)
    assert speak.date(reading.start.date(), today=NOW.date()) == "am Freitag, dem 15. Januar 2027"


def test_incident_46_a_day_just_gone_names_the_year_it_assumes() -> None:
    december = datetime(2025, 12, 5, 9, tzinfo=BERLIN)
    reading = read("7. November", december)
    assert reading.start.date() == date(2026, 11, 7)
    assert reading.assumed == ("year",)
    assert speak.date(reading.start.date(), today=december.date()).endswith("2026")


@pytest.mark.parametrize(
    "text", ["", "null", "ich brauche einen Termin", "Herrenschnitt bitte", "{{datum}} {{uhrzeit}}"]
)
def test_incident_48_what_was_not_said_is_never_filled_in(text: str) -> None:
    assert doubt(text).reason == "no_time_said"


def test_incident_48_a_day_without_a_time_stays_a_whole_day() -> None:
    assert read("morgen").kind == "interval"


@pytest.mark.parametrize(
    ("name", "ahead"),
    [
        ("Montag", 5),
        ("Dienstag", 6),
        ("Mittwoch", 7),
        ("Donnerstag", 1),
        ("Freitag", 2),
        ("Samstag", 3),
        ("Sonntag", 4),
    ],
)
def test_incident_50_a_weekday_is_never_in_the_past(name: str, ahead: int) -> None:
    assert read(name).start.date() == NOW.date() + timedelta(days=ahead)


def test_incident_50_a_part_of_day_stays_a_window() -> None:
    reading = read("morgen vormittags")
    assert (reading.kind, reading.daily) == ("interval", Span(540, 720))


def test_incident_50_half_past_twelve_is_spoken_as_written() -> None:
    assert speak.time(NOW.replace(hour=12, minute=30)) == "12 Uhr 30"


CATALOGUE = (
    ServiceEntry("beratung", "Beratung"),
    ServiceEntry("herren", "Herrenhaarschnitt"),
    ServiceEntry("damen", "Damenhaarschnitt"),
    ServiceEntry("kinder", "Kinderhaarschnitt"),
    ServiceEntry("welle", "Dauerwelle"),
)


@pytest.mark.parametrize(
    "text", ["Ich möchte einen Termin", "Haarschnitt", "Maniküre", "null", "irgendwas Schönes"]
)
def test_incident_51_no_service_is_ever_a_default(text: str) -> None:
    assert understand_service(text, CATALOGUE).decision != "match"


def test_incident_51_a_haircut_is_not_a_consultation() -> None:
    assert understand_service("Herrenhaarschnitt", CATALOGUE).matches[0].entry.key == "herren"


def test_incident_52_the_spoken_wish_decides() -> None:
    reading = understand_service("eine Dauerwelle bitte", CATALOGUE)
    assert (reading.decision, reading.matches[0].entry.key) == ("match", "welle")


def test_incident_53_what_the_catalogue_has_is_found() -> None:
    assert understand_service("Kinderhaarschnitt", CATALOGUE).matches[0].confidence == 1.0


def test_incident_54_equal_names_are_asked_about() -> None:
    team = ["Anna Schmidt", "Anna Weber"]
    assert understand_staff("bei Anna", team) == [0, 1]
    assert SPEECH.ask_staff(team) == "Meinen Sie Anna Schmidt oder Anna Weber?"


def test_incident_55_the_role_decides_not_a_list_of_first_names() -> None:
    assert clean_name("bei Anna") is None
    assert [clean_name(name) for name in ("Anna", "Maria", "Max", "Paul")] == ["Anna", "Maria", "Max", "Paul"]
