"""The tables on the screen, the targets beside what was reached, and the JSON for who compares runs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.sections import CALLERS, Measured

OUT = Path(__file__).parent / "out" / "core.json"
_PAIRS = {1: 147, 8: 257, 32: 276}
_FLAT = 1.3


@dataclass(frozen=True)
class Goal:
    """A promise of the design, what was measured, and whether that is within it."""

    name: str
    reached: float
    target: str
    met: bool


def at_least(name: str, reached: float, least: float) -> Goal:
    return Goal(name, reached, f"≥ {least:g}", reached >= least)


def at_most(name: str, reached: float, most: float) -> Goal:
    return Goal(name, reached, f"≤ {most:g}", reached <= most)


def goals(out: Measured, scheduling: Mapping[str, Mapping[str, float]]) -> Iterator[Goal]:
    """Compare with design §5, as far as the sections that ran allow."""
    sections = {figure.section for figure in out.figures}
    if "floor" in sections:
        yield from _core_goals(out)
    if "100/s" in sections:
        for operation in ("check", "book"):
            yield at_most(f"{operation} at 100/s, p99 in ms", out.find("100/s", operation, 0).p99, 50)
    yield at_most("longest answer of the service in ms", _longest(out), 1000)
    for name in ("many", "full"):
        if f"{name} latency / few" in out.ratios:
            told = {"many": "many companies / ten, latency", "full": "large ledger / small, latency"}[name]
            yield at_most(told, out.ratios[f"{name} latency / few"], _FLAT)
    for name, figure in scheduling.items():
        yield at_most(f"a week of {name} options, p50 in ms", figure["p50_ms"], figure["target_ms"])


def _core_goals(out: Measured) -> Iterator[Goal]:
    for callers in CALLERS:
        ratios = {
            name.rsplit(", ", 1)[0]: value
            for name, value in out.ratios.items()
            if name.endswith(f", {callers}")
        }
        who = f"{callers} caller{'s' if callers > 1 else ''}"
        yield at_least(f"bare hold / floor, throughput, {who}", ratios["bare throughput / floor"], 0.65)
        yield at_least(f"check-and-hold / floor, throughput, {who}", ratios["check throughput / floor"], 0.33)
        yield at_most(f"check-and-hold / floor, latency, {who}", ratios["check latency / floor"], 3)
        yield at_least(
            f"pairs per second, {who}", out.find("pair", "pair", callers).per_second, _PAIRS[callers]
        )


def _longest(out: Measured) -> float:
    single = [f.max for f in out.figures if f.operation in {"initialize", "check", "book", "ended"}]
    return max(single, default=0.0)


def show(out: Measured, reached: Sequence[Goal], *, console: Console) -> None:
    table = Table(
        "section", "operation", "callers", "per second", "p50", "p95", "p99", "max", "answers", "load"
    )
    for figure in out.figures:
        refused = figure.answers - figure.statuses.get("held", figure.answers)
        named = f"{figure.answers}" + (f" ({refused} not held)" if refused else "")
        table.add_row(
            figure.section,
            figure.operation,
            str(figure.callers or "open"),
            f"{figure.per_second:.0f}",
            *(f"{value:.1f}" for value in (figure.p50, figure.p95, figure.p99, figure.max)),
            named,
            f"{figure.generator_cpu:.0%}",
        )
    console.print(table)
    show_goals(reached, console)


def show_goals(reached: Sequence[Goal], console: Console) -> None:
    """Print the targets beside what was reached."""
    targets = Table("target of the design", "measured", "target", "")
    for goal in reached:
        said = "[green]met[/]" if goal.met else "[red]missed[/]"
        targets.add_row(goal.name, f"{goal.reached:g}", goal.target, said)
    console.print(targets)


def machine(version: str) -> dict[str, Any]:
    """Say what was measured on, and how busy it was before."""
    return {
        "processors": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "postgres": version,
        "system": f"{platform.system()} {platform.machine()}",
    }


def store(
    out: Measured,
    reached: Sequence[Goal],
    facts: Mapping[str, Any],
    scheduling: Mapping[str, Mapping[str, float]],
) -> None:
    OUT.parent.mkdir(exist_ok=True)
    told = {
        "machine": facts,
        "figures": [asdict(figure) for figure in out.figures],
        "ratios": out.ratios,
        "scheduling": scheduling,
        "targets": [asdict(goal) for goal in reached],
    }
    OUT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
