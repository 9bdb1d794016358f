"""A catalogue made ready for matching: what its names are made of, who owns which part, how it all sounds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import fsum

from zusage.language.german import _service_lexicon as lexicon
from zusage.language.german._service_memo import Memo, Surface
from zusage.language.german._service_numbers import numbered
from zusage.language.german._service_words import (
    ALIASES,
    KIN,
    Vocabulary,
    fold_all,
    key_of,
    keys,
    sound,
    stem,
)
from zusage.language.german._text import fold
from zusage.language.reading import ServiceEntry

WORD = re.compile(r"[^\W\d_]+|\d+|[,;.!?&+/]")
_KEPT_APART = {
    "kuerz": "schneid",
    "gekuerzt": "geschnitten",
    "einkuerz": "schneid",
    "nachkuerz": "schneid",
    "laeng": "leng",
}
_APART = re.compile(r"(gekuerzt|(?:ein|nach)?kuerz)(?=en\b|e\b|er\b|t?\b)|laeng(?=e)")
_LETTERS = re.compile(r"[^\W\d_]+|\d+")
_SAID_IN_NAMES = keys("neu neue neuen neukunde neukundin stammkunde offen hinten vorne vorn oben unten erst")
_NAME_FILLERS = keys(lexicon.FILLERS) - _SAID_IN_NAMES
_CODE = re.compile(r"[a-z][_\-\d]", re.IGNORECASE)
_LONGEST_SURFACE = 40
_NEGATIONS = keys("nicht kein keine ohne")
_WITHOUT, _WITH = keys("ohne kein keine keinen without"), keys("mit inkl inklusive aber sondern with")

_WHOM = frozenset({"herren", "damen", "kinder", "maenner", "frauen"})

_BASE: dict[str, float] = {}
for _part in lexicon.GROUPS:
    _BASE[_part] = 0.6
for _part in (*lexicon.LENGTHS, *lexicon.SIZES, "vorn", "hint"):
    _BASE[_part] = 0.5


def _parts_of(table: str) -> frozenset[str]:
    return frozenset(KIN.get(key, stem(key)) for key in keys(table))


WEAK = _parts_of(lexicon.WEAK)
LIGHT = _parts_of(lexicon.LIGHT) | _parts_of(" ".join(_SAID_IN_NAMES))
GENERIC = _parts_of(lexicon.GENERIC)
_BASE |= dict.fromkeys(LIGHT, 0.3) | dict.fromkeys(WEAK, 0.1)
EXCLUSIVE = tuple(
    frozenset(group)
    for group in (
        lexicon.GROUPS,
        lexicon.LENGTHS,
        lexicon.SIZES,
        lexicon.SEASONS,
        lexicon.BODY,
        ("vorn", "hint"),
        ("nas", "trocken"),
        ("haar", "augenbrau", "wimper", "nagel", "gesicht", "zahn"),
    )
)
_ALL_SIDES: frozenset[str] = frozenset().union(*EXCLUSIVE)
SIDED = _ALL_SIDES - {"nas", "trocken"} - set(lexicon.SEASONS) - set(lexicon.BODY) - EXCLUSIVE[-1]
"""Parts that tell variants of one service apart."""
_SOFT_SIDES = ("vorn", "hint")
SOFT = frozenset((*_SOFT_SIDES, *lexicon.GROUPS, *lexicon.LENGTHS, *lexicon.SIZES)) | LIGHT | WEAK
"""Parts that only say more about a service: none of them is one."""


RELATIVES = {key: group for group, row in lexicon.RELATIVES.items() for key in keys(row)}


def weight(part: str) -> float:
    """How much a part of meaning says of which service is meant."""
    return 0.5 if part[0] in "#-" else _BASE.get(part, 1.0)


def is_soft(part: str) -> bool:
    """Whether a part names no service by itself."""
    return part in SOFT or part[0] in "#-"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name or synonym of one service, as parts of meaning; "-wasch" for what it is without."""

    entry: int
    parts: frozenset[str]
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """A prepared catalogue, worth keeping as long as its entries stay what they are; `memo` is all that changes."""

    entries: tuple[ServiceEntry, ...]
    phrases: tuple[Phrase, ...]
    of_part: dict[str, tuple[int, ...]]
    owners: dict[str, frozenset[int]]
    names: dict[tuple[str, ...], frozenset[int]]
    joined: dict[str, Surface]
    by_length: dict[int, tuple[list[str], list[Surface]]]
    words: frozenset[str]
    vocabulary: Vocabulary
    stand_in: dict[str, str]
    stand_back: dict[str, str]
    categories: dict[str, frozenset[int]]
    traits: tuple[frozenset[str], ...]
    """Whom, what length, how many minutes each entry is for."""
    belongs: tuple[frozenset[str], ...]
    """All parts of each entry, whichever of its names they are of."""
    alone: frozenset[str]
    """Parts that stand as words of their own in some name."""
    sole: frozenset[str]
    """Parts that are a whole name by themselves."""
    memo: Memo = field(default_factory=Memo, repr=False)


