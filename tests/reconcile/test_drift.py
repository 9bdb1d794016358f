"""Drift is between phases and bookings; the claims around them have buffers that no calendar needs to know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from support.database import Clock
from support.mirrored import open_start
from support.reconciled import Reconciled, kinds, reconciled
from zusage.adapters.postgres.database import Database
from zusage.core.scheduling.plan import ClaimPlan
from zusage.core.values import Period

BUFFER = timedelta(minutes=15)


@pytest.fixture
async def salon(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


async def book_with_buffers(salon: Reconciled) -> None:
    """Book an hour that keeps its member of staff for a quarter more on either side."""
    shop = salon.salon.shop
    plain = shop.plan(start=open_start())
    kept = Period(plain.period.start - BUFFER, plain.period.end + BUFFER)
    appointment = await salon.salon.book(replace(plain, claims=(ClaimPlan(shop.staff[0], kept),)))
    await salon.salon.bring(appointment)
    salon.later(3600)


async def test_hole_51_buffers_of_ours_are_no_drift(salon: Reconciled) -> None:
    await book_with_buffers(salon)
    claims = await salon.salon.shop.rows("SELECT ends_at - starts_at FROM claim")
    assert claims == [(timedelta(minutes=90),)]
    assert kinds(await salon.compare()) == []
    assert await salon.salon.reviews() == []


async def test_hole_51_control_whoever_compares_claims_with_bookings_finds_drift_where_there_is_none(
    salon: Reconciled,
) -> None:
    await book_with_buffers(salon)
    (there,) = salon.salon.there
    ((starts, ends),) = await salon.salon.shop.rows("SELECT starts_at, ends_at FROM claim")
    assert (there.period.start, there.period.end) != (starts, ends)
    ((starts, ends),) = await salon.salon.shop.rows(
        "SELECT starts_at, ends_at FROM phase WHERE kind = 'active'"
    )
    assert (there.period.start, there.period.end) == (starts, ends)
