"""What a language understood: values that carry what was read, what was assumed and what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zusage.core.scheduling.masters import Span

Grain = Literal["minute", "hour", "part_of_day", "day", "week", "month"]
Kind = Literal["instant", "interval", "open_start", "open_end"]
Reason = Literal[
    "no_time_said", "no_such_day", "no_such_time", "weekday_mismatch", "past", "dst_gap", "ambiguous"
]


@dataclass(frozen=True, slots=True)
class When:
    """A time somebody said, as a constraint. Instants are aware, in the zone that was asked for; `end` is exclusive.

    `kind` "instant": exactly `start` (`end` is None). "interval": within `start` and `end`. "open_end": from `start`
    on; "open_start": before `end`. `daily` narrows each day (part of day, "zwischen zehn und zwölf"). `assumed` names
    what was filled in ("year", "afternoon", "today", "day_of_talk"), so that it can be said; `alternatives` are other
    fair readings, of which those nobody named (twelve hours or a week later) have `said` False."""

    start: datetime
    end: datetime | None
    kind: Kind
    grain: Grain
    daily: Span | None = None
    assumed: tuple[str, ...] = ()
    alternatives: tuple[When, ...] = ()
    matched: str = ""
    said: bool = True

    @property
    def choices(self) -> tuple[When, ...]:
        """The reading itself and every other that was named as well ("Dienstag um zehn oder elf"), in the order of talk.

        More than one must be asked about; a reading that merely is possible, too, is no choice."""
        return (self, *(other for other in self.alternatives if other.said))


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood, or contradictory; `question` is the German sentence to ask. Never guessed."""

    reason: Reason
    question: str
    alternatives: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One service of a catalogue as matching needs it; `key` is handed back untouched."""

    key: str
    name: str
    category: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    entry: ServiceEntry
    confidence: float
    matched_text: str


@dataclass(frozen=True, slots=True)
class ServiceReading:
    """`decision` "match": the first of `matches` is meant. "ask": between exactly these. "none": nothing fits.

    `matches` come best first; with "none" they are empty. "ask" with no matches: some service is wanted, but no
    word says which."""

    decision: Literal["match", "ask", "none"]
    matches: tuple[ServiceMatch, ...] = ()
