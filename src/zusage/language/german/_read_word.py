"""Words that join, limit or refuse, and words that look like a day but are none ("Frau Freitag", "Guten Morgen")."""

from __future__ import annotations

import re
from collections.abc import Callable

from zusage.language.german._items import Found, Moment, Tokens, Word
from zusage.language.german._quantity import Quantity
from zusage.language.german._read_counted import ago
from zusage.language.german._read_day import named_weekday, next_workday

NAMED_LIKE_TIME = frozenset({"day", "days", "month_name", "season", "feast", "tomorrow"})
_DAYLIKE = re.compile(
    r"(?!(?:.*mittag|alltag|.*vertrag|.*auftrag|.*betrag|.*antrag|.*eintrag|.*nachtrag|.*ertrag)s?$)\w{3,}tage?s?$|\w{3,}days?$"
)
_WEEKLIKE = re.compile(r"\w+wochen?|woechentlich|\w*ferien|monatlich\w*|monats\w+|jahres\w+|quartals\w+")


def short_day(tokens: Tokens, at: int) -> Found:
    """ "Mo", "Di." and the like, where nothing else can be meant by it."""
    behind = tokens.skip(at + 1, "stop", "comma")
    kind = tokens.kind(behind)
    dated_behind = kind in {"date", "dotted", "slashed", "ord"} or (
        tokens[behind].text == "den" and tokens.kind(behind + 1) in {"date", "ord", "num"}
    )
    if dated_behind or _beside_day(tokens, at, behind, "dash"):
        return named_weekday(tokens, at)
    alone = (at == 0 and kind == "end") or tokens[at - 1].text == "am" or kind == "part"
    alone = alone or _beside_day(tokens, at, behind, "until", "or", "and")
    timed = kind in {"at", "clock", "bound", "about"} or (kind == "num" and tokens.kind(behind + 1) == "uhr")
    # "so" is Sunday only where it cannot be the little word.
    if tokens[at].text == "so":
        return named_weekday(tokens, at) if alone and at == 0 else None
    return named_weekday(tokens, at) if alone or timed else (Word("daylike"), at + 1)


def _beside_day(tokens: Tokens, at: int, behind: int, *joints: str) -> bool:
    """Whether such a word joins the short day at a place to another day, before or behind it."""
    days = {"short_day", "day"}
    joined_behind = tokens.kind(behind) in joints and tokens.kind(behind + 1) in days
    return joined_behind or (tokens.kind(at - 1) in joints and tokens.kind(at - 2) in days)


def titled_name(tokens: Tokens, at: int) -> Found:
    """ "Frau Freitag" is nobody's Friday, but for "meine Frau Freitag"."""
    name_at = tokens.skip(at + 1, "title")
    own = tokens[at].text == "frau" and tokens[at - 1].text in {
        "meine",
        "ihre",
        "seine",
        "deine",
        "eine",
        "unsere",
    }
    if own or tokens.kind(name_at) not in NAMED_LIKE_TIME:
        return None
    return Word("daylike"), name_at + 1


def called_name(tokens: Tokens, at: int) -> Found:
    """ "mein Name ist Petra Sonntag": up to three words of a name."""
    behind = at + 1
    while behind < at + 4 and tokens.kind(behind) in {"word", *NAMED_LIKE_TIME}:
        behind += 1
    named = any(tokens.kind(place) in NAMED_LIKE_TIME for place in range(at + 1, behind))
    return (Word("daylike"), behind) if named else None


def greeting(tokens: Tokens, at: int) -> Found:
    greeted = tokens.kind(at + 1) in {"unit_day", "tomorrow", "part", "weekend", "feast"}
    return (Word("comma"), at + 2) if greeted else None


def unknown_word(tokens: Tokens, at: int) -> Found:
    text = tokens[at].text
    if text == "an" or len(text) < 6:
        return None
    if _WEEKLIKE.fullmatch(text):
        return Word("junk"), at + 1
    return (Word("daylike"), at + 1) if _DAYLIKE.fullmatch(text) else None


def glue_word(tokens: Tokens, at: int) -> Found:
    word = {"an": "onwards", "vom": "from", "auf": "onto"}.get(tokens[at].text)
    return (Word(word), at + 1) if word else None


def read_workday(tokens: Tokens, at: int) -> Found:
    return (Word("junk"), at + 1) if tokens[at].text != "werktag" else (next_workday(tokens.talk), at + 1)


def refusal(tokens: Tokens, at: int) -> Found:
    if tokens[at].value == "neither":
        said = any(token.text == "weder" for token in tokens.list[:at])
        return (Word("and"), at + 1) if said else None
    return Word("no", tokens[at].value), at + 1


def slash(tokens: Tokens, at: int) -> Found:
    """Between two dates with their years it is a stretch (ISO 8601), else a choice."""
    behind = tokens[at + 1]
    whole = behind.kind == "date" and isinstance(behind.value, tuple) and behind.value[0] is not None
    return Word("until" if whole and tokens.kind(at - 1) in {"date", "clock"} else "or"), at + 1


def choice(tokens: Tokens, at: int) -> Found:
    """ "oder später" makes an open end of what stands before."""
    if tokens.kind(at + 1) in {"later", "earlier"} and tokens.kind(at + 2) != "part":
        return Word("or_later" if tokens.kind(at + 1) == "later" else "or_earlier"), at + 2
    return Word("or"), at + 1


def every(tokens: Tokens, at: int) -> Found:
    kinds = {"unit_day": "every_day", "unit_week": "weekly"}
    kind = kinds.get(tokens.kind(at + 1))
    return (Word(kind), at + 2) if kind else None


def bound(tokens: Tokens, at: int) -> Found:
    text, behind = tokens[at].text, tokens.skip(at + 1, "glue")
    quantity = Quantity.read(tokens, behind) if text in {"vor", "nach"} else None
    if quantity and not quantity.vague:
        return (ago(tokens.talk, quantity), quantity.end) if text == "vor" else None
    return Word("bound", tokens[at].value), tokens.skip(at + 1, "at", "about")


def bound_now(tokens: Tokens, at: int) -> Found:
    return Moment(tokens.talk.now, "open_end"), at + 1


def mark(kind: str) -> Callable[[Tokens, int], Found]:
    return lambda tokens, at: (Word(kind, tokens[at].value), at + 1)
