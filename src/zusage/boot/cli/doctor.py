"""`zusage doctor`: look at everything a call needs, and say how to mend what is wrong."""

from __future__ import annotations

from dataclasses import asdict

import typer

from zusage.boot.cli._errors import FOUND
from zusage.boot.cli._examine import Check, examine
from zusage.boot.cli._frame import JSON, print_json, screen

EXAMPLE = "Example: zusage doctor"
_SIGNS = {"ok": "[green]✓[/green]", "warn": "[yellow]![/yellow]", "fail": "[red]✗[/red]"}


def doctor(as_json: bool = JSON) -> None:
    """Look at settings, servers, schema, roles, clock, worker, cache and keys; ends with 1 when one of them fails."""
    checks: list[Check] = []
    for check in examine():
        checks.append(check)
        if not as_json:
            _print(check)
    if as_json:
        print_json([asdict(check) for check in checks])
    if any(check.level == "fail" for check in checks):
        raise typer.Exit(FOUND)


def _print(check: Check) -> None:
    screen.print(f"{_SIGNS[check.level]} [bold]{check.name:9}[/bold] {check.text}")
    if check.mend:
        screen.print(f"  {'':9} → {check.mend}")
