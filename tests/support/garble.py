"""Recognition errors as they happen to German on the telephone, always the same ones for the same text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

CARRIERS = (
    "{}",
    "{} bitte",
    "Ich hätte gern {}.",
    "ja hallo ich bräuchte einmal {}",
    "Guten Tag, haben Sie am Donnerstag noch was frei für {}?",
    "einen termin für {} hätte ich gern",
    "Also, ähm, ich wollte {}, wenn das geht.",
    "müller mein name es geht um {} am freitag um zehn",
)
"""What is said around a service: sentences of callers, written and as bare words."""

_ALIKE = {
    "sch": "ch", "chs": "x", "ph": "f", "th": "t", "ck": "g", "tz": "z", "qu": "kw", "ei": "ai", "eu": "oi", "ie": "i",
    "äu": "eu", "b": "p", "p": "b", "d": "t", "t": "d", "g": "k", "k": "g", "f": "v", "v": "f", "w": "v", "z": "tz",
    "x": "chs", "y": "i", "ß": "s", "ä": "e", "ö": "o", "ü": "u",
}  # fmt: skip
_ENDINGS = {
    "ung": "unk",
    "en": "n",
    "age": "asch",
    "e": "",
    "t": "",
    "er": "a",
    "ie": "i",
    "ik": "ig",
    "o": "oh",
    "ur": "uhr",
}
_VOWELS = "aeiouäöüy"
_WORD = re.compile(r"[^\W\d_]{4,}")
_HEADS = "sch", "chs", "ch", "ph", "th", "ck", "tz", "qu", "ei", "eu", "ie", "äu", "au"
_ONSET = re.compile(
    r"(?:sch[lmnrw]?|s[tp]r?|p[flr]|[bgkf][lr]|[dt]r|th|ph|qu|ch|zw|kn|[bcdfghjklmnprstvwxz])(?=[aeiouäöüy])"
)


@dataclass(frozen=True, slots=True)
class Slip:
    """One error: the letters from `start` to `end` are heard as `heard`."""

    start: int
    end: int
    heard: str


def garble(name: str, errors: int, *, variant: int = 0) -> str:
    """The name with so many errors, no two of which touch; another `variant` has others.

    :raises ValueError: the name is too short for so many errors."""
    chosen: list[Slip] = []
    for slip in _shuffled(list(_slips(name)), f"{name}/{errors}/{variant}"):
        if len(chosen) < errors and all(_apart(slip, other) for other in chosen):
            chosen.append(slip)
    if len(chosen) < errors:
        raise ValueError(f"{name!r} has no room for {errors} errors")
    for slip in sorted(chosen, key=lambda slip: slip.start, reverse=True):
        name = name[: slip.start] + slip.heard + name[slip.end :]
    return name


def spoken(name: str, errors: int, *, variant: int = 0) -> str:
    """The garbled name inside one of the `CARRIERS`."""
    carrier = CARRIERS[_number(f"{name}/{variant}/carrier") % len(CARRIERS)]
    heard = garble(name, errors, variant=variant)
    return carrier.format(heard.lower() if carrier == carrier.lower() else heard)


def _shuffled(slips: Sequence[Slip], seed: str) -> list[Slip]:
    """In an order that depends on nothing but the seed; kinds of slips that fit many places come no sooner."""
    return sorted(slips, key=lambda slip: _number(f"{seed}/{slip}"))


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")


def _apart(one: Slip, other: Slip) -> bool:
    return one.end < other.start or other.end < one.start


def _slips(name: str) -> Iterator[Slip]:
    for word in _WORD.finditer(name):
        for kind in _KINDS:
            for slip in kind(word.group().lower()):
                start, end = word.start() + slip.start, word.start() + slip.end
                yield Slip(start, end, _cased(name[start:end], slip.heard))
    yield from (Slip(at.start(), at.end(), "") for at in re.finditer(r"(?<=[^\W\d])[ -](?=[^\W\d])", name))


def _cased(said: str, heard: str) -> str:
    return heard.capitalize() if said[:1].isupper() else heard


def _alike(word: str) -> Iterator[Slip]:
    """A sound heard as its neighbour: "Tauerwelle", "Raifen", "Wexel"; umlauts lost as well."""
    at = 0
    while at < len(word):
        sound = next((head for head in _HEADS if word.startswith(head, at)), word[at])
        if sound in _ALIKE:
            yield Slip(at, at + len(sound), _ALIKE[sound])
        at += len(sound)


def _dropped(word: str) -> Iterator[Slip]:
    """One of two equal letters, an h that only lengthens, an r before a consonant: "Herenschnit", "Fönen", "Fabe"."""
    for found in re.finditer(
        rf"(.)(?=\1)|(?<=[{_VOWELS}])h(?=[^{_VOWELS}])|(?<=[aeiou])r(?=[^{_VOWELS}r])", word
    ):
        yield Slip(found.start(), found.end(), "")


def _doubled(word: str) -> Iterator[Slip]:
    """A consonant between vowels twice: "Ballayage"."""
    for found in re.finditer(rf"(?<=[{_VOWELS}])([bdfglmnprt])(?=[{_VOWELS}])", word):
        yield Slip(found.start(), found.end(), found.group() * 2)


def _ended(word: str) -> Iterator[Slip]:
    """Another ending: "Behandlunk", "Schneidn", "Balayasch"."""
    for ending, heard in _ENDINGS.items():
        if word.endswith(ending) and len(word) >= len(ending) + 4:
            yield Slip(len(word) - len(ending), len(word), heard)


def _split(word: str) -> Iterator[Slip]:
    """A word cut where a syllable begins: "Dauer Welle", "Reifen Wechsel"."""
    for found in _ONSET.finditer(word, 3, len(word) - 1):
        before = word[found.start() - 1]
        if (
            before not in _VOWELS
            and before != word[found.start()]
            and not word.startswith("ck", found.start() - 1)
        ):
            yield Slip(found.start(), found.start(), " ")


_KINDS: tuple[Callable[[str], Iterator[Slip]], ...] = (_alike, _dropped, _doubled, _ended, _split)
