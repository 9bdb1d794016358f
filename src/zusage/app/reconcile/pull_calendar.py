"""Compare a company's calendar by itself: what changed every quarter of an hour, and all weeks once a night."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from zusage.app.errors import LedgerBusy
from zusage.app.mirror.ports import BookingsWanted, CalendarError
from zusage.app.reconcile.observe_bookings import Observed, Reconciling, Seen, observe_bookings
from zusage.app.reconcile.ports import Frame, Pull
from zusage.app.reconcile.reading import Reader, TooManyError
from zusage.app.reconcile.weeks import WEEK, read_week, until
from zusage.core.values import Period

log = structlog.get_logger()

EVERY = timedelta(minutes=15)
LEASE = 600.0
_CLOCKS_APART = timedelta(minutes=10)
_NIGHT = range(1, 5)
_STALE, _TOO_OLD = timedelta(hours=20), timedelta(hours=30)
_KEPT = timedelta(days=30)
_BUSY = timedelta(minutes=1)


async def pull_calendar(company_id: UUID, reconciling: Reconciling, *, as_by_night: bool = False) -> Observed:
    """Compare what is due of one company; at most one run of a company at a time, and one that was cut off goes on.

    Changes are asked for from before the last run's beginning on, by both times that Cal.com keeps, since one of them
    may be missing. At night in the branches, and where it was not done for over a day, all weeks ahead are compared.
    What could not be asked is asked a quarter of an hour later. `as_by_night`: all weeks, now, whatever is due and
    whoever has the comparison; a worker that was killed keeps it for ten minutes.

    :raises LedgerBusy: the database was too busy even to say so; the next minute begins anew.
    :raises SecretUnreadable: no key opens the calendar's key."""
    async with reconciling.store.unit(company_id) as unit:
        frame = await unit.frame()
        if frame is None or frame.connection.paused:
            return Observed()
        pull = await unit.take_pull(reconciling.new_id(), LEASE, at_once=as_by_night)
        await unit.commit()
    if pull is None:
        return Observed()
    if as_by_night:
        pull = replace(pull, compared_at=None)
    run = _Run(company_id, frame, pull, reconciling)
    failure: str | None = None
    rest = EVERY
    try:
        observed = await run.all_due()
    except CalendarError as error:
        observed = Observed(stopped=str(error))
        asked_for = timedelta(seconds=error.retry_after or 0.0)
        if error.kind == "limit":
            # Live calls and bookings had the rate: nothing is wrong, and the comparison goes on where it was.
            rest = max(_BUSY, asked_for)
            log.info("pull_put_off", company_id=str(company_id), reason=str(error))
        else:
            failure = str(error)
            rest = max(EVERY, asked_for)
            log.warning("pull_failed", company_id=str(company_id), reason=failure)
    except LedgerBusy as error:
        failure, observed, rest = str(error), Observed(stopped=str(error)), _BUSY
        log.warning("pull_put_off", company_id=str(company_id), reason=failure)
    async with reconciling.store.unit(company_id) as unit:
        await unit.close_overlaps()
        await unit.end_pull(run.pull, await unit.now() + rest, failure)
        await unit.commit()
    return observed


class _Run:
    """One run; `pull` is how far it has come."""

    def __init__(self, company_id: UUID, frame: Frame, pull: Pull, reconciling: Reconciling) -> None:
        self.pull = pull
        self._company_id = company_id
        self._frame = frame
        self._reconciling = reconciling
        self._found: list[Observed] = []

    async def all_due(self) -> Observed:
        if self.pull.changed_from is not None:
            try:
                await self._changes(self.pull.changed_from)
            except TooManyError:
                # So much has changed that looking at all weeks is less work.
                self.pull = replace(self.pull, compared_at=None)
        if _is_due(self.pull, self._frame.zone):
            await self._weeks()
        differences = tuple(dict.fromkeys(each for observed in self._found for each in observed.differences))
        return Observed(differences, next((each.stopped for each in self._found if each.stopped), ""))

    async def _changes(self, since: datetime) -> None:
        reader = self._reader()
        found = await reader.listed(BookingsWanted(updated_from=since))
        found |= await reader.listed(BookingsWanted(created_from=since))
        await self._observe(Seen(found, asked_about=True), reader)
        self.pull = replace(self.pull, changed_from=self.pull.now - _CLOCKS_APART)

    async def _weeks(self) -> None:
        """Compare week by week, and keep how far it came: a run that is cut off goes on there."""
        started = self.pull.compare_started_at or self.pull.now
        start = max(self.pull.compare_from or self.pull.now, self.pull.now)
        end = until(self.pull.now, self._frame.last)
        while start < end:
            week = Period(start, min(start + WEEK, end))
            reader = self._reader()
            await self._observe(await read_week(week, reader), reader)
            start = week.end
            self.pull = replace(self.pull, compare_from=start, compare_started_at=started)
            if not await self._keep():
                return
        async with self._reconciling.store.unit(self._company_id) as unit:
            await unit.forget(self.pull.now - _KEPT)
            await unit.commit()
        changed_from = self.pull.changed_from or started - _CLOCKS_APART
        self.pull = replace(
            self.pull,
            compare_from=None,
            compare_started_at=None,
            compared_at=started,
            changed_from=changed_from,
        )

    async def _keep(self) -> bool:
        async with self._reconciling.store.unit(self._company_id) as unit:
            kept = await unit.keep_pull(self.pull, LEASE)
            await unit.commit()
        return kept

    async def _observe(self, seen: Seen, reader: Reader) -> None:
        # The guards count what was wanted before, so each part begins with what is known now.
        async with self._reconciling.store.unit(self._company_id) as unit:
            frame = await unit.frame()
        if frame is not None:
            self._frame = frame
        self._found.append(
            await observe_bookings(
                self._company_id, self._frame, seen, reader, self._reconciling, mode="work"
            )
        )

    def _reader(self) -> Reader:
        return self._reconciling.reader(self._frame)


def _is_due(pull: Pull, zone: str) -> bool:
    """All weeks: at night by the branches' clocks (the tick itself is in UTC, protocols 48), or when it is too old."""
    if pull.compared_at is None or pull.compare_from is not None:
        return True
    age = pull.now - pull.compared_at
    night = pull.now.astimezone(ZoneInfo(zone)).hour in _NIGHT
    return age >= _TOO_OLD or (night and age >= _STALE)
