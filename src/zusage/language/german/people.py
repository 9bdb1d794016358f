"""Names: which member of staff is meant, and whether a text is a customer's name at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from zusage.language.german._names import read_name
from zusage.language.german._text import fold
from zusage.language.german._words import FILLERS, cologne
from zusage.language.reading import Name, NoName

__all__ = [
    "Name",
    "NoName",
    "clean_name",
    "excludes_staff",
    "is_anyone",
    "person_beside",
    "understand_name",
    "understand_staff",
]

_ANYONE = re.compile(
    r"\b(?:egal|irgendwer|irgendwem|irgendjemand\w*|irgendeine[rmn]?|jede[rmn]?|alle|wer (?:gerade )?(?:zeit|frei)|"
    r"beliebig\w*|keine (?:praeferenz|vorliebe|bestimmte\w*|besondere\w*)|kein(?:en)? wunsch|"
    r"wer auch immer|wem auch immer|any(?:one|body)?|no preference|wurscht|wurst|wer da ist)\b"
)
_EXCLUDED = re.compile(
    r"\b(?:nicht(?! (?:so |ganz )?(?:wichtig|schlimm)\b)|auf (?:gar )?keinen fall|keinesfalls|ausser|ohne|statt|anstatt|nie|"
    r"niemals|ungern|kein(?:e[nrms]?)?(?! (?:praeferenz|vorliebe|bestimmte|besondere|ahnung|wunsch|rolle|problem)))\b"
)
_UNKNOWING = re.compile(r"\bweiss (?:\w+ ){0,2}nicht(?: genau)?\b|\bwarum nicht\b|\bnicht (?:nur|wahr)\b")
_BESIDE = re.compile(
    r"\b(?:bei|zu|mit|von)\s+(?:der\s+|dem\s+|frau\s+|herrn?\s+)?(?P<who>\w[\w .'-]*)", re.IGNORECASE
)
_TURN = re.compile(r"\b(?:sondern|stattdessen|lieber|dafuer)\b")
_LIKENESS = 82


def is_anyone(text: str) -> bool:
    """Whether the caller leaves it open who serves them ("egal", "wer frei ist", "keine Präferenz")."""
    return _ANYONE.search(fold(text)) is not None and not excludes_staff(text)


def excludes_staff(text: str) -> bool:
    """Whether the caller says by whom not to be served ("auf keinen Fall Elif", "alle außer Elif"): ask who it may be.

    False once somebody is wished instead ("nicht Elif, sondern Anna")."""
    return _EXCLUDED.search(_wished(text)) is not None


def _wished(text: str) -> str:
    """What counts of a folded text: the words after the last turn ("sondern"), if there are any."""
    line = _UNKNOWING.sub(" ", fold(text))
    *before, last = _TURN.split(line)
    return last if not before or _words(last) else line


def person_beside(text: str) -> str:
    """The words behind the first "bei", "zu", "mit" or "von", without a title, in which somebody may be named
    ("Herrenschnitt bei Anna" gives "Anna"); "" where there are none. Whom they mean, `understand_staff` says."""
    said = _BESIDE.search(text)
    return said["who"] if said else ""


def understand_staff(text: str, names: Sequence[str]) -> list[int]:
    """The indexes of `names` that may be meant, in their order; several must be asked about, none is nobody known.

    Whoever fits more of the words wins ("Anna Schmidt" over another Anna), and a true name over one that only sounds
    alike. Whoever is excluded is not meant: nobody then, see `excludes_staff`."""
    if excludes_staff(text):
        return []
    words = _words(_wished(text))
    exact = [sum(word in _forms(name) for word in words) for name in names]
    if any(exact):
        return [index for index, hits in enumerate(exact) if hits == max(exact)]
    alike = [sum(_sounds_like(word, name) for word in words) for name in names]
    return [index for index, hits in enumerate(alike) if hits and hits == max(alike)]


def _words(text: str) -> list[str]:
    kept = (word for word in re.findall(r"[a-z]+", fold(text)) if len(word) > 1)
    return [word for word in kept if word not in FILLERS and word not in {"herr", "herrn", "frau", "dr"}][:20]


def _forms(name: str) -> frozenset[str]:
    words = re.findall(r"[a-z]+", fold(name))
    return frozenset([*words, *(f"{word}s" for word in words)])


def _sounds_like(word: str, name: str) -> bool:
    return any(_alike(word, part) for part in re.findall(r"[a-z]{3,}", fold(name)))


def _alike(word: str, part: str) -> bool:
    same_sound = len(word) >= 3 and cologne(word) == cologne(part) and word[0] == part[0]
    return (same_sound and abs(len(word) - len(part)) <= 2) or (
        len(word) >= 5 and fuzz.ratio(word, part) >= _LIKENESS
    )


def understand_name(text: str) -> Name | NoName:
    """A customer's name in what was said or written ("mein Name ist Müller, Vorname Sabine", "Schmidt mit dt").

    What is spelled, by letters or by any of the usual alphabets, wins over what was heard; the last of several
    corrections counts. Placeholders, talk, times, services, orders to a model and "bei Anna" are no names. More than
    500 characters are not read. Never raises; letters that were not understood are asked for, never guessed."""
    return read_name(text)


def clean_name(text: str) -> str | None:
    """A customer's name as it may be stored and spoken, or None where the text gives none: `understand_name` in short."""
    name = read_name(text)
    return name.full if isinstance(name, Name) else None
