"""`zusage reviews`: what a person must look at, with whom to call back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import typer

from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.reviews import PostgresReviews
from zusage.app.reviews.advice import advice_for, needs_callback
from zusage.app.reviews.ports import ReviewItem
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers
from zusage.inbound.api.masking import mask_phone

app = typer.Typer(
    help="What a person must look at: promises the calendar refused, sick notes over appointments, drift.",
    epilog="Example: zusage reviews list --company friseur-eins --full",
    no_args_is_help=True,
)


@app.command("list", epilog="Example: zusage reviews list --company friseur-eins --full --json")
def list_(
    company: str | None = typer.Option(None, "--company", help="Only this company (its key)."),
    all_of_them: bool = typer.Option(False, "--all", help="Also those closed in the last 30 days."),
    full: bool = typer.Option(False, "--full", help="Show telephone numbers whole, to call back."),
    as_json: bool = JSON,
) -> None:
    """List the open items, the oldest first, with what to do and whom to call; ends with 1 if there are any."""
    with ready_servers(prepare()) as servers:
        found = asyncio.run(_list(servers, company, all_of_them=all_of_them))
    if as_json:
        print_json([_dump(key, item, full=full) for key, item in found])
    else:
        for key, item in found:
            _print(key, item, full=full)
        count = sum(item.resolved_at is None for _, item in found)
        screen.print(f"{count} open review item{'' if count == 1 else 's'}")
    if any(item.resolved_at is None for _, item in found):
        raise typer.Exit(FOUND)


@app.command(
    "resolve",
    epilog='Example: zusage reviews resolve 17 --company friseur-eins --note "called, comes at 4" --apply',
)
def resolve(
    review_id: int = typer.Argument(metavar="ID", help="The item's number (`zusage reviews list`)."),
    company: str = typer.Option(..., "--company", help="The company (its key)."),
    note: str = typer.Option(..., "--note", help="What came of it; stays with the item."),
    apply: bool = typer.Option(False, "--apply", help="Do it; without it, only tell what would be done."),
    as_json: bool = JSON,
) -> None:
    """Close an item that you have seen to; a dry run without --apply.

    What the calendar lacks stays lacking and is no failure any more; `zusage mirror retry` tries it again."""
    if not note.strip():
        raise UsageError("--note must say what came of it.")
    with ready_servers(prepare()) as servers:
        item = asyncio.run(_resolve(servers, company, review_id, note.strip(), apply=apply))
    if as_json:
        print_json(_dump(company, item, full=False) | {"applied": apply})
        return
    screen.print(
        f"Review item {review_id} ({item.kind}) is closed{'' if apply else ' with --apply'}.", markup=False
    )


def _dump(company: str, item: ReviewItem, *, full: bool) -> dict[str, Any]:
    dumped = asdict(item) | {
        "company": company,
        "callback": _needs_callback(item),
    }
    numbers = {} if full else {"phone": _masked(item.phone), "contact_phone": _masked(item.contact_phone)}
    return dumped | numbers | {"action": _advice(company, item)}


def _advice(company: str, item: ReviewItem) -> str:
    return advice_for(
        item.kind,
        company,
        appointment_id=item.appointment_id,
        cancelled=item.cancelled,
        failure=item.failure,
    )


def _needs_callback(item: ReviewItem) -> bool:
    return needs_callback(item.kind, cancelled=item.cancelled, failure=item.failure)


def _masked(number: str | None) -> str | None:
    return mask_phone(number) if number else None


def _print(company: str, item: ReviewItem, *, full: bool) -> None:
    closed = (
        f", closed {item.resolved_at:%d.%m.%Y %H:%M} UTC: {item.resolution or 'by itself'}"
        if item.resolved_at
        else ""
    )
    screen.print(
        f"{company}: {item.review_id} {item.kind}, since {item.created_at:%d.%m.%Y %H:%M} UTC{closed}",
        markup=False,
    )
    if item.start is not None:
        screen.print(
            f"  {item.start:%d.%m.%Y %H:%M} ({item.zone}) {item.service} with {item.staff}, {item.branch}; "
            f"appointment {item.appointment_id}",
            markup=False,
        )
        screen.print(
            f"  {'call back' if _needs_callback(item) else 'customer'}: {_whom(item, full=full)}",
            markup=False,
        )
    if item.why:
        screen.print(f"  {item.why}", markup=False)
    if item.resolved_at is None:
        screen.print(f"  → {_advice(company, item)}", markup=False)


def _whom(item: ReviewItem, *, full: bool) -> str:
    shown = (lambda number: number) if full else mask_phone
    verified = f"{shown(item.phone)} (verified)" if item.phone else ""
    said = f"{shown(item.contact_phone)} (said on the phone)" if item.contact_phone else ""
    numbers = ", ".join(filter(None, (verified, said)))
    return f"{item.attendee}, {numbers or 'called without a number'}"


async def _list(
    servers: Servers, company: str | None, *, all_of_them: bool
) -> Sequence[tuple[str, ReviewItem]]:
    async with app_database(servers) as database:
        store = PostgresReviews(database)
        companies = [name for name in await list_names(database) if company in (None, name.key)]
        if company is not None and not companies:
            raise _unknown(company)
        return [
            (name.key, item)
            for name in companies
            for item in await store.reviews(name.company_id, all_of_them=all_of_them)
        ]


async def _resolve(servers: Servers, company: str, review_id: int, note: str, *, apply: bool) -> ReviewItem:
    """:raises UsageError: there is no such company, or no such item is open."""
    async with app_database(servers) as database:
        store = PostgresReviews(database)
        ids = {name.key: name.company_id for name in await list_names(database)}
        if company not in ids:
            raise _unknown(company)
        found = [item for item in await store.reviews(ids[company]) if item.review_id == review_id]
        if not found or (apply and await store.resolve(ids[company], review_id, note) != "resolved"):
            raise UsageError(
                f"{review_id} is no open review item of {company}; `zusage reviews list` lists them."
            )
        return found[0]


def _unknown(company: str) -> UsageError:
    return UsageError(f'There is no company "{company}"; `zusage company list` lists them.')
