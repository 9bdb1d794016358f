"""Which service is nearest to words that were not understood: a suggestion for people, never an understanding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cologne_phonetics import encode  # type: ignore[import-untyped]
from rapidfuzz import fuzz

from zusage.language.reading import ServiceEntry

_LONGEST = 200
_WIDEST = 3
_SHORTEST = 4
_NEAR_ENOUGH = 68.0
_SPELLING, _SOUND = 0.65, 0.35
_MARKS = re.compile(r"\[[^\]]*\]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def nearest_service(text: str, entries: Sequence[ServiceEntry]) -> ServiceEntry | None:
    """Give the service of which one name or synonym looks and sounds most like some words of the text; of two that are
    equally near the first. None: nothing is near."""
    spans = list(_spans(_MARKS.sub(" ", text[:_LONGEST])))
    scored = [(_likeness(spans, entry), -place) for place, entry in enumerate(entries)]
    best, place = max(scored, default=(0.0, 0))
    return entries[-place] if best >= _NEAR_ENOUGH else None


def whole_likeness(text: str, entry: ServiceEntry) -> float:
    """How much a text as a whole looks and sounds like the name or a synonym of a service, from 0 to 100."""
    return _likeness(["".join(_words(text[:_LONGEST]))], entry)


def _spans(text: str) -> Iterator[str]:
    """Every one to three words beside each other, written as one, as a transcript splits what belongs together."""
    words = _words(text)
    for first in range(len(words)):
        for width in range(1, min(_WIDEST, len(words) - first) + 1):
            joined = "".join(words[first : first + width])
            if len(joined) >= _SHORTEST:
                yield joined


def _likeness(spans: Sequence[str], entry: ServiceEntry) -> float:
    phrases = ["".join(_words(phrase)) for phrase in (entry.name, *entry.synonyms)]
    return max((_alike(span, phrase) for span in spans for phrase in phrases if phrase), default=0.0)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold().translate(_UMLAUTS))


def _alike(said: str, known: str) -> float:
    spelling = fuzz.ratio(said, known, score_cutoff=_NEAR_ENOUGH / 2)
    return _SPELLING * spelling + _SOUND * fuzz.ratio(_sound(said), _sound(known)) if spelling else 0.0


@lru_cache(maxsize=8192)
def _sound(word: str) -> str:
    return "".join(code for _, code in encode(word))
