"""From tokens to items: at every place the rule for that kind of token, the longest reading first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from zusage.core.scheduling.masters import Span
from zusage.language.german._items import (
    DAY_END,
    Between,
    Clock,
    Days,
    Doubt,
    Found,
    Item,
    Moment,
    Number,
    Part,
    Placed,
    Talk,
    Tokens,
    Word,
    half_of,
    one_day,
    plus,
)
from zusage.language.german._quantity import Quantity, shifted
from zusage.language.german._read_clock import read_clock
from zusage.language.german._read_counted import beside_unit, counted_beside, in_quantity
from zusage.language.german._read_date import dated, month_then_day, named_date, short_date, written_date
from zusage.language.german._read_day import (
    feast_day,
    named_weekday,
    near_day,
    next_holiday,
    next_workday,
    nth_day_of_month,
)
from zusage.language.german._read_edge import stretch
from zusage.language.german._read_stretch import week_by_number
from zusage.language.german._read_which import which_stretch
from zusage.language.german._spans import week_of

_TIME_WORDS = frozenset({"at", "about"})
_DAY_GLUE = frozenset({"am", "an", "den", "dem", "der", "zum", "vom", "on", "the", "des"})
_NAMED_LIKE_TIME = frozenset({"day", "days", "month_name", "season", "feast", "tomorrow"})
# Behind a number these do not make it a count of something.
_NO_COUNT_TEXT = """
bitte gern gerne geht ginge gehts gingen passt passen passte wuerde waere waers ist haben hat habe haette
koennen kann koennte moechte will ja okay ok dann da noch vielleicht also gell frei moeglich klappt klappen
hab wir ich sie bin mir mich uns bei mit wegen weil wenn ob hier danke super perfekt genau etwa nehmen nehme
komme kommen lieber eintragen buchen reservieren t z was es haetten gehen machen wieder besser ungefaehr schon
hallo please zu
"""
_NO_COUNT = frozenset(_NO_COUNT_TEXT.split())
_FREE = frozenset(
    {
        "freie",
        "freier",
        "freien",
        "freies",
        "moegliche",
        "moeglicher",
        "moeglichen",
        "verfuegbare",
        "verfuegbaren",
    }
)
_DAYLIKE = re.compile(
    r"(?!(?:.*mittag|alltag|.*vertrag|.*auftrag|.*betrag|.*antrag|.*eintrag|.*nachtrag|.*ertrag)s?$)\w{3,}tage?s?$|\w{3,}days?$"
)
_WEEKLIKE = re.compile(r"\w+wochen?|woechentlich|\w*ferien|monatlich\w*|monats\w+|jahres\w+|quartals\w+")


def read_items(tokens: Tokens) -> list[Placed]:
    """All items of a text in order. Tokens that say nothing of time are passed over.

    :raises Doubt: a day or time that is named does not exist, or nobody knows to what a "später" refers."""
    placed: list[Placed] = []
    names = _names(tokens)
    at, count = 0, len(tokens.list)
    while at < count:
        kind = tokens.kind(at)
        rule = _RULES.get(kind)
        found = rule(tokens, at) if rule and not (names and _is_name(tokens, at, names)) else None
        if found is None:
            at += 1
            continue
        item, behind = found
        if isinstance(item, Days):
            if item.instead and not tokens.talk.anchor:
                placed = [one for one in placed if not isinstance(one.item, Days)]
            tokens.last_day = item.first if item.single else tokens.last_day
        placed.append(Placed(item, at, behind))
        at = behind
    return placed


def _names(tokens: Tokens) -> frozenset[str]:
    """Words of time that are somebody's name here ("Sonntag mein Name, Petra Sonntag")."""
    behind = (at for at, token in enumerate(tokens.list) if token.kind == "my_name")
    return frozenset(tokens[at - 1].text for at in behind if tokens.kind(at - 1) in _NAMED_LIKE_TIME)


