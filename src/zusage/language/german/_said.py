"""What was said, clause by clause: days and times that are wanted, corrected or refused, not yet placed in time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from zusage.language.german._canon import canonical
from zusage.language.german._clauses import WHICH_ONE, clauses
from zusage.language.german._clocks import TimeOfDay, find_time_of_day
from zusage.language.german._days import Days, check_weekday
from zusage.language.german._rest import leaves_doubt, without_counts
from zusage.language.german._scan import Doubt, Scan
from zusage.language.german._spans import find_days, narrowed
from zusage.language.german._text import fold

_SOONEST = re.compile(
    r"\b(?:so|moeglichst|schnellst) ?(?:bald|schnell|frueh|rasch|zeitnah)?(?: wie| als)? ?moeglich|"
    r"\b(?:schnellstmoeglich|baldmoeglichst|moeglichst bald|egal wann|wann (?:auch )?immer|ganz egal wann|zeitlich egal|"
    r"naechste freie|naechster freier|am schnellsten|jetzt gleich|gleich jetzt|sofort|jederzeit|(?:der|den) naechste moegliche)\w*"
    r"|\b1\. (?:freie|moegliche|verfuegbare)\w* (?:termin|zeit)\b"
)
_ANY_TIME = re.compile(r"\b(?:uhrzeit|zeit) (?:ist )?(?:mir )?egal\b|\bganztags?\b|\bganze[nr]? tag")
_HALF_HOUR = re.compile(r"\bin (?:einer )?(?:halben|1/2) stunde\b")
_IN_HOURS = re.compile(
    r"\bin (?P<n>\d{1,4}|einer?|anderthalb|eineinhalb) (?P<unit>stunden?|minuten)\b(?: und (?P<m>\d{1,3}) minuten)?"
)
_MARKS = re.compile(r"@\d+@|\|")
_MARKS_LEFT = re.compile(r"\|+")
_OR = re.compile(r"\boder\b(?! so\b)")
_AND = re.compile(r"\bund\b")

_WHICH_DAY = "An welchem Tag möchten Sie kommen, und um wie viel Uhr?"


@dataclass(frozen=True, slots=True)
class Talk:
    """When it is spoken: the local day, and the day that is talked about."""

    today: date
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one stretch of text says; empty parts may be filled from the text it corrects."""

    days: tuple[Days, ...] = ()
    time: TimeOfDay = field(default_factory=TimeOfDay)
    ahead: timedelta | None = None
    soonest: bool = False
    matched: str = ""
    rest: str = ""
    listed: bool = False

    def __bool__(self) -> bool:
        return bool(self.days or self.time or self.whole)

    @property
    def whole(self) -> bool:
        """Whether it needs no day from elsewhere ("in zwei Stunden", "so bald wie möglich")."""
        return self.ahead is not None or self.soonest


def hear(text: str, talk: Talk) -> list[Said]:
    """Read what somebody wishes; several entries are several named wishes, in the order of talk, none is nothing said.

    :raises Doubt: a word that may be a day was not understood, or refusals leave open what is wished.
    :raises Mismatch: a weekday contradicts its date."""
    wanted, refused, rest = _heard(text, talk)
    if wanted and leaves_doubt(rest, day_said=any(said.days for said in wanted)):
        raise Doubt("ambiguous", WHICH_ONE)
    return [_beside_refused(said, refused) for said in wanted]


def _heard(text: str, talk: Talk) -> tuple[list[Said], list[Said], str]:
    """All times that are wanted, after every correction; those refused; and what no reader took."""
    wanted: list[Said] = []
    refused: list[Said] = []
    rest = ""
    for clause in clauses(fold(text), partial(_kinds, talk=talk)):
        after = _choices(canonical(clause.wanted), talk)
        rest += " ".join(said.rest for said in after) + " "
        after = [said for said in after if said]
        wanted = _corrected(wanted, after, talk)
        if clause.refused.strip() and (refusal := _read(canonical(clause.refused), talk)):
            refused.append(refusal)
    return wanted, refused, rest


def _kinds(text: str, *, talk: Talk) -> frozenset[str]:
    """Which kinds of time a folded text names; one that cannot be read names both."""
    try:
        said = _read(canonical(text), talk)
    except Doubt:
        return frozenset({"day", "clock"})
    return frozenset(name for name, part in (("day", said.days), ("clock", said.time)) if part)


