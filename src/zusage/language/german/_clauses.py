"""A text cut into clauses: where something is taken back ("nein", "äh"), and what is refused ("nicht", "außer")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zusage.language.german._items import Between, Days, Doubt, Moment, Number, Placed, Word
from zusage.language.german._kinds import WordKind
from zusage.language.german._ranges import word_kind


def _split(placed: Iterable[Placed], *kinds: WordKind) -> list[list[Placed]]:
    parts: list[list[Placed]] = [[]]
    for one in placed:
        if word_kind(one) in kinds:
            parts.append([])
        else:
            parts[-1].append(one)
    return parts


def corrections(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Cut where something is taken back: at "nein", at "auf" where something is moved, and at a hesitation between two
    things of one kind ("um drei, äh, um vier")."""
    moves = any(word_kind(one) == "move" for one in placed)
    parts: list[list[Placed]] = [[]]
    for at, one in enumerate(placed):
        kind = word_kind(one)
        again = kind == "hesitation" and _says_again(one, parts[-1], placed[at + 1 :])
        onto = kind == "onto" and moves and bool(_says(parts[-1]))
        weak = kind == "fix" and isinstance(one.item, Word) and one.item.value == "weak"
        if (kind == "fix" and not weak) or again or onto:
            parts.append([])
        elif kind not in {"hesitation", "onto", "move", "fix"}:
            parts[-1].append(one)
    return parts


def _says_again(one: Placed, before: Sequence[Placed], after: Sequence[Placed]) -> bool:
    """Whether a hesitation stands between two things of one kind; "also" between two days only repeats the first."""
    again = _says(before) & _says(_until_pause(after))
    also = isinstance(one.item, Word) and one.item.value == "also"
    return bool(again - {"day"}) if also else bool(again)


def _until_pause(placed: Sequence[Placed]) -> list[Placed]:
    """What follows up to the next word that cuts; a comma right at the begin is passed over."""
    found: list[Placed] = []
    for one in placed:
        kind = word_kind(one)
        if kind in {"fix", "hesitation", "stop"} or (kind == "comma" and found):
            break
        if kind != "comma":
            found.append(one)
    return found


def _says(placed: Sequence[Placed]) -> frozenset[str]:
    """Which kinds of time some items name."""
    kinds: set[str] = set()
    for one in placed:
        item = one.item
        if isinstance(item, Days | Moment | Between):
            kinds.add("day")
        elif isinstance(item, Number):
            kinds.add("day" if item.ordinal or item.near == "day" else "clock")
        elif not isinstance(item, Word):
            kinds.add("clock")
    return frozenset(kinds)


def sort_clause(part: list[Placed], *, last: bool) -> tuple[list[Placed], list[list[Placed]]]:
    """Sort one clause. A pause ends a refusal, unless the word that takes it back ("sondern") is still to come."""
    if not any(word_kind(one) == "no" for one in part):
        return part, []
    wanted: list[Placed] = []
    refused: list[list[Placed]] = []
    for piece in _split(part, "comma", "stop"):
        at = next((n for n, one in enumerate(piece) if word_kind(one) == "no"), None)
        if at is None:
            if refused and not wanted and last and _goes_on(refused[-1], piece):
                raise Doubt("ambiguous")
            if refused and not wanted and _only_day_too(piece):
                refused.append(piece)
            elif refused and not last and not wanted and _says(piece) <= {"clock"}:
                refused[-1] += piece
            else:
                wanted += piece
            continue
        wanted, refusals = _sorted(piece, at, wanted)
        refused += [one for one in refusals if _says(one)]
    return wanted, refused


def _goes_on(refused: Sequence[Placed], piece: Sequence[Placed]) -> bool:
    """ "nicht Montag, Dienstag oder Mittwoch": it is open whether the list is refused as a whole."""
    listed = any(word_kind(one) in {"or", "and"} for one in piece)
    return listed and _says(refused) == {"day"} == _says(piece)


def _only_day_too(piece: Sequence[Placed]) -> bool:
    """ "…, Dienstag auch" behind a refusal is refused as well."""
    return any(word_kind(one) == "too" for one in piece) and _says(piece) == {"day"}


def _sorted(piece: list[Placed], at: int, wanted: list[Placed]) -> tuple[list[Placed], list[list[Placed]]]:
    """What is wished and what is refused around the word at `at`; `wanted` is what was wished before this piece."""
    word = piece[at].item
    how = word.value if isinstance(word, Word) else None
    before, after = piece[:at], [one for one in piece[at + 1 :] if word_kind(one) != "no"]
    if how in {"instead", "without"}:
        refusal, rest = _first_group(after, one_kind=how == "without")
        return [*wanted, *before, *rest], [refusal]
    if how == "also" and _says(before) and not _says(after):
        return [*after], [before, wanted] if _says(wanted) else [before]
    if how == "behind" or not _says(after):
        if _says(before):
            return [*wanted, *after], [before]
        if any(isinstance(one.item, Moment) for one in wanted):
            return [*wanted, *after], []
        return [*after], [wanted] if _says(wanted) else []
    if _says(before) & _says(after):
        raise Doubt("ambiguous")
    return [*wanted, *before], [after]


def _first_group(placed: Sequence[Placed], *, one_kind: bool) -> tuple[list[Placed], list[Placed]]:
    """The first day with its time (`one_kind`: or only the day), or the first list of days; and what follows."""
    group: list[Placed] = []
    seen: set[str] = set()
    for at, one in enumerate(placed):
        kinds = _says([one])
        listed = at > 0 and word_kind(placed[at - 1]) in {"and", "or"}
        if (kinds & seen and not listed) or (one_kind and kinds - seen and seen):
            return group, list(placed[at:])
        seen |= kinds
        group.append(one)
    return group, []
