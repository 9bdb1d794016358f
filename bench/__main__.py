"""Measure the booking core on this machine: `make bench`, or `python -m bench --help`. docs/bench.md explains it."""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace

from rich.console import Console

from bench import report, scheduling
from bench.places import places
from bench.sections import FULL, QUICK, SECTIONS, Length, Measured

_ON = {"1", "true", "yes"}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = ", ".join(SECTIONS)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"measure only these: {names}")
    quick = os.environ.get("BENCH_QUICK", "").lower() in _ON
    parser.add_argument(
        "--quick", action="store_true", default=quick, help="less of everything, under a minute"
    )
    parser.add_argument("--claims", type=int, help="size of the large ledger (10000000 takes minutes)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section {unknown[0]}; there are {names}")
    return arguments


def _length(arguments: argparse.Namespace) -> Length:
    length = QUICK if arguments.quick else FULL
    return replace(length, claims=arguments.claims) if arguments.claims else length


def main() -> None:
    arguments, console, out = _arguments(), Console(), Measured()
    length, begun = _length(arguments), time.monotonic()
    with places() as made:
        facts = report.machine(made.version())
        console.print(
            f"one server process, PostgreSQL {facts['postgres']} with fsync on, the load beside them on"
            f" {facts['processors']} processors (load before: {facts['load_before']:.1f})"
        )
        for name in arguments.sections or SECTIONS:
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
    console.print(
        f"{time.monotonic() - begun:.0f} s; all figures: {report.OUT.relative_to(report.OUT.parents[2])}"
    )


if __name__ == "__main__":
    main()
