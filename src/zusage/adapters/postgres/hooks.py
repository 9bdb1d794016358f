"""Webhooks of calendars: whose address it is, and what of an event is kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from zusage.adapters.postgres.calendars import CALCOM_HOOK
from zusage.adapters.postgres.database import Database
from zusage.app.operations.ports import Sealer, openable, secret_context
from zusage.app.reconcile.ports import Hint, HookOwner

_FIND = "SELECT company_id, sealed_secrets FROM directory.find_hook(%s)"
_KEEP = "SELECT calendar_hint_note(%s, %s, %s, %s, %s)"


class PostgresHooks:
    """Implements `app.reconcile.ports.HookDirectory` and `HintBox`."""

    def __init__(self, database: Database, seal: Sealer) -> None:
        self._database = database
        self._seal = seal

    async def find(self, address: str) -> HookOwner | None:
        async with self._database.connection() as connection:
            row = await (await connection.execute(_FIND, (address,))).fetchone()
        if row is None:
            return None
        company_id, sealed = row
        secrets = openable(self._seal, sealed, secret_context(company_id, CALCOM_HOOK))
        return HookOwner(company_id, tuple(secrets), unreadable=len(sealed) - len(secrets))

    async def keep(self, company_id: UUID, hint: Hint, seconds: float) -> bool:
        values = (company_id, hint.digest, hint.trigger, list(hint.uids), timedelta(seconds=seconds))
        async with self._database.pipelined(company_id) as connection:
            cursor = await connection.execute(_KEEP, values)
            await connection.execute("COMMIT")
            row = await cursor.fetchone()
        assert row is not None
        return bool(row[0])
