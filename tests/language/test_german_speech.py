from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.core.values import Money
from zusage.language.german import Speech, speak, understand_when
from zusage.language.german.speak import Here, SpokenOffer
from zusage.language.reading import Unclear
from zusage.language.settings import SpeechSettings

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 24)
HERE = Here(datetime(2026, 11, 24, 10, tzinfo=BERLIN), "Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 14, 30, tzinfo=BERLIN)
HOSTILE = "An\x00na\r\n <b>x</b>\u202e\u2028 ${jndi} & Söhne"

SPEECH = Speech()


def test_a_hold_is_told_as_a_hold() -> None:
    line = SPEECH.held(
        HERE, service="Herrenschnitt", start=FRIDAY, staff="Anna", price=Money(3500), seconds=120
    )
    assert line == (
        "Für Herrenschnitt passt es am Freitag, dem 27. November, um 14 Uhr 30 bei Anna, das kostet 35 Euro. "
        "Ich halte Ihnen die Zeit zwei Minuten lang frei. Soll ich den Termin fest für Sie eintragen?"
    )


def test_offers_name_a_shared_day_once_and_another_day_by_its_name() -> None:
    same = [SpokenOffer(FRIDAY), SpokenOffer(FRIDAY + timedelta(minutes=90))]
    assert speak.offers(same, HERE) == "am Freitag, dem 27. November, um 14 Uhr 30 oder um 16 Uhr"
    other = SPEECH.not_free(HERE, start=FRIDAY, offers=[SpokenOffer(FRIDAY + timedelta(days=3))])
    assert "am Montag, dem 30. November, um 14 Uhr 30" in other
    near = SPEECH.not_free(HERE, start=FRIDAY, offers=same[1:])
    assert "am selben Tag um 16 Uhr" in near


def test_a_person_is_named_once_in_an_answer() -> None:
    anna = [SpokenOffer(FRIDAY, "Anna"), SpokenOffer(FRIDAY + timedelta(minutes=90), "Anna")]
    assert speak.offers(anna, HERE) == "am Freitag, dem 27. November, um 14 Uhr 30 oder um 16 Uhr bei Anna"
    assert SPEECH.not_free(HERE, start=FRIDAY, offers=anna, staff="Anna").count("Anna") == 1
    assert SPEECH.offers_around(HERE, offers=anna, staff="Anna").count("Anna") == 1
    mixed = [anna[0], SpokenOffer(FRIDAY + timedelta(minutes=90), "Ben")]
    assert speak.offers(mixed, HERE).endswith("um 14 Uhr 30 bei Anna oder um 16 Uhr bei Ben")


@pytest.mark.parametrize(
    ("customer", "address", "greeted"),
    [
        ("Müller", "Sie", False),
        ("Müller", "du", False),
        ("Sabine", "Sie", False),
        ("Sabine", "du", True),
        ("Frau Müller", "Sie", True),
        ("Sabine Müller", "Sie", True),
        ("", "Sie", False),
    ],
)
def test_a_customer_is_greeted_by_a_name_that_one_says(
    customer: str, address: Literal["Sie", "du"], greeted: bool
) -> None:
    line = Speech(SpeechSettings(address)).welcome("Salon Licht", customer=customer)
    assert (f", {customer}, " in line) is greeted
    assert "Salon Licht" in line


def test_without_offers_a_refusal_asks_for_another_day() -> None:
    for line in (
        SPEECH.not_free(HERE, start=FRIDAY, offers=[]),
        SPEECH.offers(HERE, offers=[]),
        SPEECH.offers_around(HERE, offers=[]),
        SPEECH.conflict(HERE, offers=[]),
        SPEECH.expired_and_gone(HERE, start=FRIDAY, offers=[]),
        SPEECH.closed(HERE, start=FRIDAY),
        SPEECH.off_grid(HERE, neighbours=[]),
    ):
        assert line.endswith("?")


def test_more_than_eight_services_are_told_by_category() -> None:
    many = [f"Schnitt {letter}" for letter in "ABCDEFGHI"]
    assert SPEECH.services_list(many, categories=["Schnitt", "Farbe"]).startswith(
        "Wir haben Schnitt und Farbe."
    )
    assert SPEECH.services_list(many[:2]).startswith("Wir haben Schnitt A und Schnitt B.")
    assert "zum Beispiel" in SPEECH.services_list(many)


def test_more_than_eight_candidates_are_asked_about_by_category() -> None:
    many = [f"Schnitt {letter}" for letter in "ABCDEFGHI"]
    assert SPEECH.ask_service(many, categories=["Damen", "Herren"]) == "Meinen Sie Damen oder Herren?"
    assert SPEECH.ask_service(many[:8], categories=["Damen", "Herren"]).endswith("Schnitt G oder Schnitt H?")
    for categories in ([], ["Damen"], many):
        line = SPEECH.ask_service(many, categories=categories)
        assert line.startswith("Wir haben zum Beispiel Schnitt A, ")
        assert line.endswith(" und Schnitt H. Was darf es denn sein?")


def test_a_start_too_late_for_the_service_is_not_said_to_be_closed() -> None:
    for speech in (SPEECH, Speech(SpeechSettings(address="du"))):
        line = speech.too_late(HERE, start=FRIDAY, offers=[], service="Damenschnitt")
        assert line.startswith(
            "Am Freitag, dem 27. November, um 14 Uhr 30 reicht die Zeit bis zum Schließen für Damenschnitt leider nicht mehr. "
        )


def test_a_closed_day_names_its_reason() -> None:
    line = SPEECH.closed(HERE, start=datetime(2026, 12, 25, 14, tzinfo=BERLIN), note="Erster Weihnachtstag")
    assert line.startswith(
        "Am Freitag, dem 25. Dezember, haben wir leider geschlossen: Erster Weihnachtstag."
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "heute"),
        (TODAY + timedelta(days=1), "morgen, am Mittwoch"),
        (TODAY + timedelta(days=2), "am Donnerstag, dem 26. November"),
        (date(2027, 3, 1), "am Montag, dem 1. März 2027"),
        (date(2026, 12, 31), "am Donnerstag, dem 31. Dezember"),
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
    ("value", "said"),
    [
        (0, "null"),
        (1, "eins"),
        (7, "sieben"),
        (12, "zwölf"),
        (16, "sechzehn"),
        (17, "siebzehn"),
        (21, "einundzwanzig"),
        (30, "dreißig"),
        (77, "siebenundsiebzig"),
        (100, "einhundert"),
        (101, "einhunderteins"),
        (217, "zweihundertsiebzehn"),
        (1000, "eintausend"),
        (1101, "eintausendeinhunderteins"),
        (2026, "zweitausendsechsundzwanzig"),
        (9999, "neuntausendneunhundertneunundneunzig"),
    ],
)
def test_numbers_as_words(value: int, said: str) -> None:
    assert speak.number(value) == said


