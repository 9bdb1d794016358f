"""Which service of a catalogue somebody wants, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from zusage.language.german._near import nearest_name
from zusage.language.german._text import clip, fold
from zusage.language.german._words import (
    FILLERS,
    GROUPS,
    HARMLESS,
    KNOWN_FORMS,
    MODIFIERS,
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
_OTHER_WISH = re.compile(
    r"\b(?:storn\w*|absag\w*|abgesagt\w*|abzusagen|verschieb\w*|verschoben\w*|verleg\w*|umbuch\w*|umgebucht\w*|"
    r"umzubuchen|cancel\w*|reschedul\w*|loesch\w*)\b"
)
_UNDOING = re.compile(
    r"ent(?:faerb|fern)\w*|raus\w*|heraus\w*|weg\w*|loswerden|rueckgaengig|abmachen|aufloesen"
)
_REFUSAL = re.compile(r"\b(?:(?P<after>kein(?:e[nrms]?)?|ohne|ausser|statt|anstatt)|nicht|nie|niemals)\b")
_TURN = re.compile(r"[,;.!?]|\b(?:sondern|nur|aber|lieber|dafuer|stattdessen)\b")
_NEGATIONS = frozenset(
    {"nicht", "nie", "niemals", "kein", "keine", "keinen", "ohne", "ausser", "statt", "anstatt"}
)
_TITLES = frozenset({"frau", "herr", "herrn"})
_BEFORE_A_NAME = frozenset({"bei", "beim", "zu", "von"}) | _TITLES
_OF_STAFF = re.compile(r" (?:bei|zu|von|mit)\b")


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
    names: dict[tuple[str, ...], frozenset[int]]


@dataclass(frozen=True, slots=True)
class _Heard:
    """Parts of meaning with how surely each was heard and in which word, the words that mean nothing here, and names."""

    parts: dict[str, tuple[float, str]]
    noise: tuple[str, ...]
    names: tuple[str, ...] = ()


def understand_service(
    text: str, catalogue: Sequence[ServiceEntry], *, threshold: float = 0.6
) -> ServiceReading:
    """Find the service that is meant; a single clear one of at least `threshold` is a match, never a default.

    Near-equal ones and those below the threshold are asked about, and so is whatever says more than one service: a
    part that the best one does not cover ("färben und schneiden"), a refusal ("ohne Föhnen"), the opposite
    ("Farbe entfernen"), another wish ("stornieren"), a word of no known meaning. Words for a wish that names no
    service, time words and greetings are "ask" without matches; words that fit nothing are "none". A name or synonym
    of the catalogue is always itself. The catalogue is prepared once."""
    prepared = _prepared(tuple(catalogue))
    called = prepared.names.get(_key(text), frozenset())
    if len(called) == 1:
        return _by_name(text, prepared.entries[next(iter(called))], prepared)
    folded = fold(clip(text))
    if _OTHER_WISH.search(folded) or _undoes(folded, prepared):
        return ServiceReading("ask")
    wanted, refused = _parted(folded, prepared)
    if refused:
        return _ask_several(_near(_ranked(_hear(wanted, prepared), prepared)))
    return _decided(_hear(folded, prepared), prepared, threshold)


def _by_name(text: str, entry: ServiceEntry, catalogue: _Catalogue) -> ServiceReading:
    ranked = _ranked(_hear(text, catalogue), catalogue)
    own = next((match for match in ranked if match.entry == entry), None)
    first = ServiceMatch(entry, 1.0, own.matched_text if own else text)
    return ServiceReading("match", (first, *(match for match in ranked if match.entry != entry)))


def _decided(heard: _Heard, catalogue: _Catalogue, threshold: float) -> ServiceReading:
    matches = _ranked(heard, catalogue)
    telling = heard.parts.keys() - WEAK - GROUPS
    if not matches or matches[0].confidence < _ASK_FLOOR:
        wordless = (
            not heard.noise
            and not heard.names
            and telling <= MODIFIERS
            and not GROUPS.intersection(heard.parts)
        )
        return ServiceReading("ask" if wordless else "none")
    if telling and telling <= MODIFIERS:
        return _ask_several(_near(matches))
    near = _near(matches)
    left_over = telling - MODIFIERS - _parts_of(matches[0].entry, catalogue)
    if left_over:
        return _ask_several(_also(near, left_over, matches, catalogue))
    if matches[0].confidence < threshold or len(near) > 1 or heard.noise:
        return ServiceReading("ask", near)
    return ServiceReading("match", matches)


def _near(matches: Sequence[ServiceMatch]) -> tuple[ServiceMatch, ...]:
    best = matches[0].confidence if matches else 0.0
    return tuple(match for match in matches if _rivals(match.confidence, best))


def _ask_several(matches: tuple[ServiceMatch, ...]) -> ServiceReading:
    """Ask between several; a single one would be named as if it were what was wanted."""
    return ServiceReading("ask", matches if len(matches) > 1 else ())


def _also(
    near: tuple[ServiceMatch, ...],
    left_over: frozenset[str] | set[str],
    matches: Sequence[ServiceMatch],
    catalogue: _Catalogue,
) -> tuple[ServiceMatch, ...]:
    """The nearest ones, and the best of those that cover what is left over."""
    found = dict.fromkeys(near)
    for part in sorted(left_over):
        owners = {catalogue.entries[entry] for entry in catalogue.owners.get(part, ())}
        found |= dict.fromkeys(_near([match for match in matches if match.entry in owners]))
    return tuple(found)


def _parts_of(entry: ServiceEntry, catalogue: _Catalogue) -> set[str]:
    index = catalogue.entries.index(entry)
    return {part for phrase in catalogue.phrases if phrase.entry == index for part in phrase.parts}


def _key(text: str) -> tuple[str, ...]:
    """The words of a name that count when it is compared as a whole."""
    words = _WORD.findall(fold(clip(text)))
    return tuple(word for word in words if word not in FILLERS or word in _NEGATIONS)


def _undoes(folded: str, catalogue: _Catalogue) -> bool:
    words = (word for word in _WORD.findall(folded) if _UNDOING.fullmatch(word))
    return any(not catalogue.owners.keys() >= set(atoms(word)) for word in words)


def _parted(folded: str, catalogue: _Catalogue) -> tuple[str, bool]:
    """The text without what it refuses, and whether it refuses any part of a service."""
    kept: list[str] = []
    refused = False
    for piece in _TURN.split(folded):
        found = _REFUSAL.search(piece)
        if not found:
            kept.append(piece)
            continue
        before, after = piece[: found.start()], piece[found.end() :]
        if _hear(after, catalogue).parts:
            kept.append(before)
            refused = True
        elif not found["after"] and not _OF_STAFF.match(after) and _hear(before, catalogue).parts:
            kept.append(after)
            refused = True
        else:
            kept.append(piece)
    return ", ".join(kept), refused


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
    names: dict[tuple[str, ...], frozenset[int]] = {}
    for index, entry in enumerate(entries):
        for phrase in _phrases_of(entry):
            names[_key(phrase)] = names.get(_key(phrase), frozenset()) | {index}
    names.pop((), None)
    sounds = {word: sound(word) for word in useful}
    return _Catalogue(entries, tuple(phrases), owners, useful, sounds, names)


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
    names: list[str] = []
    at, named = 0, False
    while at < len(words):
        word = words[at]
        found, likeness, used = ((), 0.0, 1) if named and word in _TITLES else _hear_at(words, at, catalogue)
        for part in found:
            parts[part] = max(parts.get(part, (0.0, "")), (likeness, " ".join(words[at : at + used])))
        unknown = not found and word not in FILLERS and word not in _TITLES
        if unknown and named:
            names.append(word)
        elif unknown and not _says_nothing(word):
            noise.append(word)
        named = word in _BEFORE_A_NAME or (named and unknown)
        at += used
    return _Heard(parts, tuple(noise), tuple(names))


def _says_nothing(word: str) -> bool:
    """Whether an unknown word cannot be a service: small talk, or a misheard day."""
    return word in HARMLESS or word in _NEGATIONS or nearest_name(word) is not None


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
    if len(word) < _SHORTEST_FUZZY or not catalogue.sounds or word in HARMLESS:
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
    if telling <= MODIFIERS or not telling <= phrase.parts or GROUPS.intersection(heard.parts) - phrase.parts:
        return 0.0
    if any(catalogue.owners[part] != {phrase.entry} for part in telling):
        return 0.0
    likeness = min(heard.parts[part][0] for part in telling)
    return _SHORT_FORM * likeness / (1 + _NOISE_WEIGHT * min(len(heard.noise), 3))


def _weight(part: str) -> float:
    if part in GROUPS:
        return _GROUP_WEIGHT
    return _WEAK_WEIGHT if part in WEAK else 1.0
