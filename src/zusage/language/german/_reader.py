"""From tokens to items: at every place the rule for that kind of token (`RULES`), the longest reading first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zusage.language.german._items import Days, Found, Placed, Tokens, Word, plus
from zusage.language.german._kinds import TokenKind
from zusage.language.german._read_clock import read_clock
from zusage.language.german._read_counted import (
    counted_for,
    counted_in,
    counted_within,
    read_quantity,
    read_unit,
    same_as_offer,
)
from zusage.language.german._read_date import month_then_day
from zusage.language.german._read_day import feast_day, named_weekday, near_day, next_holiday
from zusage.language.german._read_edge import day_of_stretch, stretch
from zusage.language.german._read_number import (
    read_at_time,
    read_dotted,
    read_number,
    read_slashed,
    read_written,
    read_written_clock,
)
from zusage.language.german._read_part import (
    late_part,
    part_after_work,
    read_later,
    read_part,
    read_tomorrow,
    shaded_part,
)
from zusage.language.german._read_which import read_which
from zusage.language.german._read_word import (
    NAMED_LIKE_TIME,
    bound,
    bound_now,
    called_name,
    choice,
    company_name,
    every,
    given_name,
    glue_word,
    greeting,
    mark,
    read_workday,
    refusal,
    short_day,
    slash,
    staff_name,
    titled_name,
    unknown_word,
)


def read_items(tokens: Tokens) -> list[Placed]:
    """All items of a text in order. Tokens that say nothing of time are passed over.

    :raises Doubt: a day or time that is named does not exist, or nobody knows to what a "später" refers."""
    placed: list[Placed] = []
    names = _names(tokens)
    at, count = 0, len(tokens.list)
    while at < count:
        kind = tokens.kind(at)
        rule = RULES.get(kind)
        found = rule(tokens, at) if rule and not (names and _is_name(tokens, at, names)) else None
        if kind in NAMED_LIKE_TIME and (
            given_name(tokens, at) or company_name(tokens, at) or staff_name(tokens, at)
        ):
            found = (Word("daylike"), at + 1)
        if found is None:
            at += 1
            continue
        item, behind = found
        if isinstance(item, Days):
            if item.instead and not tokens.talk.anchor:
                placed = [one for one in placed if not isinstance(one.item, Days)]
            tokens.heard(item)
        placed.append(Placed(item, at, behind))
        at = behind
    return placed


def _names(tokens: Tokens) -> frozenset[str]:
    """Words of time that are somebody's name here ("Sonntag mein Name, Petra Sonntag")."""
    behind = (at for at, token in enumerate(tokens.list) if token.kind == "my_name")
    return frozenset(tokens[at - 1].text for at in behind if tokens.kind(at - 1) in NAMED_LIKE_TIME)


def _is_name(tokens: Tokens, at: int, names: frozenset[str]) -> bool:
    return tokens[at].text in names and (
        tokens.kind(at + 1) == "my_name" or tokens.kind(at - 1) in {"word", "end"}
    )


def _since(tokens: Tokens, at: int) -> Found:
    """ "seit Montag", "seit drei Wochen": what has begun long ago is no wish."""
    behind = tokens.skip(at + 1, "glue", "about")
    if tokens.talk.policies.past == "read":
        return _begun(tokens, behind)
    found = _of_other_kind(tokens, behind)
    return (Word("past"), found[1]) if found else None


def _of_other_kind(tokens: Tokens, at: int) -> Found:
    """What stands behind a "seit"; a second "seit" is left to itself, or each would read on to the end."""
    rule = RULES.get(tokens.kind(at)) if tokens.kind(at) != "since" else None
    return rule(tokens, at) if rule else None


def _begun(tokens: Tokens, at: int) -> Found:
    """What began, where the past is read: "seit Montag" is the Monday behind us."""
    found = _of_other_kind(tokens, at)
    if found is None or not isinstance(found[0], Days):
        return None
    days = found[0]
    if days.kind == "weekday" and days.bare:
        days = days.moved_to(plus(days.first, -7), plus(days.end, -7))
    return replace(days, bound="from", bare=False), found[1]


RULES: dict[TokenKind, Callable[[Tokens, int], Found]] = {
    "num": read_number,
    "ord": read_number,
    "decimal": read_quantity,
    "some": read_quantity,
    "a": lambda tokens, at: read_quantity(tokens, at) or read_clock(tokens, at),
    "one_and_a_half": read_quantity,
    "half_a": lambda tokens, at: read_quantity(tokens, at) or read_clock(tokens, at),
    "nothing": mark("nothing"),
    "quarter_hour": read_quantity,
    "date": read_written,
    "dotted": read_dotted,
    "slashed": read_slashed,
    "clock": read_written_clock,
    "half": read_clock,
    "quarter": read_clock,
    "three_quarters": read_clock,
    "shortly": read_clock,
    "midnight": read_clock,
    "midday": read_clock,
    "uhr": read_clock,
    "too": mark("too"),
    "whatever": mark("whatever"),
    "at": read_at_time,
    "about": read_at_time,
    "day": named_weekday,
    "days": named_weekday,
    "short_day": short_day,
    "near": near_day,
    "tomorrow": read_tomorrow,
    "near_in": counted_in,
    "feast": feast_day,
    "month_name": lambda tokens, at: month_then_day(tokens, at) or stretch(tokens, at),
    "weekend": stretch,
    "week_number": stretch,
    "season": stretch,
    "quarter_letter": stretch,
    "edge": stretch,
    "which": lambda tokens, at: day_of_stretch(tokens, at) or read_which(tokens, at),
    "holiday": lambda tokens, at: (next_holiday(tokens.talk), at + 1),
    "workday": read_workday,
    "workdays": mark("workdays"),
    "unit_day": read_unit,
    "unit_week": read_unit,
    "unit_month": read_unit,
    "unit_year": read_unit,
    "quarter_year": read_unit,
    "half_year": read_unit,
    "part": read_part,
    "late": shaded_part,
    "early": shaded_part,
    "late_part": late_part,
    "part_after_work": part_after_work,
    "later": read_later,
    "earlier": read_later,
    "bound": bound,
    "bound_now": bound_now,
    "until": mark("until"),
    "since": _since,
    "dash": mark("dash"),
    "slash": slash,
    "between": mark("between"),
    "from": mark("from"),
    "glue": glue_word,
    "in": counted_in,
    "within": counted_within,
    "for": counted_for,
    "and": mark("and"),
    "or": choice,
    "hesitation": mark("hesitation"),
    "daylike": mark("daylike"),
    "month_year": stretch,
    "iso_week": stretch,
    "next_year": stretch,
    "empty": read_clock,
    "hour_word": read_clock,
    "comma": mark("comma"),
    "stop": mark("stop"),
    "fix": mark("fix"),
    "no": refusal,
    "move": mark("move"),
    "soon": mark("soon"),
    "any_time": mark("any_time"),
    "same": same_as_offer,
    "every": every,
    "title": titled_name,
    "called": called_name,
    "greeting": greeting,
    "junk": mark("junk"),
    "word": unknown_word,
}
