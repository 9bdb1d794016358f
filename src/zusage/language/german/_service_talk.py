"""What of the heard is wanted, what is refused or taken back, and which words belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from zusage.language.german._service_catalogue import EXCLUSIVE, is_soft
from zusage.language.german._service_lexicon import GROUPS
from zusage.language.german._service_segment import Segment
from zusage.language.german._service_words import key_of, keys

_STOPS = frozenset(",;.!?")
_AND = keys(
    "und sowie plus mit dazu außerdem dann danach anschließend auch zusätzlich inklusive inkl samt and with"
)
_AND_MARKS = frozenset("&+/")
_OR = keys("oder bzw beziehungsweise entweder or")
_REFUSE_NEXT = keys(
    "kein keine keinen keiner keinem keines keins ohne außer statt anstatt anstelle without weder"
)
_REFUSE = keys("nicht nie niemals ned net nit nich nimmer")
_NONE_OF_IT = keys("kein keine keinen keines keins")
_NEEDING = keys("brauch brauche brauchen bräuchte will wollen möchte möchten mag")
_TURNS = keys("sondern nur lieber aber dafür stattdessen bloß")
_BACK = keys(
    "nein nee nö quatsch falsch vielmehr stopp stop halt korrigiere korrektur verzeihung entschuldigung sorry moment "
    "besser also was meinte meine unsinn blödsinn vertan versprochen no"
)
_NOT_REFUSING = keys(
    "bei beim zu zur zum von vom mit am um an vor nach so ganz mehr wahr unbedingt zuviel allzu wieder wissen weiß "
    "sicher genau nur gleich heute morgen übermorgen montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "lange lang kurz teuer schlimm schlecht wie was ob dass wann wo viel direkt in"
)
_PLACED = keys("am an zur zum mit vor nach in")
_FOR = keys("für bei")
_NOW = keys("jetzt diesmal nun")
_PAST = frozenset(
    [
        "war",
        "waren",
        "hatte",
        "hatten",
        "gehabt",
        "letztes",
        "letzte",
        "letzten",
        "letztens",
        "neulich",
        "damals",
        "gewesen",
    ]
)
_PARTICIPLE = re.compile(r"\w{0,4}ge\w{2,}t|geschnitten|gewaschen")
_HAVE = frozenset("hab habe haben hatte hatten ist sind war waren wurde wurden".split())  # noqa: SIM905
_WANT = frozenset(
    [
        "gern",
        "gerne",
        "moechte",
        "moechten",
        "will",
        "wollte",
        "wollten",
        "haette",
        "haetten",
        "brauche",
        "braeuchte",
        "bekommen",
        "lassen",
        "werden",
        "muss",
        "muessen",
        "muesste",
        "muessten",
        "soll",
        "sollen",
        "sollte",
        "sollten",
        "wuerde",
        "wuerden",
        "kann",
        "koennen",
        "koennte",
        "koennten",
    ]
)
_VAGUE = keys("was etwas irgendwas irgendetwas irgendwie sowas")
_KNOWING = keys("weiß weiss wüsste warum wieso ob könnten könnte geht ginge kann")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Segments that were said together; `by` is what ties them to those before: "and", "or", "stop" or "".

    `own`: only somebody is named ("Damen"), and that is a wish of its own, not whom another one is for; in `doubt` it
    may yet be only that."""

    segments: tuple[Segment, ...]
    by: str = ""
    own: bool = False
    doubt: bool = False

    @property
    def parts(self) -> dict[str, Segment]:
        """Every part of meaning with the segment that was heard best."""
        found: dict[str, Segment] = {}
        for one in self.segments:
            for part in one.parts:
                if part not in found or found[part].like < one.like:
                    found[part] = one
        return found

    @property
    def telling(self) -> bool:
        """Whether it names a service, not only whom or what length it is for."""
        return any(not is_soft(part) for one in self.segments for part in one.parts)

    @property
    def content(self) -> bool:
        """Whether anything in it speaks of services."""
        return any(one.parts or one.kind in {"foreign", "noise"} for one in self.segments)


