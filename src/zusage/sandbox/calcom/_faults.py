"""Faults that are scripted for single requests and single webhook calls."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Literal, get_args

from zusage.sandbox.calcom._latency import Latency
from zusage.sandbox.calcom._model import Json

RequestFault = Literal[
    "latency",
    "timeout_before_commit",
    "timeout_after_commit",
    "drop_before_commit",
    "drop_after_commit",
    "error_before_commit",
    "error_after_commit",
    "refused_but_created",
    "lookup_lag",
    "rate_limited",
    "other_start",
    "others_booking",
]
WebhookFault = Literal[
    "webhook_lost", "webhook_duplicate", "webhook_delay", "webhook_reorder", "webhook_bad_signature"
]
FaultKind = RequestFault | WebhookFault
REQUEST_FAULTS: tuple[str, ...] = get_args(RequestFault)
WEBHOOK_FAULTS: tuple[str, ...] = get_args(WebhookFault)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fault can be chosen by: a request, or a webhook call about to go out."""

    op: str
    method: str
    path: str
    key: str | None = None
    event_type: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and the requests it meets; what is not named matches everything.

    `op` is an operation ("bookings.create"; patterns as "bookings.*"), for webhooks the trigger. It fires from the
    `nth` match on, `times` times (None: for good), each time with probability `chance`. `seconds` is how long a
    timeout, a lag, a block or a delay lasts (timeout None: until the client gives up)."""

    kind: FaultKind
    op: str = "*"
    method: str | None = None
    path: str = "*"
    key: str | None = None
    event_type: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    when: Callable[[Asked], bool] | None = None
    nth: int = 1
    times: int | None = 1
    chance: float = 1.0
    seconds: float | None = None
    reads: int = 0
    latency: Latency | None = None
    status: int | None = None
    message: str | None = None
    nested: bool = False
    shift_minutes: int = 30
    uid: str | None = None

    def __post_init__(self) -> None:
        """:raises ValueError: no such kind, or numbers that make no sense."""
        if self.kind not in (*REQUEST_FAULTS, *WEBHOOK_FAULTS):
            raise ValueError(f"no fault is called {self.kind!r}")
        if self.nth < 1 or not 0 <= self.chance <= 1 or (self.times is not None and self.times < 1):
            raise ValueError("nth and times count from 1, chance lies between 0 and 1")

    def fits(self, asked: Asked) -> bool:
        """Whether this request is one it is meant for."""
        return (
            fnmatchcase(asked.op, self.op)
            and self.method in (None, asked.method)
            and fnmatchcase(asked.path, self.path)
            and self.key in (None, asked.key)
            and self.event_type in (None, asked.event_type)
            and all(asked.metadata.get(name) == value for name, value in self.metadata.items())
            and (self.when is None or self.when(asked))
        )


@dataclass(slots=True)
class _Rule:
    fault: Fault
    matches: int = 0
    fired: int = 0

    def fires(self, seed: str) -> bool:
        fault = self.fault
        self.matches += 1
        if self.matches < fault.nth or (fault.times is not None and self.fired >= fault.times):
            return False
        if fault.chance < 1 and random.Random(f"{seed}/{self.matches}").random() >= fault.chance:  # noqa: S311 - a die
            return False
        self.fired += 1
        return True


class FaultBook:
    """The faults in force; several may meet one request."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rules: dict[int, _Rule] = {}
        self._last = 0

    def add(self, fault: Fault) -> int:
        """Put a fault in force; returns its number."""
        self._last += 1
        self._rules[self._last] = _Rule(fault)
        return self._last

    def remove(self, number: int) -> bool:
        """Take a fault back; False when there is none of that number."""
        return self._rules.pop(number, None) is not None

    def clear(self) -> None:
        self._rules.clear()

    def fired(self, number: int) -> int:
        """Say how often a fault has met a request."""
        return self._rules[number].fired

    def pick(self, asked: Asked, kinds: Iterable[str]) -> dict[str, Fault]:
        """Give the faults that meet this request, by kind; each counts it as one match."""
        wanted = set(kinds)
        return {
            rule.fault.kind: rule.fault
            for number, rule in self._rules.items()
            if rule.fault.kind in wanted and rule.fault.fits(asked) and rule.fires(f"{self._seed}/{number}")
        }

    def dump(self) -> list[Json]:
        """List them for people and for the admin door."""
        return [
            {"id": number, "matches": rule.matches, "fired": rule.fired, **_shown(rule.fault)}
            for number, rule in self._rules.items()
        ]


def fault_from(given: Json) -> Fault:
    """Read a fault from JSON, field for field.

    :raises ValueError: an unknown kind or field, or a value that makes no sense."""
    unknown = set(given) - {each.name for each in fields(Fault)} | ({"when"} & set(given))
    if unknown:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
    if "kind" not in given:
        raise ValueError("a fault needs a kind")
    latency = given.get("latency")
    return Fault(**{**given, "latency": Latency.of(latency) if latency is not None else None})


def _shown(fault: Fault) -> Json:
    values = {each.name: getattr(fault, each.name) for each in fields(fault)}
    kept = {name: value for name, value in values.items() if name != "when" and value not in (None, {}, "*")}
    return kept | ({"latency": fault.latency.dump()} if fault.latency else {})