def test_every_number_has_a_word_of_its_own() -> None:
    words = {speak.number(value) for value in range(10_000)}
    assert len(words) == 10_000
    assert all(word.isalpha() and word.islower() for word in words)


@pytest.mark.parametrize(
    ("value", "ending", "said"),
    [(1, "e", "erste"), (3, "en", "dritten"), (7, "er", "siebter"), (8, "e", "achte"), (16, "en", "sechzehnten"),
     (19, "e", "neunzehnte"), (20, "en", "zwanzigsten"), (21, "es", "einundzwanzigstes"), (31, "e", "einunddreißigste")],
)  # fmt: skip
def test_ordinals_as_words(value: int, ending: Literal["e", "en", "er", "es"], said: str) -> None:
    assert speak.ordinal(value, ending=ending) == said


@pytest.mark.parametrize("value", [-1, 10_000])
def test_numbers_outside_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 9999"):
        speak.number(value)


@pytest.mark.parametrize("value", [0, 32])
def test_ordinals_outside_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 31"):
        speak.ordinal(value)


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


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Kinderschnitt 6-12 Jahre", "Kinderschnitt 6 bis 12 Jahre"),
        ("Kinderschnitt 6 – 12 Jahre", "Kinderschnitt 6 bis 12 Jahre"),
        ("Strähnen inkl. Pflege", "Strähnen inklusive Pflege"),
        ("Waschen u. Föhnen m. Pflege", "Waschen und Föhnen mit Pflege"),
        ("Massage 30 Min.", "Massage 30 Minuten"),
        ("Massage 60min", "Massage 60 Minuten"),
        ("Reifenwechsel, ca. 2 Std.", "Reifenwechsel, circa 2 Stunden"),
        ("Verlängerung 50cm", "Verlängerung 50 Zentimeter"),
        ("Brunch ab 14:30", "Brunch ab 14 Uhr 30"),
        ("Betriebsausflug 24.12.", "Betriebsausflug 24 12"),
        ("Keratin 1,5 %", "Keratin 1 Komma 5 Prozent"),
        ("Dr. Anna M. Schmidt", "Doktor Anna M. Schmidt"),
        ("Raum ٣", "Raum 3"),
    ],
)
def test_what_masters_abbreviate_is_spoken_in_full(written: str, said: str) -> None:
    assert speak.plain(written) == said


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
    assert speak.moment(summer, HERE) == "am Donnerstag, dem 1. Juli 2027, um 8 Uhr"
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert speak.moment(late, HERE) == "morgen, am Mittwoch, um 0 Uhr 30"


