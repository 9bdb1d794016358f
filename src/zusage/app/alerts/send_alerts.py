"""Send what the operator must be told of one company: one message for each service, again until it has it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from zusage.app.alerts._lines import digest
from zusage.app.alerts.ports import AlertStore, Attempt, NotDelivered, Notifier, PendingAlert, Taken

log = structlog.get_logger()

_LIMIT = 200
_LEASE_SECONDS = 180.0
_PATIENCE_SECONDS = 60.0
_MINUTE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_GIVE_UP = timedelta(days=3)


async def send_alerts(company_id: UUID, store: AlertStore, notifier: Notifier) -> int:
    """Send the due alerts of a company, one message for each service, and store who has them; says how many are done.

    A service that fails is tried again after 1, 2, 4 … minutes, an hour at most, for three days; those that have an alert
    do not get it again. Only a process that dies between sending and storing repeats a message. Nothing is sent
    while a transaction is open; without any service everything stays due.

    :raises LedgerBusy: the database is too busy; trying again is safe."""
    if not notifier.services:
        return 0
    async with store.unit(company_id) as unit:
        taken = await unit.take(_LIMIT, _LEASE_SECONDS)
        await unit.commit()
    if not taken.alerts:
        return 0
    tries = [_deliver(service, taken, notifier) for service in notifier.services]
    failures = dict(zip(notifier.services, await asyncio.gather(*tries), strict=True))
    attempts = [_attempt(alert, failures, taken.now) for alert in taken.alerts]
    async with store.unit(company_id) as unit:
        await unit.tried(attempts)
        await unit.commit()
    return sum(attempt.sent for attempt in attempts)


async def _deliver(service: str, taken: Taken, notifier: Notifier) -> str:
    """Send a service what it does not have yet; gives why that failed, "" where it went well."""
    missing = [alert for alert in taken.alerts if service not in alert.reached]
    if not missing:
        return ""
    try:
        await asyncio.wait_for(notifier.send(service, *digest(taken.company, missing)), _PATIENCE_SECONDS)
    except (NotDelivered, TimeoutError) as error:
        reason = str(error) or f"no answer within {_PATIENCE_SECONDS:g} s"
        log.warning("alert_not_delivered", service=service, company=taken.company, reason=reason)
        return f"{service}: {reason}"
    return ""


def _attempt(alert: PendingAlert, failures: Mapping[str, str], now: datetime) -> Attempt:
    reached = tuple(
        sorted({*alert.reached, *(service for service, failed in failures.items() if not failed)})
    )
    failed = [failure for failure in failures.values() if failure]
    if not failed:
        return Attempt(alert.alert_id, reached, sent=True, next_at=None, failure="")
    over = now - alert.raised_at >= _GIVE_UP
    pause = min(_MINUTE * 2 ** min(alert.attempts, 10), _LONGEST_PAUSE)
    return Attempt(
        alert.alert_id, reached, sent=False, next_at=None if over else now + pause, failure="; ".join(failed)
    )
