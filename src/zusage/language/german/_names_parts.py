"""Which words of a name are the given and which the family name, and how all of them are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from zusage.language.german._names_known import EASTERN_FAMILY, EASTERN_MIDDLE, FAMILY, GIVEN
from zusage.language.german._names_words import PARTICLES, fold_word

_SMALL = frozenset(
    [
        "von",
        "vom",
        "van",
        "de",
        "der",
        "den",
        "dem",
        "zu",
        "zum",
        "zur",
        "la",
        "al",
        "del",
        "el",
        "della",
        "di",
        "da",
        "du",
        "dos",
        "ter",
        "ten",
        "und",
        "y",
        "bin",
        "ibn",
    ]
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a name as they were said; `full` in the order in which they are said of that person."""

    given: str
    family: str
    full: str


def as_name(words: Sequence[str], given: Sequence[str], family: Sequence[str], *, titled: bool) -> Parts:
    """Put words, and those that were labelled, together; words without a label fill the part that is missing.

    `titled`: "Herr" or "Frau" was said, and a family name is more likely."""
    if words and not (given or family):
        return _divided(list(words), titled=titled)
    if words and family:
        given = [*given, *words]
    elif words:
        family = words
    return Parts(" ".join(given), " ".join(family), " ".join([*given, *family]))


def is_name_order(words: Sequence[str], *, strictly: bool = False) -> bool:
    """Whether the words begin with a common given name; `strictly`: one that is no family name, before none other."""
    first = fold_word(words[0]).split("-")[0]
    if not strictly:
        return first in GIVEN
    last = fold_word(words[-1]).split("-")[0]
    return first in GIVEN - FAMILY and last not in GIVEN - FAMILY


def _divided(words: list[str], *, titled: bool) -> Parts:
    if len(words) == 1:
        alone = words[0]
        return Parts(alone, "", alone) if _is_given(alone, titled=titled) else Parts("", alone, alone)
    if _is_eastern(words):
        return Parts(" ".join(words[1:]), words[0], " ".join(words))
    if len(words) == 2 and _is_family_only(words[0]) and _is_given_only(words[1]):
        words = [words[1], words[0]]
    begin = _family_begins(words)
    return Parts(" ".join(words[:begin]), " ".join(words[begin:]), " ".join(words))


def _is_given(word: str, *, titled: bool) -> bool:
    first = fold_word(word).split("-")[0]
    return first in GIVEN and not (first in FAMILY and titled)


def _is_given_only(word: str) -> bool:
    return fold_word(word) in GIVEN - FAMILY


def _is_family_only(word: str) -> bool:
    return fold_word(word).split("-")[0] in FAMILY - GIVEN


def _is_eastern(words: Sequence[str]) -> bool:
    first, rest = fold_word(words[0]), [fold_word(word) for word in words[1:]]
    if first not in EASTERN_FAMILY or rest[-1] in EASTERN_FAMILY - EASTERN_MIDDLE:
        return False
    return len(first) > 2 or bool(EASTERN_MIDDLE.intersection(rest))


def _family_begins(words: Sequence[str]) -> int:
    """Where the family name begins: at its particles, or with the last word; particles alone begin a name, too."""
    for index, word in enumerate(words[:-1]):
        if fold_word(word) in PARTICLES or (index and fold_word(word) == "ben"):
            return index
    return len(words) - 1


def written(name: str) -> str:
    """A name with the capitals that it is written with; what has capitals of its own keeps them."""
    words = name.split()
    eastern = len(words) > 1 and _is_eastern(words)
    long = [word for word in words if len(word) > 1]
    shouted = all(map(_is_shouted, long)) and max(map(len, long), default=0) > 3
    line = " ".join(_written(word, small=not eastern, shouted=shouted) for word in words)
    return unicodedata.normalize("NFC", line)


def _is_shouted(word: str) -> bool:
    """Whether a word is in capitals, and not only because each of its parts begins with one."""
    return word.isupper() and any(a.isupper() and b.isupper() for a, b in pairwise(word))


def _written(word: str, *, small: bool, shouted: bool) -> str:
    if shouted and word.isupper():
        word = word.lower()
    if len(word) == 1 and word.isascii() and word not in _SMALL:
        return f"{word.upper()}."
    if word != word.lower() or (small and word in _SMALL):
        return word
    return "-".join(_capital(part) for part in word.split("-"))


def _capital(part: str) -> str:
    if part.startswith("mc") and len(part) > 4:
        return "Mc" + part[2:3].upper() + part[3:]
    head, mark, tail = part.partition("'")
    if mark and len(head) == 1:
        return f"{head.upper()}'{tail[:1].upper()}{tail[1:]}"
    return part[:1].title() + part[1:]
