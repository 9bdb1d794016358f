"""Claims whose time is over go in the night, in small batches; what was promised stays on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from support.database import Clock, DatabaseUrls
from support.shop import Shop, make_shop
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.app.operations.sweep_claims import sweep_claims
from zusage.app.operations.verify_ledger import verify_ledger

TOMORROW = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)


class Store:
    """Old claims per company; at most `limit` go in one transaction."""

    def __init__(self, old: list[int]) -> None:
        self.old = {uuid4(): count for count in old}
        self.transactions: list[int] = []

    async def sweep_claims(self, company_id: UUID, limit: int) -> int:
        swept = min(limit, self.old[company_id])
        self.old[company_id] -= swept
        self.transactions.append(swept)
        return swept


@pytest.mark.parametrize(
    ("old", "transactions"),
    [([], []), ([0], [0]), ([7, 3], [7, 3]), ([2500], [1000, 1000, 500]), ([1000], [1000, 0])],
)
async def test_hole_42_all_that_is_over_goes_in_small_batches(
    old: list[int], transactions: list[int]
) -> None:
    store = Store(old)
    assert await sweep_claims(store.old, store=store) == sum(old)
    assert store.transactions == transactions


@pytest.fixture
async def shop(app_db: Database) -> Shop:
    made = await make_shop(app_db)
    await made.do("SELECT directory.put_company(%s, 'salon', 'Laden')", made.company_id)
    return made


async def book(shop: Shop, start: datetime) -> UUID:
    booked = await shop.take_and_confirm(await shop.call(), shop.plan(start=start))
    assert booked.appointment_id is not None
    return booked.appointment_id


async def count(shop: Shop, table: str) -> int:
    return int(str((await shop.rows(f"SELECT count(*) FROM {table}"))[0][0]))


async def test_hole_42_what_is_over_goes_and_what_was_promised_stays(
    shop: Shop, jobs_db: Database, clock: Clock
) -> None:
    store = PostgresHousekeeping(jobs_db)
    await book(shop, TOMORROW)
    await book(shop, TOMORROW + timedelta(days=10))
    assert await sweep_claims([shop.company_id], store=store) == 0
    clock.advance((TOMORROW - datetime.now(UTC)).total_seconds() + 2 * 86_400 + 1)
    assert await sweep_claims([shop.company_id], store=store) == 1
    assert await sweep_claims([shop.company_id], store=store) == 0
    assert (await count(shop, "claim"), await count(shop, "phase"), await count(shop, "appointment")) == (
        1,
        2,
        2,
    )
    assert (await verify_ledger(evidence=PostgresEvidence(shop.database))).proven


async def test_hole_42_never_more_at_once_than_asked_for(shop: Shop, jobs_db: Database, clock: Clock) -> None:
    for hours in range(5):
        await book(shop, TOMORROW + timedelta(hours=hours))
    clock.advance(5 * 86_400)
    store = PostgresHousekeeping(jobs_db)
    swept = [await store.sweep_claims(shop.company_id, 2) for _ in range(4)]
    assert swept == [2, 2, 1, 0]


async def test_the_claims_of_a_promise_of_yesterday_are_still_guarded(shop: Shop, clock: Clock) -> None:
    await book(shop, TOMORROW)
    clock.advance((TOMORROW - datetime.now(UTC)).total_seconds() + 86_400)
    with pytest.raises(psycopg.Error, match="belongs to the live appointment"):
        await shop.do("DELETE FROM claim WHERE company_id = %s", shop.company_id)


async def test_a_phase_without_its_claim_is_found_while_it_is_to_come(
    shop: Shop, clock: Clock, database: DatabaseUrls
) -> None:
    await book(shop, TOMORROW)
    with psycopg.connect(database.admin) as owner:
        owner.execute("ALTER TABLE claim DISABLE TRIGGER claim_guard")
        owner.execute("DELETE FROM claim")
        owner.execute("ALTER TABLE claim ENABLE TRIGGER claim_guard")
    findings = (await verify_ledger(evidence=PostgresEvidence(shop.database))).findings
    assert [finding.code for finding in findings] == ["phase_uncovered"]


_MONTH = """
INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, appointment_id)
SELECT %s, %s, %s + n * interval '20 minutes', %s + n * interval '20 minutes' + interval '15 minutes', true, %s
FROM generate_series(0, 1999) AS n
"""
_DAYS = 30


async def months(
    shop: Shop, database: DatabaseUrls, clock: Clock, store: PostgresHousekeeping | None
) -> list[int]:
    """Let six months of busy time come and go; gives the size of the constraint's index after each."""
    appointment = await book(shop, TOMORROW + timedelta(days=365))
    sizes = []
    with psycopg.connect(database.admin, autocommit=True) as owner:
        for month in range(6):
            start = TOMORROW + timedelta(days=month * _DAYS)
            await shop.do(_MONTH, shop.company_id, shop.staff[0], start, start, appointment)
            clock.advance(_DAYS * 86_400)
            if store is not None:
                await sweep_claims([shop.company_id], store=store)
            owner.execute("VACUUM claim")
            size = owner.execute("SELECT pg_relation_size('claim_no_overlap')").fetchone()
            assert size is not None
            sizes.append(int(size[0]))
    return sizes


async def test_hole_42_the_constraints_index_stays_as_large_as_its_window(
    shop: Shop, database: DatabaseUrls, clock: Clock, jobs_db: Database
) -> None:
    sizes = await months(shop, database, clock, PostgresHousekeeping(jobs_db))
    assert sizes[-1] < 2 * sizes[1]


async def test_hole_42_control_without_the_sweep_it_only_grows(
    shop: Shop, database: DatabaseUrls, clock: Clock
) -> None:
    sizes = await months(shop, database, clock, None)
    assert sizes[-1] > 2 * sizes[1]


async def test_what_others_booked_for_days_is_covered_though_its_first_day_is_gone(
    shop: Shop, clock: Clock, jobs_db: Database
) -> None:
    await shop.do(
        "INSERT INTO calendar_connection (company_id, base_url, account_id, username, email_domain, connected_at)"
        " VALUES (%s, 'https://api.cal.example', 1, 'salon', 'anrufer.salon.example', zusage_now())",
        shop.company_id,
    )
    begins, ends = TOMORROW, TOMORROW + timedelta(days=5)
    await shop.do(
        "SELECT * FROM ledger_external(%s, %s, %s, %s, %s, %s)",
        *(shop.company_id, uuid4(), "theirs", shop.staff[0], begins, ends),
    )
    clock.advance((TOMORROW - datetime.now(UTC)).total_seconds() + 3.5 * 86_400)
    assert await sweep_claims([shop.company_id], store=PostgresHousekeeping(jobs_db)) == 2
    assert (await verify_ledger(evidence=PostgresEvidence(shop.database))).proven
