"""Read days from the calendar into what is kept, each request once however many wait for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import structlog

from zusage.app.courtesy.ports import OwnReservations
from zusage.app.errors import LedgerBusy
from zusage.app.free_times._days import days_from, free_by_day, wanted_slots
from zusage.app.free_times.ports import CalendarHost, CompanyHosts, FreeDays, KeptDay, Kind, Place, Source
from zusage.app.mirror.ports import CalendarError, Calendars, Priority, Terms
from zusage.core.values import Period

log = structlog.get_logger()

_PATIENCE = 15.0
"""How long a request for free times may run, whoever still waits: a late answer fills what is kept all the same."""
_REST_SECONDS = 10.0
"""How long a host is not asked again after a failure: a caller must not wait for the same silence twice."""
_LEASE_SECONDS = 20.0
_GONE_SECONDS = 600.0
"""How long a probe that is gone is not asked for; then it may have been made again."""
_MOST_RESTING = 10_000
_GATHERED_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Wanted:
    """Days of one host from one source, `first` to `last`: one request."""

    company: CompanyHosts
    host: CalendarHost
    source: Source
    first: date
    last: date

    @property
    def name(self) -> tuple[UUID, UUID, str]:
        return self.company.company_id, self.host.staff_id, self.source.key

    def place(self, day: date) -> Place:
        return Place(*self.name, self.host.zone, day)

    def covers(self, other: Wanted) -> bool:
        return self.first <= other.first and other.last <= self.last


@dataclass(frozen=True, slots=True)
class Filled:
    """What was read, and whether it is kept: nothing of it was dropped meanwhile."""

    days: Mapping[date, KeptDay]
    kept: bool


class CalendarUnread(Exception):  # noqa: N818
    """The calendar did not tell; `retry_after` are the seconds after which it is worth asking again, if it said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ProbeGone(CalendarUnread):
    """The host's probe is not there any more; until it is made anew the event types of each service are asked."""


