"""What is measured, section by section; each has databases of its own, so that no run pays for another's rows."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.figures import Figure, Run, Target, figure
from bench.places import Places, fill_calls, fill_claims, floored, served

CALLERS = (1, 8, 32)
COMPANIES = 10
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Length:
    """How much is measured. `claims` is the larger ledger of the flatness section."""

    seconds: float
    repeats: int
    open_seconds: float
    many_companies: int
    claims: int


QUICK = Length(seconds=0.4, repeats=1, open_seconds=2, many_companies=200, claims=100_000)
FULL = Length(seconds=1.2, repeats=3, open_seconds=10, many_companies=1_000, claims=1_000_000)


@dataclass
class Measured:
    """All figures, and the ratios between runs that followed each other (their medians are what counts)."""

    figures: list[Figure] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)

    def find(self, section: str, operation: str, callers: int) -> Figure:
        return next(
            f for f in self.figures if (f.section, f.operation, f.callers) == (section, operation, callers)
        )


def core(places: Places, length: Length, out: Measured) -> None:
    """Floor, bare hold, check-and-hold and pairs in turns, so that a busy moment of the machine hits them all."""
    with ExitStack() as stack:
        plain = {
            scene: Target(stack.enter_context(floored(fill_calls(places.make(), 40_000))))
            for scene in ("floor", "bare")
        }
        real = Target(stack.enter_context(served(places.make(COMPANIES))), COMPANIES)
        turns = [("floor", plain["floor"]), ("bare", plain["bare"]), ("check", real), ("pair", real)]
        for scene, target in turns:
            target.run(scene, 8, 0.5)
        for callers in CALLERS:
            _take_turns(turns, callers, length, out)
        out.figures.append(figure("null", "null", 32, [plain["floor"].run("null", 32, length.seconds)]))


def _take_turns(turns: Sequence[tuple[str, Target]], callers: int, length: Length, out: Measured) -> None:
    runs: dict[str, list[Run]] = defaultdict(list)
    for _ in range(length.repeats):
        for scene, target in turns:
            runs[scene].append(target.run(scene, callers, length.seconds))
    for scene, operations in (
        ("floor", ("floor",)), ("bare", ("bare",)), ("check", ("check",)), ("pair", ("check", "book", "pair")),
    ):  # fmt: skip
        out.figures += [figure(scene, operation, callers, runs[scene]) for operation in operations]
    for scene in ("bare", "check"):
        pairs = list(zip(runs[scene], runs["floor"], strict=True))
        rates = [run.rate(scene) / floor.rate("floor") for run, floor in pairs]
        waits = [_p50(run, scene) / _p50(floor, "floor") for run, floor in pairs]
        out.ratios[f"{scene} throughput / floor, {callers}"] = round(statistics.median(rates), 2)
        out.ratios[f"{scene} latency / floor, {callers}"] = round(statistics.median(waits), 2)


def _p50(run: Run, operation: str) -> float:
    return statistics.median(run.waits[operation])


def calls(places: Places, length: Length, out: Measured) -> None:
    """Whole calls, from the greeting to the end, spread over companies and days."""
    with served(places.make(COMPANIES)) as url:
        target = Target(url, COMPANIES)
        target.run("call", 8, 0.5)
        for callers in CALLERS:
            run = target.run("call", callers, length.seconds * 1.5)
            out.figures += [
                figure("call", operation, callers, [run])
                for operation in ("initialize", "check", "book", "ended", "call")
            ]


def hot(places: Places, length: Length, out: Measured) -> None:
    """Everybody wants six starts of one day of one small salon, and holds live two seconds: most are refused."""
    with served(places.make(1, staff=4, chairs=2, hold_seconds=2)) as url:
        target = Target(url, 1, hot=True)
        target.run("check", 8, 0.5)
        for callers in CALLERS:
            run = target.run("check", callers, length.seconds * 2)
            out.figures.append(figure("hot", "check", callers, [run]))


def steady(places: Places, length: Length, out: Measured) -> None:
    """A hundred requests a second whatever happens, each wait from when it should have begun."""
    with served(places.make(COMPANIES)) as url:
        target = Target(url, COMPANIES)
        target.run("pair", 8, 0.5)
        for scene in ("check", "book"):
            run = target.run(scene, 64, length.open_seconds, rate=100)
            out.figures.append(figure("100/s", scene, 0, [run]))


def flat(places: Places, length: Length, out: Measured) -> None:
    """Few and many companies, a small and a large ledger: what one check-and-hold costs in each."""
    with ExitStack() as stack:
        few, many, full = places.make(COMPANIES), places.make(length.many_companies), places.make(COMPANIES)
        fill_claims(few, 10_000)
        fill_claims(many, 10_000)
        fill_claims(full, length.claims)
        targets = {
            "few": Target(stack.enter_context(served(few)), COMPANIES),
            "many": Target(stack.enter_context(served(many)), length.many_companies),
            "full": Target(stack.enter_context(served(full)), COMPANIES),
        }
        for target in targets.values():
            # Long enough for every company to have been asked once.
            target.run("check", 8, 1 + target.companies / 150)
        runs: dict[str, list[Run]] = defaultdict(list)
        for _ in range(length.repeats):
            for name, target in targets.items():
                runs[name].append(target.run("check", 8, length.seconds))
    out.figures += [figure(f"flat: {name}", "check", 8, found) for name, found in runs.items()]
    for name in ("many", "full"):
        waits = [
            _p50(run, "check") / _p50(base, "check")
            for run, base in zip(runs[name], runs["few"], strict=True)
        ]
        out.ratios[f"{name} latency / few"] = round(statistics.median(waits), 2)


SECTIONS: dict[str, Callable[[Places, Length, Measured], None]] = {
    "core": core,
    "calls": calls,
    "hot": hot,
    "steady": steady,
    "flat": flat,
}
