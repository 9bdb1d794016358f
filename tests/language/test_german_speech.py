from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.core.values import Money
from zusage.language.german import sentences, speak
from zusage.language.german.speak import Here, SpokenOffer

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 24)
HERE = Here(datetime(2026, 11, 24, 10, tzinfo=BERLIN), "Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 14, 30, tzinfo=BERLIN)
HOSTILE = "An\x00na\r\n <b>x</b>\u202e\u2028 ${jndi} & Söhne"

ARGUMENTS: dict[str, Any] = {
    "here": HERE,
    "start": FRIDAY,
    "earliest": FRIDAY,
    "latest": FRIDAY,
    "offers": [SpokenOffer(FRIDAY + timedelta(minutes=45 * n), HOSTILE) for n in range(4)],
    "neighbours": [FRIDAY, FRIDAY + timedelta(minutes=15), FRIDAY + timedelta(minutes=30)],
    "price": Money(2050),
    "price_from": True,
    "seconds": 120,
    "minutes": 90,
    "whole_day": True,
    "candidates": [HOSTILE, "Färben"],
    "choices": [HOSTILE, "Färben"],
    "services": [HOSTILE, "Färben"],
    "categories": [HOSTILE, "Farbe"],
    "names": [HOSTILE, "Ben"],
    "times": ["am Dienstag um 10 Uhr", "um 11 Uhr", "um 12 Uhr"],
    "able": [HOSTILE, "Ben"],
    **dict.fromkeys(("service", "staff", "name", "note", "company", "customer"), HOSTILE),
}
SENTENCES = {
    name: function
    for name, function in inspect.getmembers(sentences, inspect.isfunction)
    if function.__module__ == sentences.__name__ and not name.startswith("_")
}


def spoken(function: Callable[..., str], *, only_required: bool) -> str:
    parameters = inspect.signature(function).parameters.values()
    wanted = [p for p in parameters if not only_required or p.default is p.empty]
    return function(
        *(ARGUMENTS[p.name] for p in wanted if p.kind is p.POSITIONAL_OR_KEYWORD),
        **{p.name: ARGUMENTS[p.name] for p in wanted if p.kind is p.KEYWORD_ONLY},
    )


@pytest.mark.parametrize("name", sorted(SENTENCES))
@pytest.mark.parametrize("only_required", [True, False])
def test_every_sentence_is_one_clean_line_with_two_offers_at_most(name: str, *, only_required: bool) -> None:
    line = spoken(SENTENCES[name], only_required=only_required)
    assert line.isprintable()
    assert line == " ".join(line.split())
    assert line[0].isupper()
    assert line[-1] in ".?!"
    assert not re.search(r"[<>{}\[\]$&€%*_#|\\/:]", line.replace("gebucht:", "").replace("Ihnen:", "")), line
    assert not re.search(r"\d[.:]\d|\bca\.|\bz\.|\bbzw\b|\bMin\b|\bStd\b", line), line
    assert len(re.findall(r"\bum \d", line)) <= 3
    assert "offer" not in name or len(re.findall(r"\bum \d", line)) <= 2


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_incident_59_only_a_booking_says_that_it_is_booked(name: str) -> None:
    line = spoken(SENTENCES[name], only_required=False).casefold()
    claims = re.search(r"\b(gebucht|eingetragen|bestätigt|vereinbart|fest reserviert)\b", line)
    assert bool(claims) == (name in {"booked", "already_booked"})


def test_a_hold_is_told_as_a_hold() -> None:
    line = sentences.held(
        HERE, service="Herrenschnitt", start=FRIDAY, staff="Anna", price=Money(3500), seconds=120
    )
    assert line == (
        "Herrenschnitt geht am Freitag, dem 27. November, um 14 Uhr 30 bei Anna, das kostet 35 Euro. "
        "Ich halte Ihnen die Zeit zwei Minuten lang frei. Soll ich den Termin fest für Sie eintragen?"
    )


def test_offers_name_a_shared_day_once_and_another_day_by_its_name() -> None:
    same = [SpokenOffer(FRIDAY), SpokenOffer(FRIDAY + timedelta(minutes=90))]
    assert speak.offers(same, HERE) == "am Freitag, dem 27. November, um 14 Uhr 30 oder um 16 Uhr"
    other = sentences.not_free(HERE, start=FRIDAY, offers=[SpokenOffer(FRIDAY + timedelta(days=3))])
    assert "am Montag, dem 30. November, um 14 Uhr 30" in other
    near = sentences.not_free(HERE, start=FRIDAY, offers=same[1:])
    assert "am selben Tag um 16 Uhr" in near


def test_without_offers_a_refusal_asks_for_another_day() -> None:
    for line in (
        sentences.not_free(HERE, start=FRIDAY, offers=[]),
        sentences.offers(HERE, offers=[]),
        sentences.conflict(HERE, offers=[]),
        sentences.expired_and_gone(HERE, start=FRIDAY, offers=[]),
        sentences.closed(HERE, start=FRIDAY),
        sentences.off_grid(HERE, neighbours=[]),
    ):
        assert line.endswith("?")


def test_more_than_eight_services_are_told_by_category() -> None:
    many = [f"Schnitt {letter}" for letter in "ABCDEFGHI"]
    assert sentences.services_list(many, categories=["Schnitt", "Farbe"]).startswith(
        "Wir haben Schnitt und Farbe."
    )
    assert sentences.services_list(many[:2]).startswith("Wir haben Schnitt A und Schnitt B.")
    assert "zum Beispiel" in sentences.services_list(many)


def test_a_closed_day_names_its_reason() -> None:
    line = sentences.closed(
        HERE, start=datetime(2026, 12, 25, 14, tzinfo=BERLIN), note="Erster Weihnachtstag"
    )
    assert line.startswith(
        "Am Freitag, dem 25. Dezember, haben wir leider geschlossen, es ist Erster Weihnachtstag."
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "heute"),
        (TODAY + timedelta(days=1), "morgen, am Mittwoch"),
        (TODAY + timedelta(days=2), "am Donnerstag, dem 26. November"),
        (date(2027, 3, 1), "am Montag, dem 1. März"),
        (date(2027, 11, 23), "am Dienstag, dem 23. November 2027"),
        (date(2026, 11, 23), "am Montag, dem 23. November 2026"),
    ],
)
def test_days(day: date, said: str) -> None:
    assert speak.date(day, today=TODAY) == said


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(14, 30, "14 Uhr 30"), (14, 0, "14 Uhr"), (9, 5, "9 Uhr 5"), (0, 0, "0 Uhr"), (1, 0, "ein Uhr nachts"),
     (6, 15, "6 Uhr 15 morgens"), (12, 30, "12 Uhr 30")],
)  # fmt: skip
def test_times(hour: int, minute: int, said: str) -> None:
    assert speak.time(FRIDAY.replace(hour=hour, minute=minute)) == said


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (4500, "45 Euro"),
        (2050, "20 Euro 50"),
        (2005, "20 Euro und 5 Cent"),
        (100, "ein Euro"),
        (50, "50 Cent"),
        (1, "ein Cent"),
        (0, "0 Euro"),
        (125000, "1250 Euro"),
        (-500, "minus 5 Euro"),
    ],
)
def test_prices(cents: int, said: str) -> None:
    assert speak.price(Money(cents)) == said