class Filler:
    """Reads days and keeps them. One for a process; close it in the end. `clock` gives seconds since 1970.

    `ours` tells what our own reservations hide there. `totals` is what this process has counted, of all companies."""

    def __init__(
        self, kept: FreeDays, calendars: Calendars, ours: OwnReservations, clock: Callable[[], float]
    ) -> None:
        self.kept = kept
        self.clock = clock
        self._ours = ours
        self._calendars = calendars
        self._running: dict[tuple[UUID, UUID, str], list[tuple[Wanted, asyncio.Task[Filled]]]] = {}
        self._resting: dict[tuple[UUID, UUID, str], float] = {}
        self._gone: dict[tuple[UUID, UUID, str], float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.totals: Counter[Kind] = Counter()
        self._uncounted: dict[tuple[UUID, date], Counter[Kind]] = {}

    def rests(self, wanted: Wanted) -> bool:
        """Say whether this host was silent just now, and is not worth waiting for."""
        return self._resting.get(wanted.name, 0.0) > self.clock()

    def rest(self, wanted: Wanted) -> None:
        """Let nobody wait for this host for a while."""
        if len(self._resting) > _MOST_RESTING:
            self._resting.clear()
        self._resting[wanted.name] = self.clock() + _REST_SECONDS

    def without_gone(self, company: CompanyHosts) -> CompanyHosts:
        """Leave out the probes that were not there when they were asked; the very same where all are."""
        lost = [
            host
            for host in (company.hosts.values() if self._gone else ())
            if host.probe is not None
            and self._gone.get((company.company_id, host.staff_id, host.probe.key), 0.0) > self.clock()
        ]
        if not lost:
            return company
        return replace(
            company, hosts=dict(company.hosts) | {each.staff_id: replace(each, probe=None) for each in lost}
        )

    def start(self, wanted: Wanted, priority: Priority) -> asyncio.Task[Filled]:
        """Begin to read, or join who reads the same days; the task goes on when nobody waits for it any more.

        :raises CalendarUnread: from the task."""
        running = self._running.setdefault(wanted.name, [])
        for other, task in running:
            if other.covers(wanted):
                return self.background(self._joined(wanted, task, priority))
        task = self.background(self._read(wanted, priority))
        entry = (wanted, task)
        running.append(entry)
        task.add_done_callback(lambda _task: self._over(entry))
        return task

    def refresh(self, wanted: Wanted) -> None:
        """Read anew behind a caller, unless somebody does, here or in another process."""
        self.background(self.read_anew(wanted))

    async def read_anew(self, wanted: Wanted) -> None:
        """Do what `refresh` does, and wait for it; what fails is left to whoever asks for these days."""
        if wanted.name in self._running or self.rests(wanted):
            return
        company_id, name = wanted.company.company_id, f"{wanted.host.staff_id}:{wanted.source.key}"
        lease = await self.kept.lease(company_id, name, _LEASE_SECONDS)
        if lease is None:
            return
        try:
            await self.start(wanted, "background")
        except CalendarUnread:
            return
        finally:
            await self.kept.release(company_id, name, lease)

    def count(self, company_id: UUID, kind: Kind) -> None:
        """Count without waiting for it; what comes within a moment is stored together."""
        self.totals[kind] += 1
        key = (company_id, datetime.fromtimestamp(self.clock(), UTC).date())
        if key not in self._uncounted:
            self._uncounted[key] = Counter()
            self.background(self._store(key))
        self._uncounted[key][kind] += 1

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something that nobody may wait for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def close(self, grace: float = 1.0) -> None:
        """Let what runs finish for up to `grace` seconds, and end it then."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _read(self, wanted: Wanted, priority: Priority) -> Filled:
        days = days_from(wanted.first, wanted.last)
        places = [wanted.place(day) for day in days]
        # Before the request leaves: what is dropped while it is on its way stays dropped (protocols 35).
        generations = await self.kept.generations(places)
        read_at = self.clock()
        slots = wanted_slots(wanted.source, wanted.host.zone, wanted.first, wanted.last)
        if wanted.company.access is None:
            raise CalendarUnread("No key opens the API key of this company.")
        calendar = self._calendars.of(wanted.company.access)
        try:
            seen = await calendar.free_slots(slots, Terms(_PATIENCE, priority))
        except CalendarError as error:
            self._unread(wanted, priority, error)
            seen = ()
        else:
            seen = (*seen, *await self._hidden(wanted, slots.during))
        self._resting.pop(wanted.name, None)
        free = free_by_day(seen, wanted.host.zone, days)
        read = {day: KeptDay(free[day], read_at) for day in days}
        under = dict(zip(places, generations, strict=True))
        kept = await self.kept.write({wanted.place(day): each for day, each in read.items()}, under)
        self.count(wanted.company.company_id, "reads")
        return Filled(read, kept)

    def _unread(self, wanted: Wanted, priority: Priority, error: CalendarError) -> None:
        """Raise what an error means, unless it says that nothing is free: of what is gone nothing can be booked.

        :raises CalendarUnread: always but then."""
        company_id = str(wanted.company.company_id)
        log.info("free_times_unread", company_id=company_id, reason=str(error))
        if error.kind == "gone":
            if wanted.source != wanted.host.probe:
                return
            if len(self._gone) > _MOST_RESTING:
                self._gone.clear()
            self._gone[wanted.name] = self.clock() + _GONE_SECONDS
            raise ProbeGone(str(error)) from error
        if error.kind != "limit" or priority == "live":
            # What is left to the background being used up says nothing about the calls' own share.
            self.rest(wanted)
        raise CalendarUnread(str(error), error.retry_after) from error

    async def _hidden(self, wanted: Wanted, window: Period) -> list[Period]:
        """Tell what the calendar keeps from us only because we asked it to; the ledger says whether it is free."""
        if not wanted.company.courtesies:
            return []
        try:
            hidden = await self._ours.hidden(wanted.company.company_id, [wanted.host.staff_id], window)
        except LedgerBusy as error:
            log.info("courtesies_unread", company_id=str(wanted.company.company_id), reason=str(error))
            return []
        return [period for _, period in hidden]

    async def _joined(self, wanted: Wanted, other: asyncio.Task[Filled], priority: Priority) -> Filled:
        filled = await asyncio.shield(other)
        # It began before the time that was dropped meanwhile; whoever asks after that wants to know better.
        return filled if filled.kept else await self._read(wanted, priority)

    async def _store(self, key: tuple[UUID, date]) -> None:
        await asyncio.sleep(_GATHERED_SECONDS)
        await self.kept.count(*key, self._uncounted.pop(key))

    def _over(self, entry: tuple[Wanted, asyncio.Task[Filled]]) -> None:
        running = self._running.get(entry[0].name, [])
        if entry in running:
            running.remove(entry)
        if not running:
            self._running.pop(entry[0].name, None)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()  # whoever waited has it, or nobody wants it any more
        if error is not None and not isinstance(error, CalendarUnread):
            log.warning("free_times_failed", reason=f"{type(error).__name__}: {error}")


def wanted_days(
    company: CompanyHosts, host: CalendarHost, source: Source, stretches: Sequence[tuple[date, date]]
) -> list[Wanted]:
    return [Wanted(company, host, source, first, last) for first, last in stretches]
