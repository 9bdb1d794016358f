"""Measure Zusage on this machine: `make bench`, or `python -m bench --help`. docs/bench.md explains it."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from rich.console import Console

from bench import german, report, scheduling, services
from bench.places import places
from bench.sections import FULL, QUICK, SECTIONS, Length, Measured

_ON = {"1", "true", "yes"}
LANGUAGE: dict[str, Callable[[Console], None]] = {"german": german.measure, "services": services.measure}
"""Sections that need no server; each prints its table and keeps a file of its own in `bench/out`."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = ", ".join((*SECTIONS, *LANGUAGE))
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"measure only these: {names}")
    quick = os.environ.get("BENCH_QUICK", "").lower() in _ON
    parser.add_argument(
        "--quick", action="store_true", default=quick, help="less of everything, under a minute"
    )
    parser.add_argument("--claims", type=int, help="size of the large ledger (10000000 takes minutes)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.sections if name not in {*SECTIONS, *LANGUAGE}]
    if unknown:
        parser.error(f"there is no section {unknown[0]}; there are {names}")
    return arguments


def _length(arguments: argparse.Namespace) -> Length:
    length = QUICK if arguments.quick else FULL
    return replace(length, claims=arguments.claims) if arguments.claims else length


def main() -> None:
    arguments, console, begun = _arguments(), Console(), time.monotonic()
    chosen = arguments.sections or [*LANGUAGE, *SECTIONS]
    for name, measure in LANGUAGE.items():
        if name in chosen:
            console.print(f"measuring {name} …")
            measure(console)
    if core := [name for name in chosen if name in SECTIONS]:
        _measure_core(core, _length(arguments), console)
    told = report.OUT.parent.relative_to(report.OUT.parents[2])
    console.print(f"{time.monotonic() - begun:.0f} s; all figures: {told}")


def _measure_core(sections: Sequence[str], length: Length, console: Console) -> None:
    out = Measured()
    with places() as made:
        facts = report.machine(made.version())
        console.print(
            f"one server process, PostgreSQL {facts['postgres']} with fsync on, the load beside them on"
            f" {facts['processors']} processors (load before: {facts['load_before']:.1f})"
        )
        for name in sections:
            console.print(f"measuring {name} …")
            SECTIONS[name](made, length, out)
    book = scheduling.salon()
    taken = scheduling.busy(book)
    week = {
        "cut": scheduling.measure(book, scheduling.CUT, taken),
        "perm": scheduling.measure(book, scheduling.PERM, taken),
    }
    reached = list(report.goals(out, week))
    report.show(out, reached, console=console)
    report.store(out, reached, facts, week)


if __name__ == "__main__":
    main()
