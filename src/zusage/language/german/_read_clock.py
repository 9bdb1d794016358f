"""Clock times as they are said and written: which minute of the day, and whether twelve hours later is meant as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zusage.language.german._calendar import NAMED_YEARS
from zusage.language.german._counts import is_counted
from zusage.language.german._items import DAY_END, NOON, Clock, Doubt, Tokens
from zusage.language.german._kinds import Kinds, TokenKind

Found = tuple[Clock, int] | None


def read_clock(tokens: Tokens, at: int, *, forced: bool = False) -> Found:
    """The clock time that begins at a token, and the place behind it. `forced`: a bare number is an hour ("um drei").

    :raises Doubt: a written time does not exist."""
    rule = _RULES.get(tokens.kind(at))
    found = rule(tokens, at) if rule else None
    if found is None and forced:
        found = _bare(tokens, at)
    return _half_of_day(tokens, *found) if found else None


def make_clock(hour: int, minute: int, *, exact: bool = False) -> Clock:
    """:raises Doubt: there is no such time of day."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Doubt("no_such_time")
    return Clock(hour * 60 + minute, vague=1 <= hour <= 12 and not exact)


def _half_of_day(tokens: Tokens, clock: Clock, at: int) -> tuple[Clock, int]:
    """Read "pm" and "a.m." behind a time; the German "am" is one only where no date can follow."""
    kind, value = tokens.kind(at), tokens[at].value
    if (
        kind == "glue"
        and tokens[at].text == "am"
        and tokens.kind(at + 1) in {"end", "comma", "near", "tomorrow"}
    ):
        kind, value = "half_of_day", "am"
    if kind != "half_of_day":
        return clock, at
    if clock.minute >= 13 * 60:
        return Clock(clock.minute), at + 1
    return Clock(clock.minute % NOON + (NOON if value == "pm" else 0)), at + 1


def _behind_uhr(tokens: Tokens, at: int) -> int:
    return tokens.skip(at, "uhr") if tokens[at].value != "no" else at


def _written(tokens: Tokens, at: int) -> Found:
    hour, minute = tokens.pair(at)
    text = tokens[at].text
    return make_clock(hour, minute, exact=text.startswith("0")), _behind_uhr(tokens, at + 1)


def _dotted(tokens: Tokens, at: int) -> Found:
    """ "14.30" is a time where "Uhr" follows, "um" stands before it, or it can be no date."""
    hour, minute = tokens.pair(at)
    two_digits = len(tokens[at].text.partition(".")[2]) == 2
    told = tokens.kind(at + 1) in {"uhr", "half_of_day"} or tokens.kind(at - 1) in _TIME_BEFORE
    if not two_digits or hour > 24 or minute > 59 or not (told or minute > 12 or minute == 0):
        return None
    return make_clock(hour, minute), _behind_uhr(tokens, at + 1)


_TIME_BEFORE: Kinds = frozenset({"at", "about"})


def _number(tokens: Tokens, at: int) -> Found:
    hour = tokens.integer(at)
    if hour > 99:
        return _military(tokens, at, hour)
    return (
        _around(tokens, at)
        or _uhr(tokens, at, hour)
        or _suffixed(tokens, at, hour)
        or _pair(tokens, at, hour)
    )


def _uhr(tokens: Tokens, at: int, hour: int) -> Found:
    if tokens.kind(at + 1) != "uhr" or tokens[at + 1].value == "no":
        return None
    behind = at + 2
    minute_at = tokens.skip(behind, "and")
    minute = tokens.integer(minute_at)
    if tokens.kind(minute_at) == "empty":
        minute_at += 1
        minute = tokens.integer(minute_at)
    is_minute = tokens.kind(minute_at) == "num" and 0 <= minute <= 59 and _ends_clock(tokens, minute_at + 1)
    exact = tokens[at].text.startswith("0")
    if (
        tokens.kind(minute_at) == "num"
        and 60 <= minute <= 99
        and tokens.kind(minute_at + 1) in {"end", "stop", "comma"}
    ):
        raise Doubt("no_such_time")
    if not is_minute:
        return make_clock(hour, 0, exact=exact), behind
    return make_clock(hour, minute, exact=exact), tokens.skip(minute_at + 1, "unit_minute")


