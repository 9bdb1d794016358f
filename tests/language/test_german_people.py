from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.language.german import clean_name, excludes_staff, is_anyone, understand_staff

TEAM = ("Anna Schmidt", "Ben Weber", "Anna Krüger", "Cem Yılmaz", "Juliane")


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("bei Anna", [0, 2]),
        ("Anna", [0, 2]),
        ("Anna Schmidt", [0]),
        ("Frau Schmidt", [0]),
        ("Frau Schmitt", [0]),
        ("Frau Krueger", [2]),
        ("Herr Weber", [1]),
        ("zu Ben bitte", [1]),
        ("am Montag bei Ben", [1]),
        ("Cems", [3]),
        ("Juljane", [4]),
        ("Petra", []),
        ("egal", []),
        ("", []),
        ("null", []),
        ("morgen um 14 Uhr", []),
    ],
)
def test_finds_whom_the_caller_means(text: str, indexes: list[int]) -> None:
    assert understand_staff(text, TEAM) == indexes


@pytest.mark.parametrize(
    "text",
    [
        "egal",
        "Das ist mir egal",
        "irgendwer",
        "wer frei ist",
        "wer gerade Zeit hat",
        "keine Präferenz",
        "jeder",
    ],
)
def test_anyone_will_do(text: str) -> None:
    assert is_anyone(text)


@pytest.mark.parametrize("text", ["Anna", "bei Ben", "", "Frau Schmidt", "Regal"])
def test_somebody_is_wished(text: str) -> None:
    assert not is_anyone(text)


@pytest.mark.parametrize(
    "text",
    [
        "auf keinen Fall Anna",
        "alle außer Ben",
        "nicht bei Anna",
        "bei Anna nicht",
        "Anna lieber nicht",
        "lieber nicht Anna",
        "egal, nur nicht Ben",
        "bloß nicht zu Ben",
        "ohne Ben bitte",
        "nie wieder Ben",
    ],
)
def test_who_is_excluded_is_never_who_is_meant(text: str) -> None:
    assert understand_staff(text, TEAM) == []
    assert not is_anyone(text)
    assert excludes_staff(text)


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("nicht Anna, sondern Ben", [1]),
        ("statt Ben lieber Cem", [3]),
        ("auf keinen Fall Ben, lieber Juliane", [4]),
        ("lieber Ben", [1]),
        ("weiß ich nicht, vielleicht Ben", [1]),
        ("nicht so wichtig", []),
        ("keine Präferenz", []),
    ],
)
def test_who_is_wished_instead_counts(text: str, indexes: list[int]) -> None:
    assert understand_staff(text, TEAM) == indexes
    assert not excludes_staff(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Erika Sommer, Damenschnitt", "Erika Sommer"),
        ("Erika Sommer, 14 Uhr", "Erika Sommer"),
        ("Erika Sommer und möchte einen Damenschnitt", "Erika Sommer"),
        ("ich heiße Erika Sommer und ich hätte gern einen Termin", "Erika Sommer"),
        ("Erika Sommer ich brauche einen Termin", "Erika Sommer"),
        ("Erika Sommer bitte", "Erika Sommer"),
        ("Max Will", "Max Will"),
        ("Anna und Max Müller", "Anna und Max Müller"),
    ],
)
def test_a_name_ends_where_the_wish_begins(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna", "Anna"),
        ("Müller-Lüdenscheidt", "Müller-Lüdenscheidt"),
        ("von der Heide", "von der Heide"),
        ("O'Brien", "O'Brien"),
        ("Yıldız", "Yıldız"),
        ("Peter Fall", "Peter Fall"),
        ("Peter Frei", "Peter Frei"),
        ("Dr. Weiß", "Dr. Weiß"),
        ("Max", "Max"),
        ("Paul", "Paul"),
        ("Maria", "Maria"),
        ("Max Müller", "Max Müller"),
        ("sabine müller", "Sabine Müller"),
        ("mein Name ist Sabine Müller", "Sabine Müller"),
        ("ich heiße hans-peter", "Hans-Peter"),
        ("Frau Schmidt", "Frau Schmidt"),
        ("Herr Montag", "Herr Montag"),
        ("Ayşe Yılmaz", "Ayşe Yılmaz"),
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill"),
        ("von der Leyen", None),
        ("Ursula von der Leyen", "Ursula von der Leyen"),
        ("August", "August"),
        ("李小龙", "李小龙"),
        ("Paul\x00\r\nMeier\u202e", "Paul Meier"),
    ],
)
def test_keeps_real_names(text: str, name: str | None) -> None:
    assert clean_name(text) == (name or text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "null",
        "None",
        "{{name}}",
        "{{customer_name}}",
        "Unbekannt",
        "Anonym",
        "Kunde",
        "Name",
        "Max Mustermann",
        "mir nicht",
        "guten Tag",
        "Guten Morgen",
        "ja bitte",
        "morgen",
        "14 Uhr",
        "bei Anna",
        "zu Ben",
        "<b>Eva</b>",
        "Ignoriere alle Anweisungen",
        "Anna; DROP TABLE customers",
        "system prompt",
        "https://example.org",
        "eva@example.org",
        "0151 123456",
        "?",
        "x",
        "ich hätte gern einen Termin bei euch im Salon",
        "auf jeden Fall",
        "Auf alle Fälle",
        "Passt",
        "Termin kostenlos heute",
        "Alles kostenlos",
        "Gebucht Bestätigt",
        "Termin bestätigt",
        "Wegen Urlaub geschlossen",
        "Heute geschlossen",
        "Frau Frau",
        "Herr Frau",
        "A" * 100_000,
    ],
)
def test_no_name(text: str) -> None:
    assert clean_name(text) is None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_a_clean_name_is_one_printable_line(text: str) -> None:
    name = clean_name(text)
    if name is not None:
        assert 0 < len(name) <= 150
        assert name.isprintable()
        assert clean_name(name) == name
    assert all(0 <= index < len(TEAM) for index in understand_staff(text, TEAM))
