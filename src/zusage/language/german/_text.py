"""What every reader does to a text first: cut it, fold it, drop what is not language."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500
"""What is read of a sentence about services or names: a caller's is shorter, and work stays bounded."""

LONGEST_TALK = 2000
"""What is read of a turn of talk about time: several minutes of speech."""

_CAPITAL = re.compile(r"(?<![.!?] )(?<!^)\b[A-ZÄÖÜ][a-zäöüß]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|\$\{[^{}]*\}|<[^<>]*>")
_ABSENT = frozenset(
    {
        "",
        "null",
        "none",
        "nil",
        "nan",
        "undefined",
        "unknown",
        "n/a",
        "na",
        "-",
        "?",
        "string",
        "leer",
        "false",
    }
)


def fold(text: str) -> str:
    """Lower case, umlauts as ae/oe/ue/ss, accents dropped, one blank between words; at most `LONGEST` characters."""
    return _folded(clip(text))[:LONGEST]


def fold_talk(text: str) -> str:
    """Fold a whole turn of talk. Of one longer than `LONGEST_TALK` the end counts, where people correct themselves."""
    if len(text) > LONGEST_TALK:
        text = text[-LONGEST_TALK:].partition(" ")[2]
    head = _PLACEHOLDER.sub(" ", text)
    folded = "" if head.strip().strip("\"'").lower() in _ABSENT else _folded(head)
    # Some signs are several once they are folded.
    return folded if len(folded) <= LONGEST_TALK else folded[-LONGEST_TALK:].partition(" ")[2]


def _folded(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text).lower().translate(_UMLAUTS)
    decomposed = unicodedata.normalize("NFKD", composed)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def capitals(text: str) -> frozenset[str]:
    """The folded words that are written with a capital letter, where a text tells nouns from other words at all."""
    if text.islower() or text.isupper():
        return frozenset()
    return frozenset(word.lower().translate(_UMLAUTS) for word in _CAPITAL.findall(text[-LONGEST_TALK:]))


def clip(text: str) -> str:
    """The prefix that is read, without placeholders and markup; empty for words that mean "no value"."""
    head = _PLACEHOLDER.sub(" ", text[:LONGEST])
    return "" if head.strip().strip("\"'").lower() in _ABSENT else head
