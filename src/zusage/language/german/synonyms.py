"""What may lead to a service: a synonym counts in every call, so a word of talk, a time or a name would mislead callers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from zusage.language.german._names_words import SOFT, TALK
from zusage.language.german._text import fold
from zusage.language.german._words import FILLERS
from zusage.language.german.discretion import without_persons
from zusage.language.german.when import understand_when
from zusage.language.reading import Unclear

_FEWEST_LETTERS, _MOST_WORDS = 3, 5
_ANY_DAY = datetime(2026, 1, 7, 10, tzinfo=UTC)
_NEGATION = re.compile(r"\b(?:nicht|kein\w*|nie|niemals|nein|nee|ausser|statt|weder)\b")
_QUESTION = re.compile(
    r"\?|\b(?:wer|wie|was|wann|wo|warum|wieso|wozu|welche\w*|wieviel\w*|ob|kosten|kostet|gibt|habt|macht ihr|machen sie)\b"
)
_CANCEL = re.compile(
    r"\b(?:storn\w*|absag\w*|abgesagt\w*|verschieb\w*|verschoben\w*|verleg\w*|umbuch\w*|loesch\w*|cancel\w*)\b"
)
_PEOPLE = re.compile(
    r"\b(?:chef\w*|mitarbeiter\w*|kolleg\w*|friseur(?:in|innen|e|s)?|friseurmeister\w*|inhaber\w*|team|bei|herrn?|frau|termine?)\b"
)
_EVERYDAY = FILLERS | TALK | SOFT
_MASKED = re.compile(r"\[[^\]]*\]")


def same_word(one: str, other: str) -> bool:
    """Whether two spellings are one word for the reader of services: capitals, umlauts, marks and blanks do not count."""
    return _bare(one) == _bare(other) != ""


def why_no_synonym(word: str, *, staff: Sequence[str]) -> str:
    """Say why a word must not lead to a service, going on from the word ("says a time"); "" if nothing speaks against it.

    `staff` are the names of those who serve: a word with one of them is a wish for that person."""
    folded = fold(word)
    words = re.findall(r"[a-z0-9]+", folded)
    if sum(char.isalpha() for char in folded) < _FEWEST_LETTERS:
        return f"has fewer than {_FEWEST_LETTERS} letters"
    if len(words) > _MOST_WORDS:
        return f"has more than {_MOST_WORDS} words; give only those that name the service"
    return _other_matter(folded) or _person(word, words, staff) or _time(word) or _everyday(words)


def _everyday(words: Sequence[str]) -> str:
    return "is said in every talk, whatever the caller wants" if _EVERYDAY.issuperset(words) else ""


def is_other_matter(text: str) -> bool:
    """Whether a text refuses, asks or is about an appointment that exists, whatever service it names beside."""
    return any(pattern.search(fold(text)) for pattern in (_NEGATION, _QUESTION, _CANCEL))


def _other_matter(folded: str) -> str:
    for pattern, why in (
        (_NEGATION, "says that something is not wanted"),
        (_QUESTION, "is a question"),
        (_CANCEL, "is about an appointment that exists"),
        (_PEOPLE, "is about people or appointments, not a service"),
    ):
        if found := pattern.search(folded):
            return f'{why} ("{found[0]}")'
    return ""


def _person(word: str, words: Sequence[str], staff: Sequence[str]) -> str:
    named = {part for name in staff for part in re.findall(r"[a-z]{3,}", fold(name))}
    if any(each in named or each.removesuffix("s") in named for each in words):
        return "names a member of staff"
    left = without_persons(word)
    return "holds a name or a number of a person" if not left or _MASKED.search(left) else ""


def _time(word: str) -> str:
    read = understand_when(word, now=_ANY_DAY, zone="Europe/Berlin")
    timeless = isinstance(read, Unclear) and read.reason == "no_time_said"
    return "" if timeless else "says a time"


def _bare(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", fold(word))