def test_incident_61_no_raw_number_is_spoken() -> None:
    assert speak.duration(1315) == "21 Stunden und 55 Minuten"
    line = SPEECH.held(HERE, service="X", start=FRIDAY, seconds=119)
    assert "zwei Minuten" in line
    assert "119" not in line


@pytest.mark.parametrize(
    ("ahead", "until", "of"),
    [
        (0, "bis heute.", "von heute aus."),
        (1, "bis morgen, Mittwoch.", "von morgen, Mittwoch, aus."),
        (3, "bis zum Freitag, dem 27. November.", "von Freitag, dem 27. November, aus."),
    ],
)
def test_days_fit_the_word_before_them(ahead: int, until: str, of: str) -> None:
    at = HERE.now + timedelta(days=ahead)
    assert f"Möglich ist es {until}" in SPEECH.too_far(HERE, latest=at)
    assert SPEECH.year_corrected(HERE, start=at) == f"Ich gehe {of}"


def test_one_person_and_several_are_told_in_the_right_number() -> None:
    assert "Das macht bei uns Ben." in SPEECH.staff_cannot(staff="Anna", service="Farbe", able=["Ben"])
    assert "Das machen bei uns Ben und Cem." in SPEECH.staff_cannot(
        staff="Anna", service="Farbe", able=["Ben", "Cem"]
    )
    assert "Bei uns arbeitet Ben." in SPEECH.unknown_staff(["Ben"])
    assert "Bei uns arbeiten Ben und Cem." in SPEECH.unknown_staff(["Ben", "Cem"])


def test_du_is_a_setting_of_the_company() -> None:
    familiar = Speech(SpeechSettings("du"))
    assert familiar.booked(HERE, service="Farbe", start=FRIDAY, staff="Anna", name="Mia") == (
        "Dein Termin für Farbe ist auf den Namen Mia gebucht: am Freitag, dem 27. November, um 14 Uhr 30 bei Anna. "
        "Wir freuen uns auf dich."
    )
    assert familiar.ask_staff([]) == "Zu wem möchtest du gerne, oder ist dir das egal?"


def test_a_question_of_the_understanding_is_asked_as_the_company_speaks() -> None:
    own = Speech(SpeechSettings("du", {"when.past": "Das ist schon vorbei. Wann möchtest du kommen?"}))
    past = understand_when("gestern", now=HERE.now, zone=HERE.zone)
    assert isinstance(past, Unclear)
    assert own.unclear(past, HERE) == "Das ist schon vorbei. Wann möchtest du kommen?"
    twice = understand_when("Dienstag, den 26. November 2026", now=HERE.now, zone=HERE.zone)
    assert isinstance(twice, Unclear)
    assert own.unclear(twice, HERE).startswith("Meinst du Donnerstag, den 26. November oder Dienstag")
    assert own.unclear(Unclear("no_such_day", "Wie bitte?"), HERE).endswith("Welches Datum meinst du?")
    assert own.unclear(Unclear("weekday_mismatch", "Wie bitte?"), HERE) == "Welches Datum meinst du genau?"
