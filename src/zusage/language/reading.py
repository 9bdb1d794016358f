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
