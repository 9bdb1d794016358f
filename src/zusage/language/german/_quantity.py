"""How many of which unit: "zwei Wochen", "anderthalb Stunden", "sechs bis acht Wochen"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from zusage.language.german._calendar import months_later
from zusage.language.german._items import Days, DaysKind, Doubt, Talk, Tokens, one_day, plus
from zusage.language.german._kinds import Kinds, TokenKind
from zusage.language.reading import Grain

_UNITS: Kinds = frozenset(
    {
        "unit_minute",
        "unit_hour",
        "unit_day",
        "unit_week",
        "unit_month",
        "unit_year",
        "quarter_year",
        "half_year",
    }
)
_MONTHS: Mapping[TokenKind, int] = {"unit_month": 1, "quarter_year": 3, "half_year": 6, "unit_year": 12}
_MINUTES: Mapping[TokenKind, int] = {"unit_minute": 1, "unit_hour": 60}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count of a unit; `most` is more than `count` for "sechs bis acht". `end` is the place behind it.

    `days_more` are the days beside weeks or months ("eine Woche und zwei Tage"). `vague`: "ein paar", or a count that does not fit the unit."""

    count: float
    unit: TokenKind
    end: int
    most: float = 0
    vague: bool = False
    days_more: int = 0

    @property
    def minutes(self) -> int | None:
        """The whole of it in minutes, if it is counted in minutes or hours."""
        each = _MINUTES.get(self.unit)
        return round(self.count * each) if each and not self.vague else None

    @staticmethod
    def read(tokens: Tokens, at: int, *, short: bool = False) -> Quantity | None:
        """The quantity that begins at a token; words that say "about" are passed over. `short`: "h" means hours."""
        while tokens.kind(at) in {"about", "glue"} and not (
            tokens[at].text == "an" and tokens.kind(at + 1) in _UNITS
        ):
            at += 1
        if tokens.kind(at) == "a" and tokens.kind(at + 1) == "quarter_hour":
            at += 1
        if tokens.kind(at) == "quarter_hour":
            return Quantity(tokens.integer(at), "unit_minute", at + 1)
        count = _count(tokens, at)
        if count is None:
            return None
        number, behind = count
        most = _most(tokens, behind)
        if most:
            behind = most[1]
        unit: TokenKind = tokens.kind(behind)
        if short and tokens[behind].text == "h":
            unit = "unit_hour"
        if unit not in _UNITS:
            return _half_a(tokens, number, behind)
        vague = number == 0 and tokens.kind(at) == "some"
        return _with_smaller(tokens, Quantity(number, unit, behind + 1, most[0] if most else 0, vague))


def _count(tokens: Tokens, at: int) -> tuple[float, int] | None:  # noqa: PLR0911 - one line a form
    kind, value = tokens.kind(at), tokens[at].value
    if kind == "num" and tokens.kind(at + 1) == "slashed" and tokens[at + 1].value == (1, 2):
        return tokens.integer(at) + 0.5, at + 2
    if tokens[at].text == "beiden":
        return 2, at + 1
    if kind in {"num", "decimal", "one_and_a_half"}:
        return (float(str(value)), at + 1) if float(str(value)) < 10_000 else None
    if kind == "slashed" and value == (1, 2):
        return 0.5, at + 1
    if tokens[at].text == "an" and tokens.kind(at + 1) in _UNITS:
        return 1, at + 1
    if kind == "half" and tokens[at + 1].text == "an":
        return 0.5, at + 2
    if kind == "a" and tokens[at + 1].text in {"guten", "gute", "knappen", "knappe", "kleinen"}:
        at += 1
    if kind == "a":
        return (0.5, at + 2) if tokens.kind(at + 1) == "half_a" else (1, at + 1)
    if kind == "half_a":
        return 0.5, at + 1
    return (0, at + 1) if kind == "some" else None


def _most(tokens: Tokens, at: int) -> tuple[float, int] | None:
    """The greater of two counts ("sechs bis acht", "zwei, drei", "ein oder zwei")."""
    if tokens.kind(at) not in {"until", "dash", "or", "comma"} or tokens.kind(at + 2) not in _UNITS:
        return None
    count = _count(tokens, at + 1)
    return count if count and tokens.kind(at + 1) != "some" else None


def _half_a(tokens: Tokens, number: float, at: int) -> Quantity | None:
    """ "eine halbe Stunde" with the words the other way round: "zwei und eine halbe Stunde"."""
    if tokens.kind(at) == "and" and tokens.kind(at + 1) == "a" and tokens.kind(at + 2) == "half_a":
        return Quantity(number + 0.5, tokens.kind(at + 3), at + 4) if tokens.kind(at + 3) in _UNITS else None
    return None


def _with_smaller(tokens: Tokens, quantity: Quantity) -> Quantity:
    """ "eine Stunde (und) dreißig Minuten", "eine Woche und zwei Tage"."""
    at = tokens.skip(quantity.end, "and")
    if quantity.unit in {"unit_week", "unit_month"} and tokens.kind(at) in {"num", "a"}:
        days = 1 if tokens.kind(at) == "a" else tokens.integer(at)
        counted = at > quantity.end and tokens.kind(at + 1) == "unit_day"
        return replace(quantity, days_more=days, end=at + 2) if counted else quantity
    if quantity.unit != "unit_hour":
        return quantity
    if tokens.kind(at) == "num" and tokens.kind(at + 1) == "unit_minute":
        return replace(quantity, count=quantity.count + tokens.integer(at) / 60, end=at + 2)
    if tokens.kind(at) == "a" and tokens.kind(at + 1) in {"half_a", "half"} and at > quantity.end:
        return replace(quantity, count=quantity.count + 0.5, end=tokens.skip(at + 2, "unit_hour"))
    return quantity


def shifted(day: date, quantity: Quantity, *, sign: int = 1, count: float | None = None) -> date:
    """A day that many days, weeks, months or years later (`sign` 1) or earlier (-1).

    :raises Doubt: it lies more than ten years away."""
    number = quantity.count if count is None else count
    months = _MONTHS.get(quantity.unit)
    if months:
        if number * months > 120:
            raise Doubt("too_far")
        return plus(months_later(day, sign * round(number * months)), sign * quantity.days_more)
    days = round(number * (7 if quantity.unit == "unit_week" else 1)) + quantity.days_more
    return plus(day, sign * days)


def jumped(talk: Talk, start: date, quantity: Quantity) -> Days:
    """The day or days that lie that far from `start`. "In acht Tagen" is a week, in fifteen two, as people count today.

    :raises Doubt: too far away, or too vague to be a day."""
    if quantity.vague or (quantity.unit in {"unit_day", "unit_week"} and quantity.count % 1):
        raise Doubt("ambiguous", "when.which_day_exactly")
    if quantity.most:
        first, last = shifted(start, quantity), shifted(start, quantity, count=quantity.most)
        if last <= first:
            raise Doubt("ambiguous", "when.which_day_exactly")
        grain: Grain = "day" if quantity.unit == "unit_day" else "week"
        return Days(first, plus(last, 1), grain, "span", relative=True)
    first = shifted(start, quantity)
    kind: DaysKind = "week_of" if quantity.unit == "unit_week" and not quantity.days_more else "date"
    if quantity.unit == "unit_day" and quantity.count in {8, 15}:
        week, exact = plus(first, -1), first
        if talk.policies.eight_days == "days":
            week, exact = exact, week
        return one_day(week, relative=True, others=((exact, exact + timedelta(days=1)),))
    return one_day(first, kind=kind, relative=True)
