"""What the sections of the Cal.com bench are told to measure, and what they tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.report import Goal


@dataclass(frozen=True)
class Length:
    """How much is measured. `load_seconds` is how long new calls begin; the last ones take another minute."""

    repeats: int
    load_seconds: float
    lanes: int
    rounds: int
    round_seconds: float


QUICK = Length(repeats=4, load_seconds=10, lanes=20, rounds=1, round_seconds=6)
FULL = Length(repeats=20, load_seconds=100, lanes=50, rounds=4, round_seconds=15)


@dataclass
class Told:
    """What came out: lines of the table, targets, and everything else for the file."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def line(self, section: str, what: str, value: str) -> None:
        self.lines.append((section, what, value))


def quantile(waits: Sequence[float], share: float) -> float:
    """The wait that a share of all do not exceed; 0 where there is none."""
    ordered = sorted(waits)
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1) if ordered else 0.0


def slowest(waits: Mapping[str, Sequence[float]], operations: Iterable[str], share: float) -> float:
    """The highest of the operations' own quantiles: a slow tool does not hide among the answers of quick ones."""
    return max(quantile(waits[operation], share) for operation in operations)


def spread(waits: Sequence[float]) -> str:
    """Write p50, p95 and p99 in one line."""
    return " / ".join(f"{quantile(waits, share):.0f} ms" for share in (0.5, 0.95, 0.99))
