"""How well what was heard fits each service of a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum

from zusage.language.german._service_catalogue import (
    EXCLUSIVE,
    GENERIC,
    SIDED,
    WEAK,
    Catalogue,
    Phrase,
    is_soft,
    weight,
)
from zusage.language.german._service_lexicon import GROUPS
from zusage.language.german._service_segment import Segment

_NOISE = 0.1
_SHORT_FORM = 0.8
_BARE_GROUP = 0.7
_YOUNG_AS_GROWN = 0.4
_NEAR_EQUAL = 0.1
_FLOOR = 0.3
_OTHER_THING = 0.5
_FOR_ANYONE = 0.95
_HALF_SAID, _LITTLE_SAID = 0.4, 0.7
_MORE_LACKING = 2.0


@dataclass(frozen=True, slots=True)
class Heard:
    """The parts of meaning of a stretch of talk with the likeness each was heard with, and how many words are noise."""

    parts: dict[str, float]
    other: frozenset[str]
    telling: frozenset[str]
    guessed: dict[str, float]
    aside: frozenset[str]
    noise: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that may be meant: how well it fits, and which telling parts it leaves unexplained.

    `whole`: its name was said in full. `lacks` is the weight of what was not said; `sided`: only whom or what length it
    is for. `guess`: it was chosen for somebody's age alone."""

    entry: int
    fit: float
    left: frozenset[str]
    whole: bool
    lacks: float = 0.0
    sided: bool = False
    guess: bool = False
    covers: int = 0


def gather(segments: Sequence[Segment]) -> Heard:
    """What a stretch of talk says of a service."""
    parts: dict[str, float] = {}
    other: set[str] = set()
    guessed: dict[str, float] = {}
    noise = 0
    aside = frozenset(part for one in segments if one.kind == "aside" for part in one.extra)
    named = any(one.kind == "service" and any(not is_soft(part) for part in one.parts) for one in segments)
    for one in segments:
        for part in () if named and one.kind == "category" else one.parts:
            parts[part] = max(parts.get(part, 0.0), one.like)
        if one.kind == "whom":
            guessed |= dict.fromkeys(one.extra, _YOUNG_AS_GROWN)
        elif one.kind != "aside":
            other.update(one.extra)
        noise += one.kind == "noise"
    telling = frozenset(part for part in parts if not is_soft(part))
    return Heard(parts, frozenset(other), telling, guessed, aside, noise)


def without_telling(heard: Heard) -> Heard:
    """Only whom it is for."""
    parts = {part: like for part, like in heard.parts.items() if part in GROUPS}
    return replace(heard, parts=parts, telling=frozenset())


def ranked(heard: Heard, catalogue: Catalogue, refused: frozenset[frozenset[str]]) -> list[Candidate]:
    """The services that share something with what was heard, best first; equals in the order of the catalogue."""
    best: dict[int, Candidate] = {}
    heard = _with_refused(heard, refused, catalogue)
    said, guessed = set(heard.parts) | heard.other, set(heard.guessed)
    fair: list[Phrase] = []
    against: dict[int, bool] = {}
    for at in _places(heard, catalogue):
        phrase = catalogue.phrases[at]
        if phrase.entry not in against:
            against[phrase.entry] = _against(said, guessed, catalogue.traits[phrase.entry]) or _without(
                said, catalogue.belongs[phrase.entry]
            )
        if against[phrase.entry] or any(f"-{part}" in phrase.parts for part in said):
            continue
        if not any(parts <= phrase.parts for parts in refused):
            fair.append(phrase)
    alone = _alone(heard, fair, catalogue)
    for phrase in fair:
        found = _candidate(heard, phrase, catalogue, alone=alone == phrase.entry)
        if phrase.entry not in best or (found.fit, -found.lacks) > (
            best[phrase.entry].fit,
            -best[phrase.entry].lacks,
        ):
            best[phrase.entry] = found
    return sorted(best.values(), key=lambda one: (-one.fit, one.entry))


def _with_refused(heard: Heard, refused: frozenset[frozenset[str]], catalogue: Catalogue) -> Heard:
    """What was refused counts for the services that are without just that."""
    gone = {f"-{part}": 1.0 for parts in refused for part in parts if f"-{part}" in catalogue.owners}
    return replace(heard, parts=heard.parts | gone) if gone and heard.parts else heard


def _without(said: set[str], own: frozenset[str]) -> bool:
    """Whether something was said that a service is always without."""
    return any(f"-{part}" in own and part not in own for part in said)


