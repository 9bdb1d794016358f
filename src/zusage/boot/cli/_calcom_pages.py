"""What `zusage calcom` prints: tables for people, JSON for machines; never a key or a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.markup import escape

from zusage.app.calendar_setup.adjust_calendar import Adjusted
from zusage.app.calendar_setup.check_calendar import CalendarReport
from zusage.app.calendar_setup.connect_calendar import Connected
from zusage.app.calendar_setup.map_calendar import Applied, MapView
from zusage.app.calendar_setup.propose import Candidate, HostProposal, PieceProposal
from zusage.boot.cli._frame import screen, table

_HOOKS = {
    "none": "Cal.com was not asked to tell changes: there is no public URL (--public-url or ZUSAGE_PUBLIC_URL). What it told before, it goes on telling.",
    "created": "Cal.com tells changes from now on.",
    "kept": "Cal.com tells changes, as before.",
}
# A host that left brings a finding for each of their event types.
_SHOWN = 30
_ORIGINS = {"said": "as you said", "kept": "stored", "found": "found", "none": "missing"}


def connected(done: Connected) -> Iterator[str]:
    account = done.account
    yield f"{done.company} is connected with {account.username} ({account.user_id}) at {done.base_url}."
    yield _HOOKS[done.hook]
    if done.hook_reach == "own":
        yield f"This key is told of {account.username}'s bookings only; changes with others are found by comparison."
    if done.courtesy:
        yield "What is held for a caller is hidden from web bookers meanwhile."
    if done.unreachable == "hide":
        yield "While Cal.com does not answer, nothing is offered that was not seen there shortly before."
    if done.going_on:
        parts = "part" if done.going_on == 1 else "parts"
        yield f"{done.going_on} {parts} of appointments had waited for the key; they are brought over within a minute."
    if done.changed_account:
        yield "It is another account than before, so the mapping was forgotten and no branch is mirrored."
    yield f"Next: zusage calcom map {done.company}"


def print_adjusted(adjusted: Adjusted) -> None:
    """Print how a calendar is used, branch by branch."""
    silent = "the ledger alone decides" if adjusted.unreachable == "offer" else "unseen times are not offered"
    screen.print(f"While Cal.com does not answer: {silent}.")
    screen.print(f"What is held is hidden from web bookers: {'yes' if adjusted.courtesy else 'no'}.")
    screen.print(f"Requests a minute with this key: {adjusted.per_minute}.")
    if not adjusted.branches:
        screen.print(f"No branch is mirrored yet: zusage calcom map {adjusted.company} --apply", markup=False)
        return
    shown = table("Branch", "A caller hears that it is booked")
    for key, each in adjusted.branches.items():
        inline = f"after Cal.com has it, {each.wait_ms} ms at most"
        shown.add_row(escape(key), inline if each.confirm == "inline" else "at once")
    screen.print(shown)


def print_map(view: MapView) -> None:
    """Print who is whom, what is booked as what, what is missing, and what that means for callers."""
    _print_hosts(view.proposal.hosts)
    _print_pieces(view.proposal.pieces)
    for note in view.picture.notes:
        screen.print(f"[yellow]![/yellow] {escape(note)}")
    for each in view.proposal.hosts:
        if each.host is None:
            screen.print(f"[red]✗[/red] {escape(each.member.name)}: {escape(each.reason)}")
    for piece in view.proposal.pieces:
        if piece.chosen is None:
            who = f"{piece.piece.label} with {piece.piece.member.name}"
            screen.print(f"[red]✗[/red] {escape(who)}: {escape(piece.missing)}")
    if view.unbookable:
        screen.print("Not offered on the phone like this:")
        for line in _unbookable(view):
            screen.print(f"  {line}", markup=False)


def _print_hosts(hosts: Sequence[HostProposal]) -> None:
    shown = table("Staff", "At Cal.com", "Because")
    for each in hosts:
        there = f"{each.host.name or each.host.username} ({each.host.user_id})" if each.host else "—"
        reason = each.reason if each.host else _ORIGINS["none"]
        shown.add_row(escape(each.member.name), escape(there), escape(reason))
    screen.print(shown)


def _print_pieces(pieces: Sequence[PieceProposal]) -> None:
    shown = table("Service", "Staff", "Min", "Event type", "Score", "Because")
    for each in pieces:
        piece, chosen = each.piece, each.chosen
        title = f"{chosen.kind.title} ({chosen.kind.event_type_id})" if chosen else "—"
        shown.add_row(
            escape(piece.label),
            escape(piece.member.name),
            str(piece.minutes),
            escape(title),
            str(chosen.score) if chosen else "",
            escape(", ".join(chosen.reasons)) if chosen else _ORIGINS["none"],
        )
    screen.print(shown)


def _unbookable(view: MapView) -> Iterator[str]:
    """Say for each person of a branch in one line what is missing."""
    missing: dict[tuple[str, str], list[str]] = {}
    for branch, member, service in view.unbookable:
        missing.setdefault((branch, member), []).append(service)
    for (branch, member), services in missing.items():
        yield f"{member} ({branch}): {', '.join(services)}"


def applied(view: MapView, done: Applied) -> Iterator[str]:
    count = len(done.mapping.segments)
    yield f"Stored: {count} pieces are mapped, and what is booked in {', '.join(done.branches)} comes to Cal.com."
    for probe in done.probes:
        name = probe.host.member.name
        yield (
            f"{name}: no event type for free times could be made: {probe.problem}"
            if probe.problem
            else f"{name}: free times are read from the event type {probe.event_type_id}."
        )
    left = {each.member.name for each in view.proposal.unprobed} - {
        each.host.member.name for each in done.probes
    }
    if left:
        yield f"Without a probe event type: {', '.join(sorted(left))}. --apply --yes makes them."


def is_incomplete(view: MapView) -> bool:
    return any(each.chosen is None for each in view.proposal.pieces) or any(
        each.host is None for each in view.proposal.hosts
    )


def map_json(view: MapView, done: Applied | None) -> dict[str, Any]:
    """Give everything that the tables say, and the ids behind it."""
    return {
        "account": asdict(view.picture.account),
        "hosts": [_host_json(each) for each in view.proposal.hosts],
        "pieces": [_piece_json(each) for each in view.proposal.pieces],
        "not_offered": [
            {"branch": branch, "staff": member, "service": service}
            for branch, member, service in view.unbookable
        ],
        "without_probe": [each.member.name for each in view.proposal.unprobed],
        "notes": list(view.picture.notes),
        "stored": None if done is None else _stored_json(done),
    }


def _stored_json(done: Applied) -> dict[str, Any]:
    return {
        "branches": list(done.branches),
        "pieces": len(done.mapping.segments),
        "probes": [
            {
                "staff": each.host.member.name,
                "event_type_id": each.event_type_id,
                "problem": each.problem or None,
            }
            for each in done.probes
        ],
    }


def _host_json(each: HostProposal) -> dict[str, Any]:
    return {
        "staff": each.member.name,
        "staff_id": str(each.member.id),
        "host_id": each.host.user_id if each.host else None,
        "host": (each.host.name or each.host.username) if each.host else None,
        "origin": each.origin,
        "reason": each.reason,
    }


def _piece_json(each: PieceProposal) -> dict[str, Any]:
    piece = each.piece
    return {
        "piece": piece.said,
        "service": piece.service.key,
        "part": piece.part or None,
        "ordinal": piece.ordinal,
        "staff": piece.member.name,
        "minutes": piece.minutes,
        "origin": each.origin,
        "chosen": _candidate_json(each.chosen) if each.chosen else None,
        "missing": each.missing or None,
        "others": [_candidate_json(other) for other in each.others],
    }


def _candidate_json(each: Candidate) -> dict[str, Any]:
    kind = each.kind
    return {
        "event_type_id": kind.event_type_id,
        "title": kind.title,
        "score": each.score,
        "reasons": list(each.reasons),
    }


def print_report(report: CalendarReport) -> None:
    """Print what was found, errors first, each with how to mend it; of very many the first, and what the others are."""
    mirrored = ", ".join(report.branches) or "no branch"
    screen.print(f"{escape(report.company)}: {escape(report.account)}; mirrored: {escape(mirrored)}")
    for each in report.findings[:_SHOWN]:
        sign = "[red]✗[/red]" if each.level == "error" else "[yellow]![/yellow]"
        screen.print(f"{sign} [bold]{escape(each.about)}[/bold]: {escape(each.sentence)}")
        screen.print(f"  → {escape(each.mend)}")
    if more := Counter(each.code for each in report.findings[_SHOWN:]):
        codes = ", ".join(f"{count} × {code}" for code, count in more.most_common())
        screen.print(f"… and {more.total()} more ({codes}); --json lists all of them.")
    for note in report.notes:
        screen.print(f"[yellow]![/yellow] {escape(note)}")
    if report.state == "well":
        screen.print(
            "[green]✓[/green] everybody who is offered can be booked there, at the lengths said here"
        )
