"""The table of words about time: each of them, and each phrase, comes out of a text as what it stands for."""

from __future__ import annotations

from typing import get_args

import pytest

from zusage.language.german._kinds import TokenKind
from zusage.language.german._lexicon import WORDS
from zusage.language.german._phrases import PHRASES, Phrase
from zusage.language.german._reader import RULES
from zusage.language.german._tokens import tokenize

EVERY_PHRASE = [phrase for phrases in PHRASES.values() for phrase in phrases]
IN_PIECES = {"day_part", "glued", "ord_word"}
"""What `tokenize` takes apart again, or counts together with its neighbours."""


@pytest.mark.parametrize("phrase", EVERY_PHRASE, ids=lambda phrase: " ".join(phrase[0]))
def test_a_phrase_comes_out_of_a_text_as_one_token(phrase: Phrase) -> None:
    words, meaning = phrase

    assert [(token.kind, token.value) for token in tokenize(" ".join(words))] == [meaning]


def test_a_word_by_itself_is_what_the_table_says() -> None:
    read = {word: [(token.kind, token.value) for token in tokenize(word)] for word in WORDS}

    # A model that has no value sends "null".
    assert {word for word, tokens in read.items() if tokens != [WORDS[word]]} == {"null"}


def test_every_rule_reads_a_kind_that_a_text_can_have() -> None:
    assert RULES.keys() <= set(get_args(TokenKind)) - IN_PIECES
