"""`zusage doctor`: look at everything a call needs, and say how to mend what is wrong."""

from __future__ import annotations

from dataclasses import asdict

import typer

from zusage.boot.cli._errors import FOUND
from zusage.boot.cli._examine import Finding, examine
from zusage.boot.cli._frame import JSON, print_json, screen

EXAMPLE = "Example: zusage doctor"
_SIGNS = {"ok": "[green]✓[/green]", "warn": "[yellow]![/yellow]", "fail": "[red]✗[/red]"}


def doctor(as_json: bool = JSON) -> None:
    """Look at settings, servers, schema, roles, clock, worker, cache and keys; ends with 1 when one of them fails."""
    findings: list[Finding] = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(FOUND)


def _print(finding: Finding) -> None:
    screen.print(f"{_SIGNS[finding.level]} [bold]{finding.name:9}[/bold] {finding.text}")
    if finding.mend:
        screen.print(f"  {'':9} → {finding.mend}")
