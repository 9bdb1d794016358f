"""Which words an owner may let lead to a service."""

from __future__ import annotations

import pytest

from zusage.language.german.synonyms import is_other_matter, same_word, why_no_synonym

STAFF = ("Anna Schmidt", "Elif Kaya")


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("a", "fewer than 3 letters"),
        ("ja", "fewer than 3 letters"),
        ("12 34", "fewer than 3 letters"),
        ("und", "said in every talk"),
        ("ich hätte gerne", "said in every talk"),
        ("morgen um drei", "says a time"),
        ("Samstag früh", "says a time"),
        ("Anna", "member of staff"),
        ("Schnitt wie Elifs", "is a question"),
        ("Elifs Schnitt", "member of staff"),
        ("Sabine Müller 0171 2345678", "a name or a number of a person"),
        ("ich will keine Strähnen", 'not wanted ("keine")'),
        ("was kostet Färben", 'is a question ("was")'),
        ("Färben absagen", 'an appointment that exists ("absagen")'),
        ("bei der Chefin", "people or appointments"),
        ("einmal bitte schneiden und waschen und föhnen", "more than 5 words"),
    ],
)
def test_what_would_mislead_callers_is_no_synonym(word: str, why: str) -> None:
    assert why in why_no_synonym(word, staff=STAFF)


@pytest.mark.parametrize(
    "word",
    [
        "Balla yasch",
        "Haare ab",
        "Schnitt ohne Waschen",
        "Sommersträhnen",
        "rosa Haare",
        "Pony",
        "Spitzen",
        "Blow-dry",
        "30 Minuten Massage",
    ],
)
def test_words_for_services_are_synonyms(word: str) -> None:
    assert why_no_synonym(word, staff=STAFF) == ""


def test_spellings_of_one_word_are_the_same() -> None:
    assert same_word("Strähnen", "straehnen")
    assert same_word("Blow-Dry", "blow dry")
    assert not same_word("Strähnen", "Strähne")
    assert not same_word("?", "!")


def test_a_wish_is_no_other_matter() -> None:
    assert not is_other_matter("Balla yasch bitte")
    assert is_other_matter("habt ihr Balayage?")
