"""`zusage alerts`: what the operator was told, and whether the telling works."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import typer

from zusage.adapters.notify.apprise_services import AppriseServices
from zusage.adapters.postgres.alerts import AlertSight, PostgresAlerts
from zusage.adapters.postgres.companies import list_names
from zusage.app.alerts.ports import NotDelivered
from zusage.boot.cli._errors import FOUND, UsageError
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers
from zusage.boot.settings import SettingsError

app = typer.Typer(
    help="What the operator is told: review items, orphans, calendars that are not in step.",
    epilog="Example: zusage alerts test; zusage alerts list --company friseur-eins",
    no_args_is_help=True,
)


@app.command("list", epilog="Example: zusage alerts list --all --json")
def list_(
    company: str | None = typer.Option(None, "--company", help="Only this company (its key)."),
    sent_too: bool = typer.Option(False, "--all", help="Also what every service has already."),
    limit: int = typer.Option(
        50, "--limit", min=1, max=10_000, help="How many of each company, the newest first."
    ),
    as_json: bool = JSON,
) -> None:
    """List alerts that not every service has yet, the newest first; ends with 1 if one was given up."""
    settings = prepare()
    with ready_servers(settings) as servers:
        found = asyncio.run(_list(servers, company, sent_too=sent_too, limit=limit))
    if as_json:
        print_json([{"company": key, **asdict(alert)} for key, alert in found])
    else:
        for key, alert in found:
            screen.print(
                f"{alert.raised_at:%d.%m.%Y %H:%M} UTC  {key}  {_state(alert)}: {alert.text}", markup=False
            )
        screen.print(
            f"{len(found)} alerts"
            + ("" if settings.alert_urls else "; ZUSAGE_ALERT_URLS names nobody to tell")
        )
    if any(alert.sent_at is None and alert.next_at is None for _, alert in found):
        raise typer.Exit(FOUND)


@app.command("test", epilog="Example: ZUSAGE_ALERT_URLS=json://127.0.0.1:9000/ zusage alerts test")
def send_test(as_json: bool = JSON) -> None:
    """Send a test message to every service of ZUSAGE_ALERT_URLS; ends with 1 if one does not take it."""
    settings = prepare()
    if not settings.alert_urls:
        raise SettingsError("ZUSAGE_ALERT_URLS is not set, so nobody is told; docs/settings.md has examples.")
    services = AppriseServices([url.get_secret_value() for url in settings.alert_urls])
    told = asyncio.run(_test(services))
    if as_json:
        print_json(
            [{"service": service, "delivered": not failure, "failure": failure} for service, failure in told]
        )
    else:
        for service, failure in told:
            screen.print(f"{service}: {failure or 'delivered'}", markup=False)
    if any(failure for _, failure in told):
        raise typer.Exit(FOUND)


def _state(alert: AlertSight) -> str:
    if alert.sent_at is not None:
        return f"sent {alert.sent_at:%d.%m. %H:%M}"
    if alert.next_at is None:
        return f"given up after {alert.attempts} tries ({alert.failure})"
    tried = f", {alert.attempts} tries failed ({alert.failure})" if alert.attempts else ""
    return f"to be sent {alert.next_at:%d.%m. %H:%M}{tried}"


async def _list(
    servers: Servers, company: str | None, *, sent_too: bool, limit: int
) -> Sequence[tuple[str, AlertSight]]:
    async with app_database(servers) as database:
        names = [name for name in await list_names(database) if company in (None, name.key)]
        if company is not None and not names:
            raise UsageError(f'There is no company "{company}"; `zusage company list` lists them.')
        store = PostgresAlerts(database)
        return [
            (name.key, alert)
            for name in names
            for alert in await store.list(name.company_id, sent_too=sent_too, limit=limit)
        ]


async def _test(services: AppriseServices) -> Sequence[tuple[str, str]]:
    """:return: each service, with why it did not take the message, "" if it did."""
    told = []
    for service in services.services:
        try:
            await services.send(
                service, "Zusage: a test", "Alerts of Zusage arrive here. Nothing is to be done."
            )
        except NotDelivered as error:
            told.append((service, str(error)))
        else:
            told.append((service, ""))
    return told
