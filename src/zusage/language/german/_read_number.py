"""Numbers: a clock time, a date, a count, or a number whose meaning its neighbours decide."""

from __future__ import annotations

import re
from dataclasses import replace

from zusage.language.german._items import Found, Number, Tokens, Word
from zusage.language.german._read_clock import read_clock
from zusage.language.german._read_counted import read_quantity
from zusage.language.german._read_date import dated, named_date, short_date
from zusage.language.german._read_day import nth_day_of_month
from zusage.language.german._read_edge import stretch
from zusage.language.german._read_which import FREE

_TIME_WORDS = frozenset({"at", "about"})
_DAY_GLUE = frozenset({"am", "an", "den", "dem", "der", "zum", "vom", "on", "the", "des"})


# Behind a number these do not make it a count of something.
_NO_COUNT_TEXT = """
bitte gern gerne geht ginge gehts gingen passt passen passte wuerde waere waers ist haben hat habe haette
koennen kann koennte moechte will ja okay ok dann da noch vielleicht also gell frei moeglich klappt klappen
hab wir ich sie bin mir mich uns bei mit wegen weil wenn ob hier danke super perfekt genau etwa nehmen nehme
komme kommen lieber eintragen buchen reservieren t z was es haetten gehen machen wieder besser ungefaehr schon
hallo please zu
"""


_NO_COUNT = frozenset(_NO_COUNT_TEXT.split())
_COUNTED_BEFORE = re.compile(
    r"\w*(?:strasse|str|weg|platz|allee|gasse|nummer|zimmer|nr|farbe|ton|nuance|groesse|paragraph|wohnung|plz|stufe)"
)


def read_number(tokens: Tokens, at: int) -> Found:
    for read in (read_quantity, read_clock, nth_day_of_month, stretch, named_date, _dashed_date):
        found: Found = read(tokens, at)
        if found:
            return found
    return _plain_number(tokens, at)


def _plain_number(tokens: Tokens, at: int) -> Found:
    value, text = tokens.integer(at), tokens[at].text
    follower = tokens[at + 1]
    ordinal = tokens.kind(at) == "ord"
    if _counts_something(tokens, at):
        return None
    run = tokens.skip(at, "num", "empty")
    if run - at >= 4:
        return Word("number"), run
    near = "time" if tokens.kind(at - 1) in _TIME_WORDS else "day" if tokens[at - 1].text in _DAY_GLUE else ""
    if value < 0 or (text.isdigit() and (len(text) > 4 or (len(text) > 2 and text[0] == "0"))):
        return None
    if follower.kind == "word" and follower.text in FREE:
        free_time = tokens.kind(at + 2) in {"time_word", "end"}
        return Word("soon" if free_time else "junk"), at + (3 if free_time else 1)
    limited = tokens.kind(at - 1) in {"bound", "until", "between", "dash"}
    counted = follower.kind in {"word", "time_word"} and follower.text not in _NO_COUNT
    if counted and near != "time" and not limited:
        return None
    return Number(value, ordinal, near, text), at + 1  # type: ignore[arg-type]


def _counts_something(tokens: Tokens, at: int) -> bool:
    """Whether the words before make it a house number, a shade of colour, an age ("die ist drei")."""
    before = tokens[at - 1]
    if before.kind == "word" and _COUNTED_BEFORE.fullmatch(before.text):
        return True
    return before.text in {"ist", "wird"} and tokens[at - 2].text in {"der", "die", "er", "sie", "das"}


def _dashed_date(tokens: Tokens, at: int) -> Found:
    """ "24-11 14 Uhr": a date only where a time follows."""
    day, month = tokens.integer(at), tokens.integer(at + 2)
    timed = tokens.kind(at + 3) == "clock" or (tokens.kind(at + 3) == "num" and tokens.kind(at + 4) == "uhr")
    if tokens.kind(at + 1) != "dash" or tokens.kind(at + 2) != "num" or not timed:
        return None
    return dated(tokens.talk, None, month, day), at + 3


def read_dotted(tokens: Tokens, at: int) -> Found:
    if _counts_something(tokens, at):
        return None
    return read_clock(tokens, at) or short_date(tokens, at)


def read_at_time(tokens: Tokens, at: int) -> Found:
    """ "um drei", "so gegen zehn": a bare number behind it is an hour."""
    behind = tokens.skip(at, "at", "about")
    found = read_clock(tokens, behind, forced=True)
    if found is None:
        return None
    about = any(tokens.kind(place) == "about" for place in range(at, behind))
    loose = about or tokens[at - 1].text == "so" or found[0].loose
    return replace(found[0], loose=loose), found[1]
