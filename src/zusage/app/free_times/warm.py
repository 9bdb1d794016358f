"""Read the coming days of a company's hosts before anybody asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.app.free_times._days import days_from, stretches_of_days
from zusage.app.free_times.fill import CalendarUnread, Filler, ProbeGone, Wanted, wanted_days
from zusage.app.free_times.ports import CalendarHost, CompanyHosts, HostBook
from zusage.core.scheduling.calendar import CERTAIN_SECONDS

_DAYS_ASKED, _DAYS_BESIDE = 7, 3
WARM_DAYS = _DAYS_ASKED + _DAYS_BESIDE
"""The coming week, and by the same requests the days on which who wants one of its last ones is offered others."""
OPEN_HOURS = range(7, 20)
"""Hours on the branch's wall in which callers are to be expected; the last tick is at 19 h and serves until 20 h."""
RECENT_SECONDS = 900.0
"""What was read so shortly before is not read again: a tick that comes twice, or late, costs nothing."""
_CALL_SECONDS = 300.0
"""What a call may last until it asks for a time; what is sure until then is not read at its begin."""
_LONGEST_WAIT = 70.0
"""A key that asked too much is blocked for a minute."""


@dataclass(frozen=True, slots=True)
class Warmed:
    """How many days of how many hosts were read, how many were young enough already, and what could not be read."""

    company_id: UUID
    hosts: int = 0
    read: int = 0
    young: int = 0
    failed: int = 0
    reason: str = ""


Progress = Callable[[int, int], None]
"""Told how many requests are done, of how many."""


async def warm(
    company_id: UUID,
    *,
    hosts: HostBook,
    filler: Filler,
    days: int = WARM_DAYS,
    only_open: bool = False,
    patient: bool = False,
    progress: Progress | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Warmed:
    """Read the next `days` local days (today is the first) of every host, one request after the other.

    Live calls keep their half of the rate. `only_open` leaves out branches on whose wall it is night now. Where the
    rate is used up, `patient` waits; else the rest is left for whoever asks. Safe to repeat, and in parallel.

    :raises LedgerBusy: the database is too busy; trying again is safe."""
    company = await hosts.hosts(company_id)
    if company is None:
        return Warmed(company_id)
    now = filler.clock()
    chosen = [host for host in company.hosts.values() if not only_open or is_open_hour(host.zone, now)]
    every = [wanted for host in chosen for wanted in _coming(company, host, now, days)]
    needed, young = await _without_young(every, filler, now, RECENT_SECONDS)
    warmed = Warmed(company_id, hosts=len(chosen), young=young)
    for done, wanted in enumerate(needed):
        if progress is not None:
            progress(done, len(needed))
        warmed = await _warm_one(wanted, warmed, filler, sleep if patient else None)
        if warmed.failed and not patient:
            # The calendar is away, or the rate used up: more requests would only make it worse.
            return replace(warmed, failed=warmed.failed + sum(_length(each) for each in needed[done + 1 :]))
    if progress is not None:
        progress(len(needed), len(needed))
    return warmed


async def read_for_call(company: CompanyHosts, staff: Collection[UUID], filler: Filler) -> None:
    """Read the coming days of these members again that will not be sure any more when the call that begins asks.

    One request a member, one after the other, and at most one in ten minutes however many call. Members without a
    probe are left out: theirs would be a request for each service."""
    now = filler.clock()
    hosts = [company.hosts[one] for one in staff if one in company.hosts]
    every = [wanted for host in hosts if host.probe for wanted in _coming(company, host, now, WARM_DAYS)]
    needed, _ = await _without_young(every, filler, now, CERTAIN_SECONDS - _CALL_SECONDS)
    for wanted in needed:
        await filler.read_anew(wanted)


def is_open_hour(zone: str, now: float) -> bool:
    """Say whether callers are to be expected: the tick comes each hour in UTC, the wall decides (protocols 48)."""
    return datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone)).hour in OPEN_HOURS


def _coming(company: CompanyHosts, host: CalendarHost, now: float, days: int) -> Iterator[Wanted]:
    today = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(host.zone)).date()
    stretches = stretches_of_days(days_from(today, today + timedelta(days=days - 1)))
    for source in host.every_source:
        yield from wanted_days(company, host, source, stretches)


async def _without_young(
    every: Sequence[Wanted], filler: Filler, now: float, seconds: float
) -> tuple[list[Wanted], int]:
    """Leave out requests all of whose days were read less than `seconds` ago; says how many days that were."""
    needed, young = [], 0
    for wanted in every:
        days = days_from(wanted.first, wanted.last)
        known = await filler.kept.read([wanted.place(day) for day in days])
        if len(known) == len(days) and all(now - day.read_at < seconds for day in known.values()):
            young += len(days)
        else:
            needed.append(wanted)
    return needed, young


async def _warm_one(
    wanted: Wanted, warmed: Warmed, filler: Filler, sleep: Callable[[float], Awaitable[None]] | None
) -> Warmed:
    for last_try in (False, True):
        try:
            filled = await filler.start(wanted, "background")
        except ProbeGone:
            # The nightly check tells the shop; the services' event types are asked when somebody wants to know.
            return warmed
        except CalendarUnread as error:
            if last_try or sleep is None or error.retry_after is None:
                return replace(warmed, failed=warmed.failed + _length(wanted), reason=str(error))
            await sleep(min(error.retry_after, _LONGEST_WAIT))
        else:
            return replace(warmed, read=warmed.read + len(filled.days))
    raise AssertionError("the last try returns")


def _length(wanted: Wanted) -> int:
    first: date = wanted.first
    return (wanted.last - first).days + 1
