"""Which of the offers a sentence chooses: by its number, by its time, or by comparison."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zusage.language.reading import When
from zusage.sandbox.talk._listening import Heard, folded

Offer = Mapping[str, Any]
"""An offer as the voice door answers it: `n`, `start`, …; in the order in which they were named."""

_NUMBERS = (
    re.compile(r"\berste[nrsm]?\b|\b(?:nummer|option|vorschlag) (?:eins|1)\b"),
    re.compile(r"\bzweite[nrsm]?\b|\b(?:nummer|option|vorschlag) (?:zwei|2)\b"),
    re.compile(r"\bdritte[nrsm]?\b|\b(?:nummer|option|vorschlag) (?:drei|3)\b"),
)
_OF_TIME = re.compile(
    r"\b(?:am|ab|bis|vom|zum|nach|vor) (?:ersten|zweiten|dritten)\b|\buhr\b|\b(?:mon|diens|donners|frei|sams|sonn)tag|"
    r"\bmittwoch|\b(?:januar|februar|maerz|april|mai|juni|juli|august|september|oktober|november|dezember)\b"
)
_EARLIER = re.compile(r"\b(?:den|der|das|die|zum) fruehere[nrsm]?\b")
_LATER = re.compile(r"\b(?:den|der|das|die|zum) (?:spaetere|letzte|andere)[nrsm]?\b")
_NAMED = 2
_SMALL = frozenset({"und", "mit", "ohne", "fuer", "die", "der", "das", "in", "am", "auf"})


def chosen(heard: Heard, offers: Sequence[Offer]) -> int | None:
    """The number `n` of the one offer that is meant, None where it is none or several."""
    fitting = _by_number(heard, offers) or _by_comparison(heard, offers)
    if not fitting and isinstance(heard.when, When):
        fitting = _by_time(heard.when, offers)
    elif not fitting and "yes" in heard.means:
        fitting = offers
    return int(fitting[0]["n"]) if len(fitting) == 1 else None


def _by_number(heard: Heard, offers: Sequence[Offer]) -> Sequence[Offer]:
    """The offers whose numbers are said; "am zweiten" and "der zweite Dezember" are days."""
    if _OF_TIME.search(heard.words):
        return ()
    numbers = [n for n, words in enumerate(_NUMBERS, 1) if words.search(heard.words)]
    return [offer for offer in offers if offer["n"] in numbers]


def _by_comparison(heard: Heard, offers: Sequence[Offer]) -> Sequence[Offer]:
    # A sentence names two at most, and the better one first, which may be the later one.
    named = sorted(offers[:_NAMED], key=start_of)
    if len(named) < _NAMED:
        return ()
    if _EARLIER.search(heard.words):
        return named[:1]
    return named[1:] if _LATER.search(heard.words) else ()


def _by_time(when: When, offers: Sequence[Offer]) -> Sequence[Offer]:
    if when.exclude and when.kind == "open_end":
        # "Freitag geht nicht" chooses none, though only one may be left.
        return ()
    return [offer for offer in offers if when.fits(start_of(offer))]


def named_choice(words: str, choices: Sequence[str]) -> str:
    """The one choice of which a word is said that no other has ("Premium"); "" where it is none or several."""
    said = set(re.findall(r"\w+", words))
    of_choice = [set(re.findall(r"\w+", folded(choice))) for choice in choices]
    found = [
        choice
        for choice, own in zip(choices, of_choice, strict=True)
        if said & own.difference(*(other for other in of_choice if other is not own), _SMALL)
    ]
    return found[0] if len(found) == 1 else ""


def start_of(offer: Offer) -> datetime:
    return datetime.fromisoformat(offer["start"])