def _choices(text: str, talk: Talk) -> list[Said]:
    """What each side of every "oder" says; a side takes the day or the time it lacks from its neighbour."""
    text = without_counts(text)
    parts = _OR.split(text)
    if len(parts) == 1:
        return [_read(text, talk)]
    sides = [_read(part, talk) for part in parts]
    if _needs_context(sides):
        return [_read(_OR.sub("und", text), talk)]
    days = [said.days for said in sides if said.days]
    times = [said.time for said in sides if said.time]
    if len(days) <= 1 and len(times) > 1 and all(time.only_part for time in times):
        return [_read(text, talk)]
    return _filled([said for said in sides if said]) or sides


def _needs_context(sides: Sequence[Said]) -> bool:
    """Whether a weekday stands behind an "oder", but its week before ("nächste Woche Dienstag oder Mittwoch")."""
    told = [any(day.grain != "day" or (day.weekday and not day.bare) for day in said.days) for said in sides]
    return any(any(told[:at]) and any(day.bare for day in said.days) for at, said in enumerate(sides))


def _filled(sides: Sequence[Said]) -> list[Said]:
    filled: list[Said] = []
    for at, said in enumerate(sides):
        around = (*reversed(filled), *sides[at + 1 :])
        days = said.days or next((other.days for other in around if other.days), ())
        later = (*sides[at + 1 :], *reversed(filled))
        time = said.time or next((other.time for other in later if other.time), TimeOfDay())
        filled.append(said if said.whole else replace(said, days=days, time=time))
    return list({(said.days, said.time, said.ahead): said for said in reversed(filled)}.values())[::-1]


def _corrected(before: Sequence[Said], after: Sequence[Said], talk: Talk) -> list[Said]:
    if not before or not after:
        return [*(after or before)]
    first = before[0]
    return [
        said
        if said.whole
        else replace(
            said, days=_days_after(first.days, said.days, talk), time=_time_after(first.time, said.time)
        )
        for said in after
    ]


def _time_after(before: TimeOfDay, after: TimeOfDay) -> TimeOfDay:
    """The later time; two open ends that meet are one stretch ("ab drei, aber nicht nach sechs")."""
    if before.first and not before.last and after.last and not after.first:
        return replace(after, first=before.first)
    return after or before


def _days_after(before: tuple[Days, ...], after: tuple[Days, ...], talk: Talk) -> tuple[Days, ...]:
    """The later days, read within the week or month that was named before ("nächste Woche, lieber Dienstag")."""
    if not any(day.bare or day.assumed == ("month",) for day in after):
        return after or before
    spans = [days for days in before if days.grain in {"week", "month"}]
    return tuple(narrowed([*spans, *after], talk.today))


def _beside_refused(said: Said, refused: Sequence[Said]) -> Said:
    """Take the day of a refused moment for a time without one ("um zehn geht nicht, lieber um elf").

    :raises Doubt: only the day was refused, or the wish lies on it again."""
    if not said.whole and not said.days and any(no.days for no in refused):
        last = next(no for no in reversed(refused) if no.days)
        if not last.time:
            raise Doubt("ambiguous", _WHICH_DAY)
        return replace(said, days=last.days)
    for no in refused:
        if not no.time and any(_covers(day, wish) for day in no.days for wish in said.days):
            raise Doubt("ambiguous", _WHICH_DAY)
    return said


def _covers(refused: Days, wish: Days) -> bool:
    return refused.first <= wish.first and wish.end <= refused.end


def _read(text: str, talk: Talk) -> Said:
    scan = Scan(text)
    ahead = _ahead(scan)
    soonest = scan.take(_SOONEST) is not None
    scan.take(_ANY_TIME)
    days = check_weekday(find_days(scan, talk.today, on=talk.on), talk.today)
    return Said(
        tuple(days),
        find_time_of_day(scan),
        ahead,
        soonest,
        _words(scan),
        _MARKS_LEFT.sub(" ", scan.text),
        _AND.search(text) is not None,
    )


def _words(scan: Scan) -> str:
    return " ".join(_MARKS.sub(" ", " ".join(scan.taken)).split())


def _ahead(scan: Scan) -> timedelta | None:
    if scan.take(_HALF_HOUR):
        return timedelta(minutes=30)
    found = scan.take(_IN_HOURS)
    if not found:
        return None
    more = timedelta(minutes=int(found["m"] or 0))
    if found["n"] in {"anderthalb", "eineinhalb"}:
        return timedelta(minutes=90)
    number = int(found["n"]) if found["n"].isdigit() else 1
    return more + (timedelta(minutes=number) if found["unit"] == "minuten" else timedelta(hours=number))