def _is_name(tokens: Tokens, at: int, names: frozenset[str]) -> bool:
    return tokens[at].text in names and (
        tokens.kind(at + 1) == "my_name" or tokens.kind(at - 1) in {"word", "end"}
    )


def part_of_day(talk: Talk, name: str) -> Part:
    if name == "after_work":
        return Part(Span(talk.policies.after_work, DAY_END), name)
    return Part(Span(9 * 60, 18 * 60) if name == "day" else getattr(talk.policies, name), name)


def _number(tokens: Tokens, at: int) -> Found:
    for read in (_quantity, read_clock, nth_day_of_month, stretch, named_date, _dashed_date):
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
    if follower.kind == "word" and follower.text in _FREE:
        free_time = tokens.kind(at + 2) in {"time_word", "end"}
        return Word("soon" if free_time else "junk"), at + (3 if free_time else 1)
    limited = tokens.kind(at - 1) in {"bound", "until", "between", "dash"}
    counted = follower.kind in {"word", "time_word"} and follower.text not in _NO_COUNT
    if counted and near != "time" and not limited:
        return None
    return Number(value, ordinal, near, text), at + 1  # type: ignore[arg-type]


_COUNTED_BEFORE = re.compile(
    r"\w*(?:strasse|str|weg|platz|allee|gasse|nummer|zimmer|nr|farbe|ton|nuance|groesse|paragraph|wohnung|plz|stufe)"
)


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


def _quantity(tokens: Tokens, at: int) -> Found:  # noqa: PLR0911 - one line a use
    """A count of days, hours or minutes: how long it shall take, or how far from something else."""
    quantity = Quantity.read(tokens, at)
    if quantity is None:
        return None
    behind = tokens[quantity.end]
    if behind.kind in {"later", "earlier"} and not _shades(tokens, quantity.end):
        return _from_anchor(tokens, quantity, later=behind.kind == "later"), quantity.end + 1
    beside = counted_beside(tokens, quantity)
    if beside:
        return beside
    if quantity.minutes is not None:
        if behind.text in {"vor", "nach", "to", "past"} and read_clock(tokens, at):
            return None
        return Word("duration", quantity.minutes), tokens.skip(quantity.end, "long")
    if behind.text in {"alt", "alte", "alten", "old"} or tokens[at - 1].text in {"alle", "seit", "vor"}:
        return Word("number"), quantity.end
    return Word("junk"), quantity.end


def _shades(tokens: Tokens, at: int) -> bool:
    return tokens.kind(at + 1) == "part"


def _from_anchor(tokens: Tokens, quantity: Quantity, *, later: bool) -> Item:
    anchor = _anchor(tokens.talk)
    sign = 1 if later else -1
    minutes = quantity.minutes
    if quantity.vague:
        raise Doubt("ambiguous", "when.no_anchor")
    if minutes is not None:
        moved = anchor.astimezone(UTC) + sign * timedelta(minutes=minutes)
        return Moment(moved.astimezone(anchor.tzinfo))
    day = shifted(anchor.date(), quantity, sign=sign)
    return Moment(datetime.combine(day, anchor.time(), anchor.tzinfo))


def _anchor(talk: Talk) -> datetime:
    if talk.anchor is None:
        raise Doubt("no_anchor")
    return talk.anchor


def _clock(tokens: Tokens, at: int) -> Found:
    return read_clock(tokens, at)


def _dotted(tokens: Tokens, at: int) -> Found:
    if _counts_something(tokens, at):
        return None
    return read_clock(tokens, at) or short_date(tokens, at)


def _at_time(tokens: Tokens, at: int) -> Found:
    """ "um drei", "so gegen zehn": a bare number behind it is an hour."""
    behind = tokens.skip(at, "at", "about")
    found = read_clock(tokens, behind, forced=True)
    if found is None:
        return None
    about = any(tokens.kind(place) == "about" for place in range(at, behind))
    loose = about or tokens[at - 1].text == "so" or found[0].loose
    return replace(found[0], loose=loose), found[1]


