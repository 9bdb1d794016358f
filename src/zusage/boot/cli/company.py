"""`zusage company`: load companies from their files, look at them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.app.operations.company_file import CompanyFile, parse_company_file
from zusage.app.operations.list_companies import list_companies
from zusage.app.operations.load_company import LoadReport, load_company
from zusage.app.operations.ports import CompanyOverview, Sealer
from zusage.boot.cli import words
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, aside, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers, secret_box

app = typer.Typer(
    help="Companies: load them from files, look at them.",
    epilog="Example: zusage company load my-salon.toml; zusage company list",
    no_args_is_help=True,
)
app.add_typer(words.synonyms, name="synonym")
app.command("misheard", epilog=words.MISHEARD_EXAMPLE)(words.misheard)


@app.command("load", epilog="Example: zusage company load my-salon.toml")
def load(
    paths: list[Path] = typer.Argument(metavar="FILE...", help="Company files (TOML)."),
    strict: bool = typer.Option(False, "--strict", help="End with 1 when a promise needs a look."),
) -> None:
    """Store companies as their files describe them; a file with a mistake changes nothing, repeating is harmless.

    What was promised stands; what can no longer be kept as promised is listed, by every load until it is mended."""
    settings = prepare()
    company_files = [read_company_file(path) for path in paths]
    for file in company_files:
        for warning in file.warnings:
            aside.print(
                f"[yellow]{file.key}, line {warning.line}: {warning.field}: {warning.message}[/yellow]"
            )
    with ready_servers(settings) as servers:
        reports = asyncio.run(load_all(company_files, servers, secret_box(settings)))
    for report in reports:
        screen.print("\n".join(describe(report)), markup=False)
    if strict and any(report.stranded for report in reports):
        raise typer.Exit(FOUND)


def read_company_file(path: Path) -> CompanyFile:
    """:raises CompanyFileError: it has mistakes.
    :raises UsageError: it is no text."""
    try:
        return parse_company_file(path.read_text(encoding="utf-8-sig"), source=str(path))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8.") from error


async def load_all(company_files: list[CompanyFile], servers: Servers, seal: Sealer) -> list[LoadReport]:
    """Load one after the other, each whole or not at all."""
    async with app_database(servers) as database:
        store = PostgresCompanies(database)
        return [
            await load_company(file, store=store, seal=seal, environment=os.environ) for file in company_files
        ]


def describe(report: LoadReport) -> Iterator[str]:
    """Say what loading did, and which promises need a look: by whom, when, for what, and why."""
    changed = f" ({', '.join(report.changed)})" if report.changed and not report.created else ""
    yield f"{report.key}: {report.outcome}{changed}"
    if report.stranded:
        count = len(report.stranded)
        yield f"{count} promise{'s need' if count > 1 else ' needs'} a look; nothing was cancelled or moved:"
    for each in report.stranded:
        promise = each.promise
        start = promise.period.start.astimezone(ZoneInfo(promise.zone))
        who = f"for {promise.attendee}" if promise.appointment_id else "held for a caller"
        what = f"{promise.service} with {promise.staff} {who}, {promise.branch}"
        why = "; ".join(reason.text for reason in each.reasons)
        yield f"  {start:%a %d.%m.%Y %H:%M} ({promise.zone})  {what}: {why}"


@app.command("list", epilog="Example: zusage company list --json")
def list_them(as_json: bool = JSON) -> None:
    """List all companies with their branches."""
    companies = _companies()
    if as_json:
        print_json([asdict(company) for company in companies])
        return
    table = _table("Key", "Name", "Branches", "Numbers")
    for company in companies:
        branches = ", ".join(branch.key for branch in company.branches if branch.active)
        numbers = ", ".join(number for branch in company.branches for number in branch.numbers)
        table.add_row(company.key, company.name, branches, numbers)
    screen.print(table)


@app.command("show", epilog="Example: zusage company show friseur-eins")
def show(key: str = typer.Argument(help="The company's key."), as_json: bool = JSON) -> None:
    """Show one company: its branches, and the numbers and agents that lead to each."""
    companies = {company.key: company for company in _companies()}
    if key not in companies:
        raise UsageError(f'There is no company "{key}"; there are: {", ".join(companies) or "none"}.')
    company = companies[key]
    if as_json:
        print_json(asdict(company))
        return
    screen.print(f"[bold]{company.name}[/bold] ({company.key}), catalogue {company.catalogue_version}")
    table = _table("Branch", "Name", "Zone", "Numbers", "Agents")
    for branch in company.branches:
        name = branch.name if branch.active else f"{branch.name} (inactive)"
        table.add_row(branch.key, name, branch.zone, ", ".join(branch.numbers), ", ".join(branch.agents))
    screen.print(table)


def _table(*columns: str) -> Table:
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _companies() -> list[CompanyOverview]:
    settings = prepare()
    with ready_servers(settings) as servers:
        return asyncio.run(_list(servers))


async def _list(servers: Servers) -> list[CompanyOverview]:
    async with app_database(servers) as database:
        return await list_companies(store=PostgresCompanies(database))
