"""One run of the load generator, and what becomes of its waits."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bench.load import Order

_LONGEST_RUN = 120.0


@dataclass(frozen=True)
class Run:
    """What one order came to. `waits` in milliseconds by operation; `generator_cpu` is a share of one processor."""

    waits: dict[str, list[float]]
    statuses: dict[str, int]
    seconds: float
    generator_cpu: float
    next: int

    def rate(self, operation: str) -> float:
        return len(self.waits.get(operation, ())) / self.seconds


@dataclass
class Target:
    """A server of the bench with its own numbers: no two calls of one database are alike."""

    base_url: str
    companies: int = 1
    hot: bool = False
    first: int = 0

    def run(self, scene: str, callers: int, seconds: float, *, rate: float = 0.0) -> Run:
        order = Order(
            scene=scene,
            base_url=self.base_url,
            callers=callers,
            seconds=seconds,
            first=self.first,
            companies=self.companies,
            rate=rate,
            hot=self.hot,
        )
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=json.dumps(asdict(order)),
            capture_output=True,
            text=True,
            timeout=_LONGEST_RUN,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{order}: {done.stderr[-2000:]}")
        run = Run(**json.loads(done.stdout))
        self.first = run.next
        return run


@dataclass(frozen=True)
class Figure:
    """A line of the table; times in milliseconds."""

    section: str
    operation: str
    callers: int
    per_second: float
    p50: float
    p95: float
    p99: float
    max: float
    answers: int
    generator_cpu: float
    statuses: dict[str, int] = field(default_factory=dict)


def figure(section: str, operation: str, callers: int, runs: Sequence[Run]) -> Figure:
    """Bring several runs of one kind together: all waits, and the median of their rates."""
    waits = sorted(wait for run in runs for wait in run.waits.get(operation, ()))
    statuses: Counter[str] = Counter()
    for run in runs:
        statuses.update(
            {name.split()[1]: n for name, n in run.statuses.items() if name.split()[0] == operation}
        )
    return Figure(
        section=section,
        operation=operation,
        callers=callers,
        per_second=round(statistics.median(run.rate(operation) for run in runs), 1),
        p50=_at(waits, 0.50),
        p95=_at(waits, 0.95),
        p99=_at(waits, 0.99),
        max=_at(waits, 1.0),
        answers=len(waits),
        generator_cpu=round(max(run.generator_cpu for run in runs), 2),
        statuses=dict(statuses),
    )


def _at(waits: Sequence[float], share: float) -> float:
    if not waits:
        return float("nan")
    return round(waits[min(len(waits) - 1, int(len(waits) * share))], 2)
