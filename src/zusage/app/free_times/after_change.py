"""Give a time no longer once something changed there, and read its day anew, many changes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import structlog

from zusage.app.errors import ZusageError
from zusage.app.free_times._days import stretches_of_days
from zusage.app.free_times.fill import CalendarUnread, Filler, Wanted, wanted_days
from zusage.app.free_times.ports import CalendarHost, CompanyHosts, HostBook
from zusage.core.scheduling.calendar import CalendarView
from zusage.core.values import Period

log = structlog.get_logger()

SETTLE_SECONDS = 3.0
"""How long a host must have been quiet before it is read: beyond the two seconds for which the calendar may still answer as before."""
_WORTH_READING = timedelta(days=14)


@dataclass(slots=True)
class _Gathered:
    """The days of a host that are to be read, and how many changes have made them so."""

    days: set[date] = field(default_factory=set)
    changes: int = 0


class AfterChange:
    """Implements `app.mirror.store.Changed`. One for a process; close it in the end.

    A host with a probe is read anew by one request for all that changed, and until then what is kept of the day serves
    without that time: it may be free there now, but who is told so too late loses little, and nobody waits. Another host
    would need a request for each event type, so that the day is forgotten, and read when somebody asks (protocols 33);
    so is one that is far off, and one of which it is doubtful what else is true."""

    def __init__(self, hosts: HostBook, filler: Filler, *, settle: float = SETTLE_SECONDS) -> None:
        self._hosts = hosts
        self._filler = filler
        self._settle = settle
        self._changed: dict[tuple[UUID, UUID], _Gathered] = {}

    async def __call__(
        self, company_id: UUID, staff_id: UUID, period: Period, *, doubtful: bool = False
    ) -> None:
        try:
            company = await self._hosts.hosts(company_id)
        except ZusageError as error:
            log.warning("calendar_hosts_unread", company_id=str(company_id), reason=str(error))
            return
        host = company.hosts.get(staff_id) if company is not None else None
        if company is None or host is None:
            return
        days, kept, probe = (
            CalendarView(host.zone, "offer", {}).days_in(period),
            self._filler.kept,
            host.probe,
        )
        near = self._near(days) if probe is not None else []
        serving = {
            Wanted(company, host, probe, day, day).place(day): period
            for day in near
            if probe is not None and not doubtful
        }
        await kept.take_out(serving)
        await kept.drop(company_id, staff_id, {*days} - {place.day for place in serving})
        if near:
            self._gather(company, host, near)

    def _near(self, days: Iterable[date]) -> list[date]:
        """Give those days that are near enough to be read though nobody has asked for them."""
        today = datetime.fromtimestamp(self._filler.clock(), UTC).date()
        return [day for day in days if abs(day - today) <= _WORTH_READING]

    def _gather(self, company: CompanyHosts, host: CalendarHost, days: Collection[date]) -> None:
        key = (company.company_id, host.staff_id)
        waiting = key in self._changed
        gathered = self._changed.setdefault(key, _Gathered())
        gathered.days.update(days)
        gathered.changes += 1
        if not waiting:
            self._filler.background(self._read(company, host))

    async def _read(self, company: CompanyHosts, host: CalendarHost) -> None:
        key, known = (company.company_id, host.staff_id), 0
        gathered = self._changed[key]
        # Read too soon after the last change it would not be kept, and the time stay hidden that was given up.
        while known != gathered.changes:
            known = gathered.changes
            await asyncio.sleep(self._settle)
        del self._changed[key]
        assert host.probe is not None
        for wanted in wanted_days(company, host, host.probe, stretches_of_days(gathered.days)):
            try:
                await self._filler.start(wanted, "background")
            except CalendarUnread as error:
                log.info("free_times_unread", company_id=str(company.company_id), reason=str(error))
