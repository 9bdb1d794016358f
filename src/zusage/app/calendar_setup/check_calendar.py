"""Look at a connected calendar and say what is wrong with it, before a caller finds out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zusage.app.calendar_setup.account import AccountPicture, Asking, read_account
from zusage.app.calendar_setup.companies import find_connection
from zusage.app.calendar_setup.findings import Examined, Finding, find_problems
from zusage.app.calendar_setup.ports import SetupCalendars, SetupStore
from zusage.app.calendar_setup.subscribe import reach_of
from zusage.app.mirror.connection import CalendarConnection, CalendarMapping
from zusage.core.scheduling.masters import BranchBook


@dataclass(frozen=True, slots=True)
class CalendarReport:
    """What was found, errors first. `notes` are about what the key may not see, and so was not looked at.

    `branches` are the keys of those that are mirrored; "failing" means that bookings fail or cannot be made."""

    company: str
    account: str
    branches: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def state(self) -> Literal["well", "to_look_at", "failing"]:
        if any(each.level == "error" for each in self.findings):
            return "failing"
        return "to_look_at" if self.findings or self.notes else "well"


async def check_calendar(company: str, *, store: SetupStore, calendars: SetupCalendars) -> CalendarReport:
    """Check a company's calendar; changes nothing, here or there.

    :raises CalendarSetupError: there is no such company.
    :raises CalendarUnusable: no calendar is connected, its key is wrong, or it does not answer."""
    connection = await find_connection(store, company)
    books = await store.books(connection.company_id)
    mapping = await store.load_mapping(connection.company_id)
    picture = await read_account(Asking(calendars.of(connection.access)))
    mirrored = [book for book in books if book.branch.id in connection.branches]
    findings = [
        *_about_account(company, connection, picture),
        *_about_webhooks(company, connection, picture, mapping),
        *_about_branches(company, mirrored),
        *find_problems(Examined(company, mirrored, picture, mapping)),
    ]
    return CalendarReport(
        company=company,
        account=f"{picture.account.username} ({picture.account.user_id}) at {connection.base_url}",
        branches=tuple(book.branch.key for book in mirrored),
        findings=tuple(sorted(findings, key=lambda each: each.level != "error")),
        notes=picture.notes,
    )


def _about_account(
    company: str, connection: CalendarConnection, picture: AccountPicture
) -> Iterator[Finding]:
    if picture.account.user_id != connection.account_id:
        yield Finding(
            "error",
            "account_changed",
            picture.account.username,
            f"The key belongs to another account than it did; it was {connection.username} ({connection.account_id}).",
            f"zusage calcom connect {company}, with the right key",
        )


def _about_webhooks(
    company: str, connection: CalendarConnection, picture: AccountPicture, mapping: CalendarMapping
) -> Iterator[Finding]:
    reach = reach_of(connection, picture.webhooks, picture.organization_webhooks)
    others = [each.host_id for each in mapping.hosts if each.host_id != picture.account.user_id]
    if reach == "nobody":
        yield Finding(
            "warning",
            "no_webhook",
            "changes at Cal.com",
            "Cal.com does not tell of changes; they are found by the periodic comparison only.",
            f"zusage calcom connect {company} --public-url https://…",
        )
    elif reach == "own" and others:
        yield Finding(
            "warning",
            "webhook_of_one",
            "changes at Cal.com",
            f"Cal.com tells what is changed with {picture.account.username} only; the rest is found by the periodic "
            "comparison.",
            "Connect with the key of somebody who runs the organization there, if there is one.",
        )


def _about_branches(company: str, mirrored: list[BranchBook]) -> Iterator[Finding]:
    if not mirrored:
        yield Finding(
            "error",
            "not_mirrored",
            company,
            "No branch is mirrored yet: what is booked on the phone does not come to Cal.com.",
            f"zusage calcom map {company} --apply",
        )
