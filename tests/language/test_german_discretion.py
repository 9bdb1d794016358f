"""What is kept of a sentence names nobody who said it, and still says what was not understood."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.language.german._names_known import EVERYDAY, FAMILY, GIVEN
from zusage.language.german._text import fold
from zusage.language.german.discretion import LONGEST, without_persons, wording

STAFF_AND_SERVICES = ("Anna Weber", "Jonas Keller", "Dauerwelle", "Haare schneiden kurz")


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("Balla yasch", "Balla yasch"),
        ("Wasch\nund  leg", "Wasch und leg"),
        ("am 31.11. um 14:30", "am 31.11. um 14:30"),
        ("zwischen 9 und 11 oder 14.30", "zwischen 9 und 11 oder 14.30"),
        ("am ein und dreißigsten elften um vierzehn uhr", "am ein und dreißigsten elften um vierzehn uhr"),
        ("krause schwarze Haare in Rosa mit Braun", "krause schwarze Haare in Rosa mit Braun"),
        ("zehn elf oder zwölf", "zehn elf oder zwölf"),
        ("eine Dauerwälle bei Anna Weber", "eine Dauerwälle bei Anna Weber"),
        ("bei Frau Weber Locken wickeln", "bei Frau Weber Locken wickeln"),
        ("für meine Frau eine Dauerwälle", "für meine Frau eine Dauerwälle"),
    ],
)
def test_what_names_nobody_stays_as_it_was_said(said: str, stored: str) -> None:
    assert without_persons(said, kept=STAFF_AND_SERVICES) == stored


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("Balla yasch, mein Name ist Ute Krawuttke", "Balla yasch, [Name]"),
        ("eine Dauerwälle ich heiße Krawuttke mit K", "eine Dauerwälle [Name]"),
        ("Dauerwälle auf den Namen Krawuttke", "Dauerwälle [Name]"),
        ("Dauerwälle Nachname Krawuttke", "Dauerwälle [Name]"),
        ("hier ist Krawuttke ich hätte gern Balla yasch", "hier ist [Name] ich hätte gern Balla yasch"),
        ("hier spricht die Ute Krawuttke wegen Balla", "hier spricht die [Name] wegen Balla"),
        ("ich bin der Krawuttke und will Balla", "ich bin der [Name] und will Balla"),
        ("Krawuttke am Apparat, Balla yasch bitte", "[Name] am Apparat, Balla yasch bitte"),
        ("für Frau Krawuttke Balla yasch", "für Frau [Name] Balla yasch"),
        ("für Herrn Doktor von Krawuttke Balla", "für Herrn Doktor von [Name] Balla"),
        ("für meine Frau Kunigunde Balla", "für meine Frau [Name] Balla"),
        ("für Frau Sabine Krawuttke balla", "für Frau [Name] balla"),
        ("Frau Krawuttke Herr Krause Balla", "Frau [Name] Herr [Name] Balla"),
        ("Sabine Krawuttke balla yasch", "[Name] balla yasch"),
        ("sabine müller balla yasch", "[Name] balla yasch"),
        ("Sabines Balla yasch", "[Name] Balla yasch"),
        ("Karl-Heinz will Balla", "[Name] will Balla"),
        ("k wie kaufmann r wie richard, balla yasch", "[Name], balla yasch"),
        ("M Ü L L E R balla yasch", "[Name] balla yasch"),
    ],
)
def test_names_go_however_they_are_said(said: str, stored: str) -> None:
    assert without_persons(said, kept=("Anna Weber",)) == stored


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("Balla, rufen Sie 0151 123 45 678 an", "Balla, rufen Sie [Nummer] an"),
        ("Balla +49 (0)30 2312-5100", "Balla [Nummer]"),
        ("Balla 151 123 45 67", "Balla [Nummer]"),
        ("Balla am 23.11.2026", "Balla am [Nummer]"),
        ("Balla 10115", "Balla [Nummer]"),
        ("null eins fünf eins zwei drei vier Balla", "[Nummer] Balla"),
        ("Balla null hundertzweiundsiebzig vierundvierzig doppel drei", "Balla [Nummer]"),
        ("anna.b@web.de Balla", "[E-Mail] Balla"),
        ("Balla anna @ web.de", "Balla [E-Mail]"),
        ("balla anna punkt blum ät web punkt de", "balla [E-Mail]"),
        ("balla blum klammeraffe web punkt de", "balla [E-Mail]"),
        ("Balla in der Lindenstraße 12a bitte", "Balla [Adresse] bitte"),
        ("Balla, geboren am 3.4.85", "Balla, […]"),
        ("Balla meine Telefonnummer hab ich schon gesagt", "Balla meine […]"),
    ],
)
def test_numbers_and_addresses_go(said: str, stored: str) -> None:
    assert without_persons(said) == stored


def test_the_caller_goes_even_where_the_staff_may_stay() -> None:
    assert without_persons("Balla bei Anna", kept=["Anna Weber"]) == "Balla bei Anna"
    assert (
        without_persons("Balla bei Anna", kept=["Anna Weber"], known=["Anna Krawuttke"]) == "Balla bei [Name]"
    )
    assert without_persons("KRAWUTTKES Balla", known=["anna krawuttke"]) == "[Name] Balla"
    assert without_persons("Doerte Möller-Krüss Balla", known=["Dörte Moeller Krüss"]) == "[Name] Balla"


@pytest.mark.parametrize("said", ["", "  ", "0151 12345678", "mein Name ist Ute", "Sabine", "🙂🙂", "?!"])
def test_nothing_is_left_where_nothing_else_was_said(said: str) -> None:
    assert without_persons(said) == ""


def test_a_long_sentence_is_cut_at_a_word_and_a_person_behind_the_cut_is_not_half_kept() -> None:
    stored = without_persons("balla " * 31 + "Balla-Krawuttke " * 9)
    assert len(stored) <= LONGEST
    assert stored.split()[-1] in {"balla", "Balla-Krawuttke"}
    assert "[Nam" not in without_persons("ball " * 39 + "Frau Krawuttke").replace("[Name]", "")


def test_two_wordings_are_one_when_only_capitals_blanks_and_marks_differ() -> None:
    assert wording("Balla  Yasch!") == wording("balla yasch") == "balla yasch"
    assert wording("Bällchen") != wording("Ballchen")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=600), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_at_all_is_one_short_line_without_long_numbers(text: str, known: list[str]) -> None:
    stored = without_persons(text, known=known)
    assert len(stored) <= LONGEST
    assert stored == " ".join(stored.split())
    assert not re.search(r"\d{4}", stored)
    assert "@" not in stored


@pytest.mark.parametrize("name", sorted((GIVEN | FAMILY) - EVERYDAY))
def test_no_common_name_is_kept(name: str) -> None:
    assert without_persons(f"Balla yasch für {name.title()} bitte") == "Balla yasch für [Name] bitte"
    assert without_persons(f"balla yasch für {name} bitte") == "balla yasch für [Name] bitte"


def test_the_table_of_names_is_folded_and_a_word_of_everyday_talk_goes_only_as_a_name() -> None:
    assert [name for name in GIVEN | FAMILY if fold(name) != name] == []
    assert EVERYDAY <= GIVEN | FAMILY
    assert without_persons("Balla in Rosa") == "Balla in Rosa"
    assert without_persons("Balla für Frau Schwarz") == "Balla für Frau [Name]"
    assert without_persons("Jürgen oder Jurgen und Juergen Balla") == "[Name] oder [Name] und [Name]"


@pytest.mark.parametrize(
    "piece", ["a-", "a'", "w", "@", "a@", "1-", "(", "frau ", "a, ", "ein ", "acht", "["]
)
def test_long_talk_of_any_kind_takes_little_longer_than_short(piece: str) -> None:
    def took(length: int) -> float:
        text = (piece * length)[:length]
        begun = time.process_time()
        without_persons(text)
        return time.process_time() - begun

    assert min(took(1_000) for _ in range(5)) < 0.008
