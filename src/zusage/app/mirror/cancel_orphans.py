"""Cancel in the calendar what of ours stands there and nothing wants."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from zusage.app.mirror import asking, rules
from zusage.app.mirror.bring_over import Mirroring
from zusage.app.mirror.ports import Calendar, CalendarError, Terms
from zusage.app.mirror.rows import Orphan, Outcome

log = structlog.get_logger()

_LIMIT = 10
_GIVE_UP = timedelta(days=1)
_REASON = "Automatisch zurückgenommen: Diese Buchung entstand doppelt oder abweichend."


async def cancel_orphans(company_id: UUID, mirroring: Mirroring) -> int:
    """Try to cancel the due orphans of one company and store how it went; says how many are gone.

    Repeats harmlessly: cancelled already is as good. What cannot be cancelled within a day rests until a person looks.

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises SecretUnreadable: no key opens the calendar's key."""
    async with mirroring.store.unit(company_id) as unit:
        connection = await unit.connection()
        if connection is None or connection.paused or connection.observe_only:
            return 0
        orphans = await unit.take_orphans(_LIMIT, rules.LEASE_SECONDS)
        await unit.commit()
    calendar = mirroring.calendars.of(connection.access)
    outcomes = await asyncio.gather(
        *(_cancel(orphan, calendar, mirroring.patience.writing) for orphan in orphans)
    )
    async with mirroring.store.unit(company_id) as unit:
        now = await unit.now()
        for orphan, outcome in zip(orphans, outcomes, strict=True):
            done = outcome.kind == "ended"
            next_at = None if done else _next(orphan, outcome, now, mirroring.jitter())
            await unit.save_orphan(orphan, outcome, next_at, resolved=done)
            if not done and next_at is None:
                log.error("orphan_needs_a_person", company_id=str(company_id), uid=orphan.uid, why=orphan.why)
        await unit.commit()
    return sum(outcome.kind == "ended" for outcome in outcomes)


async def _cancel(orphan: Orphan, calendar: Calendar, terms: Terms) -> Outcome:
    try:
        await calendar.cancel_booking(orphan.uid, _REASON, terms)
    except CalendarError as error:
        return asking.not_cancelled(error, orphan.uid)
    return Outcome("cancel", "ended", uid=orphan.uid)


def _next(orphan: Orphan, outcome: Outcome, now: datetime, jitter: float) -> datetime | None:
    if outcome.kind in ("refused", "moved") or now - orphan.found_at >= _GIVE_UP:
        return None
    pause = max(rules.delay(orphan.attempts + 1, jitter), outcome.retry_after or 0.0)
    return now + timedelta(seconds=pause)
