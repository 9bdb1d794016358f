"""Adjust how a connected calendar is used: without its key, and without asking it anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from zusage.app.calendar_setup.companies import find_connection
from zusage.app.calendar_setup.ports import CalendarSetupError, SetupStore
from zusage.app.mirror.connection import BranchCalendar, CalendarConnection

_WAITS = range(100, 20_001)
_RATES = range(1, 10_001)


@dataclass(frozen=True, slots=True)
class AdjustWish:
    """What to adjust; None keeps it.

    `confirm` and `wait_ms` are of these `branches` by key, of all mirrored ones if none is named: whether a booking is
    confirmed to the caller at once or only after the calendar has it, and how long a call waits for that.
    `per_minute` is how many requests the key may send there in a minute."""

    company: str
    branches: tuple[str, ...] = ()
    confirm: Literal["background", "inline"] | None = None
    wait_ms: int | None = None
    courtesy: bool | None = None
    unreachable: Literal["offer", "hide"] | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """How it is used from the next tool call on; `branches` are the mirrored ones, by key."""

    company: str
    courtesy: bool
    unreachable: Literal["offer", "hide"]
    per_minute: int
    branches: Mapping[str, BranchCalendar]


async def adjust_calendar(wish: AdjustWish, *, store: SetupStore) -> Adjusted:
    """Store what is wished, and say how everything stands; a wish for nothing only says it. Safe to repeat.

    :raises CalendarSetupError: there is no such company or mirrored branch, or a number makes no sense.
    :raises CalendarUnusable: no calendar is connected."""
    _within(wish.wait_ms, _WAITS, "A call can wait for the calendar for", "ms")
    _within(wish.per_minute, _RATES, "The rate of a key can be", "requests a minute")
    before = await find_connection(store, wish.company)
    keys = {book.branch.id: book.branch.key for book in await store.books(before.company_id)}
    after = replace(
        before,
        courtesy_holds=before.courtesy_holds if wish.courtesy is None else wish.courtesy,
        unreachable=wish.unreachable or before.unreachable,
        per_minute=wish.per_minute or before.per_minute,
        branches=_branches(wish, before, keys),
    )
    if after != before:
        await store.save_connection(after)
    return Adjusted(
        wish.company,
        after.courtesy_holds,
        after.unreachable,
        after.per_minute,
        {keys[branch]: each for branch, each in after.branches.items()},
    )


def _branches(
    wish: AdjustWish, before: CalendarConnection, keys: Mapping[UUID, str]
) -> Mapping[UUID, BranchCalendar]:
    mirrored = {keys[branch]: branch for branch in before.branches}
    unknown = [key for key in wish.branches if key not in mirrored]
    if unknown:
        raise CalendarSetupError(
            f'No branch "{unknown[0]}" is mirrored; there are: {", ".join(mirrored) or "none"}. '
            f"`zusage calcom map {wish.company} --apply` has a branch mirrored."
        )
    if (wish.confirm is not None or wish.wait_ms is not None) and not mirrored:
        raise CalendarSetupError(
            f"No branch of {wish.company} is mirrored yet, so there is nothing to confirm there; "
            f"`zusage calcom map {wish.company} --apply` comes first."
        )
    chosen = {mirrored[key] for key in wish.branches or mirrored}
    return {
        branch: _adjusted(each, wish) if branch in chosen else each
        for branch, each in before.branches.items()
    }


def _adjusted(before: BranchCalendar, wish: AdjustWish) -> BranchCalendar:
    return BranchCalendar(wish.confirm or before.confirm, wish.wait_ms or before.wait_ms)


def _within(number: int | None, limits: range, what: str, unit: str) -> None:
    if number is not None and number not in limits:
        raise CalendarSetupError(f"{what} {limits[0]} to {limits[-1]} {unit}, not {number}.")
