"""Forget what is kept of a host's day once something changed there, and read it anew, many changes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import structlog

from zusage.app.errors import ZusageError
from zusage.app.free_times._days import stretches_of_days
from zusage.app.free_times.fill import CalendarUnread, Filler, wanted_days
from zusage.app.free_times.ports import CalendarHost, CompanyHosts, HostBook
from zusage.core.scheduling.calendar import CalendarView
from zusage.core.values import Period

log = structlog.get_logger()

SETTLE_SECONDS = 3.0
"""How long changes of a host are gathered: beyond the two seconds for which the calendar may still answer as before."""
_WORTH_READING = timedelta(days=14)


class AfterChange:
    """Implements `app.mirror.store.Changed`. One for a process; close it in the end.

    A host with a probe is read anew by one request for all that changed; another one would need one for each event
    type, so that it is only forgotten, and read when somebody asks (protocols 33)."""

    def __init__(self, hosts: HostBook, filler: Filler, *, settle: float = SETTLE_SECONDS) -> None:
        self._hosts = hosts
        self._filler = filler
        self._settle = settle
        self._changed: dict[tuple[UUID, UUID], set[date]] = {}

    async def __call__(self, company_id: UUID, staff_id: UUID, period: Period) -> None:
        try:
            company = await self._hosts.hosts(company_id)
        except ZusageError as error:
            log.warning("calendar_hosts_unread", company_id=str(company_id), reason=str(error))
            return
        host = company.hosts.get(staff_id) if company is not None else None
        if company is None or host is None:
            return
        days = CalendarView(host.zone, "offer", {}).days_in(period)
        await self._filler.kept.drop(company_id, staff_id, days)
        if host.probe is not None:
            self._gather(company, host, days)

    def _gather(self, company: CompanyHosts, host: CalendarHost, days: Collection[date]) -> None:
        key = (company.company_id, host.staff_id)
        if key in self._changed:
            self._changed[key].update(days)
            return
        self._changed[key] = set(days)
        self._filler.background(self._read(company, host))

    async def _read(self, company: CompanyHosts, host: CalendarHost) -> None:
        await asyncio.sleep(self._settle)
        days = self._changed.pop((company.company_id, host.staff_id))
        today = datetime.fromtimestamp(self._filler.clock(), UTC).date()
        worth = [day for day in days if abs(day - today) <= _WORTH_READING]
        assert host.probe is not None
        for wanted in wanted_days(company, host, host.probe, stretches_of_days(worth)):
            try:
                await self._filler.start(wanted, "background")
            except CalendarUnread as error:
                log.info("free_times_unread", company_id=str(company.company_id), reason=str(error))
