"""Hide live holds of a company from web bookers at the calendar, and show again what is over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from zusage.app.courtesy.ports import Change, Courtesy, CourtesyStore
from zusage.app.mirror.ports import Calendar, CalendarError, Calendars, Terms

_LIMIT = 20
_MOST_ROUNDS = 4
# Longer than a request may take; whoever takes it over then knows that the answer will not be recorded any more.
_LEASE_SECONDS = 40.0
_MOST_TRIES = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 60.0
_LOOK_AGAIN = timedelta(seconds=60)
# Free times that were read a moment ago may still lack it: the calendar keeps them for 2 s, and takes its time.
_REMEMBERED = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Tending:
    """What is needed. The terms are of the background: live calls have their part of the rate."""

    store: CourtesyStore
    calendars: Calendars
    terms: Terms = field(default_factory=lambda: Terms(10.0))


async def tend_courtesies(company_id: UUID, tending: Tending) -> None:
    """Do what is due: give back what belongs to no live hold any more, then hide what does.

    Safe to repeat and to run twice at once. A crash leaves at worst a reservation that nobody knows; it runs out with
    the longest life of its hold. A refusal is final and changes nothing for the caller; what did not get through is
    tried three times. Nothing is sent while the mirror is paused or only observes.

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises SecretUnreadable: no key opens the calendar's key."""
    for _ in range(_MOST_ROUNDS):
        async with tending.store.unit(company_id) as unit:
            connection = await unit.connection()
            if connection is None or connection.paused or connection.observe_only:
                return
            taken = await unit.take(_LIMIT, _LEASE_SECONDS, place=connection.courtesy_holds)
            now = await unit.now()
            await unit.commit()
        if not taken:
            return
        calendar = tending.calendars.of(connection.access)
        changes = await asyncio.gather(*(_ask(each, calendar, tending.terms, now) for each in taken))
        await _record(company_id, tending.store, taken, changes)


async def _ask(courtesy: Courtesy, calendar: Calendar, terms: Terms, now: datetime) -> Change | None:
    if courtesy.uid is not None:
        return await _show(courtesy, courtesy.uid, calendar, terms, now)
    return await _hide(courtesy, calendar, terms, now)


async def _hide(courtesy: Courtesy, calendar: Calendar, terms: Terms, now: datetime) -> Change | None:
    # For the whole life of the hold at once: a reservation cannot be prolonged.
    minutes = int((courtesy.until - now).total_seconds() // 60)
    if minutes < 1:
        return None
    try:
        placed = await calendar.reserve_slot(
            courtesy.event_type_id, courtesy.start, minutes, terms, length_min=courtesy.length_min
        )
    except CalendarError as error:
        if error.kind == "unknown":
            return Change("lost", courtesy.until)
        attempts = courtesy.attempts + 1
        if error.kind not in ("not_sent", "limit") or attempts >= _MOST_TRIES:
            return None
        return Change("wanted", now + _pause(attempts, error.retry_after), attempts=attempts)
    return Change("placed", now + _LOOK_AGAIN, placed.uid)


async def _show(courtesy: Courtesy, uid: str, calendar: Calendar, terms: Terms, now: datetime) -> Change:
    try:
        await calendar.drop_reservation(uid, terms)
    except CalendarError as error:
        if error.kind != "gone":
            # Until it runs out by itself: then it is forgotten.
            attempts = courtesy.attempts + 1
            return Change("leaving", now + _pause(attempts, error.retry_after), uid, attempts)
    return Change("gone", now + _REMEMBERED, uid, until=now + _REMEMBERED)


def _pause(attempts: int, retry_after: float | None) -> timedelta:
    return timedelta(
        seconds=max(min(_FIRST_PAUSE * 2.0 ** (attempts - 1), _LONGEST_PAUSE), retry_after or 0.0)
    )


async def _record(
    company_id: UUID, store: CourtesyStore, taken: Sequence[Courtesy], changes: Sequence[Change | None]
) -> None:
    async with store.unit(company_id) as unit:
        for courtesy, change in zip(taken, changes, strict=True):
            await unit.record(courtesy, change)
        again = [change.next_at for change in changes if change is not None and change.attempts]
        if again:
            await unit.wake(min(again))
        await unit.commit()
