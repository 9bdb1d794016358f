"""From what was said to what is meant: one service, several in the order of talk, or those between which to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice, pairwise

from zusage.language.german._service_catalogue import GENERIC, WEAK, Catalogue, is_soft
from zusage.language.german._service_lexicon import BODY_PARTS
from zusage.language.german._service_score import Candidate, gather, near, ranked, without_telling
from zusage.language.german._service_segment import Segment
from zusage.language.german._service_talk import Chunk, Talk, with_object
from zusage.language.german._service_words import key_of, keys, stem

_SURE = 0.6
_ONE_FOR_ALL = 0.78
_IN_FULL = 0.93
_HALF_A_WORD = 0.76
_MOST_CHUNKS = 6
_MOST_ASKED = 12
_UNSETTLED = 0.45
_OF = keys("der des von vom")
_DOUBTFUL = 0.5
_REMOVAL = "entfern"
_UNDOING = frozenset(
    [
        "entfaerben",
        "entfernen",
        "entfernt",
        "rauszumachen",
        "rausmachen",
        "rausziehen",
        "rausholen",
        "rausbekommen",
        "raus",
        "heraus",
        "weg",
        "wegmachen",
        "loswerden",
        "rueckgaengig",
        "abmachen",
        "aufloesen",
        "reiten",
    ]
)


_BODY = frozenset(stem(key) for key in keys(BODY_PARTS)) | {"rucken", "hand", "fuss", "gesicht", "nacken"}
_BELOW_THE_HEAD = keys(
    "bein beine beinen arm arme armen brust bauch rücken achsel achseln waden po füße hände intim"
)
_NO_HEAD_OF_HAIR = frozenset({"bart", "augenbrau", "wimper", "gesicht", "nagel"})
_ON_HAIR = frozenset({"rasier", "schnitt", "farb", "trimm"})


@dataclass(frozen=True, slots=True)
class Found:
    """A service with its raw score in [0, 1], before calibration, and the words it was read from."""

    entry: int
    score: float
    text: str
    whole: bool = False
    """Whether its name was said in full."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`settled`: all of `found` are meant, as they were named; else it is open which. `foreign`: something else is.

    `wished`: some service is wanted, but nothing says which."""

    found: tuple[Found, ...] = ()
    settled: bool = False
    foreign: bool = False
    wished: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """What a stretch of chunks may mean: the near-equal candidates, and whether that is one beyond doubt."""

    candidates: tuple[Candidate, ...]
    segments: tuple[Segment, ...]
    settled: bool

    @property
    def fit(self) -> float:
        return self.candidates[0].fit if self.candidates else 0.0


class _Groups:
    """The groups of neighbouring chunks, each weighed once."""

    def __init__(self, talk: Talk, catalogue: Catalogue) -> None:
        self.chunks, self._refused, self._catalogue = talk.chunks, talk.refused, catalogue
        self._known: dict[tuple[int, int], _Group] = {}

    def of(self, start: int, end: int) -> _Group:
        if (start, end) not in self._known:
            chunks = self.chunks[start:end]
            segments = tuple(one for chunk in chunks for one in chunk.segments)
            if len(chunks) > 1 and any(chunk.own for chunk in chunks):
                self._known[start, end] = _Group((), segments, settled=False)
            else:
                self._known[start, end] = weigh(segments, self._catalogue, self._refused)
        return self._known[start, end]

    def partitions(self) -> Iterator[list[_Group]]:
        """Every way to cut the chunks into neighbours, few groups first."""
        size = len(self.chunks)
        for cuts in range(1, size):
            for places in combinations(range(1, size), cuts):
                edges = (0, *places, size)
                yield [self.of(a, b) for a, b in pairwise(edges)]


def weigh(segments: tuple[Segment, ...], catalogue: Catalogue, refused: frozenset[frozenset[str]]) -> _Group:
    """Weigh a stretch of talk as the wish for one service."""
    heard = gather(segments)
    candidates = near(ranked(heard, catalogue, refused)) if heard.parts else []
    if not candidates and heard.telling:
        candidates = near(ranked(without_telling(heard), catalogue, refused))
        return _Group(tuple(candidates), segments, settled=False)
    settled = (
        len(candidates) == 1
        and not candidates[0].left
        and candidates[0].fit >= _SURE
        and not candidates[0].guess
    )
    return _Group(tuple(candidates), segments, settled)


def decide(talk: Talk, catalogue: Catalogue) -> Verdict:
    """Decide what is meant by all that is wanted."""
    telling = (chunk for chunk in talk.chunks if any(one.parts for one in chunk.segments))
    chunks = tuple(islice(telling, _MOST_CHUNKS))
    foreign = any(_stray(chunk) for chunk in talk.chunks)
    if not chunks:
        return Verdict(foreign=foreign or any(one.kind == "noise" for c in talk.chunks for one in c.segments))
    if (asked := _category(chunks, catalogue, vague=talk.vague)) is not None:
        return asked
    if (
        _object_unknown(chunks, catalogue)
        or undone([one for c in talk.chunks for one in c.segments], catalogue)
        or _says_too_little(talk, foreign=foreign)
    ):
        return Verdict(foreign=True)
    groups = _Groups(Talk(_with_objects(chunks, catalogue), talk.refused), catalogue)
    if any(chunk.by == "or" for chunk in chunks[1:]):
        return _either(_between(groups))
    verdict = _settle(groups, catalogue)
    placed = any(
        _BODY.intersection(one.extra) for chunk in chunks for one in chunk.segments if one.kind == "service"
    )
    doubt = foreign or placed or any(chunk.doubt for chunk in chunks)
    return left_open(verdict) if doubt and verdict.settled else verdict


def _with_objects(chunks: tuple[Chunk, ...], catalogue: Catalogue) -> tuple[Chunk, ...]:
    """Give what is only done ("… und färben") the thing it is done to, where a service has just that name."""
    told = list(chunks)
    for at in range(1, len(told)):
        for here, there in ((at, at - 1), (at - 1, at)):
            named = told[here].own or "haar" in told[here].parts
            if told[at].by == "and" and not named and not _whole(told[here], catalogue, alone=True):
                found = (chunk for chunk in with_object(told[here], told[there]) if _whole(chunk, catalogue))
                told[here] = next(found, told[here])
    return tuple(told)


def _whole(chunk: Chunk, catalogue: Catalogue, *, alone: bool = False) -> bool:
    if alone and len([part for part in chunk.parts if part not in WEAK]) > 1:
        return any(one.whole for one in weigh(chunk.segments, catalogue, frozenset()).candidates[:1])
    group = weigh(chunk.segments, catalogue, frozenset())
    return not alone and group.settled and group.candidates[0].whole


def _settle(groups: _Groups, catalogue: Catalogue) -> Verdict:
    size = len(groups.chunks)
    whole = groups.of(0, size)
    if whole.settled and size == 1:
        return _named([whole])
    ways = list(groups.partitions())
    if whole.settled and _of_hair_too(groups, catalogue.belongs[whole.candidates[0].entry]):
        whole = replace(whole, candidates=(), settled=False)
    if whole.settled and whole.fit >= _ONE_FOR_ALL and not any(_says_more(way, whole) for way in ways):
        return _named([whole])
    sure = [
        way for way in ways if all(group.settled for group in way if _tells(group)) and _listed(way, groups)
    ]
    if sure:
        best = max(sure, key=lambda way: sum(group.fit for group in way) / len(way) - 0.01 * len(way))
        return _named(_in_full([group for group in best if _tells(group)], groups))
    if whole.settled:
        return _named([whole])
    return _unsettled(whole, ways, catalogue)


def _unsettled(whole: _Group, ways: Sequence[list[_Group]], catalogue: Catalogue) -> Verdict:
    if whole.candidates and not whole.candidates[0].left:
        return _open([whole])
    if ways:
        return _open(max(ways, key=lambda way: sum(group.fit for group in way) / len(way)))
    return _apart(whole, catalogue)


def _apart(whole: _Group, catalogue: Catalogue) -> Verdict:
    """Words side by side that no service has together: two whole names are two wishes, else it is open."""
    said = [one for one in whole.segments if one.parts]
    singles = _Groups(Talk(tuple(Chunk((one,)) for one in said[:_MOST_CHUNKS]), frozenset()), catalogue)
    ways = [way for way in singles.partitions() if all(group.candidates for group in way)]
    full = [way for way in ways if all(g.settled and g.candidates[0].whole and g.fit > _IN_FULL for g in way)]
    if full:
        return _named(full[0])
    best = max(ways, key=lambda way: sum(group.fit for group in way) / len(way), default=None)
    named = bool(whole.candidates) and not whole.candidates[0].left - GENERIC
    return _open([whole] if named or best is None else [whole, *best])


def _between(groups: _Groups) -> list[_Group]:
    """The sides of an "oder"."""
    edges = [
        0,
        *(at for at, chunk in enumerate(groups.chunks) if at and chunk.by == "or"),
        len(groups.chunks),
    ]
    return [groups.of(a, b) for a, b in pairwise(edges)]


def _of_hair_too(groups: _Groups, own: frozenset[str]) -> bool:
    """Whether hair is named beside something else that a service is for ("Bart und Haare schneiden")."""
    said = [chunk.parts.keys() for chunk in groups.chunks]
    others = any(not _NO_HEAD_OF_HAIR.isdisjoint(parts) for parts in said if "haar" not in parts)
    return "haar" not in own and any("haar" in parts for parts in said) and others


def _says_more(way: Sequence[_Group], whole: _Group) -> bool:
    """Whether several services, each in full, explain more of what was said than one does."""
    full = all(group.settled and group.candidates[0].whole for group in way)
    return full and sum(group.candidates[0].covers for group in way) > whole.candidates[0].covers


def _listed(way: Sequence[_Group], groups: _Groups) -> bool:
    """Whether every further service is tied on by "und", or is said in full: a comma may only explain what was said."""
    told = [group for group in way if _tells(group)]
    first = {id(chunk.segments[0]): chunk.by for chunk in groups.chunks if chunk.segments}
    return all(
        group.candidates[0].whole or first.get(id(group.segments[0]), "and") != "stop" for group in told[1:]
    )


def _in_full(way: list[_Group], groups: _Groups) -> list[_Group]:
    """Of what only stands side by side ("…, also Mitarbeiterfotos") what is named in full, if anything is."""
    full = [group for group in way if group.candidates[0].whole and group.fit > _IN_FULL]
    apart = all(chunk.by == "stop" for chunk in groups.chunks[1:])
    return full if full and apart and not any(chunk.own for chunk in groups.chunks) else way


def _either(sides: Sequence[_Group]) -> Verdict:
    """An alternative is open, unless both sides are the same service."""
    same = {group.candidates[0].entry for group in sides if group.settled}
    return _named(sides[-1:]) if len(same) == 1 and all(group.settled for group in sides) else _open(sides)


def _named(way: Sequence[_Group]) -> Verdict:
    found: dict[int, Found] = {}
    for group in way:
        best = group.candidates[0]
        found.setdefault(
            best.entry, Found(best.entry, best.fit, _text(group), best.whole and best.fit > _HALF_A_WORD)
        )
    return Verdict(tuple(found.values()), settled=True)


def _open(way: Sequence[_Group]) -> Verdict:
    found: dict[int, Found] = {}
    for group in way:
        for one in group.candidates:
            found.setdefault(
                one.entry,
                Found(one.entry, _UNSETTLED * one.fit / len(group.candidates), _text(group), one.whole),
            )
    return Verdict(tuple(found.values())[:_MOST_ASKED])


def left_open(verdict: Verdict) -> Verdict:
    """The same candidates, to be asked about."""
    if not verdict.settled:
        return verdict
    return Verdict(tuple(replace(one, score=_DOUBTFUL * one.score) for one in verdict.found))


def _text(group: _Group) -> str:
    return " ".join(one.text for one in group.segments if one.parts)


def _tells(group: _Group) -> bool:
    return any(part not in WEAK for one in group.segments for part in one.parts)


def _category(chunks: Sequence[Chunk], catalogue: Catalogue, *, vague: bool) -> Verdict | None:
    """A category and no service: ask between what is in it."""
    said = [one for chunk in chunks for one in chunk.segments]
    named = {part for one in said for part in one.parts if part not in WEAK}
    vague = vague and len([one for one in said if one.parts]) == 1
    kinds = {
        part: catalogue.categories.get(part) or catalogue.categories.get(catalogue.stand_back.get(part, ""))
        for part in named
    }
    if not all(kinds.values()) or not named or not (vague or any(one.kind == "category" for one in said)):
        return None
    entries = sorted({entry for found in kinds.values() for entry in found or ()})
    score = _UNSETTLED / len(entries)
    return Verdict(tuple(Found(entry, score, " ".join(sorted(named))) for entry in entries[:_MOST_ASKED]))


def _stray(chunk: Chunk) -> bool:
    """Whether a chunk wishes something that is not here ("mit Maniküre")."""
    if any(one.kind == "foreign" for one in chunk.segments):
        return True
    unknown = [one for one in chunk.segments if one.kind == "noise"]
    if any(_of_something(chunk.segments, at) for at in range(len(chunk.segments))):
        return True
    told = [one for one in chunk.segments if one.kind not in {"filler", "noise", "mark"}]
    return chunk.by == "and" and bool(unknown) and not told and len(chunk.segments) <= 3


def _of_something(segments: Sequence[Segment], at: int) -> bool:
    """Whether an unknown word says of what ("Tönung der Autoscheiben")."""
    if at < 2 or segments[at].kind != "noise":
        return False
    return key_of(segments[at - 1].text) in _OF and bool(segments[at - 2].parts)


def _object_unknown(chunks: Sequence[Chunk], catalogue: Catalogue) -> bool:
    """Whether what is to be done is known, but not to what ("Nasenhaare schneiden", "Wimpern färben")."""
    said = [one for chunk in chunks for one in chunk.segments]
    telling = [one for one in said if one.parts]
    if len(telling) == 1 and telling[0].kind == "service" and _hard(telling[0]):
        return True
    pairs = list(pairwise(said))
    if any(key_of(one.text) in _BELOW_THE_HEAD and _ON_HAIR.intersection(of.parts) for one, of in pairs):
        return True
    beside = [
        after
        for before, after in pairs
        if before.kind in {"noise", "foreign"} and after.parts and before.end == after.start
    ]
    if not beside or len(telling) > 1:
        return False
    return not _full_name(beside[0], catalogue)


def _says_too_little(talk: Talk, *, foreign: bool) -> bool:
    """Whether it is only said what is to be done ("wechseln") or where, but to something that is not here."""
    said = [one for chunk in talk.chunks for one in chunk.segments]
    telling = {part for one in said for part in one.parts if not is_soft(part)}
    unknown = any(one.kind == "noise" for one in said)
    return (telling <= GENERIC and unknown) or (telling <= _BODY and foreign)


def _hard(one: Segment) -> bool:
    """Whether a compound is of something that is not here ("Wandfarbe"), not only of a place on the body."""
    return any(not is_soft(part) and part not in _BODY for part in one.extra)


def _full_name(one: Segment, catalogue: Catalogue) -> bool:
    """Whether a word is a noun that names a service by itself, whatever stands before it."""
    return (
        len(one.parts) > 1
        and len({frozenset(one.parts)} & {phrase.parts for phrase in catalogue.phrases}) > 0
    )


def undone(heard: Sequence[Segment], catalogue: Catalogue) -> bool:
    """Whether the opposite of a service is wanted ("Farbe raus", "Pony wachsen lassen")."""
    said = [one.text for one in heard if not one.parts and key_of(one.text) not in catalogue.words]
    undoing = any(word in _UNDOING for word in said) or any(
        one.endswith("wachsen") and other == "lassen" for one, other in pairwise(said)
    )
    return undoing and not any(_REMOVAL in one.parts for one in heard)
