"""Notice that this is another database than before, before anything is sent from it."""

from __future__ import annotations

from uuid import UUID

import structlog

from zusage.app.reconcile.guarding import COPIED
from zusage.app.reconcile.ports import ReconcileStore

log = structlog.get_logger()


async def stand_guard(company_id: UUID, *, store: ReconcileStore) -> bool:
    """Let the reconciler of a company only look where its database is another one than before; says whether it is new.

    Repeats harmlessly. What was never sent is looked up before it is: the other database may have sent it.

    :raises LedgerBusy: the database is too busy; trying again is safe."""
    async with store.unit(company_id) as unit:
        if not await unit.is_other_database():
            return False
        await unit.observe(COPIED, doubt=True)
        await unit.commit()
    log.error("calendar_only_observed", company_id=str(company_id), reason=COPIED)
    return True
