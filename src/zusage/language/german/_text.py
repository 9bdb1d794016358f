"""What every reader does to a text first: cut it, fold it, drop what is not language."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500
"""No reader looks at more characters than these: a caller's sentence is shorter, and work stays bounded."""

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
    composed = unicodedata.normalize("NFKC", clip(text)).lower().translate(_UMLAUTS)
    decomposed = unicodedata.normalize("NFKD", composed)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())[:LONGEST]


def clip(text: str) -> str:
    """The prefix that is read, without placeholders and markup; empty for words that mean "no value"."""
    head = _PLACEHOLDER.sub(" ", text[:LONGEST])
    return "" if head.strip().strip("\"'").lower() in _ABSENT else head
