"""Take note of a webhook: what it is about is read again later, and never taken from it."""

from __future__ import annotations

from uuid import UUID

from zusage.app.reconcile.ports import Hint, HintBox

HEED_AFTER = 5.0
"""Seconds until the booking is read: Cal.com tells of a cancellation before it is so (protocols 20)."""


async def note_hint(company_id: UUID, hint: Hint, *, box: HintBox) -> bool:
    """Store a signed webhook and have its bookings read again; False where the same body came before.

    Repeats and any order are harmless. One that names no booking is stored and asks for nothing.

    :raises LedgerBusy: the database is too busy; nothing is stored, and the periodic comparison will find it."""
    return await box.keep(company_id, hint, HEED_AFTER)
