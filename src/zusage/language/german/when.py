"""When somebody wants to come: words about time to a constraint in the branch's zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from zusage.core.scheduling.masters import Week
from zusage.language.german._background import in_foreground
from zusage.language.german._calendar import is_year
from zusage.language.german._compose import Heard, hear
from zusage.language.german._items import Days, Doubt, Placed, Talk, Tokens, Word, plus, whole_day
from zusage.language.german._kinds import WordKinds
from zusage.language.german._narrow import narrowed
from zusage.language.german._place import first_of, placed_in_time
from zusage.language.german._ranges import joined
from zusage.language.german._reader import read_items
from zusage.language.german._said import Said
from zusage.language.german._text import capitals
from zusage.language.german._tokens import Token, tokenize
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.reading import Unclear, When

_SILENT: WordKinds = frozenset(
    {"junk", "daylike", "comma", "stop", "relative", "and", "or", "fix", "no", "from", "onwards"}
)
_FILLERS_TEXT = """
bitte gern gerne dann lieber ja und so oder also okay ok hm aeh aehm ungefaehr circa uhr genau passt geht
nehme ich den die das der nein am besten waere mir wenn es ginge hallo na gut noch
"""
_FILLERS = frozenset(_FILLERS_TEXT.split())


_A_SHORT_ANSWER = 8
"""Tokens: "mir ist das völlig egal" answers the question when; a long story does not."""


def understand_when(
    text: str,
    *,
    now: datetime,
    zone: str,
    region: str | None = None,
    week: Week | None = None,
    on: date | None = None,
    anchor: datetime | None = None,
    policies: Policies = DEFAULTS,
) -> When | Unclear:
    """Read the time somebody wishes; whatever comes, an answer: any text, any length (of more than 2,000 characters the end counts).

    Instants lie in `zone`; an ISO instant is read as the wall clock it shows, whatever its offset. `on` is the local
    day that is talked about: a time without a day means that day, and is "past" if it lies behind. `anchor` is an
    earlier offer that "eine Stunde später" refers to; without `on`, its day is talked about ("am gleichen Tag", "um
    elf"). `region` ("BE", "BY") decides which days are public holidays. Opening hours (`week`) only decide between
    morning and afternoon of a bare hour. `policies` say how a company reads what Germans use in two ways.

    Nothing unsaid is filled in but what `assumed` names ("year", "month", "today", "tomorrow", "day_of_talk",
    "afternoon"), and no day where any word of the text might have been one. A bare day is the whole day.

    :raises ZoneInfoNotFoundError: `zone` is no IANA zone."""
    if not all(is_year(one.year) for one in (now, on, anchor) if one is not None):
        return Doubt("too_far").unclear
    here = now.astimezone(_zone(zone))
    there = anchor.astimezone(_zone(zone)) if anchor else None
    about = on if on is not None or there is None else there.date()
    talk = Talk(here, policies, region, week, about, there)
    try:
        return _understand(tokenize(text), capitals(text), talk)
    except Doubt as doubt:
        return doubt.unclear


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _understand(tokens: Sequence[Token], nouns: frozenset[str], talk: Talk) -> When | Unclear:
    placed = joined(in_foreground(read_items(Tokens(tokens, talk, nouns)), tokens, talk), talk)
    heard = hear(placed, talk, alone=_alone(tokens))
    if not heard.wishes and not heard.refused and not heard.workdays:
        if heard.whatever and len(tokens) <= _A_SHORT_ANSWER:
            return When(talk.now, None, "open_end", "minute", soonest=True, duration_min=heard.duration_min)
        if heard.relative:
            raise Doubt("no_anchor")
        return replace(Doubt("no_time_said").unclear, duration_min=heard.duration_min)
    if heard.doubtful:
        raise Doubt("ambiguous")
    return _answer(heard, placed, tokens, talk)


def _answer(heard: Heard, placed: Sequence[Placed], tokens: Sequence[Token], talk: Talk) -> When:
    wishes = heard.wishes
    if heard.workdays and not any(said.days for said in wishes):
        wishes = tuple(replace(said, soonest=True) for said in wishes)
    if wishes:
        when = first_of([partial(placed_in_time, said, talk) for said in wishes])
        when = replace(when, soonest=any(said.soonest for said in heard.wishes))
    else:
        when = When(talk.now, None, "open_end", "minute")
    if any(one.end is not None and one.end <= one.start for one in when.choices):
        raise Doubt("ambiguous")
    excluded = (*_weekend_days(heard, talk), *_excluded(heard, wishes, talk))
    if excluded:
        when = replace(when, exclude=tuple(excluded))
    about = any(token.kind == "about" or token.text in {"herum", "rum"} for token in tokens)
    loose = when.approximate or about
    return replace(when, matched=_matched(placed, tokens), duration_min=heard.duration_min, approximate=loose)


def _weekend_days(heard: Heard, talk: Talk) -> Iterator[When]:
    """ "unter der Woche": no Saturday and no Sunday."""
    if not heard.workdays or any(said.days for said in heard.wishes):
        return
    for index in (5, 6):
        first = plus(talk.today, (index - talk.today.weekday()) % 7)
        yield replace(whole_day(first, talk), weekly=True)


def _excluded(heard: Heard, wishes: Sequence[Said], talk: Talk) -> Iterator[When]:
    """What was refused; a time alone is refused on the day that is wished."""
    days = next((said.days for said in wishes if said.days), ())
    spans = [day for day in days if day.kind == "span"]
    for said in heard.refused:
        refused = tuple(day for one in said.days for day in _refused_days(one, spans, talk))
        if not refused and said.time.only_part and said.time.part:
            # "nicht vormittags" holds for every day.
            yield When(talk.now, None, "open_end", "part_of_day", daily=said.time.part)
            continue
        beside = replace(said, days=refused or days, listed=True)
        with suppress(Doubt):
            when = placed_in_time(beside, talk)
            yield from (replace(one, alternatives=(), wishes=()) for one in when.choices)


def _refused_days(day: Days, spans: Sequence[Days], talk: Talk) -> Sequence[Days]:
    """A refused weekday is that of the wished week; of a longer stretch, every one of them."""
    if not day.bare or not spans:
        return [day]
    if spans[0].grain in {"week", "weekend"} or day.weekly:
        return narrowed([*spans, day], talk) if spans[0].grain in {"week", "weekend"} else [day]
    return [replace(day, weekly=True)]


def _alone(tokens: Sequence[Token]) -> bool:
    """Whether nothing was said that has no meaning here, so that a bare number is a time."""
    return all(token.kind != "word" or token.text in _FILLERS for token in tokens)


def _matched(placed: Sequence[Placed], tokens: Sequence[Token]) -> str:
    return " ".join(
        token.text
        for one in placed
        if not (isinstance(one.item, Word) and one.item.kind in _SILENT)
        for token in tokens[one.begin : one.end]
    )
