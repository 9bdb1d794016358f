"""Misheard names of days and months, and which they most likely are."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from zusage.language.german._words import cologne

_LIKE, _SAME_SOUND_LIKE, _SAME_SOUND_BONUS, _MARGIN = 82, 70, 20, 8
_SHORTEST = 5
_NAMES = (
    *(
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "uebermorgen",
        "vorgestern",
    ),
    *("januar", "februar", "april", "august", "september", "oktober", "november", "dezember"),
)
_ENGLISH = {
    "tuesday": "dienstag",
    "wednesday": "mittwoch",
    "thursday": "donnerstag",
    "saturday": "samstag",
}
_OTHER_WORDS = frozenset({"feiertag", "feiertags", "feiertage", "montage"})
_WITH_PART = re.compile(r"(\w{5,}?)(vormittag|nachmittag|mittag|morgen|abend|frueh|nacht)s?")


@lru_cache(maxsize=8192)
def nearest_name(word: str) -> str | None:
    """The day or month a folded, unknown word sounds like, with a part of day that is joined to it; None: none,
    or several alike."""
    if len(word) < _SHORTEST or word in _OTHER_WORDS:
        return None
    if name := _nearest(word):
        return name
    joined = _WITH_PART.fullmatch(word)
    day = _nearest(joined[1]) if joined else None
    return f"{day} {joined[2]}" if joined and day else None


def _nearest(word: str) -> str | None:
    if word in _NAMES:
        return word
    scores = sorted(((_likeness(word, name), name) for name in (*_NAMES, *_ENGLISH)), reverse=True)
    (best, name), (second, _) = scores[:2]
    return _ENGLISH.get(name, name) if best >= _LIKE and best - second >= _MARGIN else None


def _likeness(word: str, name: str) -> float:
    ratio = fuzz.ratio(word, name)
    if word[0] == name[0] and ratio >= _SAME_SOUND_LIKE and cologne(word) == cologne(name):
        return ratio + _SAME_SOUND_BONUS
    return ratio if abs(len(word) - len(name)) <= 1 else 0.0
