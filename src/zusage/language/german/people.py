"""Names: which member of staff is meant, and whether a text is a customer's name at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from zusage.language.german._text import fold
from zusage.language.german._words import FILLERS, cologne

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
_TURN = re.compile(r"\b(?:sondern|stattdessen|lieber|dafuer)\b")
_LIKENESS = 82
_LONGEST_NAME = 150
_MOST_NAME_WORDS = 5

_INTRODUCTION = re.compile(
    r"^\s*(?:(?:ja|also|guten tag|hallo|aehm|ähm)[,. ]+)*(?:mein name (?:ist|lautet)|ich hei(?:ß|ss)e|ich bin(?: die| der)?|"
    r"hier (?:ist|spricht)(?: die| der)?|name ?:|der name ist|auf den namen)\s+",
    re.IGNORECASE,
)
_NOT_IN_NAMES = re.compile(r"[0-9<>{}\[\]()|\\`\"“”„;:=*#@/_!?%&$€+~^]")
_DUMMIES = frozenset(
    """
    unbekannt unbekannte unbekannter anonym anonymous anonymer kunde kundin kunden customer caller anrufer anruferin gast
    guest name kundenname nachname vorname user nutzer mustermann musterfrau test tester testkunde dummy placeholder
    platzhalter keiner niemand irgendwer jemand person patient patientin client klient na todo doe xxx abc asdf
    """.split()  # noqa: SIM905
)
_ORDERS = frozenset(
    """
    ignoriere ignore ignorieren anweisung anweisungen instruction instructions system prompt assistant assistent select
    drop table delete script javascript befehl befehle vergiss vergesse forget disregard override execute
    """.split()  # noqa: SIM905
)
_NAMES_TOO = {"april", "mai", "august"}
_FRAGMENTS = (FILLERS - _NAMES_TOO) | frozenset(
    """
    genau richtig stimmt doch mir dir nicht nichts weiss ihn welcher welches bestimmt natuerlich klar gerne super prima
    herr herrn frau fraeulein dr doktor prof professor auf wiedersehen wiederhoeren verstanden moment
    """.split()  # noqa: SIM905
)
_NEVER_IN_NAMES = frozenset(
    """
    kostenlos kostenfrei gratis umsonst gebucht bestaetigt bestaetigung reserviert storniert abgesagt geschlossen urlaub
    termin termine heute passt passend wegen termins buchung alles kunden verschoben ausgebucht feiertag
    rabatt rabatte guenstig haarschnitt herrenschnitt damenschnitt
    """.split()  # noqa: SIM905
)
_TALK = re.compile(r"\b(?:auf (?:(?:jeden|keinen) fall|alle faelle)|auf (?:wiedersehen|wiederhoeren))\b")
_AFTER_NAME = re.compile(
    r",\s|\s+(?:und\s+)?(?:ich\s+)?(?:möchte|moechte|hätte|haette|brauche|bräuchte|würde|wuerde|will|benötige|wollte)\s+\S|\s+(?:bitte|danke)\W*$",
    re.IGNORECASE,
)
_ROLE = re.compile(r"^(?:bei|zu|zur|zum|mit|fuer)\b")


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


def clean_name(text: str) -> str | None:
    """A customer's name as it may be stored and spoken, or None where the text is no name.

    Placeholders, dummies, fragments of talk, times, orders to a model, markup and "bei Anna" are no names. Control
    characters are dropped, and what follows a comma or "und möchte"; a name in lower case is capitalised; at most 150
    characters."""
    if len(text) > _LONGEST_NAME * 2:
        return None
    line = "" if fold(text) == "" else " ".join(_printable(text))
    name = _AFTER_NAME.split(_INTRODUCTION.sub("", line), maxsplit=1)[0].strip(" .,-'")
    if not name or len(name) > _LONGEST_NAME or _NOT_IN_NAMES.search(name):
        return None
    return _capitalised(name) if _is_name(fold(name)) else None


def _printable(text: str) -> Iterator[str]:
    """The words of a text without control and format characters."""
    clean = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return iter("".join(c for c in clean if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"}).split())


def _is_name(folded: str) -> bool:
    words = re.findall(r"[^\W\d_]+", folded)
    if not words or len(words) > _MOST_NAME_WORDS or _ROLE.match(folded) or max(map(len, words)) < 2:
        return False
    if _TALK.search(folded) or (_ORDERS | _DUMMIES | _NEVER_IN_NAMES).intersection(words):
        return False
    if words[0] in {"herr", "frau", "dr"} and len(words) == 2:
        return words[1] not in {"und", "bitte", "doktor", "frau", "herr"}
    return not _FRAGMENTS.issuperset(words)


def _capitalised(name: str) -> str:
    if name != name.lower():
        return name
    small = {"von", "van", "de", "der", "den", "zu", "la", "al"}
    return " ".join(word if word in small else _title(word) for word in name.split())


def _title(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
