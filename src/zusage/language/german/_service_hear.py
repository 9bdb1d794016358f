"""What of a text is about services: its words, joined or split as they make the most sense, with what each means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zusage.language.german._service_catalogue import WORD, Catalogue, unmixed
from zusage.language.german._service_meaning import DEEDS, alike, meaning
from zusage.language.german._service_memo import Surface
from zusage.language.german._service_numbers import numbered
from zusage.language.german._service_persons import of_persons
from zusage.language.german._service_segment import Segment
from zusage.language.german._service_words import key_of, keys

_MOST_WORDS = 70
_WIDEST = 4
_PIECE = 0.3
_FILLER_WORTH, _FOREIGN_WORTH, _NOISE_WORTH = 0.8, 0.9, 0.25
_LEAST_JOINED = (0.75, 0.8, 0.92)
_CLEAR, _LEAST_BESIDE_CLEAR = 5, 0.85
_NOT_JOINED = keys(
    "und oder nicht kein keine nein mit ohne für sondern nur lieber doch statt plus sowie bei beim am um"
)
_PLACED = keys("in im an am auf vor nach aus seit unter über hinter laut sagt")
_INSIDE = keys("in im an am auf")
_ARTICLES = keys("der die das den dem des einer einem meiner meinem meinen seinem seiner unserem ein eine")


def segments(tokens: Sequence[str], catalogue: Catalogue) -> list[Segment]:
    """Cut the words into the segments that explain most of their letters."""
    words = list(tokens[:_MOST_WORDS])
    singles = [_single(words, at, catalogue) for at in range(len(words))]
    best: list[tuple[float, int, Segment | None]] = [(0.0, 0, None)]
    for end in range(1, len(words) + 1):
        options = [_step(best, singles[end - 1], end - 1)]
        for start in range(max(0, end - _WIDEST), end - 1):
            found = _window(words, start, end, singles, catalogue)
            if found is not None:
                options.append(_step(best, found, start))
        best.append(max(options, key=lambda option: option[0]))
    return _named(_backwards(best), catalogue)


def _step(
    best: Sequence[tuple[float, int, Segment | None]], found: Segment, start: int
) -> tuple[float, int, Segment]:
    return best[start][0] + found.worth - _PIECE, start, found


def _backwards(best: Sequence[tuple[float, int, Segment | None]]) -> list[Segment]:
    found: list[Segment] = []
    at = len(best) - 1
    while at > 0:
        _, start, segment = best[at]
        assert segment is not None
        found.append(segment)
        at = start
    return found[::-1]


def _single(words: Sequence[str], at: int, catalogue: Catalogue) -> Segment:
    read = meaning(words[at], catalogue)
    size = len(words[at])
    worth = {
        "service": read.like * size + 0.5,
        "category": size,
        "foreign": _FOREIGN_WORTH * size,
        "noise": _NOISE_WORTH * size,
        "mark": size + 1,
    }.get(read.kind, _FILLER_WORTH * size)
    return Segment(at, at + 1, words[at], read.kind, read.parts, read.like, worth, read.extra)


def _window(
    words: Sequence[str], start: int, end: int, singles: Sequence[Segment], catalogue: Catalogue
) -> Segment | None:
    """Several words as one that was split by mistake."""
    inside = singles[start:end]
    if any(one.kind == "mark" or key_of(one.text) in _NOT_JOINED for one in inside):
        return None
    deed = any(one.kind == "foreign" and key_of(one.text) in DEEDS for one in inside)
    joined = "".join(words[start:end])
    if len(joined) > 40 or not joined.isalpha():
        return None
    exact = catalogue.joined.get(key_of(joined))
    if exact is not None:
        return _joined(start, end, words, exact, 1.0)
    if deed or all(one.kind not in {"noise", "foreign"} and one.like == 1.0 for one in inside):
        return None
    found = alike(joined, catalogue)
    little = sum(one.kind in {"filler", "whom"} for one in inside)
    least = _LEAST_JOINED[min(little, 2)]
    if any(one.kind == "service" and one.like == 1.0 and len(one.text) >= _CLEAR for one in inside):
        least = max(least, _LEAST_BESIDE_CLEAR)
    if found is None or not found[0].parts or found[1] < least:
        return None
    return _joined(start, end, words, *found)


def _joined(start: int, end: int, words: Sequence[str], surface: Surface, like: float) -> Segment:
    size = sum(len(word) for word in words[start:end])
    return Segment(start, end, " ".join(words[start:end]), "service", surface.parts, like, like * size + 0.5)


def _named(found: list[Segment], catalogue: Catalogue) -> list[Segment]:
    """Turn what stands where a person's name does into a name ("bei Petra", "Frau Schneider"), a place into one."""
    persons = of_persons(found, catalogue)
    named: list[Segment] = []
    for at, one in enumerate(found):
        if at in persons:
            named.append(replace(one, kind="name", parts=(), extra=()))
        else:
            named.append(_placed(one, named, catalogue))
    return named


def _placed(one: Segment, before: Sequence[Segment], catalogue: Catalogue) -> Segment:
    """A word that only says where or when counts for no wish of its own."""
    if not _is_place(before):
        return one
    if one.kind in {"noise", "foreign"} or one.like < 0.9:
        return replace(one, kind="filler", parts=())
    if len(one.parts) == 1 and _only_beside(one, before, catalogue):
        return replace(one, kind="aside", parts=(), extra=one.parts)
    return one


def _only_beside(one: Segment, before: Sequence[Segment], catalogue: Catalogue) -> bool:
    """Whether it only says more of a service: it is no word of its own in any name, or stands in its place."""
    if one.parts[0] in catalogue.sole:
        return False
    inside = any(key_of(word.text) in _INSIDE for word in before[-2:])
    return one.parts[0] not in catalogue.alone or (inside and any(word.kind == "service" for word in before))


def _is_place(before: Sequence[Segment]) -> bool:
    """Whether what follows only says where or when ("in der Scheibe", "vor den Ferien")."""
    words = [key_of(one.text) for one in before[-2:]]
    if words and words[-1] in _ARTICLES:
        words.pop()
    return bool(words) and words[-1] in _PLACED


def tokens_of(folded: str) -> list[str]:
    """The words and marks of a folded text, amounts of minutes as one token "#30"."""
    return [word for word, _ in numbered(WORD.findall(unmixed(folded)))]
