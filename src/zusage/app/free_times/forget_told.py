"""Forget what is kept of a day that a webhook names: it is read anew before the webhook itself is looked into."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from zusage.app.errors import ZusageError
from zusage.app.free_times.ports import HostBook
from zusage.app.mirror.store import Changed
from zusage.core.values import Period

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """Whose time a webhook is about, by who they are in the calendar, and which."""

    host_id: int
    periods: Sequence[Period]


Forget = Callable[[UUID, Told], Awaitable[None]]


async def forget_nothing(_company_id: UUID, _told: Told) -> None:
    """What a door does that keeps nothing."""


async def forget_told(company_id: UUID, told: Told, *, hosts: HostBook, changed: Changed) -> None:
    """Drop those days of that host, if it is one of the company's.

    Nothing is believed: at worst a day is read once more. What the webhook is about is read seconds later, and until
    then nobody is told that the time is free because it was so before. Nothing raises."""
    try:
        company = await hosts.hosts(company_id)
    except ZusageError as error:
        log.warning("calendar_hosts_unread", company_id=str(company_id), reason=str(error))
        return
    staff = (
        [each.staff_id for each in company.hosts.values() if each.host_id == told.host_id] if company else []
    )
    for staff_id in staff:
        for period in told.periods:
            await changed(company_id, staff_id, period)