def prepare(entries: Sequence[ServiceEntry]) -> Catalogue:
    """Make a catalogue ready; do it once, then hand it to `understand_service` for every text."""
    entries = tuple(entries)
    said = [(index, _words(phrase)) for index, entry in enumerate(entries) for phrase in _phrases_of(entry)]
    kinds = [_words(entry.category) for entry in entries]
    words = frozenset(key_of(word.removeprefix("-")) for _, phrase in said for word in phrase)
    vocabulary = Vocabulary(words | {key_of(word) for kind in kinds for word in kind})
    phrases = tuple(dict.fromkeys(_phrase(index, phrase, vocabulary) for index, phrase in said if phrase))
    of_part: dict[str, list[int]] = defaultdict(list)
    for at, phrase in enumerate(phrases):
        for part in phrase.parts:
            of_part[part].append(at)
    owners = {part: frozenset(phrases[at].entry for at in places) for part, places in of_part.items()}
    for part in [part for part in owners if part[0] == "-"]:
        owners.setdefault(part[1:], frozenset())
    surfaces = dict(_surfaces([phrase for _, phrase in said], vocabulary))
    joined = {key_of(spelling): surface for spelling, surface in surfaces.items()}
    categories = _categories(kinds, vocabulary)
    stand_in = _stand_ins(owners)
    heard = {**_guards(owners, words), **_kin_surfaces(owners), **surfaces}
    return Catalogue(
        entries,
        phrases,
        {part: tuple(places) for part, places in of_part.items()},
        owners,
        _names(entries),
        joined,
        _by_length(heard),
        words,
        vocabulary,
        stand_in,
        {own: other for other, own in stand_in.items()},
        categories,
        tuple(_traits(index, phrases) for index in range(len(entries))),
        tuple(_belonging(index, phrases) for index in range(len(entries))),
        frozenset(parts[0] for word in words if len(parts := vocabulary.parts(word)) == 1),
        frozenset(part for phrase in phrases if len(phrase.parts) == 1 for part in phrase.parts),
    )


def _belonging(entry: int, phrases: Sequence[Phrase]) -> frozenset[str]:
    return frozenset(part for phrase in phrases if phrase.entry == entry for part in phrase.parts)


def _traits(entry: int, phrases: Sequence[Phrase]) -> frozenset[str]:
    return frozenset(
        part for part in _belonging(entry, phrases) if part in _ALL_SIDES or part.startswith("#")
    )


@lru_cache(maxsize=64)
def prepared(entries: tuple[ServiceEntry, ...]) -> Catalogue:
    """The catalogue of these entries, made ready once as long as few others are asked about in between."""
    return prepare(entries)


def name_key(text: str) -> tuple[str, ...]:
    """The words of a name that count when it is compared as a whole."""
    words = [key_of(word) for word in _LETTERS.findall(fold(text))]
    told = tuple(word for word in words if word not in _NAME_FILLERS or word in _NEGATIONS)
    return told or tuple(words)


def unmixed(folded: str) -> str:
    """A folded text in which "kürzen" and "Länge" cannot become "kurz" and "lang" when its umlaut is lost."""
    return _APART.sub(lambda found: _KEPT_APART[found[0]], folded)


def _phrases_of(entry: ServiceEntry) -> Iterator[str]:
    for phrase in (entry.name, *entry.synonyms):
        yield phrase
        if "/" in phrase:
            yield from (part for part in phrase.split("/") if len(part.strip()) > 3)
        if "(" in phrase:
            yield re.sub(r"\([^)]*\)", " ", phrase)


def _words(phrase: str) -> list[str]:
    """The folded words of a phrase that mean something; numbers of minutes as "#30", what it is without as "-wort"."""
    words = [word for word, _ in numbered(_LETTERS.findall(unmixed(fold(phrase))))]
    told: list[str] = []
    without = False
    for word in words:
        key = key_of(word)
        without = key in _WITHOUT or (without and key not in _WITH)
        if key not in _NAME_FILLERS:
            told.append(f"-{word}" if without and word[0] not in "#-" else word)
    return told if any(word[0] != "-" for word in told) else words


def _phrase(index: int, words: Sequence[str], vocabulary: Vocabulary) -> Phrase:
    parts = frozenset(part for word in words for part in _word_parts(word, vocabulary))
    return Phrase(index, parts, fsum(weight(part) for part in parts))


