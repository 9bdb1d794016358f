"""Give back the time of holds that ran out and that nobody asked about since."""

from __future__ import annotations

from zusage.app.operations.ports import Housekeeping

_COMPANIES = 200
_BATCH = 100


async def sweep_holds(store: Housekeeping) -> int:
    """Expire overdue holds of all companies, company by company; repeating it is harmless. Returns how many.

    Correctness never waits for it: an overdue hold counts as free at once, this only tidies up."""
    swept = 0
    for company_id in await store.due_companies(_COMPANIES):
        full = True
        while full:
            count = await store.sweep(company_id, _BATCH)
            swept += count
            full = count == _BATCH
    return swept
