"""What goes wrong when: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

DeedKind = Literal[
    "kill",
    "faults",
    "outage",
    "settings",
    "visitor",
    "cancel_there",
    "move_there",
    "cancel_here",
    "move_here",
]
Part = Literal["server 1", "server 2", "worker", "postgres", "valkey"]

_OFTEN: tuple[tuple[float, Mapping[str, Any]], ...] = (
    (0.08, {"kind": "timeout_before_commit", "op": "bookings.create"}),
    (0.08, {"kind": "timeout_after_commit", "op": "bookings.create"}),
    (0.05, {"kind": "drop_before_commit", "op": "bookings.*"}),
    (0.08, {"kind": "drop_after_commit", "op": "bookings.create"}),
    (0.05, {"kind": "error_before_commit", "op": "bookings.*"}),
    (0.08, {"kind": "error_after_commit", "op": "bookings.create"}),
    (0.08, {"kind": "refused_but_created", "op": "bookings.create"}),
    (0.02, {"kind": "other_start", "op": "bookings.create"}),
    (0.02, {"kind": "others_booking", "op": "bookings.create"}),
    (0.25, {"kind": "lookup_lag", "op": "bookings.create", "seconds": 8}),
    (0.10, {"kind": "timeout_before_commit", "op": "slots.list", "seconds": 3}),
    (0.20, {"kind": "webhook_lost"}),
    (0.20, {"kind": "webhook_duplicate"}),
    (0.15, {"kind": "webhook_delay", "seconds": 4}),
    (0.10, {"kind": "webhook_reorder"}),
    (0.05, {"kind": "webhook_bad_signature"}),
)
_SLOW = {"latency": {"*": {"kind": "lognormal", "ms": 250, "sigma": 0.7, "high_ms": 4000}}}
_KILLED: tuple[Part, ...] = ("server 1", "postgres", "worker", "valkey", "server 2")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done `at` so many seconds after the first call. `what` is for the simulator's admin door."""

    at: float
    kind: DeedKind
    text: str
    part: Part | None = None
    what: Any = field(default_factory=dict)
    pick: float = 0.0
    """From 0 to 1: which of those there are is meant."""


def write_script(seed: int, seconds: float) -> list[Deed]:
    """Write what goes wrong within so many seconds, in order: everything dies once, and Cal.com is ill all the time."""
    dice = random.Random(seed)  # noqa: S311 - dice
    deeds = [*_illness(), *_deaths(dice, seconds), *_absences(dice, seconds), *_people(dice, seconds)]
    return sorted(deeds, key=lambda deed: deed.at)


def _illness() -> Iterator[Deed]:
    often = [{**fault, "chance": chance, "times": None} for chance, fault in _OFTEN]
    yield Deed(0, "settings", "Cal.com is slow: 250 ms and up to 4 s an answer", what=_SLOW)
    yield Deed(0, "faults", f"Cal.com fails at random, in {len(often)} ways", what=often)


def _deaths(dice: random.Random, seconds: float) -> Iterator[Deed]:
    """Kill each part once, in an order of its own, spread over the time."""
    order = dice.sample(_KILLED, len(_KILLED))
    for number, part in enumerate(order, start=1):
        at = seconds * (number - 0.5 + dice.uniform(-0.3, 0.3)) / len(order)
        yield Deed(at, "kill", f"kill -9: {part}", part=part)


def _absences(dice: random.Random, seconds: float) -> Iterator[Deed]:
    length = max(2.0, seconds / 12)
    for mode, words in (("refuse", "refuses connections"), ("hang", "takes requests and never answers")):
        at = seconds * dice.uniform(0.6, 0.85)
        what = {"mode": mode, "seconds": length}
        yield Deed(at, "outage", f"Cal.com {words} for {length:.0f} s", what=what)
    limited = [{"kind": "rate_limited", "op": "bookings.*", "seconds": 10}]
    # Late: for the minute that follows nothing is asked of Cal.com, so nothing else could go wrong there.
    at = seconds * dice.uniform(0.85, 0.95)
    yield Deed(at, "faults", "Cal.com says 429 and blocks the key", what=limited)


def _people(dice: random.Random, seconds: float) -> Iterator[Deed]:
    """Let web visitors book, and callers and the shop change what we booked, while all this goes on."""
    for _ in range(4):
        at = seconds * dice.uniform(0.05, 0.9)
        yield Deed(at, "visitor", "somebody books on the salon's web page", pick=dice.random())
    changes: tuple[tuple[DeedKind, str], ...] = (
        ("cancel_here", "somebody rings the salon and cancels"),
        ("move_here", "somebody rings the salon and moves"),
        ("move_here", "somebody rings the salon and moves"),
        ("cancel_there", "the shop cancels a booking in Cal.com"),
        ("move_there", "the shop moves a booking in Cal.com"),
    )
    for kind, text in changes:
        yield Deed(seconds * dice.uniform(0.4, 0.95), kind, text, pick=dice.random())
