"""A sentence in clauses: what is wanted, what is refused, and what takes back what was said before."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from zusage.language.german._scan import Doubt

WHICH_ONE = "Welchen Tag und welche Uhrzeit meinen Sie genau?"

_CORRECTION = re.compile(
    r"\b(?:nein|nee|quatsch|falsch|stimmt nicht|ich meine|ich meinte|beziehungsweise besser|oder doch(?: lieber)?|doch lieber|"
    r"sondern|stattdessen|vielmehr|besser gesagt|lieber|aber|gesagt|ausgemacht|vereinbart)\b"
)
_OR = re.compile(
    r"\b(?:sondern auch|(?:wenn|falls) (?:das |es )?nicht(?: geht| klappt| passt)?|ansonsten|sonst|notfalls|andernfalls|"
    r"zur not|alternativ|bzw\.?)(?=\W|$)"
)
_RATHER_THAN = re.compile(r"\b(?:lieber|besser|eher) als\b")
_NO_REFUSAL = re.compile(
    r"\b(?:nicht (?:wahr|nur|auch|doch|vielleicht|schlimm|schlecht|wichtig)|(?:warum|wieso) nicht|"
    r"weiss (?:\w+ )?nicht(?: genau)?|nicht (?:genau|sicher)|nicht (?:zu |so |ganz |allzu )+(?:frueh|spaet|lange?)|"
    r"kein(?:e|en)? (?:problem|thema|ahnung|praeferenz|sorge|frage|stress|eile))\b"
)
_REFUSAL = re.compile(
    r"\b(?:(?P<behind>zu (?:frueh|spaet|kurzfristig|bald|knapp|weit)|keine zeit|schlecht|unguenstig|unmoeglich|"
    r"verhindert|im urlaub|verreist)|(?P<instead>statt|anstatt|anstelle)|(?P<without>ausser|bis auf|ohne|kein(?:e[nrms]?)?)|"
    r"(?P<either>nicht(?! (?:mehr )?(?:vor|nach|spaeter als|frueher als)\b)|nie|niemals|nimmer|weder|"
    r"auf (?:gar )?keinen fall|keinesfalls))\b"
)
_PAUSE = re.compile(r"(?<=[a-z]{3})\.(?: |$)|[,;!?]+")

Says = Callable[[str], frozenset[str]]
"""Which kinds of time ("day", "clock") a folded text names."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Folded text: what is wished, and what is said not to be."""

    wanted: str
    refused: str = ""


def clauses(text: str, says: Says) -> list[Clause]:
    """Split a folded text where it takes something back; each clause may correct the ones before it.

    :raises Doubt: one clause names two times, and it is open which of them is refused."""
    line = _RATHER_THAN.sub("statt", _OR.sub(" oder ", text))
    if not _REFUSAL.search(line):
        return [Clause(part) for part in _CORRECTION.split(line)]
    parts = _CORRECTION.split(_NO_REFUSAL.sub(" ", line))
    return [_clause(part, says, last=at == len(parts) - 1) for at, part in enumerate(parts)]


def _clause(text: str, says: Says, *, last: bool) -> Clause:
    """Sort one clause. A pause ends a refusal, unless the word that takes it back ("sondern") is still to come."""
    wanted: list[str] = []
    refused: list[str] = []
    for piece in _PAUSE.split(text):
        if refused and not last and not wanted:
            refused.append(piece)
            continue
        found = _REFUSAL.search(piece)
        if not found:
            wanted.append(piece)
            continue
        before, after = piece[: found.start()], piece[found.end() :]
        if _refuses_after(found, before, after, says):
            wanted.append(before if says(before) else "")
            refused.append(after)
            wanted = [kept for kept in wanted if kept.strip()]
        elif found["without"] or found["instead"]:
            wanted.append(f"{before} {after}")
        else:
            refused += [before] if says(before) else wanted
            wanted = [after] if says(before) else [before, after]
    return Clause(", ".join(wanted), ", ".join(refused))


def _refuses_after(found: re.Match[str], before: str, after: str, says: Says) -> bool:
    if found["behind"]:
        return False
    said = says(" ".join(after.split()[:2]) if found["without"] else after)
    if said and found["either"] and said & says(before):
        raise Doubt("ambiguous", WHICH_ONE)
    return bool(said)
