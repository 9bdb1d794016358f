"""After the bad minute: wait until everything has settled, then compare the ledger with Cal.com and print the proof."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.health import MirrorFigures
from zusage.app.operations.verify_ledger import Proof, verify_ledger
from zusage.boot.cli._chaos_deeds import Stage
from zusage.boot.cli._chaos_night import COMPARED_WITHIN, Night, compare_as_by_night
from zusage.boot.cli._demo_calendar import read_booked
from zusage.boot.cli._frame import app_database, screen
from zusage.boot.servers import Servers
from zusage.sandbox.agreement import Agreement, DifferenceKind, compare
from zusage.sandbox.chaos import CallEnded, Outcome

_LOOK_EVERY = 2.0
_LATE_COMMIT = 110.0
"""Seconds after which nothing that was sent during the faults can be on its way any more."""

_AGREED_WITHIN = 100.0
SETTLED_WITHIN = _LATE_COMMIT + COMPARED_WITHIN + _AGREED_WITHIN


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How the calls ended, how often each fault met something, how often each service was started."""

    calls: Sequence[CallEnded]
    met: Mapping[str, int]
    starts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the proof rests on: the comparison, the ledger's own proof, what is still open there, the nightly comparison.

    `cancelled` and `withdrawn` count the appointments that callers cancelled, and people in the calendar."""

    agreement: Agreement
    proof: Proof
    figures: MirrorFigures
    cancelled: int
    withdrawn: int
    night: Night

    @property
    def ok(self) -> bool:
        whole = not (self.figures.orphans or self.night.failure)
        return self.agreement.ok and self.proof.proven and whole


def settle(stage: Stage, rehearsed: Rehearsed, tell: Callable[[float, str], None]) -> Verdict:
    """Wait until nothing is under way, compare with the calendar as the worker does each night, wait again, and prove.

    `tell` hears again and again how many seconds that has taken, and how it stands. It takes no longer than five
    minutes, whatever is left undone."""
    began = time.monotonic()
    _watch(stage, rehearsed, tell, began, agreed=False)
    tell(time.monotonic() - began, "comparing with Cal.com")
    night = asyncio.run(compare_as_by_night(stage.settings, stage.servers, stage.company_id))
    figures = _watch(stage, rehearsed, tell, began, agreed=True)
    proof = asyncio.run(_prove(stage.servers))
    agreement = judge(stage, rehearsed.calls)
    return Verdict(
        agreement, proof, figures or MirrorFigures(), len(stage.cancelled), len(stage.withdrawn), night
    )


def _watch(
    stage: Stage,
    rehearsed: Rehearsed,
    tell: Callable[[float, str], None],
    began: float,
    *,
    agreed: bool,
) -> MirrorFigures | None:
    """Wait until nothing is on its way, and both agree if that is asked for."""
    until = time.monotonic() + (_AGREED_WITHIN if agreed else _LATE_COMMIT)
    while True:
        figures = asyncio.run(_figures(stage.servers, stage.company_id))
        agreement = judge(stage, rehearsed.calls)
        tell(time.monotonic() - began, _said(figures, agreement))
        quiet = figures is not None and not (figures.pending or figures.unknown or figures.orphans)
        if time.monotonic() > until or (quiet and (agreement.ok or not agreed)):
            return figures
        time.sleep(_LOOK_EVERY)


def judge(stage: Stage, ended: Sequence[CallEnded]) -> Agreement:
    """Compare what was heard, what is promised and what stands, as of now."""
    booked = asyncio.run(read_booked(stage.servers, stage.company_id))
    heard = [each.heard for each in ended if each.heard is not None] + stage.cancelled
    return compare(booked, stage.simulated.standing(), heard, stage.withdrawn)


def _said(figures: MirrorFigures | None, agreement: Agreement) -> str:
    if figures is None:
        return "the database is busy"
    return (
        f"{agreement.promised} promised, {agreement.standing} stand, {figures.pending} on their way "
        f"({figures.unknown} unknown), {figures.orphans} to be cancelled, {figures.reviews} for a person"
    )


async def _figures(servers: Servers, company_id: UUID) -> MirrorFigures | None:
    async with app_database(servers) as database:
        try:
            return await PostgresMirrorHealth(database).figures(company_id)
        except LedgerBusy:
            return None


async def _prove(servers: Servers) -> Proof:
    async with app_database(servers) as database:
        return await verify_ledger(evidence=PostgresEvidence(database))


def print_rehearsed(rehearsed: Rehearsed) -> None:
    """Print how the calls went for the callers, and what was broken meanwhile."""
    calls = rehearsed.calls
    counted = Counter(each.outcome for each in calls)
    outcomes = ", ".join(f"{counted[name]} {name}" for name in get_args(Outcome) if counted[name])
    requests, repeats = sum(each.requests for each in calls), sum(each.repeats for each in calls)
    slowest = max((each.slowest_ms for each in calls), default=0.0)
    met = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in rehearsed.met.items())
    starts = ", ".join(f"{name} {count}" for name, count in rehearsed.starts.items())
    screen.print()
    screen.print(
        f"{len(calls)} calls: {outcomes}. {requests} function calls, {repeats} repeated because no answer came; "
        f"the slowest answer took {slowest:.0f} ms."
    )
    screen.print(f"What Cal.com did: {met or 'nothing wrong'}.")
    screen.print(f"How often each was started: {starts}.")


def _in_review(agreement: Agreement) -> str:
    if not agreement.reviewed:
        return "and nothing is left to a person"
    people = len({each.about for each in agreement.reviewed})
    return f"but for {people} of {agreement.appointments} appointments that are in review, named above"


def print_proof(verdict: Verdict) -> None:
    """Print the counts, each difference by name, and the one line that says whether both agree."""
    agreement, figures = verdict.agreement, verdict.figures
    kinds = Counter(each.kind for each in agreement.differences)
    table = Table(
        "",
        "",
        title="The proof: ledger against Cal.com",
        title_justify="left",
        show_header=False,
        min_width=56,
    )
    rows = {
        "promises callers heard": agreement.said,
        "cancelled at the salon": verdict.cancelled,
        "cancelled by the shop in Cal.com": verdict.withdrawn,
        "appointments in the ledger": agreement.appointments,
        "working phases promised": agreement.promised,
        "bookings of ours in Cal.com": agreement.standing,
        "bookings of others there": agreement.foreign,
        "phases handed to a person": len(agreement.reviewed),
        "orphans to be cancelled there": figures.orphans,
        **{kind.replace("_", " "): kinds[kind] for kind in get_args(DifferenceKind)},
        "findings of zusage verify": len(verdict.proof.findings),
    }
    for name, count in rows.items():
        table.add_row(name, str(count))
    screen.print()
    screen.print(table)
    _print_night(verdict.night)
    for each in agreement.reviewed:
        screen.print(f"[yellow]![/yellow] in review, {each.kind}: {escape(each.text)}")
    for each in agreement.differences:
        screen.print(f"[red]✗[/red] {each.kind}: {escape(each.text)}")
    for finding in verdict.proof.findings:
        screen.print(f"[red]✗[/red] {finding.code}: {escape(finding.sentence)}")
    if verdict.ok:
        screen.print(
            f"[green]✓[/green] [bold]0 differences[/bold] between the ledger and Cal.com, {_in_review(agreement)}"
        )
    else:
        count = len(agreement.differences) + len(verdict.proof.findings) + figures.orphans
        uncompared = ", and no nightly comparison" if verdict.night.failure else ""
        screen.print(f"[red]✗[/red] [bold]{count} differences{uncompared}[/bold]")


def _print_night(night: Night) -> None:
    if night.guarded:
        screen.print(
            f"[yellow]![/yellow] the worker's nightly comparison only looked, until a person said go: {escape(night.guarded)}"
        )
    if night.failure:
        screen.print(
            f"[red]✗[/red] Cal.com could not be compared as each night, so this proves too little: {escape(night.failure)}"
        )
