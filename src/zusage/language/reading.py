"""What a language understood: values that carry what was read, what was assumed and what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zusage.core.scheduling.masters import Span

Grain = Literal[
    "minute",
    "hour",
    "part_of_day",
    "day",
    "weekend",
    "week",
    "month",
    "quarter",
    "season",
    "half_year",
    "year",
]
Kind = Literal["instant", "interval", "open_start", "open_end"]
Reason = Literal[
    "no_time_said",
    "no_such_day",
    "no_such_time",
    "weekday_mismatch",
    "past",
    "too_far",
    "dst_gap",
    "dst_twice",
    "no_anchor",
    "ambiguous",
]
NoNameReason = Literal["nothing_said", "no_name", "refused", "not_understood", "spelling"]

_UNSAID_DAY = frozenset({"today", "tomorrow", "day_of_talk"})
"""What `assumed` names where a time was said, but not its day."""


@dataclass(frozen=True, slots=True)
class When:
    """A time somebody said, as a constraint. Instants are aware, in the zone that was asked for; `end` is exclusive.

    `kind` "instant": exactly `start` (`end` is None). "interval": within `start` and `end`. "open_end": from `start`
    on, up to `limit` where the day was said ("morgen ab drei"). "open_start": before `end`, from `start` (the moment
    of talk, or the begin of the day that was said). `daily` narrows each day (part of day, "zwischen zehn und zwölf");
    its minutes are of the local day. `weekly`: every week again ("montags").

    `approximate` ("so gegen drei") and `soonest` ("so bald wie möglich") say how it was meant; `duration_min` how long
    it shall take. `exclude` are stretches that are refused ("nur nicht freitags"). `assumed` names what was filled in
    ("year", "month", "today", "tomorrow", "day_of_talk", "afternoon"), so that it can be said.

    `wishes` are the further wishes that were named ("Montag oder Dienstag"), in the order of talk; `alternatives` are
    other fair readings that nobody named (twelve hours or a week later). Neither carries wishes or alternatives itself.
    """

    start: datetime
    end: datetime | None
    kind: Kind
    grain: Grain
    daily: Span | None = None
    limit: datetime | None = None
    weekly: bool = False
    approximate: bool = False
    soonest: bool = False
    duration_min: int | None = None
    assumed: tuple[str, ...] = ()
    exclude: tuple[When, ...] = ()
    wishes: tuple[When, ...] = ()
    alternatives: tuple[When, ...] = ()
    matched: str = ""

    @property
    def choices(self) -> tuple[When, ...]:
        """The first wish and every other that was named as well ("Dienstag um zehn oder elf"), in the order of talk."""
        return (self, *self.wishes)

    def fits(self, start: datetime) -> bool:
        """Whether one of the wishes may mean this start, and no refusal does; `start` is aware, in any zone.

        A time whose day was not said is of any day; a day without a time is any time of it."""
        local = start.astimezone(self.start.tzinfo)
        refused = any(_holds(one, local) for one in self.exclude)
        return not refused and any(_holds(one, local) for one in self.choices)


def _holds(wish: When, start: datetime) -> bool:
    """Whether a local start lies in one wish, or one refusal, taken by itself."""
    any_day = bool(_UNSAID_DAY & set(wish.assumed))
    again = wish.weekly and start.weekday() == wish.start.weekday() and start >= wish.start
    if wish.kind == "instant":
        return start == wish.start or ((any_day or again) and start.time() == wish.start.time())
    minute = start.hour * 60 + start.minute
    if wish.daily is not None and not wish.daily.opens <= minute < wish.daily.closes:
        return False
    end = wish.end or wish.limit
    return any_day or again or (wish.start <= start and (end is None or start < end))


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood, or contradictory; `question` is the German sentence to ask. Never guessed.

    `key` names the text of the catalogue that asks, so that a company can ask it in its own words; "" is the one of
    the reason. `alternatives` are the readings between which it is open, or the one that lies in the past."""

    reason: Reason
    question: str
    alternatives: tuple[When, ...] = ()
    duration_min: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One service of a catalogue as matching needs it; `key` is handed back untouched."""

    key: str
    name: str
    category: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    """One service that was meant: `confidence` in [0, 1] is calibrated (docs/german.md), `matched_text` folded words."""

    entry: ServiceEntry
    confidence: float
    matched_text: str


@dataclass(frozen=True, slots=True)
class ServiceReading:
    """`decision` "match": all of `matches` are meant, in the order of talk (nearly always one). "ask": between exactly
    these. "none": nothing fits.

    `matches` come best first when asked between; with "none" they are empty. "ask" with no matches: some service is
    wanted, but no word says which. `question` is the German sentence to ask; "" with "match".
    `unknown`: with no matches, whether something was named that the catalogue does not have."""

    decision: Literal["match", "ask", "none"]
    matches: tuple[ServiceMatch, ...] = ()
    question: str = ""
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name. `full` is how it is stored and spoken (at most 150 characters, one line): "Sabine Müller",
    "Frau Dr. Schmidt" where no given name was said. `given` or `family` is "" where only the other was.

    `spelled`: letters were told. `sure` is False where a word alone could be something else, or a letter was told
    unclearly: say it back."""

    full: str
    given: str
    family: str
    title: str = ""
    spelled: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class NoName:
    """No name can be taken from the text; `question` is the German sentence to ask (in Sie).

    `key` is that sentence's in the catalogue of texts. "spelling" and "not_understood": a name was said, but its
    letters are not certain; nothing was guessed."""

    reason: NoNameReason
    question: str
    key: str