def test_other_currencies() -> None:
    assert speak.price(Money(2050, "CHF")) == "20 Franken 50"
    assert speak.price(Money(2000, "SEK")) == "20 S E K"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (45, "45 Minuten"),
        (1, "eine Minute"),
        (5, "fünf Minuten"),
        (60, "eine Stunde"),
        (90, "anderthalb Stunden"),
        (75, "eine Stunde und 15 Minuten"),
        (120, "zwei Stunden"),
        (150, "zweieinhalb Stunden"),
        (130, "zwei Stunden und zehn Minuten"),
        (61, "eine Stunde und eine Minute"),
    ],
)
def test_durations(minutes: int, said: str) -> None:
    assert speak.duration(minutes) == said


def test_lists() -> None:
    assert speak.join([]) == ""
    assert speak.join(["Montag"]) == "Montag"
    assert speak.join(["Montag", "Dienstag", "Mittwoch"]) == "Montag, Dienstag und Mittwoch"
    assert speak.join(["Anna", "Ben"], word="oder") == "Anna oder Ben"


def test_names_of_masters_are_spoken_as_words() -> None:
    assert speak.plain("Waschen & Föhnen") == "Waschen und Föhnen"
    assert speak.plain("Ansatz + Längenausgleich") == "Ansatz und Längenausgleich"
    assert speak.plain("Balayage/Ombré") == "Balayage oder Ombré"
    assert speak.plain(HOSTILE) == "An na b x oder b jndi und Söhne"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_name_becomes_one_harmless_line(text: str) -> None:
    said = speak.plain(text)
    assert len(said) <= 120
    assert said == " ".join(said.split())
    assert all(c.isprintable() for c in said)


def test_incident_41_times_are_spoken_in_the_zone_of_the_branch() -> None:
    at = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
    assert speak.moment(at, HERE) == "am Freitag, dem 27. November, um 7 Uhr"
    summer = datetime(2027, 7, 1, 6, 0, tzinfo=UTC)
    assert speak.moment(summer, HERE) == "am Donnerstag, dem 1. Juli, um 8 Uhr"
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert speak.moment(late, HERE) == "morgen, am Mittwoch, um 0 Uhr 30"


def test_incident_61_no_raw_number_is_spoken() -> None:
    assert speak.duration(1315) == "21 Stunden und 55 Minuten"
    line = sentences.held(HERE, service="X", start=FRIDAY, seconds=119)
    assert "zwei Minuten" in line
    assert "119" not in line