def _day(tokens: Tokens, at: int) -> Found:
    return named_weekday(tokens, at)


def _short_day(tokens: Tokens, at: int) -> Found:
    """ "Mo", "Di." and the like, where nothing else can be meant by it."""
    behind = tokens.skip(at + 1, "stop", "comma")
    kind, text = tokens.kind(behind), tokens[at].text
    listed = kind in {"until", "or", "and"} and tokens.kind(behind + 1) in {"short_day", "day"}
    listed = listed or (
        tokens.kind(at - 1) in {"until", "or", "and"} and tokens.kind(at - 2) in {"short_day", "day"}
    )
    dated_behind = kind in {"date", "dotted", "slashed", "ord"} or (
        tokens[behind].text == "den" and tokens.kind(behind + 1) in {"date", "ord", "num"}
    )
    alone = (at == 0 and kind == "end") or tokens[at - 1].text == "am" or kind == "part" or listed
    timed = kind in {"at", "clock", "bound", "about"} or (kind == "num" and tokens.kind(behind + 1) == "uhr")
    ranged = kind == "dash" and tokens.kind(behind + 1) in {"short_day", "day"}
    ranged = ranged or (tokens.kind(at - 1) == "dash" and tokens.kind(at - 2) in {"short_day", "day"})
    if (
        dated_behind
        or (alone and (text != "so" or at == 0))
        or ((timed or ranged) and (text != "so" or ranged))
    ):
        return named_weekday(tokens, at)
    return None if text == "so" else (Word("daylike"), at + 1)


def _tomorrow(tokens: Tokens, at: int) -> Found:
    """ "morgen" is the next day, or a part of the day that stands before it."""
    if tokens[at].text == "morgen" and (
        tokens.kind(at - 1) in {"day", "days", "near", "tomorrow", "date", "every"}
        or tokens[at - 1].text == "am"
    ):
        return part_of_day(tokens.talk, "morning"), at + 1
    return near_day(tokens, at)


def _part(tokens: Tokens, at: int) -> Found:
    if tokens[at].text in {"fruehe", "fruhe", "frueh"} and tokens.kind(at + 1) == "part":
        return _shaded(tokens, at)
    if at == 0 and tokens.kind(1) == "comma" and tokens[0].text in {"abend", "mittag"}:
        return None
    return part_of_day(tokens.talk, str(tokens[at].value)), at + 1


def _shaded(tokens: Tokens, at: int) -> Found:
    """ "am späten Nachmittag", "früher Abend": half of that part."""
    part_at = tokens.skip(at + 1, "glue")
    if tokens.kind(part_at) == "day" and tokens.kind(part_at + 1) == "part":
        return Word("shade", "late" if tokens.kind(at) in {"late", "later"} else "early"), at + 1
    if tokens.kind(part_at) != "part":
        return None
    whole = part_of_day(tokens.talk, str(tokens[part_at].value))
    late = tokens.kind(at) in {"late", "later"}
    return Part(half_of(whole.span, late=late), whole.name), part_at + 1


def _late_part(tokens: Tokens, at: int) -> Found:
    part = part_of_day(tokens.talk, str(tokens[at].value))
    return Part(half_of(part.span, late=True), part.name), at + 1


def _part_after_work(tokens: Tokens, at: int) -> Found:
    return part_of_day(tokens.talk, "after_work"), at + 1


def _later(tokens: Tokens, at: int) -> Found:
    """ "später", "früher": after or before the offer that is talked about."""
    shaded = _shaded(tokens, at)
    if shaded:
        return shaded
    later = tokens.kind(at) == "later"
    if tokens.talk.anchor is None:
        return Word("relative"), at + 1
    return Moment(tokens.talk.anchor, "open_end" if later else "open_start"), at + 1


def _bound(tokens: Tokens, at: int) -> Found:
    text, behind = tokens[at].text, tokens.skip(at + 1, "glue")
    quantity = Quantity.read(tokens, behind) if text in {"vor", "nach"} else None
    if quantity and not quantity.vague:
        return (_ago(tokens.talk, quantity), quantity.end) if text == "vor" else None
    return Word("bound", tokens[at].value), tokens.skip(at + 1, "at", "about")


