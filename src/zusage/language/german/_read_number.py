"""Numbers: a clock time, a date, a count, or a number whose meaning its neighbours decide."""

from __future__ import annotations

import re
from dataclasses import replace

from zusage.language.german._calendar import NAMED_YEARS
from zusage.language.german._counts import counts_something, has_cue, is_counted, is_ranked
from zusage.language.german._items import Doubt, Found, Near, Number, Tokens, Word
from zusage.language.german._kinds import Kinds
from zusage.language.german._read_clock import read_clock
from zusage.language.german._read_counted import read_quantity
from zusage.language.german._read_date import dated, named_date, short_date, written_date
from zusage.language.german._read_day import nth_day_of_month
from zusage.language.german._read_edge import stretch
from zusage.language.german._read_which import FREE

_TIME_WORDS: Kinds = frozenset({"at", "about"})
_DAY_GLUE = frozenset({"am", "an", "den", "dem", "der", "zum", "vom", "on", "the", "des"})


# "am zweiten Adventssamstag": a day with a name of its own, and no second of the month.
_NAMED_DAY = re.compile(r"\w{3,}(?:tag|tags|woche|sonntag|samstag)")


def read_number(tokens: Tokens, at: int) -> Found:
    if counts_something(tokens, at):
        return Word("number"), _behind_range(tokens, at)
    for read in (
        _telephone,
        _count_of_guests,
        read_quantity,
        read_clock,
        nth_day_of_month,
        stretch,
        named_date,
        _dashed_date,
    ):
        found: Found = read(tokens, at)
        if found:
            return found
    return _plain_number(tokens, at)


def _plain_number(tokens: Tokens, at: int) -> Found:  # noqa: PLR0911 - one line a meaning
    value, text = tokens.integer(at), tokens[at].text
    follower = tokens[at + 1]
    ordinal = tokens.kind(at) == "ord"
    run = tokens.skip(at, "num", "empty")
    if run - at >= 4:
        return Word("number"), run
    near = _near(tokens, at, ordinal=ordinal)
    if ordinal and value > 31 and near == "day":
        raise Doubt("no_such_day")
    if value > 31 and value not in NAMED_YEARS:
        return Word("number"), at + 1
    if value < 0 or (text.isdigit() and (len(text) > 4 or (len(text) > 2 and text[0] == "0"))):
        return None
    if follower.kind == "word" and follower.text in FREE:
        free_time = tokens.kind(at + 2) in {"time_word", "end"}
        return Word("soon" if free_time else "junk"), at + (3 if free_time else 1)
    if ordinal and follower.kind == "word" and _NAMED_DAY.fullmatch(follower.text):
        return Word("junk"), at + 2
    if ordinal and tokens[at - 1].text != "am" and (is_ranked(tokens, at + 1) or _is_rank(tokens, at)):
        return None
    return Number(value, ordinal, near, text), at + 1


def _dashed_date(tokens: Tokens, at: int) -> Found:
    """ "24-11 14 Uhr": a date only where a time follows."""
    day, month = tokens.integer(at), tokens.integer(at + 2)
    timed = tokens.kind(at + 3) == "clock" or (tokens.kind(at + 3) == "num" and tokens.kind(at + 4) == "uhr")
    if tokens.kind(at + 1) != "dash" or tokens.kind(at + 2) != "num" or not timed:
        return None
    return dated(tokens.talk, None, month, day), at + 3


def read_dotted(tokens: Tokens, at: int) -> Found:
    """ "14.30", "24.11": only where nothing says that it is a version, a price or a shade."""
    told = tokens.kind(at + 1) in {"uhr", "half_of_day"}
    if counts_something(tokens, at) or not (told or has_cue(tokens, at)):
        return Word("number"), at + 1
    return read_clock(tokens, at) or short_date(tokens, at)


def read_slashed(tokens: Tokens, at: int) -> Found:
    """ "24/11" is a date, "24/7" and "1/2 Liter" are none."""
    if counts_something(tokens, at) or tokens[at].text == "24/7" or not has_cue(tokens, at):
        return Word("number"), at + 1
    return short_date(tokens, at)


def read_written(tokens: Tokens, at: int) -> Found:
    """A date in full, but for the number of a customer or an invoice."""
    return (Word("number"), at + 1) if counts_something(tokens, at) else written_date(tokens, at)


def read_written_clock(tokens: Tokens, at: int) -> Found:
    return (Word("number"), at + 1) if counts_something(tokens, at) else read_clock(tokens, at)


def _near(tokens: Tokens, at: int, *, ordinal: bool) -> Near:
    """Which words stand before: "der 12" is no day as "der zwölfte" is."""
    if tokens.kind(at - 1) in _TIME_WORDS:
        return "time"
    before = tokens[at - 1].text
    return "day" if before in _DAY_GLUE and (ordinal or before not in {"der", "des", "the"}) else ""


def _is_rank(tokens: Tokens, at: int) -> bool:
    """ "Ich bin der Dritte", "der Erste, der anruft"."""
    if tokens[at - 1].text not in {"der", "die", "das", "den", "als"} or tokens[at].text.endswith("."):
        return False
    relative = tokens.kind(at + 1) == "comma" and tokens[at + 2].text in {"der", "die", "das"}
    return (
        relative
        or tokens[at - 1].text == "als"
        or tokens[at - 2].text in {"bin", "sind", "war", "waren", "als"}
    )


def _telephone(tokens: Tokens, at: int) -> Found:
    """ "030 / 12 34 56": a dialling code, and the digits behind it."""
    if len(tokens[at].text) < 3 or not tokens[at].text.startswith("0") or not tokens[at].text.isdigit():
        return None
    if tokens.kind(at - 1) in _TIME_WORDS or tokens.kind(at + 1) == "uhr":
        return None
    return Word("number"), tokens.skip(at + 1, "num", "slash", "dash")


def _behind_range(tokens: Tokens, at: int) -> int:
    """Behind the number, or behind the range that it begins where all of that is counted."""
    ranged = tokens.kind(at + 1) in {"until", "dash", "or", "and"} and tokens.kind(at + 2) in {
        "num",
        "decimal",
    }
    if ranged and is_counted(tokens, at + 3):
        return at + 3
    if tokens[at - 1].text == "des":
        return tokens.skip(tokens.skip(at + 1, "month_name"), "num")
    aged = tokens.skip(at + 1, "unit_year")
    return aged + 1 if tokens[aged].text in {"alt", "alte", "alten"} else at + 1


def _count_of_guests(tokens: Tokens, at: int) -> Found:
    """ "ein Tisch für 4 am Freitag": a count, where a time of its own follows."""
    follower = tokens[at + 1]
    timed = follower.kind in {"at", "day", "near", "tomorrow", "bound"} or follower.text in {"am", "on"}
    if tokens.kind(at - 1) != "for" or not timed:
        return None
    return Word("number"), at + 1


def read_at_time(tokens: Tokens, at: int) -> Found:
    """ "um drei", "so gegen zehn": a bare number behind it is an hour."""
    behind = tokens.skip(at, "at", "about")
    found = read_clock(tokens, behind, forced=True)
    if found is None:
        return None
    about = any(tokens.kind(place) == "about" for place in range(at, behind))
    loose = about or tokens[at - 1].text == "so" or found[0].loose
    return replace(found[0], loose=loose), found[1]
