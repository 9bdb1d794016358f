"""What one word of a text means in a catalogue: known, misheard, part of a compound, or nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from zusage.language.german import _service_lexicon as lexicon
from zusage.language.german._names_known import EVERYDAY, FAMILY, GIVEN
from zusage.language.german._service_catalogue import RELATIVES, WEAK, Catalogue, is_soft, unmixed
from zusage.language.german._service_memo import Meaning, Surface
from zusage.language.german._service_words import ALIASES, KIN, fold_all, key_of, keys, likeness, sound

_LEAST_LIKE = {4: 0.93, 5: 0.85, 6: 0.8, 7: 0.77, 8: 0.75, 9: 0.73, 10: 0.72, 11: 0.7}
_LEAST = 0.7
_BEST_ALIKE = 0.98
_OTHER_HALF = 0.7
_OWN_HALF = 4
_LEAST_COMPOUND = 0.8
_SURELY_FOREIGN = 0.9
_PIECE_LIKE = 0.75
_CUTOFF = 58
_BENT = re.compile(r"(?<=\w{4})(?:en|n|e|s|t)$")
_APPOINTMENT = re.compile(r"(\w{3,}?)s?termin(?:e|es|en)?")

FILLERS = keys(lexicon.FILLERS) | keys(lexicon.WISH) | keys(lexicon.TRADE)
HARMLESS = keys(lexicon.HARMLESS)
COMMON = keys(lexicon.COMMON)
NAMES = frozenset(key_of(name) for name in (GIVEN - EVERYDAY) | FAMILY)
FOREIGN = keys(lexicon.FOREIGN)
BODY_PARTS = keys(lexicon.BODY_PARTS)
_GROWN_UP = dict.fromkeys(keys(lexicon.YOUNG_MEN), ("herren",)) | dict.fromkeys(
    keys(lexicon.YOUNG_WOMEN), ("damen",)
)
DEEDS = frozenset(key_of(unmixed(word)) for word in fold_all(lexicon.DEEDS))
_DEED_ENDS = tuple(key for key in DEEDS if len(key) >= 7)
_THINGS = (HARMLESS | COMMON) - KIN.keys()
_KNOWN_PARTS = frozenset(KIN.values())


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    key: str
    split: tuple[str, ...]
    owned: tuple[str, ...]
    other: tuple[str, ...]
    catalogue: Catalogue

    @property
    def everyday(self) -> bool:
        return self.key in HARMLESS or self.key in NAMES or self.key in COMMON


def alike(heard: str, catalogue: Catalogue) -> tuple[Surface, float] | None:
    """The spelling that misheard letters are most like, if they are like enough."""
    return catalogue.memo.alike.get(heard, partial(_alike, catalogue))


def _alike(catalogue: Catalogue, heard: str) -> tuple[Surface, float] | None:
    sounded = sound(heard)
    sized = catalogue.by_length.get(len(sounded))
    if sized is None or len(heard) < 4:
        return None
    sounds, surfaces = sized
    near = process.extract(sounded, sounds, scorer=fuzz.ratio, limit=6, score_cutoff=_CUTOFF)
    best: tuple[Surface, float] | None = None
    for _, _, at in near:
        like = min(likeness(heard, surfaces[at].spelling), _BEST_ALIKE)
        if best is None or (like, bool(surfaces[at].parts)) > (best[1], bool(best[0].parts)):
            best = surfaces[at], like
    if best is None or best[1] < _LEAST_LIKE.get(min(len(heard), len(best[0].spelling)), _LEAST):
        return None
    if not _alike_beside(_BENT.sub("", heard), _BENT.sub("", best[0].spelling)):
        return None
    return best


def _alike_beside(heard: str, surface: str) -> bool:
    """Whether compounds that share one half are alike in the other: "Heckenschnitt" is no misheard "Herrenschnitt".

    A word with a good deal more behind or before it is a compound of its own ("Gymnastikball")."""
    ends = _shared(reversed(heard), reversed(surface))
    begins = _shared(heard, surface)
    if len(heard) - len(surface) >= _OWN_HALF and len(surface) in {ends, begins}:
        return False
    if Levenshtein.distance(heard, surface, score_cutoff=1) <= 1:
        return True
    halves = (
        (ends, heard[: len(heard) - ends], surface[: len(surface) - ends]),
        (begins, heard[begins:], surface[begins:]),
    )
    return all(
        shared < 5 or min(len(one), len(other)) < 3 or likeness(one, other) >= _OTHER_HALF
        for shared, one, other in halves
    )


def _shared(one: Iterable[str], other: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def meaning(word: str, catalogue: Catalogue) -> Meaning:
    """Read one folded word, mark or amount ("#30")."""
    return catalogue.memo.meanings.get(word, partial(_meaning, catalogue))


def _meaning(catalogue: Catalogue, word: str) -> Meaning:
    if not word[0].isalpha():
        return _mark(word, catalogue)
    key = key_of(word)
    if key in RELATIVES and key not in KIN:
        return Meaning("whom", (RELATIVES[key],), extra=_GROWN_UP.get(key, ()))
    if key in catalogue.words and (parts := _owned(catalogue.vocabulary.parts(key), catalogue)[0]):
        beside = key in HARMLESS and not catalogue.sole & set(parts)
        return Meaning("aside", extra=parts) if beside else Meaning("service", parts)
    if key in FILLERS:
        return Meaning("filler")
    return _content(word, key, catalogue)


def _mark(word: str, catalogue: Catalogue) -> Meaning:
    if word in catalogue.owners:
        return Meaning("service", (word,))
    return Meaning("mark" if word in ",;.!?&+/" else "filler")


def _content(text: str, key: str, catalogue: Catalogue) -> Meaning:
    split = catalogue.vocabulary.split(key)
    if not split and key in ALIASES:
        split = catalogue.vocabulary.parts(key)
    word = _Word(text, key, split, *_owned(split, catalogue), catalogue)
    for rule in _RULES:
        found = rule(word)
        if found is not None:
            return found
    return Meaning("foreign" if split else "noise", like=0.0)


def _undone(word: _Word) -> Meaning | None:
    """The opposite of what it ends with ("entfärben")."""
    undone = word.key.startswith("ent") and word.catalogue.vocabulary.split(word.key[3:])
    return Meaning("foreign") if undone else None


def _everyday(word: _Word) -> Meaning | None:
    if not word.everyday or len(word.split) > 1 or word.key in KIN:
        return None
    if word.key in NAMES:
        return Meaning("name")
    return Meaning("aside" if word.owned else "filler", extra=word.owned)


def _short(word: _Word) -> Meaning | None:
    return Meaning("filler") if word.other and word.key in ALIASES and len(word.key) < 3 else None


def _appointment(word: _Word) -> Meaning | None:
    """What an appointment is for ("Massagetermin")."""
    found = None if word.owned else _APPOINTMENT.fullmatch(word.text)
    return meaning(found[1], word.catalogue) if found else None


def _another_thing(word: _Word) -> Meaning | None:
    """A compound that is a kind of something everyday ("Rückenschmerzen"), not of a service."""
    if word.owned:
        return None
    tails = (word.key[start:] for start in range(3, len(word.key) - 4))
    found = any(tail in _THINGS and tail not in word.catalogue.words for tail in tails)
    return Meaning("noise", like=0.0) if found else None


def _on_the_body(word: _Word) -> Meaning | None:
    return Meaning("filler") if (word.other or not word.split) and word.key in BODY_PARTS else None


def _misheard_compound(word: _Word) -> Meaning | None:
    """A compound with an unknown part is rather a misheard name, if it is very like one."""
    if _KNOWN_PARTS.issuperset(word.other):
        return None
    found = alike(word.text, word.catalogue)
    return _heard(*found) if found and found[1] >= _LEAST_COMPOUND else None


def _only_more(word: _Word) -> Meaning | None:
    """Whom or what length it is for."""
    if not word.split or not all(is_soft(part) for part in word.split):
        return None
    return Meaning("service" if word.owned and not word.other else "filler", word.owned, extra=word.other)


def _of_service(word: _Word) -> Meaning | None:
    """A word whose last part, which says what kind of thing it is, belongs to a service."""
    head = word.split[-1] if word.split else ""
    of_other = head in word.other and not is_soft(head) and head not in WEAK
    if not word.owned or of_other or (word.other and word.key in FOREIGN):
        return None
    return Meaning("service", word.owned, extra=word.other)


def _another_kind(word: _Word) -> Meaning | None:
    """A compound of known words whose last part, which says what kind of thing it is, nobody has ("Bartöl")."""
    if len(word.split) < 2 or not word.other or word.split[-1] in word.owned:
        return None
    known = _KNOWN_PARTS.issuperset(word.split) and not is_soft(word.split[-1])
    return Meaning("foreign") if known and word.split[-1] in word.other else None


def _of_category(word: _Word) -> Meaning | None:
    known = word.split and all(part in word.catalogue.categories for part in word.split)
    return Meaning("category", word.split) if known else None


def _of_nobody(word: _Word) -> Meaning | None:
    """A word of the trades that says what is to be done, to which nothing here belongs ("glätten"): never misheard."""
    known = len(word.key) >= 5 and (word.key in KIN or word.key in DEEDS)
    telling = known and bool(word.split or word.key in DEEDS) and not any(map(is_soft, word.split))
    return Meaning("foreign") if telling and not word.owned else None


def _known(word: _Word) -> Meaning | None:
    if word.everyday:
        return Meaning("name" if word.key in NAMES else "filler")
    return Meaning("foreign") if word.key in FOREIGN else None


def _misheard(word: _Word) -> Meaning | None:
    if word.key.endswith(_DEED_ENDS):
        return Meaning("foreign")
    found = alike(word.text, word.catalogue)
    if found is not None and word.catalogue.vocabulary.goes_on(word.key, found[0].spelling):
        return Meaning("noise", like=0.0)
    if found is not None and found[0].parts:
        return _heard(*found)
    if piece := word.catalogue.vocabulary.piece_of(word.key):
        return Meaning("service", piece, _PIECE_LIKE)
    return _heard(*found) if found is not None else None


_RULES: tuple[Callable[[_Word], Meaning | None], ...] = (
    _undone,
    _everyday,
    _short,
    _appointment,
    _another_thing,
    _on_the_body,
    _misheard_compound,
    _only_more,
    _of_service,
    _another_kind,
    _of_category,
    _of_nobody,
    _known,
    _misheard,
)


def _heard(surface: Surface, like: float) -> Meaning:
    if surface.parts:
        return Meaning("service", surface.parts, like)
    if key_of(surface.spelling) not in FOREIGN:
        return Meaning("filler", like=like)
    return Meaning("foreign" if like >= _SURELY_FOREIGN else "noise", like=like)


def _owned(parts: Sequence[str], catalogue: Catalogue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parts that somebody here owns, those that stand in for one among them, and the other ones."""
    owned = tuple(
        part if part in catalogue.owners else catalogue.stand_in[part]
        for part in parts
        if part in catalogue.owners or part in catalogue.stand_in
    )
    other = (part for part in parts if part not in catalogue.owners and part not in catalogue.stand_in)
    return owned, tuple(other)
