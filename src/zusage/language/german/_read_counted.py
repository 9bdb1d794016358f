"""What is counted: how long it shall take, or how far from now, from another day or from an earlier offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from zusage.language.german._calendar import monday_of
from zusage.language.german._items import (
    DAY_END,
    Between,
    Clock,
    Doubt,
    Found,
    FoundDays,
    Item,
    Moment,
    Talk,
    Tokens,
    Word,
    one_day,
    plus,
)
from zusage.language.german._quantity import Quantity, jumped, shifted
from zusage.language.german._read_clock import read_clock
from zusage.language.german._read_day import beside_date, fixed_day, named_weekday
from zusage.language.german._read_edge import stretch
from zusage.language.german._read_stretch import week_by_number
from zusage.language.german._spans import week_of


def read_quantity(tokens: Tokens, at: int) -> Found:
    """A count of days, hours or minutes: how long it shall take, or how far from something else."""
    quantity = Quantity.read(tokens, at)
    if quantity is None:
        return None
    behind = tokens[quantity.end]
    if behind.text == "ago":
        return ago(tokens.talk, quantity), quantity.end + 1
    if behind.kind in {"later", "earlier"}:
        return _from_anchor(tokens, quantity, later=behind.kind == "later"), quantity.end + 1
    return _from_now(tokens, quantity) or counted_beside(tokens, quantity) or _by_itself(tokens, quantity, at)


def _by_itself(tokens: Tokens, quantity: Quantity, at: int) -> Found:
    """How long it shall take ("zwei Stunden"); days that are counted from nothing are no time."""
    behind = tokens[quantity.end]
    if quantity.minutes is not None:
        if behind.text in {"vor", "nach", "to", "past"}:
            if read_clock(tokens, at):
                return None
            hour = read_clock(tokens, quantity.end + 1, forced=True) if quantity.minutes < 60 else None
            if hour:
                sign = -1 if behind.text in {"vor", "to"} else 1
                return Clock((hour[0].minute + sign * quantity.minutes) % DAY_END, vague=hour[0].vague), hour[
                    1
                ]
        return Word("duration", quantity.minutes), tokens.skip(quantity.end, "long")
    if (
        quantity.unit == "unit_year"
        or behind.text in {"alt", "alte", "alten", "old"}
        or tokens[at - 1].text in {"alle", "seit", "vor"}
    ):
        return Word("number"), quantity.end
    return Word("junk"), quantity.end


def _from_anchor(tokens: Tokens, quantity: Quantity, *, later: bool) -> Item:
    anchor = _offer(tokens.talk)
    sign = 1 if later else -1
    minutes = quantity.minutes
    if quantity.vague:
        raise Doubt("ambiguous", "when.no_anchor")
    if minutes is not None:
        moved = anchor.astimezone(UTC) + sign * timedelta(minutes=minutes)
        return Moment(moved.astimezone(anchor.tzinfo))
    day = shifted(anchor.date(), quantity, sign=sign)
    return Moment(datetime.combine(day, anchor.time(), anchor.tzinfo))


def _offer(talk: Talk) -> datetime:
    if talk.anchor is None:
        raise Doubt("no_anchor")
    return talk.anchor


def counted_in(tokens: Tokens, at: int) -> Found:
    """ "in zwei Stunden", "in drei Tagen", "heute in vierzehn Tagen"."""
    behind = tokens.skip(at + 1, "about")
    if tokens[behind].text in {"genau", "knapp", "gut"}:
        behind += 1
    quantity = Quantity.read(tokens, behind, short=True)
    if quantity is None:
        return None
    after = tokens.kind(quantity.end)
    if after in {"later", "earlier"} and quantity.minutes is None:
        return read_quantity(tokens, behind)
    if quantity.minutes is not None:
        if quantity.most:
            raise Doubt("ambiguous", "when.no_anchor")
        return _minutes_ahead(tokens.talk, quantity.minutes), quantity.end
    if quantity.unit in {"unit_minute", "unit_hour"}:
        return None
    counted = counted_beside(tokens, quantity) if tokens[quantity.end].text == "from" else None
    return counted or (jumped(tokens.talk, tokens.talk.today, quantity), quantity.end)


def _minutes_ahead(talk: Talk, minutes: int) -> Moment:
    start = talk.now.astimezone(UTC).replace(second=0, microsecond=0)
    return Moment((start + timedelta(minutes=minutes)).astimezone(talk.now.tzinfo))


def _from_now(tokens: Tokens, quantity: Quantity) -> Found:
    """ "two hours from now"."""
    at, minutes = quantity.end, quantity.minutes
    if tokens[at].text != "from" or tokens[at + 1].text != "now":
        return None
    if minutes is None:
        return jumped(tokens.talk, tokens.talk.today, quantity), at + 2
    return _minutes_ahead(tokens.talk, minutes), at + 2


def counted_within(tokens: Tokens, at: int) -> Found:
    """ "innerhalb von drei Tagen": until then."""
    behind = tokens.skip(at + 1, "from", "glue", "about")
    quantity = Quantity.read(tokens, behind)
    if quantity is None or quantity.vague or not quantity.count:
        return None
    talk = tokens.talk
    if quantity.minutes is not None:
        return Between(talk.now, talk.now + timedelta(minutes=quantity.minutes)), quantity.end
    return one_day(shifted(talk.today, quantity), bound="until"), quantity.end


def counted_for(tokens: Tokens, at: int) -> Found:
    """ "für zwei Stunden" is how long; "für Dienstag" is when, and "für zwei Personen" neither."""
    quantity = Quantity.read(tokens, at + 1, short=True)
    if quantity is None or (tokens[at].text == "fuer" and tokens.kind(quantity.end) == "num"):
        return None
    if quantity.minutes is None:
        return (Word("junk") if quantity.unit != "unit_year" else Word("duration", None)), quantity.end
    return Word("duration", quantity.minutes), tokens.skip(quantity.end, "long")


def ago(talk: Talk, quantity: Quantity) -> Item:
    minutes = quantity.minutes
    if minutes is None:
        return one_day(shifted(talk.today, quantity, sign=-1), relative=True)
    return Moment((talk.now.astimezone(UTC) - timedelta(minutes=minutes)).astimezone(talk.now.tzinfo))


def counted_beside(tokens: Tokens, quantity: Quantity) -> FoundDays:
    """ "zwei Tage vor Heiligabend", "eine Woche nach dem 5.12."."""
    at = quantity.end
    text = tokens[at].text
    if text not in {"vor", "nach", "ab", "from"} or quantity.vague or quantity.minutes is not None:
        return None
    day_at = tokens.skip(at + 1, "glue")
    found = fixed_day(tokens, day_at) or (
        named_weekday(tokens, day_at) if tokens.kind(day_at) == "day" else None
    )
    if found is None:
        return None
    sign = -1 if text == "vor" else 1
    return one_day(shifted(found[0].first, quantity, sign=sign), relative=True), found[1]


def read_unit(tokens: Tokens, at: int) -> Found:  # noqa: PLR0911 - one line a use
    """ "am Tag nach Pfingstmontag", "die Woche darauf"; otherwise a unit that nobody counted."""
    beside = beside_unit(tokens, at)
    if beside:
        return beside
    kind, after = tokens.kind(at), tokens.kind(at + 1)
    if after in {"later", "earlier"}:
        return _unit_beside_anchor(tokens, at, 1 if after == "later" else -1)
    that_day = tokens[at - 1].text == "am" and tokens.kind(at - 2) in {"later", "earlier"}
    if kind == "unit_day" and (after in {"day", "short_day"} or that_day):
        return Word("number"), at + 1
    if kind == "unit_day" and tokens[at - 1].text in {"dem", "diesem"} and (about := tokens.talk.about):
        return one_day(about), at + 1
    numbered = tokens.kind(at + 1) == "num" and tokens.kind(at + 2) in {"end", "comma", "stop"}
    if kind == "unit_week" and numbered and 1 <= tokens.integer(at + 1) <= 53:
        return week_by_number(tokens, tokens.integer(at + 1), at + 2)
    if kind == "unit_day" and (at == 0 or tokens.kind(at - 1) == "greeting" or tokens[at].text == "tags"):
        return None
    found = stretch(tokens, at)
    return found or (Word("junk"), at + 1)


def beside_unit(tokens: Tokens, at: int) -> FoundDays:
    """ "am Tag nach Pfingstmontag", "in der Woche vor Weihnachten"; and "drei Tage nach Ostern" by `counted_beside`."""
    if tokens.kind(at) == "unit_week" and tokens[at + 1].text in {"vom", "von", "ab", "mit", "um"}:
        found = fixed_day(tokens, tokens.skip(at + 2, "glue"))
        return (week_of(found[0].first), found[1]) if found else None
    if tokens.kind(at) == "unit_week":
        return _week_beside(tokens, at + 1)
    if tokens.kind(at) == "unit_day":
        return beside_date(tokens, at + 1, lambda day, after: plus(day, 1 if after else -1))
    return None


def _week_beside(tokens: Tokens, at: int) -> FoundDays:
    """ "die Woche nach Ostern" begins on Easter Monday: a feast on Sunday ends its week."""
    found = fixed_day(tokens, tokens.skip(at + 1, "glue")) if tokens[at].text in {"vor", "nach"} else None
    if found is None:
        return None
    monday, behind = monday_of(found[0].first), found[1]
    if tokens[at].text == "nach":
        return week_of(plus(monday, 7)), behind
    return week_of(monday if found[0].first.weekday() == 6 else plus(monday, -7)), behind


def _unit_beside_anchor(tokens: Tokens, at: int, sign: int) -> Found:
    """ "am Tag danach", "die Woche darauf": counted from the offer, or from the day that was just named."""
    anchor = tokens.talk.about or tokens.last_day
    if anchor is None:
        raise Doubt("no_anchor")
    # "am 24. oder am Tag danach" names both.
    instead = not any(tokens.kind(place) in {"or", "and"} for place in range(max(at - 3, 0), at))
    if tokens.kind(at) == "unit_week":
        return replace(week_of(plus(anchor, 7 * sign)), instead=instead), at + 2
    if tokens.kind(at) == "unit_day":
        return one_day(plus(anchor, sign), instead=instead), at + 2
    return Word("junk"), at + 2


def same_as_offer(tokens: Tokens, at: int) -> Found:
    """ "am gleichen Tag", "zur selben Zeit"."""
    talk, kind = tokens.talk, tokens.kind(at + 1)
    if kind == "unit_day":
        if talk.about is None:
            raise Doubt("no_anchor")
        return one_day(talk.about), at + 2
    if kind == "unit_week":
        return week_of(talk.about or talk.today), at + 2
    if tokens[at + 2].text == "wie":
        return None
    if kind in {"time_word", "uhr"} and tokens[at + 1].text != "termin":
        anchor = _offer(talk)
        return Clock(anchor.hour * 60 + anchor.minute), at + 2
    return None
