"""Look at the calendar while a caller waits: what is kept, and what can be read before the deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import structlog

from zusage.app.errors import ZusageError
from zusage.app.free_times._days import stretches_of_days, union
from zusage.app.free_times.fill import CalendarUnread, Filled, Filler, Wanted, wanted_days
from zusage.app.free_times.ports import CalendarHost, CompanyHosts, HostBook, KeptDay, Place, Source
from zusage.app.free_times.warm import read_for_call
from zusage.core.scheduling.calendar import CERTAIN_SECONDS, SEEN_SECONDS, CalendarView, FreeDay
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.values import Period

log = structlog.get_logger()

FRESH_SECONDS = 300.0
"""A reading younger than this is not refreshed: five minutes cost a host twelve requests an hour at most."""
DEADLINE_SECONDS = 1.5
THEIR_CACHE_SECONDS = 2.0
"""How old an answer of the calendar may be when it is given."""
_MOST_DAYS = 62
"""How many days of a host one look asks about; days beyond count as not readable."""


@dataclass(frozen=True, slots=True)
class CalendarLooks:
    """Gives every tool call its look. `deadline` is how many seconds all looks of one may wait together."""

    hosts: HostBook
    filler: Filler
    deadline: float = DEADLINE_SECONDS

    def of(self, book: BranchBook) -> Look | None:
        """Give the look of one tool call; None for a branch without a calendar, which pays nothing for it."""
        return Look(self) if book.mirrored else None


class Look:
    """Implements `app.availability.ports.LookAtCalendar`."""

    def __init__(self, looks: CalendarLooks) -> None:
        self._looks = looks
        self._left = looks.deadline

    async def __call__(
        self,
        book: BranchBook,
        service: Service,
        staff: Collection[UUID],
        windows: Sequence[Period],
        *,
        certain: Period | None = None,
        besides: Sequence[Period] = (),
    ) -> CalendarView:
        empty = CalendarView(book.branch.zone, "offer", {})
        days = {day for window in windows for day in empty.days_in(window)}
        along = {day for window in besides for day in empty.days_in(window)} - days
        company = await self._company(book)
        if company is None:
            return CalendarView(empty.zone, "offer", {(one, day): None for one in staff for day in days})
        surely = frozenset(empty.days_in(certain)) if certain is not None else frozenset()
        question = _Question(company, book.branch.zone, service, staff, days, surely)
        view = await self._view(question, along)
        known = self._looks.filler.without_gone(company)
        # A probe was found gone meanwhile: the event types of the service tell the same.
        return view if known is company else await self._view(replace(question, company=known), along)

    async def _view(self, question: _Question, along: Collection[date]) -> CalendarView:
        whole = replace(question, days={*question.days, *along})
        known = dict(await self._looks.filler.kept.read(whole.places))
        if question.waits(known, self._looks.filler.clock()):
            # One request covers them all: whoever waits for one day has those around it for nothing.
            question = whole
        await self._read(question, known)
        now = self._looks.filler.clock()
        return whole.view(known, now).only_seen().with_days_of(question.view(known, now))

    def greet(self, book: BranchBook) -> None:
        self._looks.filler.background(self._greet(book))

    async def _greet(self, book: BranchBook) -> None:
        company = await self._company(book)
        if company is not None:
            await read_for_call(company, [each.id for each in book.staff], self._looks.filler)

    async def _company(self, book: BranchBook) -> CompanyHosts | None:
        try:
            company = await self._looks.hosts.hosts(book.company_id, book.version)
            return self._looks.filler.without_gone(company) if company is not None else None
        except ZusageError as error:
            log.warning("calendar_hosts_unread", company_id=str(book.company_id), reason=str(error))
            return None

    async def _read(self, question: _Question, known: dict[Place, KeptDay]) -> None:
        """Read what is missing within the deadline, and let what is old be read behind the caller."""
        filler, now = self._looks.filler, self._looks.filler.clock()
        missing = list(question.wanted(lambda place: question.misses(place, known, now)))
        asked = {wanted.name for wanted in missing}
        old = [
            wanted
            for wanted in question.wanted(lambda place: _is_old(known.get(place), now))
            if wanted.name not in asked
        ]
        if question.places:
            filler.count(question.company.company_id, "misses" if missing else "stale" if old else "hits")
        for wanted in old:
            filler.refresh(wanted)
        await self._wait([wanted for wanted in missing if not filler.rests(wanted)], known)

    async def _wait(self, missing: Sequence[Wanted], known: dict[Place, KeptDay]) -> None:
        if not missing or self._left <= 0:
            return
        filler, loop = self._looks.filler, asyncio.get_running_loop()
        tasks = {filler.start(wanted, "live"): wanted for wanted in missing}
        began = loop.time()
        done, late = await asyncio.wait(tasks, timeout=self._left)
        self._left -= loop.time() - began
        for task in late:
            filler.rest(tasks[task])
        for task in done:
            wanted, filled = tasks[task], _outcome(task)
            if filled is not None:
                known.update({wanted.place(day): each for day, each in filled.days.items()})


def _outcome(task: asyncio.Task[Filled]) -> Filled | None:
    if task.cancelled() or isinstance(task.exception(), CalendarUnread):
        return None
    if task.exception() is not None:
        log.warning("free_times_failed", reason=repr(task.exception()))
        return None
    return task.result()


def _is_missing(day: KeptDay | None, now: float, certain: bool) -> bool:  # noqa: FBT001
    return day is None or _age(day, now) > (CERTAIN_SECONDS if certain else SEEN_SECONDS)


def _is_old(day: KeptDay | None, now: float) -> bool:
    return day is not None and _age(day, now) > FRESH_SECONDS


def _age(day: KeptDay, now: float) -> float:
    """From the begin of the request on, and what their own cache may have added (protocols 35)."""
    return max(0.0, now - day.read_at) + THEIR_CACHE_SECONDS


@dataclass(frozen=True, slots=True)
class _Question:
    """Whose days are asked about for which service; `certain` are those about to be promised."""

    company: CompanyHosts
    zone: str
    service: Service
    staff: Collection[UUID]
    days: Collection[date]
    certain: frozenset[date]

    @property
    def readable(self) -> list[date]:
        return sorted(self.days)[:_MOST_DAYS]

    @property
    def places(self) -> list[Place]:
        return [
            Wanted(self.company, host, source, day, day).place(day)
            for host, source in self._sources()
            for day in self.readable
        ]

    def wanted(self, needed: Callable[[Place], bool]) -> Iterator[Wanted]:
        """Join what is needed to requests."""
        for host, source in self._sources():
            days = [
                day
                for day in self.readable
                if needed(Wanted(self.company, host, source, day, day).place(day))
            ]
            yield from wanted_days(self.company, host, source, stretches_of_days(days))

    def misses(self, place: Place, known: Mapping[Place, KeptDay], now: float) -> bool:
        """Say whether a day is not known, or not as surely as it must be."""
        return _is_missing(known.get(place), now, place.day in self.certain)

    def waits(self, known: Mapping[Place, KeptDay], now: float) -> bool:
        return any(self.misses(place, known, now) for place in self.places)

    def view(self, known: Mapping[Place, KeptDay], now: float) -> CalendarView:
        days = {
            (staff_id, day): self._day(staff_id, day, known, now)
            for staff_id in self.staff
            for day in self.days
        }
        return CalendarView(self.zone, self.company.unreachable, days)

    def _sources(self) -> Iterator[tuple[CalendarHost, Source]]:
        for staff_id in self.staff:
            host = self.company.hosts.get(staff_id)
            for source in host.sources(self.service.id) if host is not None else ():
                assert host is not None
                yield host, source

    def _day(self, staff_id: UUID, day: date, known: Mapping[Place, KeptDay], now: float) -> FreeDay | None:
        host = self.company.hosts.get(staff_id)
        sources = host.sources(self.service.id) if host is not None else ()
        if host is None or not sources:
            # Not mapped (any more): nothing of them can be booked there.
            return FreeDay((), THEIR_CACHE_SECONDS)
        parts = [known.get(Wanted(self.company, host, source, day, day).place(day)) for source in sources]
        read = [part for part in parts if part is not None]
        if len(read) < len(parts):
            return None
        return FreeDay(union(part.free for part in read), max(_age(part, now) for part in read))
