from __future__ import annotations

import pytest

from support.as_words import TARGET, as_words, written


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        (
            "am 24.11.2026 um 14:30 Uhr",
            "am vierundzwanzigsten elften zweitausendsechsundzwanzig um vierzehn uhr dreißig",
        ),
        ("24.11.26, 15h", "vierundzwanzigster elfter sechsundzwanzig fünfzehn uhr"),
        ("vom 13. bis 15. Juli", "vom dreizehnten bis fünfzehnten juli"),
        ("13.-15.7.", "dreizehnter bis fünfzehnter siebter"),
        ("Mo-Fr", "montag bis freitag"),
        ("in der 48. KW", "in der achtundvierzigsten kalenderwoche"),
        ("9.00–11.30 Uhr", "neun uhr bis elf uhr dreißig"),
        ("2026-12-01T01:15:00", "erster zwölfter zweitausendsechsundzwanzig ein uhr fünfzehn"),
        ("am 3ten Dezember", "am dritten dezember"),
        ("So gegen drei", "so gegen drei"),
    ],
)
def test_digits_and_abbreviations_are_spoken(text: str, spoken: str) -> None:
    assert as_words(text) == spoken


def test_the_spoken_dates_are_those_of_the_written_ones() -> None:
    assert TARGET.read_text(encoding="utf-8") == written()