def near(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best one and those that fit nearly as well; what was said in full has no rivals but its like."""
    if not candidates or candidates[0].fit < _FLOOR:
        return []
    best = candidates[0]
    if best.whole:
        whole = [one for one in candidates if one.whole and one.fit >= best.fit - 0.02]
        return [one for one in whole if one.covers == max(other.covers for other in whole)]
    if best.left:
        fair = [one for one in candidates if one.fit >= max(best.fit - _NEAR_EQUAL, _FLOOR)]
        fewest = min(len(one.left - GENERIC) for one in fair)
        fair = [one for one in fair if len(one.left - GENERIC) == fewest]
        return [one for one in fair if one.sided] or fair
    most = max(one.covers for one in candidates if not one.left)
    parts = [one for one in candidates if not one.left and one.covers == most]
    sided = [one for one in parts if one.sided]
    if sided:
        return sided
    least = min(one.lacks for one in parts)
    return [one for one in parts if one.lacks <= least + _MORE_LACKING] if len(parts) > 1 else parts


def _alone(heard: Heard, fair: Sequence[Phrase], catalogue: Catalogue) -> int | None:
    """The only entry that has all that was said, if that says enough."""
    telling = heard.telling or frozenset(part for part in heard.parts if part not in WEAK)
    owners = {phrase.entry for phrase in fair if telling <= catalogue.belongs[phrase.entry]}
    said = {entry: sum(part in catalogue.belongs[entry] for part in heard.parts) for entry in owners}
    owners = {entry for entry in owners if said[entry] == max(said.values())}
    return owners.pop() if len(owners) == 1 and not telling <= GENERIC else None


def _places(heard: Heard, catalogue: Catalogue) -> list[int]:
    keys = heard.telling or frozenset(part for part in heard.parts if part not in WEAK)
    return sorted({at for part in keys for at in catalogue.of_part.get(part, ())})


def _against(said: set[str], guessed: set[str], traits: frozenset[str]) -> bool:
    """Whether an entry is for others, another length or another time than what was said."""
    if not traits:
        return False
    for group in EXCLUSIVE:
        wanted, given = group & (said | guessed), group & traits
        if wanted and given and not wanted & given and group & said:
            return True
    amounts, length = _amounts(said), _amounts(traits)
    return bool(amounts and length and not amounts & length)


def _amounts(parts: Iterable[str]) -> set[str]:
    return {part for part in parts if part.startswith("#")}


def _candidate(heard: Heard, phrase: Phrase, catalogue: Catalogue, *, alone: bool) -> Candidate:
    parts = heard.parts
    found = fsum(weight(part) * parts[part] for part in phrase.parts if part in parts)
    found += fsum(weight(part) for part in phrase.parts if part in heard.aside and part not in parts)
    if heard.guessed:
        found += fsum(
            weight(p) * heard.guessed[p] for p in phrase.parts if p in heard.guessed and p not in parts
        )
    left = frozenset(part for part in heard.telling if not _explained(part, phrase, catalogue))
    extra = fsum(
        weight(part) for part in parts if part not in phrase.parts and _matters(part, phrase, catalogue)
    )
    recall = found / phrase.total
    precision = found / (found + extra + _NOISE * min(heard.noise, 3)) if found else 0.0
    fit = recall * (0.5 + 0.5 * precision)
    whole = not left and all(part in parts or part in WEAK or part in heard.aside for part in phrase.parts)
    if alone and not whole and not left:
        fit = max(fit, _short_form(heard) * (_LITTLE_SAID if heard.telling and recall < _HALF_SAID else 1.0))
    missing = [part for part in phrase.parts if part not in parts and part not in heard.aside]
    guess = any(part in heard.guessed for part in missing)
    sided = bool(missing) and all(part in SIDED or part in WEAK or part[0] == "#" for part in missing)
    if (
        ("haar" in parts or "haar" in heard.other)
        and not whole
        and not sided
        and "haar" not in catalogue.belongs[phrase.entry]
    ):
        fit *= _OTHER_THING
    if any(part in GROUPS and part not in catalogue.belongs[phrase.entry] for part in parts):
        fit *= _FOR_ANYONE
    covers = sum(
        part not in WEAK for part in {*parts, *heard.aside} if part in catalogue.belongs[phrase.entry]
    )
    lacks = fsum(weight(part) for part in missing)
    return Candidate(phrase.entry, min(fit, 1.0), left, whole, lacks, sided, guess, covers)


def _explained(part: str, phrase: Phrase, catalogue: Catalogue) -> bool:
    """Whether a part is of this name, or of another name that nobody but the same service has."""
    return part in phrase.parts or catalogue.owners.get(part, frozenset()) == {phrase.entry}


def _matters(part: str, phrase: Phrase, catalogue: Catalogue) -> bool:
    """Whether a part that a phrase lacks speaks against it: a length that the service does not know says nothing."""
    return not is_soft(part) or part in catalogue.traits[phrase.entry]


def _short_form(heard: Heard) -> float:
    """How sure part of a name is that nobody else has."""
    telling = heard.telling or frozenset(part for part in heard.parts if part not in WEAK)
    sure = _SHORT_FORM if heard.telling else _BARE_GROUP
    return sure * min(heard.parts[part] for part in telling) / (1 + _NOISE * min(heard.noise, 3))