def _ago(talk: Talk, quantity: Quantity) -> Item:
    minutes = quantity.minutes
    if minutes is None:
        return one_day(shifted(talk.today, quantity, sign=-1), relative=True)
    return Moment((talk.now.astimezone(UTC) - timedelta(minutes=minutes)).astimezone(talk.now.tzinfo))


def _bound_now(tokens: Tokens, at: int) -> Found:
    return Moment(tokens.talk.now, "open_end"), at + 1


def _in(tokens: Tokens, at: int) -> Found:
    """ "in zwei Stunden", "in drei Tagen"."""
    behind = tokens.skip(at + 1, "about")
    if tokens.kind(behind) == "word" and tokens[behind].text in {"genau", "spaetestens"}:
        behind += 1
    quantity = Quantity.read(tokens, behind)
    if quantity is None:
        return None
    after = tokens.kind(quantity.end)
    if after in {"later", "earlier"} and quantity.minutes is None:
        return _quantity(tokens, behind)
    if quantity.minutes is not None:
        if quantity.vague or quantity.most:
            raise Doubt("ambiguous", "when.no_anchor")
        start = tokens.talk.now.astimezone(UTC).replace(second=0, microsecond=0)
        moved = start + timedelta(minutes=quantity.minutes)
        return Moment(moved.astimezone(tokens.talk.now.tzinfo)), quantity.end
    return in_quantity(tokens, behind)


def _near_in(tokens: Tokens, at: int) -> Found:
    """ "heute in vierzehn Tagen", "heute in zwei Stunden"."""
    return _in(tokens, at)


def _within(tokens: Tokens, at: int) -> Found:
    """ "innerhalb von drei Tagen": until then."""
    behind = tokens.skip(at + 1, "from", "glue", "about")
    quantity = Quantity.read(tokens, behind)
    if quantity is None or quantity.vague or not quantity.count:
        return None
    talk = tokens.talk
    if quantity.minutes is not None:
        return Between(talk.now, talk.now + timedelta(minutes=quantity.minutes)), quantity.end
    return one_day(shifted(talk.today, quantity), bound="until"), quantity.end


def _for(tokens: Tokens, at: int) -> Found:
    """ "für zwei Stunden" is how long; "für Dienstag" is when, and "für zwei Personen" neither."""
    quantity = Quantity.read(tokens, at + 1)
    if quantity is None:
        return None
    if quantity.minutes is None:
        return (Word("junk") if quantity.unit != "unit_year" else Word("duration", None)), quantity.end
    return Word("duration", quantity.minutes), tokens.skip(quantity.end, "long")


def _which(tokens: Tokens, at: int) -> Found:
    found = which_stretch(tokens, at)
    if found:
        return found
    which = str(tokens[at].value)
    kind = tokens.kind(at + 1)
    if kind == "part" and which == "this":
        return one_day(tokens.talk.today), at + 1
    if tokens[at + 1].text in {*_FREE, "gelegenheit", "available"}:
        return Word("soon"), tokens.skip(at + 2, "time_word")
    return _next_hours(tokens, at, which)


def _next_hours(tokens: Tokens, at: int, which: str) -> Found:
    quantity = Quantity.read(tokens, at + 1)
    minutes = quantity.minutes if quantity else 60 if tokens.kind(at + 1) == "unit_hour" else None
    if not minutes or which not in {"next", "coming"}:
        return None
    now = tokens.talk.now
    return Between(now, now + timedelta(minutes=minutes)), quantity.end if quantity else at + 2