def _ends_clock(tokens: Tokens, at: int) -> bool:
    """Whether a number before this place can be minutes: no hour, date or quantity begins with it."""
    kind = tokens.kind(at)
    if kind == "bound" and tokens[at].text in {"vor", "nach"}:
        return tokens.kind(at + 1) not in {"num", "ord", "half"}
    return kind not in {
        "uhr",
        "month_name",
        "unit_day",
        "unit_hour",
        "unit_week",
        "unit_month",
        "clock",
        "dash",
    }


def _military(tokens: Tokens, at: int, number: int) -> Found:
    """ "1430 Uhr", "um 0900", "morgen 1500"."""
    told = tokens.kind(at + 1) == "uhr" or tokens.kind(at - 1) in _TIME_BEFORE
    told = told or (tokens.kind(at - 1) in _DAY_BEFORE and number % 5 == 0 and number < NAMED_YEARS.start)
    told = told or (len(tokens.list) == 1 and number % 5 == 0 and number % 100 < 60)
    if not told or len(tokens[at].text) != 4 or not tokens[at].text.isdigit():
        return None
    return make_clock(number // 100, number % 100, exact=number < 1000), _behind_uhr(tokens, at + 1)


_DAY_BEFORE: Kinds = frozenset({"day", "short_day", "near", "tomorrow", "date", "until", "dash"})


def _suffixed(tokens: Tokens, at: int, hour: int) -> Found:
    after = tokens[at + 1]
    if after.kind == "half_of_day" and 0 <= hour <= 24:
        return make_clock(hour, 0), at + 1
    if after.kind == "glue" and after.text == "am" and tokens.kind(at + 2) == "end" and 0 <= hour <= 12:
        return make_clock(hour, 0), at + 1
    return None


def _pair(tokens: Tokens, at: int, hour: int) -> Found:
    """ "vierzehn dreißig", "8 15": two numbers where nothing else can be meant."""
    minute_at = at + 1
    if tokens.kind(minute_at) == "empty":
        minute_at += 1
    minute, text = tokens.integer(minute_at), tokens[minute_at].text
    if tokens.kind(minute_at) != "num" or not (0 <= hour <= 24 and 0 <= minute <= 59):
        return None
    written = text.isdigit()
    likely = (
        len(text) == 2 if written else minute >= 13 or (minute == 10 and hour >= 13) or minute_at > at + 1
    )
    if hour == 24 or tokens.kind(minute_at + 1) in {"at", "about", "clock"}:
        return None
    if (
        not likely
        or not _ends_clock(tokens, minute_at + 1)
        or (
            tokens.kind(minute_at + 1) in {"num", "ord", "word"}
            and tokens[minute_at + 1].text not in _AFTER_PAIR
        )
    ):
        return None
    return make_clock(hour, minute), minute_at + 1


_AFTER_PAIR = frozenset({"bitte", "gern", "gerne", "geht", "ginge", "passt", "waere", "dann", "ja", "ok"})


def _around(tokens: Tokens, at: int) -> Found:
    """ "zehn (Minuten) vor (halb) drei", "viertel nach acht"."""
    off = 15 if tokens.kind(at) == "quarter" else tokens.integer(at)
    direction = tokens.skip(at + 1, "unit_minute")
    text = tokens[direction].text
    if text not in {"vor", "nach", "ueber", "after", "past", "to"} or not 1 <= off <= 59:
        return None
    if tokens.kind(direction) == "until":
        return None
    before = _QUARTERS.get(tokens.kind(direction + 1))
    if before and (base := _fraction(tokens, direction + 1, before=before)):
        minute = base[0].minute + (-off if text in {"vor", "to"} else off)
        return Clock(minute % DAY_END, vague=base[0].vague), base[1]
    if tokens.kind(direction + 1) == "midnight":
        return Clock(off if text == "nach" else DAY_END - off), direction + 2
    half = tokens.kind(direction + 1) == "half"
    hour_at = direction + (2 if half else 1)
    hour = _hour(tokens, hour_at)
    if hour is None and (half or tokens.kind(hour_at) in {"end", "comma", "stop"}):
        raise Doubt("ambiguous")
    if hour is None:
        return None
    middle = hour * 60 - (30 if half else 0)
    minute = middle - off if text in {"vor", "to"} else middle + off
    return Clock(minute % DAY_END, vague=1 <= hour <= 12), _behind_uhr(tokens, hour_at + 1)


def _hour(tokens: Tokens, at: int) -> int | None:
    """The hour named at a token, if it is one and nothing but an hour."""
    value = tokens.integer(at)
    if tokens.kind(at) == "a" and tokens[at].text == "ein":
        value = 1
    elif tokens.kind(at) not in {"num", "ord", "hour_word"} or not 0 <= value <= 24:
        return None
    counted = tokens.kind(at + 1) in _COUNTED_UNITS or is_counted(tokens, at + 1, by_shape=False)
    return None if counted else value


_COUNTED_UNITS: Kinds = frozenset(
    {"month_name", "unit_day", "unit_week", "unit_month", "unit_year", "unit_hour"}
)


def _quarter(tokens: Tokens, at: int) -> Found:
    found = _around(tokens, at)
    if found:
        return found
    if tokens[at + 1].text == "ab" and (hour := _hour(tokens, at + 2)) is not None:
        return Clock(hour * 60 + 15, vague=1 <= hour <= 12), _behind_uhr(tokens, at + 3)
    return _fraction(tokens, at, before=_QUARTERS["quarter"])


_QUARTERS: Mapping[TokenKind, int] = {"quarter": 45, "three_quarters": 15}
"""How many minutes before the hour that follows: "viertel drei" is 2:15."""


def _fraction(tokens: Tokens, at: int, *, before: int) -> Found:
    hour_at = at + 2 if tokens[at + 1].text == "auf" else at + 1
    hour = _hour(tokens, hour_at)
    if hour is None:
        return None
    return Clock((hour * 60 - before) % DAY_END, vague=1 <= hour <= 12), _behind_uhr(tokens, hour_at + 1)


def _half(tokens: Tokens, at: int) -> Found:
    if tokens[at + 1].text == "past" and (hour := _hour(tokens, at + 2)) is not None:
        return Clock(hour * 60 + 30, vague=1 <= hour <= 12), at + 3
    return _fraction(tokens, at, before=30)


def _three_quarters(tokens: Tokens, at: int) -> Found:
    return _fraction(tokens, at, before=_QUARTERS["three_quarters"])


def _shortly(tokens: Tokens, at: int) -> Found:
    """ "kurz vor drei": about that time."""
    if tokens[at + 1].text not in {"vor", "nach"} or tokens.kind(at + 2) == "shortly":
        return None
    found = read_clock(tokens, at + 2, forced=True)
    return (Clock(found[0].minute, found[0].vague, loose=True), found[1]) if found else None


def _midnight(_: Tokens, at: int) -> Found:
    return Clock(DAY_END), at + 1


def _after_uhr(tokens: Tokens, at: int) -> Found:
    """ "Uhr drei", as one says it in another order."""
    alone = tokens.kind(at - 1) not in {"num", "clock", "dotted"} and tokens.kind(at + 1) == "num"
    return read_clock(tokens, at + 1, forced=True) if alone and tokens[at].text == "uhr" else None


def _midday(_: Tokens, at: int) -> Found:
    return Clock(NOON), at + 1


def _article(tokens: Tokens, at: int) -> Found:
    return _uhr(tokens, at, 1) if tokens[at].text == "ein" else None


def _half_article(tokens: Tokens, at: int) -> Found:
    """ "um halber drei"."""
    return _half(tokens, at) if tokens.kind(at + 2) != "unit_hour" else None


def _nought(tokens: Tokens, at: int) -> Found:
    return _uhr(tokens, at, 0)


def _hour_word(tokens: Tokens, at: int) -> Found:
    return Clock(tokens.integer(at) * 60, vague=True), _behind_uhr(tokens, at + 1)


def _bare(tokens: Tokens, at: int) -> Found:
    if tokens.kind(at) in {"dotted", "clock"}:
        return make_clock(*tokens.pair(at)), _behind_uhr(tokens, at + 1)
    hour = _hour(tokens, at)
    if hour is None or tokens.kind(at + 1) == "unit_minute":
        return None
    exact = len(tokens[at].text) == 2 and tokens[at].text.startswith("0")
    return make_clock(hour, 0, exact=exact), _behind_uhr(tokens, at + 1)


_RULES: dict[TokenKind, Callable[[Tokens, int], Found]] = {
    "clock": _written,
    "dotted": _dotted,
    "num": _number,
    "ord": _around,
    "a": _article,
    "half": _half,
    "half_a": _half_article,
    "empty": _nought,
    "hour_word": _hour_word,
    "quarter": _quarter,
    "three_quarters": _three_quarters,
    "shortly": _shortly,
    "midnight": _midnight,
    "midday": _midday,
    "uhr": _after_uhr,
}
