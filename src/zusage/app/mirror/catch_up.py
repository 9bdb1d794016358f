"""Bring over whatever is due of one company, however its wake-up was lost."""

from __future__ import annotations

from uuid import UUID

import structlog

from zusage.app.errors import LedgerBusy
from zusage.app.mirror.bring_over import Mirroring, bring_over
from zusage.app.mirror.cancel_orphans import cancel_orphans
from zusage.app.operations.ports import SecretUnreadable

log = structlog.get_logger()

_LIMIT = 100


async def catch_up(company_id: UUID, mirroring: Mirroring) -> int:
    """Bring over the due mirrors of one company, the longest due first, and cancel its orphans; says how many.

    Truth is the mirror row, not the job: a lost job costs a minute (protocols 31).

    :raises LedgerBusy, SecretUnreadable: see `bring_over`; what was not reached stays due."""
    async with mirroring.store.unit(company_id) as unit:
        for appointment_id in await unit.overdue_moves(_LIMIT):
            log.error("move_overdue", company_id=str(company_id), appointment_id=str(appointment_id))
        await unit.commit()
    async with mirroring.store.unit(company_id) as unit:
        connection = await unit.connection()
        due = await unit.due(_LIMIT) if connection is not None and not connection.paused else ()
    for appointment_id in due:
        try:
            await bring_over(company_id, appointment_id, mirroring)
        except (LedgerBusy, SecretUnreadable):
            raise
        except Exception:
            # One that nobody foresaw must not keep all that are due after it.
            log.exception("mirror_failed", company_id=str(company_id), appointment_id=str(appointment_id))
    await cancel_orphans(company_id, mirroring)
    return len(due)
