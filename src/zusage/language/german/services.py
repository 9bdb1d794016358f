"""Which service of a catalogue somebody wants, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from zusage.language.german._text import clip, fold
from zusage.language.german._words import (
    FILLERS,
    GROUPS,
    KNOWN_FORMS,
    WEAK,
    atoms,
    cologne,
    is_known,
    sound,
)
from zusage.language.reading import ServiceEntry, ServiceMatch, ServiceReading

_LIKENESS = 0.8
_SAME_SOUND = 0.9
_SHORTEST_FUZZY = 5
_ASK_FLOOR = 0.35
_NEAR_EQUAL = 0.1
_MOST_WORDS = 60
_WEAK_WEIGHT = 0.1
# Less than a word that says what is done: a bare "Haarschnitt" lacks only for whom, "Pony schneiden" is another thing.
_GROUP_WEIGHT = 0.75
_SHORT_FORM = 0.8
_NOISE_WEIGHT = 0.15
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Phrase:
    entry: int
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    entries: tuple[ServiceEntry, ...]
    phrases: tuple[_Phrase, ...]
    owners: dict[str, frozenset[int]]
    surfaces: dict[str, tuple[str, ...]]
    sounds: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Heard:
    """Parts of meaning with how surely each was heard and in which word, and the words that mean nothing here."""

    parts: dict[str, tuple[float, str]]
    noise: tuple[str, ...]


def understand_service(
    text: str, catalogue: Sequence[ServiceEntry], *, threshold: float = 0.6
) -> ServiceReading:
    """Find the service that is meant; a single clear one of at least `threshold` is a match, never a default.

    Near-equal ones and ones below the threshold are asked about. Words for a wish that names no service, time words
    and greetings are "ask" without matches; words that fit nothing are "none". The catalogue is prepared once."""
    prepared = _prepared(tuple(catalogue))
    heard = _hear(text, prepared)
    matches = _ranked(heard, prepared)
    if not matches or matches[0].confidence < _ASK_FLOOR:
        wordless = not heard.noise and set(heard.parts) <= WEAK
        return ServiceReading("ask" if wordless else "none")
    best = matches[0].confidence
    near = tuple(match for match in matches if _rivals(match.confidence, best))
    if best >= threshold and len(near) == 1:
        return ServiceReading("match", matches)
    return ServiceReading("ask", near)


def _rivals(confidence: float, best: float) -> bool:
    if best >= 1.0:
        return confidence >= 1.0
    return confidence >= max(best - _NEAR_EQUAL, _ASK_FLOOR)


@lru_cache(maxsize=64)
def _prepared(entries: tuple[ServiceEntry, ...]) -> _Catalogue:
    phrases: list[_Phrase] = []
    surfaces: dict[str, tuple[str, ...]] = {form: atoms(form) for form in KNOWN_FORMS}
    for index, entry in enumerate(entries):
        for phrase in _phrases_of(entry):
            words = [word for word in _WORD.findall(fold(phrase)) if word not in FILLERS]
            parts = [part for word in words for part in atoms(word)]
            if parts:
                phrases.append(_Phrase(index, frozenset(parts)))
                surfaces |= {word: atoms(word) for word in words} | {"".join(words): tuple(parts)}
    owners = _owners(phrases)
    useful = {word: parts for word, parts in surfaces.items() if not owners.keys().isdisjoint(parts)}
    return _Catalogue(entries, tuple(phrases), owners, useful, {word: sound(word) for word in useful})


def _owners(phrases: Sequence[_Phrase]) -> dict[str, frozenset[int]]:
    """Which entries each part of meaning belongs to."""
    owners: dict[str, frozenset[int]] = {}
    for phrase in phrases:
        for part in phrase.parts:
            owners[part] = owners.get(part, frozenset()) | {phrase.entry}
    return owners


def _phrases_of(entry: ServiceEntry) -> Iterator[str]:
    for phrase in (entry.name, *entry.synonyms):
        yield phrase
        if "/" in phrase:
            yield from phrase.split("/")


def _hear(text: str, catalogue: _Catalogue) -> _Heard:
    words = [fold(word) for word in _WORD.findall(clip(text))][:_MOST_WORDS]
    parts: dict[str, tuple[float, str]] = {}
    noise: list[str] = []
    at = 0
    while at < len(words):
        found, likeness, used = _hear_at(words, at, catalogue)
        for part in found:
            parts[part] = max(parts.get(part, (0.0, "")), (likeness, " ".join(words[at : at + used])))
        if not found and words[at] not in FILLERS:
            noise.append(words[at])
        at += used
    return _Heard(parts, tuple(noise))


def _hear_at(words: Sequence[str], at: int, catalogue: _Catalogue) -> tuple[tuple[str, ...], float, int]:
    """The parts of meaning of the word at a place, or of it joined with the next ones; and how many words."""
    for used in (3, 2):
        joined = "".join(words[at : at + used])
        if len(words) - at >= used and joined in catalogue.surfaces and words[at] not in FILLERS:
            return catalogue.surfaces[joined], 1.0, used
    word = words[at]
    if word in FILLERS:
        return (), 0.0, 1
    exact = atoms(word)
    if is_known(word) or catalogue.owners.keys() >= set(exact):
        return exact, 1.0, 1
    best: tuple[tuple[str, ...], float, int] = ((), 0.0, 1)
    for used in (1, 2):
        part = words[at : at + used]
        if len(part) == used and not FILLERS.intersection(part[1:]):
            found, likeness = _alike("".join(part), catalogue)
            best = max(best, (found, likeness, used), key=lambda option: option[1])
    return best


def _alike(word: str, catalogue: _Catalogue) -> tuple[tuple[str, ...], float]:
    """The word of the catalogue that a misheard one is most like, if it is like enough."""
    if len(word) < _SHORTEST_FUZZY or not catalogue.sounds:
        return (), 0.0
    heard = sound(word)
    near = process.extract(heard, catalogue.sounds, scorer=fuzz.ratio, limit=3, score_cutoff=55)
    best, surface = 0.0, ""
    for _, score, candidate in near:
        likeness = max(score / 100, fuzz.ratio(word, candidate) / 100)
        if cologne(word) == cologne(candidate) and len(cologne(word)) >= 3:
            likeness = max(likeness, _SAME_SOUND)
        if likeness > best:
            best, surface = likeness, candidate
    return (catalogue.surfaces[surface], best) if best >= _LIKENESS else ((), 0.0)


def _ranked(heard: _Heard, catalogue: _Catalogue) -> tuple[ServiceMatch, ...]:
    scores: dict[int, float] = {}
    texts: dict[int, str] = {}
    for phrase in catalogue.phrases:
        if phrase.parts.isdisjoint(heard.parts):
            continue
        score = max(_score(heard, phrase.parts), _only_one(heard, phrase, catalogue))
        if score > scores.get(phrase.entry, 0.0):
            scores[phrase.entry] = score
            words = dict.fromkeys(heard.parts[part][1] for part in heard.parts if part in phrase.parts)
            texts[phrase.entry] = " ".join(words)
    order = sorted(scores, key=lambda entry: (-scores[entry], entry))
    return tuple(ServiceMatch(catalogue.entries[e], round(scores[e], 3), texts[e]) for e in order)


def _score(heard: _Heard, parts: frozenset[str]) -> float:
    """1.0 when the phrase and nothing else was heard; falls with every part that is missing or left over."""
    said_for, meant_for = GROUPS.intersection(heard.parts), GROUPS.intersection(parts)
    if said_for and meant_for and said_for.isdisjoint(meant_for):
        return 0.0
    found = sum(_weight(part) * heard.parts[part][0] for part in parts if part in heard.parts)
    left_over = sum(_weight(part) for part in heard.parts if part not in parts)
    recall = found / sum(_weight(part) for part in parts)
    noise = _NOISE_WEIGHT * min(len(heard.noise), 3)
    precision = found / (found + left_over + noise) if found else 0.0
    return recall * (0.5 + 0.5 * precision)


def _only_one(heard: _Heard, phrase: _Phrase, catalogue: _Catalogue) -> float:
    """How sure a short form is: every telling word that was heard belongs to this entry and to no other."""
    telling = heard.parts.keys() - WEAK - GROUPS
    if not telling or not telling <= phrase.parts or GROUPS.intersection(heard.parts) - phrase.parts:
        return 0.0
    if any(catalogue.owners[part] != {phrase.entry} for part in telling):
        return 0.0
    likeness = min(heard.parts[part][0] for part in telling)
    return _SHORT_FORM * likeness / (1 + _NOISE_WEIGHT * min(len(heard.noise), 3))


def _weight(part: str) -> float:
    if part in GROUPS:
        return _GROUP_WEIGHT
    return _WEAK_WEIGHT if part in WEAK else 1.0
