"""Times that belong to a story around the wish ("gestern hab ich's probiert", "Sie haben ja bis achtzehn Uhr auf")."""

from __future__ import annotations

from collections.abc import Sequence

from zusage.language.german._items import Days, Placed, Talk, Word
from zusage.language.german._tokens import Token

_PAUSES = frozenset({"comma", "stop"})
_STORY_TEXT = """
war hatte hatten waren gewesen arbeite arbeiten arbeitet geoeffnet offen offene seit probiert versucht gebucht verpasst feierabend
absagen abgesagt storniere stornieren urlaub fahre fahren fliege fliegen geburtstag hochzeit laeuft ablaeuft baujahr wurde wurden
heirate heiraten verreise ausgemacht vereinbart eingetragen
"""
_STORY = frozenset(_STORY_TEXT.split())
_STORY_AT_END = frozenset({"auf", "zu", "ab", "da"})
_WISH_TEXT = (
    "moechte wuerde haette gern gerne ginge geht brauche will koennte koennten waere lieber passt bitte ist"
)
_WISH = frozenset(_WISH_TEXT.split())


def in_foreground(placed: list[Placed], tokens: Sequence[Token], talk: Talk) -> list[Placed]:
    """Leave out the times of clauses that only tell a story, if another clause names a time of its own."""
    if talk.policies.past == "read" or not any(
        token.kind in _PAUSES or token.text in _CUTS for token in tokens
    ):
        return placed
    timed = [piece for piece in _pieces(tokens) if _times(placed, piece)]
    if len(timed) < 2:
        return placed
    told = [
        piece for piece in timed if _is_story(tokens[piece[0] : piece[1]]) or _is_past(placed, piece, talk)
    ]
    if not told or len(told) == len(timed):
        return placed
    return [
        one for one in placed if not _is_time(one) or not any(first <= one.begin < end for first, end in told)
    ]


def _is_past(placed: Sequence[Placed], piece: tuple[int, int], talk: Talk) -> bool:
    """Whether a clause names nothing but days that have passed ("vorgestern", "vor drei Wochen")."""
    days = [one.item for one in placed if piece[0] <= one.begin < piece[1] and _is_time(one)]
    return bool(days) and all(
        isinstance(day, Days) and day.end <= talk.today and not day.assumed for day in days
    )


_CUTS = frozenset({"also", "und"})


def _pieces(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """The clauses of a text, by the places of their tokens; "also" and "und ich" begin one as well."""
    cuts = [0]
    for at, token in enumerate(tokens):
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if token.kind in _PAUSES or token.text == "also" or (token.kind == "and" and after in _AFTER_AND):
            cuts.append(at + 1)
    return [(first, end) for first, end in zip(cuts, [*cuts[1:], len(tokens)], strict=True) if first < end]


_AFTER_AND = frozenset(
    {"ich", "wir", "jetzt", "da", "dann", "moechte", "wuerde", "haette", "brauche", "deshalb", "nun"}
)


def _is_story(clause: Sequence[Token]) -> bool:
    words = {token.text for token in clause}
    if words & _WISH:
        return False
    if words & _STORY:
        return True
    return _ends_like_a_story(clause)


def _ends_like_a_story(clause: Sequence[Token]) -> bool:
    """ "Sie haben bis achtzehn Uhr auf", "am Freitag haben Sie zu"."""
    words = [token for token in clause if token.kind not in _PAUSES and token.text != "also"]
    opens = any(token.text in {"haben", "habt", "hat", "macht"} for token in words)
    return opens and bool(words) and words[-1].text in _STORY_AT_END


def _times(placed: Sequence[Placed], piece: tuple[int, int]) -> bool:
    return any(_is_time(one) and piece[0] <= one.begin < piece[1] for one in placed)


def _is_time(one: Placed) -> bool:
    return not isinstance(one.item, Word) or one.item.kind in {"past", "junk"}