def _unit(tokens: Tokens, at: int) -> Found:
    """ "am Tag nach Pfingstmontag", "die Woche darauf"; otherwise a unit that nobody counted."""
    beside = beside_unit(tokens, at)
    if beside:
        return beside
    kind, after = tokens.kind(at), tokens.kind(at + 1)
    if after in {"later", "earlier"}:
        return _unit_beside_anchor(tokens, at, 1 if after == "later" else -1)
    if kind == "unit_day" and tokens[at - 1].text in {"dem", "diesem"} and (about := _about(tokens.talk)):
        return one_day(about), at + 1
    numbered = tokens.kind(at + 1) == "num" and tokens.kind(at + 2) in {"end", "comma", "stop"}
    if kind == "unit_week" and numbered and 1 <= tokens.integer(at + 1) <= 53:
        return week_by_number(tokens, tokens.integer(at + 1), at + 2)
    if kind == "unit_day" and (at == 0 or tokens.kind(at - 1) == "greeting" or tokens[at].text == "tags"):
        return None
    found = stretch(tokens, at)
    return found or (Word("junk"), at + 1)


def _about(talk: Talk) -> date | None:
    return talk.anchor.date() if talk.anchor else talk.on


def _unit_beside_anchor(tokens: Tokens, at: int, sign: int) -> Found:
    """ "am Tag danach", "die Woche darauf": counted from the offer, or from the day that was just named."""
    anchor = _about(tokens.talk) or tokens.last_day
    if anchor is None:
        raise Doubt("no_anchor")
    if tokens.kind(at) == "unit_week":
        return replace(week_of(plus(anchor, 7 * sign)), instead=True), at + 2
    if tokens.kind(at) == "unit_day":
        return one_day(plus(anchor, sign), instead=True), at + 2
    return Word("junk"), at + 2


def _same(tokens: Tokens, at: int) -> Found:
    """ "am gleichen Tag", "zur selben Zeit"."""
    talk, kind = tokens.talk, tokens.kind(at + 1)
    about = talk.anchor.date() if talk.anchor else talk.on
    if kind == "unit_day":
        if about is None:
            raise Doubt("no_anchor")
        return one_day(about), at + 2
    if kind == "unit_week":
        return week_of(about or talk.today), at + 2
    if tokens[at + 2].text == "wie":
        return None
    if kind in {"time_word", "uhr"} and tokens[at + 1].text != "termin":
        anchor = _anchor(talk)
        return Clock(anchor.hour * 60 + anchor.minute), at + 2
    return None


def _every(tokens: Tokens, at: int) -> Found:
    kinds = {"unit_day": "every_day", "unit_week": "weekly"}
    kind = kinds.get(tokens.kind(at + 1))
    return (Word(kind), at + 2) if kind else None


def _title(tokens: Tokens, at: int) -> Found:
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
    if own or tokens.kind(name_at) not in _NAMED_LIKE_TIME:
        return None
    return Word("daylike"), name_at + 1


def _called(tokens: Tokens, at: int) -> Found:
    """ "mein Name ist Petra Sonntag": up to three words of a name."""
    behind = at + 1
    while behind < at + 4 and tokens.kind(behind) in {"word", *_NAMED_LIKE_TIME}:
        behind += 1
    named = any(tokens.kind(place) in _NAMED_LIKE_TIME for place in range(at + 1, behind))
    return (Word("daylike"), behind) if named else None


def _greeting(tokens: Tokens, at: int) -> Found:
    greeted = tokens.kind(at + 1) in {"unit_day", "tomorrow", "part", "weekend", "feast"}
    return (Word("comma"), at + 2) if greeted else None


def _word(tokens: Tokens, at: int) -> Found:
    text = tokens[at].text
    if text == "an" or len(text) < 6:
        return None
    if _WEEKLIKE.fullmatch(text):
        return Word("junk"), at + 1
    return (Word("daylike"), at + 1) if _DAYLIKE.fullmatch(text) else None


def _glue(tokens: Tokens, at: int) -> Found:
    word = {"an": "onwards", "vom": "from", "auf": "onto"}.get(tokens[at].text)
    return (Word(word), at + 1) if word else None


def _holiday(tokens: Tokens, at: int) -> Found:
    return next_holiday(tokens.talk), at + 1


