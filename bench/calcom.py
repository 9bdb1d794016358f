"""Measure Zusage with a simulated Cal.com: `make bench-calcom`. docs/calcom-bench.md explains it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import report
from bench.calcom_availability import availability
from bench.calcom_hang import hang
from bench.calcom_hooks import hooks
from bench.calcom_sections import compound, load
from bench.calcom_stage import LATENCY_MS, Stage, make_place, stage
from bench.calcom_told import FULL, QUICK, Length, Told
from bench.places import Place, places

OUT = Path(__file__).parent / "out" / "calcom.json"
_ON = {"1", "true", "yes"}
COMPANIES = 10

Section = Callable[[Stage, Length, Told], Awaitable[None]]
SECTIONS: dict[str, tuple[Section, dict[str, Any]]] = {
    "availability": (availability, {"companies": 4}),
    "compound": (compound, {"companies": 4, "inline": True}),
    "hooks": (hooks, {"companies": 4}),
    "load": (load, {"companies": COMPANIES}),
    "hang": (hang, {"companies": COMPANIES}),
}
"""Each with the salons it is measured on; every section has a database and a simulator of its own."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.calcom", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"only these: {', '.join(SECTIONS)}")
    quick = os.environ.get("BENCH_QUICK", "").lower() in _ON
    parser.add_argument(
        "--quick", action="store_true", default=quick, help="less of everything, for a first look"
    )
    arguments = parser.parse_args()
    unknown = [name for name in arguments.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section {unknown[0]}; there are {', '.join(SECTIONS)}")
    return arguments


def main() -> None:
    arguments, console, begun = _arguments(), Console(), time.monotonic()
    told = Told()
    with places() as made:
        facts = report.machine(made.version()) | {"latency_ms": LATENCY_MS}
        console.print(
            f"one server process, PostgreSQL {facts['postgres']} with fsync on, Cal.com's simulator with"
            f" {LATENCY_MS:.0f} ms and the callers beside them on {facts['processors']} processors"
            f" (load before: {facts['load_before']:.1f})"
        )
        for name in arguments.sections or SECTIONS:
            console.print(f"measuring {name} …")
            section, salons = SECTIONS[name]
            place = make_place(made, salons["companies"])
            asyncio.run(_measure(section, place, arguments, told, inline=salons.get("inline", False)))
    _show(told, console)
    _store(told, facts)
    console.print(f"{time.monotonic() - begun:.0f} s; all figures: {OUT.relative_to(OUT.parents[2])}")


async def _measure(
    section: Section, place: Place, arguments: argparse.Namespace, told: Told, *, inline: bool
) -> None:
    async with stage(place, inline=inline) as made:
        await section(made, QUICK if arguments.quick else FULL, told)


def _show(told: Told, console: Console) -> None:
    table = Table("section", "what", "measured")
    for line in told.lines:
        table.add_row(*line)
    console.print(table)
    report.show_goals(told.goals, console)


def _store(told: Told, facts: dict[str, Any]) -> None:
    OUT.parent.mkdir(exist_ok=True)
    said = {
        "machine": facts,
        "lines": _lines(told.lines),
        "targets": [asdict(goal) for goal in told.goals],
        "figures": told.figures,
    }
    OUT.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _lines(lines: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [dict(zip(("section", "what", "measured"), line, strict=True)) for line in lines]


if __name__ == "__main__":
    main()
