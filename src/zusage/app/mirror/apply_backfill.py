"""Let appointments of before a branch was connected come to the calendar, little by little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from zusage.app.mirror.backfill import BackfillItem, BackfillStore

# Of a key's rate, this part at most: live calls and what is booked meanwhile go first.
_PART_OF_RATE = 4


@dataclass(frozen=True, slots=True)
class Backfilled:
    """How many phases come to the calendar now, how many wait for a person, how many for the mapping, and how many until
    what may be the same there can be read."""

    coming: int
    alike: int
    unmapped: int
    unsure: int = 0


async def apply_backfill(
    company_id: UUID, items: Iterable[BackfillItem], store: BackfillStore, *, per_minute: int
) -> Backfilled:
    """Make the mirrors of the phases viewed; the worker then books them, a quarter of the key's rate at most.

    Each appointment is a transaction of its own: after an interruption, view and apply again. An appointment with a
    phase that is not mapped, or of which nobody is sure, waits whole.

    :raises LedgerBusy: the database is too busy; what was made stays, and repeating adds nothing."""
    coming = alike = unmapped = unsure = 0
    for appointment_id, group in groupby(items, key=lambda item: item.phase.appointment_id):
        phases = list(group)
        if any(item.state == "unmapped" for item in phases):
            unmapped += len(phases)
            continue
        if any(item.state == "unsure" for item in phases):
            unsure += len(phases)
            continue
        twins = {item.phase.ordinal: item.twin for item in phases if item.twin is not None}
        seconds = coming * 60.0 * _PART_OF_RATE / per_minute
        made = await store.mirror(company_id, appointment_id, alike=twins, seconds=seconds)
        alike += len(twins) if made else 0
        coming += made - len(twins) if made else 0
    return Backfilled(coming, alike, unmapped, unsure)