def _workday(tokens: Tokens, at: int) -> Found:
    return (Word("junk"), at + 1) if tokens[at].text != "werktag" else (next_workday(tokens.talk), at + 1)


def _no(tokens: Tokens, at: int) -> Found:
    if tokens[at].value == "neither":
        said = any(token.text == "weder" for token in tokens.list[:at])
        return (Word("and"), at + 1) if said else None
    return Word("no", tokens[at].value), at + 1


def _slash(tokens: Tokens, at: int) -> Found:
    """Between two dates with their years it is a stretch (ISO 8601), else a choice."""
    behind = tokens[at + 1]
    whole = behind.kind == "date" and isinstance(behind.value, tuple) and behind.value[0] is not None
    return Word("until" if whole and tokens.kind(at - 1) in {"date", "clock"} else "or"), at + 1


def _or(tokens: Tokens, at: int) -> Found:
    """ "oder später" makes an open end of what stands before."""
    if tokens.kind(at + 1) in {"later", "earlier"} and tokens.kind(at + 2) != "part":
        return Word("or_later" if tokens.kind(at + 1) == "later" else "or_earlier"), at + 2
    return Word("or"), at + 1


def _mark(kind: str) -> Callable[[Tokens, int], Found]:
    return lambda tokens, at: (Word(kind, tokens[at].value), at + 1)


_RULES: dict[str, Callable[[Tokens, int], Found]] = {
    "num": _number,
    "ord": _number,
    "decimal": _quantity,
    "some": _quantity,
    "a": lambda tokens, at: _quantity(tokens, at) or read_clock(tokens, at),
    "one_and_a_half": _quantity,
    "half_a": _quantity,
    "quarter_hour": _quantity,
    "date": written_date,
    "dotted": _dotted,
    "slashed": short_date,
    "clock": _clock,
    "half": _clock,
    "quarter": _clock,
    "three_quarters": _clock,
    "shortly": _clock,
    "midnight": _clock,
    "midday": _clock,
    "at": _at_time,
    "about": _at_time,
    "day": _day,
    "days": _day,
    "short_day": _short_day,
    "near": near_day,
    "tomorrow": _tomorrow,
    "near_in": _near_in,
    "feast": feast_day,
    "month_name": lambda tokens, at: month_then_day(tokens, at) or stretch(tokens, at),
    "weekend": stretch,
    "week_number": stretch,
    "season": stretch,
    "quarter_letter": stretch,
    "edge": stretch,
    "which": _which,
    "holiday": _holiday,
    "workday": _workday,
    "workdays": _mark("workdays"),
    "unit_day": _unit,
    "unit_week": _unit,
    "unit_month": _unit,
    "unit_year": _unit,
    "quarter_year": _unit,
    "half_year": _unit,
    "part": _part,
    "late": _shaded,
    "early": _shaded,
    "late_part": _late_part,
    "part_after_work": _part_after_work,
    "later": _later,
    "earlier": _later,
    "bound": _bound,
    "bound_now": _bound_now,
    "until": _mark("until"),
    "dash": _mark("dash"),
    "slash": _slash,
    "between": _mark("between"),
    "from": _mark("from"),
    "glue": _glue,
    "in": _in,
    "within": _within,
    "for": _for,
    "and": _mark("and"),
    "or": _or,
    "hesitation": _mark("hesitation"),
    "daylike": _mark("daylike"),
    "month_year": stretch,
    "iso_week": stretch,
    "next_year": stretch,
    "empty": _clock,
    "hour_word": _clock,
    "comma": _mark("comma"),
    "stop": _mark("stop"),
    "fix": _mark("fix"),
    "no": _no,
    "move": _mark("move"),
    "soon": _mark("soon"),
    "any_time": _mark("any_time"),
    "same": _same,
    "every": _every,
    "title": _title,
    "called": _called,
    "greeting": _greeting,
    "junk": _mark("junk"),
    "word": _word,
}