@dataclass(frozen=True, slots=True)
class Talk:
    """What is wanted, in chunks, and which parts of meaning are refused together. `vague`: "irgendwas mit …"."""

    chunks: tuple[Chunk, ...]
    refused: frozenset[frozenset[str]]
    vague: bool = False


def listen(segments: Sequence[Segment], owners: Mapping[str, frozenset[int]]) -> Talk:
    """Sort what was heard: refusals out, what was taken back out, the rest into chunks.

    :param owners: for every part of meaning the services that have it."""
    refused: list[frozenset[str]] = []
    clauses = [_without_refusal(clause, refused) for clause in _clauses(segments)]
    wanted = [one for clause in _corrected(_without_past(clauses)) for one in clause]
    chunks = tuple(_merged(_chunks(wanted), owners))
    said = {part for chunk in chunks for part in chunk.parts}
    apart = (parts for parts in refused if not parts <= said and any(not is_soft(part) for part in parts))
    return Talk(chunks, frozenset(apart), vague=any(key_of(one.text) in _VAGUE for one in wanted))


def _without_past(clauses: Sequence[list[Segment]]) -> list[list[Segment]]:
    """Leave out what has been ("letztes Mal hatte ich …"), where something is wanted beside it."""
    told = [any(_tells(one) for one in clause) for clause in clauses]
    done = [_has_been_done(clause) for clause in clauses]
    past = [
        done[at] or (told[at] and any(one.text in _PAST for one in clause))
        for at, clause in enumerate(clauses)
    ]
    if not any(tells and not was for tells, was in zip(told, past, strict=True)):
        past = done
    return [clause for clause, was in zip(clauses, past, strict=True) if not was]


def _has_been_done(clause: Sequence[Segment]) -> bool:
    """Whether a clause tells what was done already ("habe ich selbst gefärbt")."""
    words = {one.text for one in clause}
    done = any(_tells(one) and _PARTICIPLE.fullmatch(one.text) for one in clause)
    return done and not words.isdisjoint(_HAVE) and words.isdisjoint(_WANT)


