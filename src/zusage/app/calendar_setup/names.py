"""How alike two names are that people gave to the same thing in two places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import permutations

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD = re.compile(r"[a-z]+|[0-9]+")
_FILLER = frozenset({"bei", "mit", "von", "und", "fuer", "der", "die", "das", "min", "minuten", "termin"})
_LENGTH = re.compile(r"\b[0-9]{1,3}\s*(?:min\.?|minuten|m)\b")
_MOST_ORDERED = 4
_JOINED, _PART = 0.97, 0.88


def words_of(text: str, *, without: Collection[str] = ()) -> tuple[str, ...]:
    """Split into folded words; fillers ("bei", "Termin"), lengths ("30 min") and the words in `without` are left out."""
    words = _words(text)
    return tuple(word for word in words if word not in without) or words


# Six people who do the same are called alike in two hundred event types: each pair of names is looked at once.
@lru_cache(maxsize=8_192)
def _words(text: str) -> tuple[str, ...]:
    folded = _LENGTH.sub(" ", text.casefold()).translate(_FOLDED)
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return tuple(word for word in _WORD.findall(plain) if word not in _FILLER)


@lru_cache(maxsize=65_536)
def likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Say how alike two names are, from 0 to 1; the order of words and where they are joined hardly count."""
    if not one or not other:
        return 0.0
    if sorted(one) == sorted(other):
        return 1.0
    if set(_orders(one)) & set(_orders(other)):
        return _JOINED
    best = _PART if set(one) < set(other) or set(other) < set(one) else 0.0
    for joined in ("".join(other), "".join(sorted(other))):
        for order in _orders(one)[:6]:
            best = max(best, _ratio(order, joined, above=best))
    return best


def person_words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in words_of(text))


def is_called(said: str, names: Iterable[str]) -> bool:
    """Say whether a person's name, as we have it, is all there in one of the names they have elsewhere."""
    wanted = set(words_of(said))
    return bool(wanted) and any(wanted <= set(words_of(name)) for name in names)


def _orders(words: tuple[str, ...]) -> list[str]:
    if len(words) > _MOST_ORDERED:
        return ["".join(words), "".join(sorted(words))]
    return ["".join(order) for order in permutations(words)]


def _ratio(one: str, other: str, *, above: float) -> float:
    """Compare letters; never as good as a name that has the same words. 0 where it is surely not `above`."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() <= above or matcher.quick_ratio() <= above:
        return 0.0
    return min(matcher.ratio(), _JOINED - 0.02)
