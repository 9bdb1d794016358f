"""Times that belong to a story around the wish ("gestern hab ich's probiert", "Sie haben ja bis achtzehn Uhr auf")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zusage.language.german._items import Days, Placed, Talk, Word
from zusage.language.german._kinds import Kinds
from zusage.language.german._tokens import Token

_PAUSES: Kinds = frozenset({"comma", "stop"})
_STORY_TEXT = """
war hatte hatten waren gewesen arbeite arbeiten arbeitet geoeffnet offen offene seit probiert versucht gebucht verpasst feierabend
absagen abgesagt storniere stornieren urlaub fahre fahren fliege fliegen geburtstag hochzeit laeuft ablaeuft baujahr wurde wurden
heirate heiraten arbeit schule beschaeftigt dienst uni kindergarten kita vorlesung verreise ausgemacht vereinbart eingetragen
"""
_STORY = frozenset(_STORY_TEXT.split())
_STORY_AT_END = frozenset({"auf", "zu", "ab", "da"})
_WISH_TEXT = (
    "moechte wuerde haette gern gerne ginge geht brauche will koennte koennten waere lieber passt bitte ist"
)
_WISH = frozenset(_WISH_TEXT.split())


def in_foreground(placed: list[Placed], tokens: Sequence[Token], talk: Talk) -> list[Placed]:
    """Leave out the times of clauses that only tell a story, if another clause names a time of its own."""
    if _BUSY & {token.text for token in tokens}:
        placed = _without_duties(placed, tokens)
    if talk.policies.past == "read" or not any(
        token.kind in _PAUSES or token.text in _CUTS for token in tokens
    ):
        return placed
    timed = _timed_clauses(placed, tokens)
    told = {
        first for first, clause in timed.items() if _is_story(clause.tokens) or _is_past(clause.times, talk)
    }
    if not told or len(told) == len(timed):
        return placed
    left_out = {id(one) for first in told for one in timed[first].times}
    return [one for one in placed if id(one) not in left_out]


_BUSY_TEXT = """
abholen arzttermin zahnarzttermin arbeite arbeiten dienst schicht besprechung flug hochzeit verabredet verabredung schule
"""
_BUSY = frozenset(_BUSY_TEXT.split())


def _without_duties(placed: list[Placed], tokens: Sequence[Token]) -> list[Placed]:
    """Ask where the only time is that of something else ("am Freitag muss ich um drei die Kinder abholen")."""
    timed = _timed_clauses(placed, tokens)
    busy = [clause for clause in timed.values() if _BUSY & {token.text for token in clause.tokens}]
    if not busy or len(busy) < len(timed) or any(token.text in {"danach", "davor"} for token in tokens):
        return placed
    return [*placed, Placed(Word("junk"), len(tokens), len(tokens))]


@dataclass(frozen=True, slots=True)
class _Clause:
    tokens: Sequence[Token]
    times: list[Placed]


def _timed_clauses(placed: Sequence[Placed], tokens: Sequence[Token]) -> dict[int, _Clause]:
    """The clauses that name a time, by the place where they begin."""
    times = [one for one in placed if _is_time(one)]
    found: dict[int, _Clause] = {}
    at = 0
    for first, end in _pieces(tokens):
        inside: list[Placed] = []
        while at < len(times) and times[at].begin < end:
            inside.append(times[at])
            at += 1
        if inside:
            found[first] = _Clause(tokens[first:end], inside)
    return found


def _is_past(times: Sequence[Placed], talk: Talk) -> bool:
    """Whether a clause names nothing but days that have passed ("vorgestern", "vor drei Wochen")."""
    days = [one.item for one in times]
    return all(isinstance(day, Days) and day.end <= talk.today and not day.assumed for day in days)


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


def _is_time(one: Placed) -> bool:
    return not isinstance(one.item, Word) or one.item.kind in {"past", "junk"}
