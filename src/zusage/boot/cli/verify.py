"""`zusage verify`: prove that every promise stands."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import typer

from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.operations.verify_ledger import Proof, verify_ledger
from zusage.boot.cli._errors import FOUND
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers

EXAMPLE = "Example: zusage verify --json"
_PATIENCE_MS = 600_000


def verify(as_json: bool = JSON) -> None:
    """Prove on live data that nothing is promised twice and every claim has its owner; ends with 1 on a finding."""
    settings = prepare()
    with ready_servers(settings) as servers:
        proof = asyncio.run(_prove(servers))
    if as_json:
        findings = [asdict(finding) for finding in proof.findings]
        counts = dict(proof.counts)
        print_json(
            {"proven": proof.proven, "companies": proof.companies, "counts": counts, "findings": findings}
        )
    else:
        _print(proof)
    if not proof.proven:
        raise typer.Exit(FOUND)


async def _prove(servers: Servers) -> Proof:
    async with app_database(servers, statement_ms=_PATIENCE_MS) as database:
        return await verify_ledger(evidence=PostgresEvidence(database))


def _print(proof: Proof) -> None:
    counted = ", ".join(f"{count} {name}" for name, count in proof.counts.items())
    screen.print(f"Looked at {proof.companies} companies: {counted}")
    for finding in proof.findings:
        where = f"{finding.company}: " if finding.company else ""
        screen.print(f"[red]✗ {finding.code}[/red] {where}{finding.sentence}")
    if proof.proven:
        screen.print(
            "[green]✓[/green] 0 overlaps, 0 claims without an owner, every key of the schema in place"
        )
