"""When a state that is watched is worth telling: once it has lasted, and once it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zusage.app.alerts.ports import Watched

HEALTH, OBSERVING = "health", "observing"
BREAKER = "breaker "  # and the door
WELL = {HEALTH: "healthy", OBSERVING: "off", BREAKER: "closed"}

# What comes and goes within minutes is no news; what a person must do something about is news at once.
_PATIENCE = {
    "critical": timedelta(0),
    "degraded": timedelta(minutes=10),
    "healthy": timedelta(minutes=10),
    "open": timedelta(minutes=10),
    "closed": timedelta(minutes=5),
    "on": timedelta(0),
    "off": timedelta(0),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A state to be told now. `subject` is what is watched, `since` since when it is in this `state`."""

    subject: str
    state: str
    since: datetime


def well(subject: str) -> str:
    """Name the state of a subject that nobody needs to hear of before another was told."""
    return WELL[BREAKER if subject.startswith(BREAKER) else subject]


def observe(
    watched: Mapping[str, Watched], seen: Mapping[str, str], now: datetime
) -> tuple[dict[str, Watched], list[Change]]:
    """Take what is seen now; give what is watched from now on, and what is to be told.

    A subject that is not seen any more (a calendar that was taken away) is forgotten without a word."""
    after: dict[str, Watched] = {}
    changes: list[Change] = []
    for subject, state in seen.items():
        before = watched.get(subject) or Watched(state, now, well(subject))
        entry = before if before.state == state else replace(before, state=state, since=now)
        if entry.state != entry.told and now - entry.since >= _PATIENCE[state]:
            changes.append(Change(subject, state, entry.since))
            entry = replace(entry, told=state)
        after[subject] = entry
    return after, changes