def _word_parts(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    key = key_of(word)
    if key in RELATIVES and key not in KIN:
        return (RELATIVES[key],)
    if word.startswith("-"):
        return tuple(f"-{part}" for part in vocabulary.parts(key_of(word[1:])))
    return (word,) if word.startswith("#") else vocabulary.parts(key)


def _names(entries: Sequence[ServiceEntry]) -> dict[tuple[str, ...], frozenset[int]]:
    names: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for index, entry in enumerate(entries):
        coded = (entry.key,) if _CODE.search(entry.key) else ()
        for phrase in (*_phrases_of(entry), *coded):
            names[name_key(phrase)].add(index)
    return {name: frozenset(owners) for name, owners in names.items() if name}


def _surfaces(phrases: Sequence[Sequence[str]], vocabulary: Vocabulary) -> Iterator[tuple[str, Surface]]:
    """Every word, pair and triple of neighbours, and whole phrase, written as one word."""
    for phrase in phrases:
        words = [word for word in phrase if word[0] not in "#-"]
        for size in {1, 2, 3, len(words)}:
            for start in range(len(words) - size + 1):
                window = words[start : start + size]
                parts = tuple(part for word in window for part in _word_parts(word, vocabulary))
                spelling = "".join(window)
                if window and len(spelling) <= _LONGEST_SURFACE:
                    yield spelling, Surface(spelling, parts)
                    yield from _haircuts(parts)


def _haircuts(parts: tuple[str, ...]) -> Iterator[tuple[str, Surface]]:
    """What else a cut for somebody is called."""
    told = [part for part in parts if part != "haar"]
    if len(told) == 2 and told[1] == "schnitt" and told[0] in lexicon.GROUPS:
        whom = {"herren": ("herren", "maenner"), "damen": ("damen", "frauen"), "kinder": ("kinder",)}[told[0]]
        for who in whom:
            for cut in ("schnitt", "haarschnitt"):
                yield who + cut, Surface(who + cut, (told[0], "schnitt"))


def _kin_surfaces(owners: dict[str, frozenset[int]]) -> dict[str, Surface]:
    return {
        form: Surface(form, (part,))
        for part, forms in lexicon.KIN.items()
        if part in owners
        for form in fold_all(forms)
        if len(form) >= 4 and (part not in SOFT or form in _WHOM)
    }


def _guards(owners: dict[str, frozenset[int]], words: frozenset[str]) -> dict[str, Surface]:
    """Long words of everyday talk and of other trades: a misheard one of them is not a misheard service."""
    tables = (lexicon.FOREIGN, lexicon.FILLERS, lexicon.HARMLESS, lexicon.COMMON)
    guards = (word for table in tables for word in fold_all(table) if len(word) >= 6)
    return {
        word: Surface(word, ())
        for word in guards
        if key_of(word) not in words and KIN.get(key_of(word)) not in owners
    }


def _by_length(surfaces: dict[str, Surface]) -> dict[int, tuple[list[str], list[Surface]]]:
    """For each length of a sound the surfaces that are not much longer or shorter."""
    sounded = [(sound(spelling), surface) for spelling, surface in surfaces.items() if len(spelling) >= 4]
    sized: dict[int, tuple[list[str], list[Surface]]] = {}
    for length in range(2, _LONGEST_SURFACE + 1):
        slack = max(2, round(length * 0.3))
        near = [(heard, surface) for heard, surface in sounded if abs(len(heard) - length) <= slack]
        sized[length] = ([heard for heard, _ in near], [surface for _, surface in near])
    return sized


def _stand_ins(owners: dict[str, frozenset[int]]) -> dict[str, str]:
    """For a part that nobody owns, one that means the same here."""
    found: dict[str, str] = {}
    for row in lexicon.STAND_INS:
        row_parts = [KIN.get(key, stem(key)) for key in (key_of(word) for word in fold_all(row))]
        owned = [part for part in row_parts if part in owners]
        for part in row_parts:
            if owned and part not in owners:
                found.setdefault(part, owned[0])
    return found


def _categories(kinds: Sequence[Sequence[str]], vocabulary: Vocabulary) -> dict[str, frozenset[int]]:
    """Which entries a word of a category's name stands for; whom it is for says nothing of a category."""
    found: dict[str, set[int]] = defaultdict(set)
    for index, words in enumerate(kinds):
        for part in {part for word in words for part in _word_parts(word, vocabulary)}:
            if part not in lexicon.GROUPS and key_of(part) not in ALIASES:
                found[part].add(index)
    return {part: frozenset(entries) for part, entries in found.items()}
