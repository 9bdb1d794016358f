"""Heed what webhooks hinted at: read those bookings again, and observe them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from zusage.app.mirror.ports import CalendarError
from zusage.app.reconcile.observe_bookings import Observed, Reconciling, Seen, observe_bookings
from zusage.app.reconcile.ports import Marks, ReconcileUnit, TakenHint
from zusage.app.reconcile.reading import Reader
from zusage.app.reconcile.sights import Phase

log = structlog.get_logger()

_LIMIT, _LEASE = 1_000, 120.0
_MOST_READ = 20
"""Of more bookings than so many at once the lists of what changed tell with fewer questions."""
_ENDING = ("BOOKING_CANCELLED", "BOOKING_REJECTED")
_MADE, _MOVED = ("BOOKING_CREATED", "BOOKING_REQUESTED"), ("BOOKING_RESCHEDULED",)
_BEGINNING = (*_MADE, *_MOVED)
_TOLD_WITHIN = timedelta(minutes=1)
_AGAIN = timedelta(seconds=30)
_MOST_LOOKS, _MOST_TRIES = 3, 6


async def heed_hints(company_id: UUID, reconciling: Reconciling) -> Observed:
    """Read the bookings of all due hints of one company, each once, and observe them.

    Nothing is taken from the webhook itself (protocols 20), and what only tells of our own doing asks for nothing. What
    was told and is not to be seen yet is read again. Very many at once are left to the comparison, which is due then.
    Repeats and several at once are harmless; what is lost here the periodic comparison finds.

    :raises LedgerBusy: the database is too busy; the hints are due again in two minutes.
    :raises SecretUnreadable: no key opens the calendar's key."""
    async with reconciling.store.unit(company_id) as unit:
        frame = await unit.frame()
        if frame is None or frame.connection.paused:
            return Observed()
        hints = await _news(await unit.take_hints(_LIMIT, _LEASE), unit)
        if len({uid for hint in hints for uid in hint.uids}) > _MOST_READ:
            await unit.pull_soon()
            await unit.heeded([hint.digest for hint in hints], None)
            hints = []
        await unit.commit()
    if not hints:
        return Observed()
    reader = reconciling.reader(frame)
    try:
        seen = await _read(hints, reader)
        observed = await observe_bookings(company_id, frame, seen, reader, reconciling, mode="work")
    except CalendarError as error:
        log.warning("hints_put_off", company_id=str(company_id), reason=str(error))
        await _put_off(company_id, hints, error.retry_after or 0.0, reconciling)
        return Observed(stopped=str(error))
    await _heeded(company_id, hints, seen, reconciling)
    return observed


async def _news(hints: Sequence[TakenHint], unit: ReconcileUnit) -> list[TakenHint]:
    """Leave out what tells of our own doing: the answer to our request said more than its webhook could.

    A webhook that comes a minute later may be about something else."""
    uids = frozenset(uid for hint in hints for uid in hint.uids)
    phases = {phase.uid: phase for phase in await unit.phases(Marks(uids=uids))}
    known = [hint for hint in hints if _is_known(hint, phases.get(hint.uids[0]))]
    await unit.heeded([hint.digest for hint in known], None)
    return [hint for hint in hints if hint not in known]


def _is_known(hint: TakenHint, phase: Phase | None) -> bool:
    if phase is None or phase.busy or phase.in_review or not set(hint.uids) <= set(phase.uids):
        return False
    if phase.still_since <= hint.received_at - _TOLD_WITHIN:
        return False
    if hint.trigger in _ENDING:
        return phase.known == "absent"
    ours = _MOVED if len(hint.uids) > 1 else _MADE
    return hint.trigger in ours and phase.wanted == phase.known == "present"


async def _read(hints: Sequence[TakenHint], reader: Reader) -> Seen:
    """Read each booking that was named, and where it was moved to."""
    for uid in dict.fromkeys(uid for hint in hints for uid in hint.uids):
        await reader.last_of(uid)
    found = {booking.uid: booking for booking in reader.read.values() if booking is not None}
    return Seen(found, frozenset(uid for uid, booking in reader.read.items() if booking is None))


async def _heeded(company_id: UUID, hints: Sequence[TakenHint], seen: Seen, reconciling: Reconciling) -> None:
    early = {hint.digest for hint in hints if hint.looks < _MOST_LOOKS and _is_early(hint, seen)}
    async with reconciling.store.unit(company_id) as unit:
        now = await unit.now()
        await unit.heeded([hint.digest for hint in hints if hint.digest not in early], None)
        await unit.heeded([hint.digest for hint in hints if hint.digest in early], now + _AGAIN)
        await unit.commit()


def _is_early(hint: TakenHint, seen: Seen) -> bool:
    """Say whether what was told is not to be seen yet: still alive after its end, or not found after its beginning."""
    booking = seen.bookings.get(hint.uids[0])
    if hint.trigger in _ENDING:
        return booking is not None and booking.alive
    return hint.trigger in _BEGINNING and booking is None


async def _put_off(
    company_id: UUID, hints: Sequence[TakenHint], seconds: float, reconciling: Reconciling
) -> None:
    async with reconciling.store.unit(company_id) as unit:
        now = await unit.now()
        for hint in hints:
            pause = timedelta(seconds=max(60.0 * 2.0**hint.looks, seconds))
            await unit.heeded([hint.digest], now + pause if hint.looks < _MOST_TRIES else None)
        await unit.commit()
