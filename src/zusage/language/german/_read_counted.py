"""Days counted from others: "in drei Tagen", "zwei Wochen nach Ostern", "am Tag nach Pfingstmontag"."""

from __future__ import annotations

from zusage.language.german._items import FoundDays, Tokens, one_day, plus
from zusage.language.german._quantity import Quantity, jumped, shifted
from zusage.language.german._read_day import beside_date, fixed_day
from zusage.language.german._spans import monday_of, week_of


def beside_unit(tokens: Tokens, at: int) -> FoundDays:
    """ "am Tag nach Pfingstmontag", "in der Woche vor Weihnachten"; and "drei Tage nach Ostern" by `counted_beside`."""
    if tokens.kind(at) == "unit_week" and tokens[at + 1].text in {"vom", "von", "ab", "mit", "um"}:
        found = fixed_day(tokens, tokens.skip(at + 2, "glue"))
        return (week_of(found[0].first), found[1]) if found else None
    if tokens.kind(at) == "unit_week":
        beside = beside_date(tokens, at + 1, lambda day, after: plus(monday_of(day), 7 if after else -7))
        return (week_of(beside[0].first), beside[1]) if beside else None
    if tokens.kind(at) == "unit_day":
        return beside_date(tokens, at + 1, lambda day, after: plus(day, 1 if after else -1))
    return None


def counted_beside(tokens: Tokens, quantity: Quantity) -> FoundDays:
    """ "zwei Tage vor Heiligabend", "eine Woche nach dem 5.12."."""
    at = quantity.end
    text = tokens[at].text
    if text not in {"vor", "nach", "ab"} or quantity.vague or quantity.minutes is not None:
        return None
    found = fixed_day(tokens, tokens.skip(at + 1, "glue"))
    if found is None:
        return None
    sign = -1 if text == "vor" else 1
    return one_day(shifted(found[0].first, quantity, sign=sign), relative=True), found[1]


def in_quantity(tokens: Tokens, at: int) -> FoundDays:
    """ "in drei Tagen", "in zwei Wochen", "in sechs bis acht Wochen" behind "in"."""
    quantity = Quantity.read(tokens, at)
    if quantity is None or quantity.unit in {"unit_minute", "unit_hour"}:
        return None
    return jumped(tokens.talk, tokens.talk.today, quantity), quantity.end
