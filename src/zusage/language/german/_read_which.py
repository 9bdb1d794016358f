"""What "diese", "nächste", "übernächste" or "letzte" stands before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from zusage.language.german._calendar import feast, months_later
from zusage.language.german._items import Between, Days, Doubt, Found, FoundDays, Tokens, Word, one_day, plus
from zusage.language.german._kinds import TokenKind
from zusage.language.german._quantity import Quantity, shifted
from zusage.language.german._read_day import (
    feast_day,
    next_holiday,
    next_workday,
    nth_day_of_month,
    which_weekday,
)
from zusage.language.german._read_stretch import nth_week, nth_weekend
from zusage.language.german._spans import (
    AHEAD,
    MANY_DAYS,
    following,
    month_of,
    months_from,
    next_month,
    season_from,
    span,
    week_later,
    week_of,
    weekend_of,
    whole_year,
)
from zusage.language.reading import Grain


def which_stretch(tokens: Tokens, at: int) -> FoundDays:
    """What "diese", "nächste" or "letzte" stands before."""
    which, behind = str(tokens[at].value), tokens.kind(at + 1)
    if behind == "or" and tokens.kind(at + 2) == "which":
        shared = _which(tokens, at + 2, which)
        return (shared[0], at + 1) if shared else None
    if which in {"last", "before_last"}:
        nth = nth_day_of_month(tokens, at) or (
            nth_weekend(tokens, -1, at + 2) if behind == "weekend" else None
        )
        if nth:
            return nth
    return (
        _next_few(tokens, at)
        if behind in {"num", "some"} or tokens[at + 1].text == "beiden"
        else _which(tokens, at, which)
    )


def _which(tokens: Tokens, at: int, which: str) -> FoundDays:
    """What stands behind such a word at a place; `which` may be that of another one ("diese oder nächste Woche")."""
    kind = tokens.kind(at + 1)
    if kind in {"day", "days"}:
        return which_weekday(tokens, at, which)
    rule = _WHICH.get(kind)
    return rule(tokens, at, which) if rule else None


def _next_few(tokens: Tokens, at: int) -> FoundDays:
    """ "in den nächsten drei Tagen", "die letzten zwei Wochen"."""
    which, talk = str(tokens[at].value), tokens.talk
    quantity = Quantity.read(tokens, at + 1)
    if quantity is None or quantity.minutes is not None:
        return None
    if quantity.vague:
        return following(talk, MANY_DAYS), quantity.end
    if which in {"last", "before_last"}:
        return span(shifted(talk.today, quantity, sign=-1), talk.today, "day"), quantity.end
    end = shifted(talk.today, quantity, count=quantity.most or None)
    return following(talk, (end - talk.today).days), quantity.end


def _which_week(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    if which == "last" and (named := nth_week(tokens, -1, at + 1)):
        return named
    if tokens[at + 1].text in {"wochen", "weeks"} and ahead > 0:
        return following(tokens.talk, 4 * MANY_DAYS), at + 2
    if tokens[at].text.startswith("darauffolgend"):
        return _relative_week(tokens, at + 2)
    return week_of(plus(tokens.talk.today, 7 * ahead)), at + 2


def _relative_week(tokens: Tokens, behind: int) -> FoundDays:
    anchor = tokens.talk.anchor
    if anchor is None:
        raise Doubt("no_anchor")
    return week_of(plus(anchor.date(), 7)), behind


def _which_month(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    return month_of(months_later(tokens.talk.today.replace(day=1), ahead)), at + 2


def _which_year(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    return whole_year(tokens.talk.today.year + ahead), at + 2


def _which_part_of_year(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    months = 3 if tokens.kind(at + 1) == "quarter_year" else 6
    today = tokens.talk.today
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    grain: Grain = "quarter" if months == 3 else "half_year"
    return months_from(months_later(first, months * ahead), months, grain), at + 2


def _which_weekend(tokens: Tokens, at: int, which: str) -> FoundDays:
    """Before Saturday "nächstes Wochenende" is the coming one for most, the one after for some."""
    ahead = AHEAD[which]
    talk = tokens.talk
    this = weekend_of(talk, talk.today)
    begun = this.first <= talk.today
    skip = ahead if begun or ahead <= 0 else ahead - 1
    days = span(plus(this.first, 7 * skip), plus(this.end, 7 * skip), "weekend")
    others = week_later(days) if which == "next" and not begun else ()
    if others and talk.policies.next_weekday == "following_week":
        others, days = ((days.first, days.end),), span(others[0][0], others[0][1], "weekend")
    return Days(days.first, days.end, "weekend", "span", others=others), at + 2


def _which_month_name(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    month, today = tokens.integer(at + 1), tokens.talk.today
    if ahead < 0:
        return month_of(date(today.year + ahead + (month < today.month), month, 1)), at + 2
    first = next_month(tokens.talk, month)
    if which in {"next", "coming"} and first <= today:
        first = months_later(first, 12)
    return month_of(months_later(first, 12 * max(ahead - 1, 0))), at + 2


def _which_season(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    days = season_from(tokens.talk, tokens.integer(at + 1), None, later=min(ahead, 0) or max(ahead - 1, 0))
    running = days.first <= tokens.talk.today
    if running and ahead == 1:
        days = season_from(tokens.talk, tokens.integer(at + 1), None, later=1)
    return days, at + 2


def _which_feast(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    found = feast_day(tokens, at + 1)
    if found is None or ahead in {0, 1}:
        return found
    year = found[0].first.year + (ahead if ahead < 0 else 1)
    first, end = feast(str(tokens[at + 1].value), year)
    return Days(first, end), found[1]


def _which_day(tokens: Tokens, at: int, which: str) -> FoundDays:
    """ "am nächsten Tag", "an diesem Tag": counted from the day that is talked about; "die nächsten Tage"."""
    ahead = AHEAD[which]
    talk, text = tokens.talk, tokens[at + 1].text
    if text in {"tage", "tagen", "days"} and ahead > 0 and tokens[at].text.endswith(("n", "e", "t")):
        return following(talk, MANY_DAYS), at + 2
    if talk.about is None:
        raise Doubt("no_anchor")
    return one_day(plus(talk.about, ahead)), at + 2


def _which_holiday(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    return (next_holiday(tokens.talk, skip_today=ahead > 0), at + 2) if ahead in {0, 1} else None


def _which_workday(tokens: Tokens, at: int, which: str) -> FoundDays:
    ahead = AHEAD[which]
    return (next_workday(tokens.talk), at + 2) if ahead == 1 else None


def read_which(tokens: Tokens, at: int) -> Found:
    found = which_stretch(tokens, at)
    if found:
        return found
    which = str(tokens[at].value)
    kind = tokens.kind(at + 1)
    if kind == "part" and which == "this":
        return one_day(tokens.talk.today), at + 1
    if tokens[at + 1].text in {*FREE, "gelegenheit", "available"}:
        return Word("soon"), tokens.skip(at + 2, "time_word")
    return _next_hours(tokens, at, which)


def _next_hours(tokens: Tokens, at: int, which: str) -> Found:
    quantity = Quantity.read(tokens, at + 1)
    minutes = quantity.minutes if quantity else 60 if tokens.kind(at + 1) == "unit_hour" else None
    if not minutes or which not in {"next", "coming"}:
        return None
    now = tokens.talk.now
    return Between(now, now + timedelta(minutes=minutes)), quantity.end if quantity else at + 2


_FREE_TEXT = "freie freier freien freies moegliche moeglicher moeglichen verfuegbare verfuegbaren verfuegbarer verfuegbares"
FREE = frozenset(_FREE_TEXT.split())
_WHICH: dict[TokenKind, Callable[[Tokens, int, str], FoundDays]] = {
    "unit_week": _which_week,
    "week_of_month": _which_week,
    "unit_month": _which_month,
    "unit_year": _which_year,
    "quarter_year": _which_part_of_year,
    "half_year": _which_part_of_year,
    "weekend": _which_weekend,
    "month_name": _which_month_name,
    "season": _which_season,
    "feast": _which_feast,
    "unit_day": _which_day,
    "holiday": _which_holiday,
    "workday": _which_workday,
}