def _clauses(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Stretches between stops, turns ("sondern") and words that take back ("nein"); each begins with its mark."""
    clauses: list[list[Segment]] = [[]]
    for at, one in enumerate(segments):
        if one.text in _STOPS or key_of(one.text) in _TURNS | _NOW or _takes_back(segments, at):
            clauses.append([])
        clauses[-1].append(one)
    return clauses


def _takes_back(segments: Sequence[Segment], at: int) -> bool:
    word = key_of(segments[at].text)
    if word not in _BACK or segments[at].parts:
        return False
    before = key_of(segments[at - 1].text) if at else ""
    if word == "meine":
        return before == "ich" and (at < 2 or key_of(segments[at - 2].text) not in {"fur", "ich"})
    if word == "also":
        return bool(before) and before in ".?!"
    if word == "was":
        return before == "ach"
    return word != "besser" or (at + 1 < len(segments) and key_of(segments[at + 1].text) == "gesagt")


def _without_refusal(clause: list[Segment], refused: list[frozenset[str]]) -> list[Segment]:
    for at, one in enumerate(clause):
        word = key_of(one.text)
        before, after = clause[:at], clause[at + 1 :]
        if word in _REFUSE_NEXT and any(part.parts for part in after):
            stays = _after_and(after) if word in {"statt", "anstatt", "anstelle"} else []
            refused.append(_parts(after[: len(after) - len(stays)]))
            return [*before, *_without_refusal(stays, refused)]
        if word in _NONE_OF_IT and not any(part.parts for part in after) and _own_wish(before):
            refused.append(_parts(before))
            return [*(part for part in before if not part.parts), replace(one, kind="mark")]
        if word in _REFUSE and not _only_asks(before, after):
            if any(part.parts for part in after) and not any(_tells(part) for part in before):
                refused.append(_parts(after))
                return [*before, replace(one, kind="mark")]
            refused.append(_parts(before) | _parts(after))
            gone = {"foreign", "noise"}
            return [
                *(part for part in before if not part.parts and part.kind not in gone),
                replace(one, kind="mark"),
            ]
    return clause


def _own_wish(before: Sequence[Segment]) -> bool:
    """Whether what stands first is what is spoken of ("Farbe brauche ich keine")."""
    return any(key_of(one.text) in _NEEDING for one in before)


def _after_and(after: Sequence[Segment]) -> list[Segment]:
    """What follows the one thing that "statt" puts aside."""
    first = next((at for at, one in enumerate(after) if one.parts), 0)
    rest = after[first + 1 :]
    return list(rest) if any(one.parts for one in rest) else []


def _only_asks(before: Sequence[Segment], after: Sequence[Segment]) -> bool:
    """Whether this "nicht" refuses no service ("nicht bei Anna", "weiß nicht", "nicht nur", "geht nicht auch")."""
    first = key_of(after[0].text) if after else ""
    if first in _NOT_REFUSING and not (first in _PLACED and any(_tells(one) for one in after[1:4])):
        return True
    return any(key_of(one.text) in _KNOWING for one in before[-4:])


def _tells(one: Segment) -> bool:
    return any(not is_soft(part) for part in one.parts)


def _parts(segments: Iterable[Segment]) -> frozenset[str]:
    return frozenset(part for one in segments for part in one.parts)


def _corrected(clauses: Sequence[list[Segment]]) -> list[list[Segment]]:
    """The clauses that still count after the last "nein" that has something new behind it."""
    kept: list[list[Segment]] = []
    hanging = False
    for clause in clauses:
        if not clause:
            continue
        back, new = _is_back(clause), any(one.parts for one in clause)
        old = any(one.parts for done in kept for one in done)
        if old and new and (back or hanging):
            kept = _put_right(kept, clause)
            hanging = False
        else:
            hanging = hanging or (back and old)
            kept.append(clause)
    return kept


def _is_back(clause: Sequence[Segment]) -> bool:
    words = [key_of(one.text) for one in clause[:3]]
    if words[0] == "lieber":
        return True
    return words[0] in _BACK and not clause[0].parts


def _put_right(kept: list[list[Segment]], clause: list[Segment]) -> list[list[Segment]]:
    """The new instead of the old; when only whom or what length is new, what was to be done stays."""
    new = _parts(clause)
    old = _parts([one for done in kept for one in done])
    if not old:
        return [*kept, clause]
    if any(not is_soft(part) for part in new):
        return [clause]
    gone = {part for group in EXCLUSIVE if group & new for part in group}
    gone |= (
        {part for part in old if part.startswith("#")} if any(part.startswith("#") for part in new) else set()
    )
    return [[_less(one, gone) for one in done] for done in kept] + [clause]


def _less(one: Segment, gone: set[str]) -> Segment:
    return replace(one, parts=tuple(part for part in one.parts if part not in gone), extra=())


def _chunks(segments: Sequence[Segment]) -> Iterator[Chunk]:
    held: list[Segment] = []
    by = ""
    for at, one in enumerate(segments):
        tie = _tie(segments, at)
        if tie:
            if any(part.parts or part.kind in {"foreign", "noise"} for part in held):
                yield Chunk(tuple(held), by)
                by = ""
            held = []
            by = tie if tie == "or" or by in {"", "stop"} else by
        else:
            held.append(one)
    if any(part.parts or part.kind in {"foreign", "noise"} for part in held):
        yield Chunk(tuple(held), by)


def _tie(segments: Sequence[Segment], at: int) -> str:
    one = segments[at]
    word = key_of(one.text)
    if one.text in _STOPS or word in _TURNS:
        return "stop"
    if one.parts:
        return ""
    if word in _OR and (
        at + 1 >= len(segments) or key_of(segments[at + 1].text) in {"so", "sowas", "ahnlich", "nicht", "?"}
    ):
        return ""
    if word in _OR:
        return "or"
    return "and" if word in _AND or one.text in _AND_MARKS else ""


def with_object(chunk: Chunk, before: Chunk) -> Iterator[Chunk]:
    """A chunk as what is done to a thing that was named before it ("Augenbrauen zupfen und färben")."""
    for one in before.segments:
        for part in one.parts:
            if not is_soft(part) and part not in chunk.parts:
                thing = replace(one, parts=(part,), extra=())
                yield replace(chunk, segments=(thing, *chunk.segments))


def _merged(chunks: Iterator[Chunk], owners: Mapping[str, frozenset[int]]) -> list[Chunk]:
    """Join what only says whom or what length to what is done; a second one of a kind takes over what is done."""
    told = list(chunks)
    merged: list[Chunk] = []
    for at, chunk in enumerate(told):
        before = merged[-1] if merged and merged[-1].telling else None
        after = told[at + 1] if at + 1 < len(told) and told[at + 1].telling else None
        if chunk.telling or not chunk.parts or not any(one.telling for one in told):
            merged.append(chunk)
        elif before is not None and not _stands_alone(chunk, told[:at], chunk.by, owners):
            merged = _beside(merged, chunk)
        elif before is not None:
            merged.append(replace(chunk, own=True, doubt=chunk.by == "stop"))
        elif after is not None and _stands_alone(chunk, told[at + 1 :], after.by, owners):
            merged.append(replace(chunk, own=True, doubt=after.by == "stop" or _is_for(chunk)))
        elif after is not None:
            told[at + 1] = _ahead(chunk, after, merged)
        else:
            merged.append(chunk)
    return merged


def _stands_alone(
    chunk: Chunk, others: Sequence[Chunk], tie: str, owners: Mapping[str, frozenset[int]]
) -> bool:
    """Whether "Damen" beside "Färben" is a service of its own: one for them that has nothing of the others'."""
    said = set(chunk.parts)
    served = frozenset(entry for part in said & set(GROUPS) for entry in owners.get(part, ()))
    if not served or any(_clash(chunk, one) for one in others) or (_is_for(chunk) and chunk.by):
        return False
    if tie != "and" and len([one for one in chunk.segments if one.kind != "filler" or _is_for(chunk)]) > 1:
        return False
    if tie not in {"and", "stop"} or (tie == "stop" and any(one.kind == "whom" for one in chunk.segments)):
        return False
    telling = (part for one in others for part in one.parts if not is_soft(part))
    return not any(owners.get(part, frozenset()) & served for part in telling)


def _is_for(chunk: Chunk) -> bool:
    return any(key_of(one.text) in _FOR for one in chunk.segments)


def _clash(one: Chunk, other: Chunk) -> bool:
    here, there = set(one.parts), set(other.parts)
    return any(here & group and there & group and not here & there & group for group in EXCLUSIVE)


def _beside(merged: list[Chunk], chunk: Chunk) -> list[Chunk]:
    last = merged[-1]
    if not _clash(last, chunk):
        return [*merged[:-1], replace(last, segments=last.segments + chunk.segments)]
    gone = {part for group in EXCLUSIVE if group & set(chunk.parts) for part in group}
    borrowed = tuple(_less(one, gone) for one in last.segments if one.parts)
    return [*merged, Chunk(borrowed + chunk.segments, chunk.by or "and")]


def _ahead(chunk: Chunk, after: Chunk, merged: list[Chunk]) -> Chunk:
    if not _clash(chunk, after):
        return replace(after, segments=chunk.segments + after.segments, by=chunk.by)
    gone = {part for group in EXCLUSIVE if group & set(chunk.parts) for part in group}
    borrowed = tuple(_less(one, gone) for one in after.segments if one.parts)
    merged.append(Chunk(chunk.segments + borrowed, chunk.by))
    return after
