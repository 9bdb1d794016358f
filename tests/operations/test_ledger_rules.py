"""Traps of the ledger, each with a control that shows what happens without its rule."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import psycopg
import pytest
from ledger_rows import TAKE, Rows
from psycopg.conninfo import make_conninfo

from support.database import OUTSIDE_SERVER, Clock, DatabaseUrls
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.ledger import _BUSY
from zusage.app.errors import LedgerBusy

INSERT_CLAIM = (
    "INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, {owner}) "
    "VALUES (%s, %s, {starts}, {ends}, {binding}, {value})"
)
NOW, LATER = "now()", "now() + interval '1 hour'"


def claim(
    *, starts: str = NOW, ends: str = LATER, binding: str = "false", owner: str = "external_id",
    value: str = "gen_random_uuid()",
) -> bytes:  # fmt: skip
    return INSERT_CLAIM.format(starts=starts, ends=ends, binding=binding, owner=owner, value=value).encode()


NULL_RESOURCE = claim().replace(b"%s, %s,", b"%s, (SELECT NULL::uuid WHERE %s IS NOT NULL),")
TWO = "gen_random_uuid(), gen_random_uuid()"
BAD_CLAIMS = {
    "no start": (claim(starts="NULL"), '"starts_at"'),
    "no end": (claim(ends="NULL"), '"ends_at"'),
    "no resource": (NULL_RESOURCE, '"resource_id"'),
    "empty": (claim(ends=NOW), "claim_not_empty"),
    "end before start": (claim(starts=LATER, ends=NOW), "range lower bound"),
    "for ever": (claim(ends="'infinity'"), "claim_finite"),
    "since ever": (claim(starts="'-infinity'"), "claim_finite"),
    "more than a day": (claim(ends="now() + interval '25 hours'"), "claim_one_day"),
    "nobody's": (claim(value="NULL"), "claim_one_owner"),
    "two owners": (claim(owner="external_id, absence_id", value=TWO), "claim_one_owner"),
    "an external time that binds": (claim(binding="true"), "claim_promises_bind"),
    "own range": (claim(owner="external_id, during", value="gen_random_uuid(), 'empty'"), '"during"'),
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
async def test_hole_43_the_table_refuses_what_the_overlap_rule_lets_pass(
    demo: Rows, app_db: Database, name: str
) -> None:
    statement, rule = BAD_CLAIMS[name]
    async with app_db.transaction(demo.company) as connection:
        with pytest.raises(psycopg.Error, match=rule):
            await connection.execute(statement, [demo.company, demo.staff["jonas-keller"]])


async def test_hole_43_a_promise_that_does_not_bind_is_refused(demo: Rows, app_db: Database) -> None:
    await demo.hold(demo.staff["jonas-keller"], hours=3)
    async with app_db.transaction(demo.company) as connection:
        with pytest.raises(psycopg.errors.CheckViolation, match="claim_promises_bind"):
            await connection.execute("UPDATE claim SET binding = false WHERE hold_id IS NOT NULL")


def test_hole_43_the_overlap_rule_alone_lets_them_pass(database: DatabaseUrls) -> None:
    with psycopg.connect(database.migrate) as connection:
        connection.execute(
            "CREATE TABLE bare (r integer, during tstzrange, EXCLUDE USING gist (r WITH =, during WITH &&)); "
            "INSERT INTO bare VALUES (1, NULL), (1, NULL), (1, 'empty'), (1, 'empty'), (NULL, '[,]'), (NULL, '[,]')"
        )
        assert connection.execute("SELECT count(*) FROM bare").fetchone() == (6,)


async def waiting(database: Database, on: str = "advisory") -> None:
    """Return once somebody waits for a lock."""
    async with database.connection() as connection:
        for _ in range(400):
            row = await connection.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = %s", [on]
            )
            if await row.fetchone() != (0,):
                return
            await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def one(connection: Connection, statement: str, *values: Any) -> tuple[Any, ...]:
    row = await (await connection.execute(statement.encode(), values)).fetchone()
    assert row is not None
    return row


async def test_hole_44_the_ledger_reads_after_its_lock(
    demo: Rows, app_db: Database, jobs_db: Database
) -> None:
    """Two callers want the same time; the second has waited for the first and sees what it took."""
    jonas, rivals = demo.staff["jonas-keller"], (await demo.call(), await demo.call())
    start, end = "2027-03-02 10:00+01", "2027-03-02 10:30+01"
    first, second = [await demo.take_values(call, jonas, start=start, end=end) for call in rivals]
    async with app_db.transaction(demo.company) as holder:
        assert (await one(holder, TAKE, *first))[0] == "held"

        async def rival() -> str:
            async with app_db.transaction(demo.company) as connection:
                # Not the referee's refusal (ZU001): it read after the lock and saw that nothing is left.
                return str((await one(connection, TAKE, *second))[0])

        other = asyncio.create_task(rival())
        await waiting(jobs_db)
        await holder.execute("COMMIT")
    assert await other == "lost"


async def test_hole_44_lock_and_read_in_one_statement_is_stale(
    demo: Rows, app_db: Database, jobs_db: Database
) -> None:
    locked_read = (
        "SELECT l, (SELECT count(*) FROM customer) FROM (SELECT pg_advisory_xact_lock(44)::text AS l) AS lock"
    )
    async with app_db.transaction(demo.company) as holder:
        await holder.execute("SELECT pg_advisory_xact_lock(44)")
        await holder.execute(
            "INSERT INTO customer (company_id, customer_id, name, name_key) VALUES (%s, %s, 'x', 'x')",
            [demo.company, demo.new_id()],
        )

        async def rival() -> tuple[int, int]:
            async with app_db.transaction(demo.company) as connection:
                stale = await one(connection, locked_read)
                return stale[1], (await one(connection, "SELECT count(*) FROM customer"))[0]

        other = asyncio.create_task(rival())
        await waiting(jobs_db)
        await holder.execute("COMMIT")
    assert await other == (0, 1)


async def test_hole_45_a_unit_is_read_committed_whatever_the_database_prefers(
    demo: Rows, database: DatabaseUrls
) -> None:
    with psycopg.connect(database.migrate, autocommit=True) as owner:
        owner.execute(
            f"ALTER DATABASE {database.name} SET default_transaction_isolation = 'repeatable read'".encode()
        )
    pool = Database(database.app, size=2)
    await pool.open()
    try:
        async with pool.connection() as connection:
            assert await one(connection, "SHOW transaction_isolation") == ("repeatable read",)
        async with pool.transaction(demo.company) as connection:
            assert await one(connection, "SHOW transaction_isolation") == ("read committed",)
            before = await one(connection, "SELECT count(*) FROM call")
            await demo.call()
            assert await one(connection, "SELECT count(*) FROM call") == (before[0] + 1,)
    finally:
        await pool.close()


async def test_hole_46_another_broken_rule_is_an_error_and_never_taken(
    demo: Rows, app_db: Database, database: DatabaseUrls
) -> None:
    await demo.hold(demo.staff["jonas-keller"], hours=3)

    def number_claims_anew() -> None:
        """Let the next claim get a number that is taken."""
        with psycopg.connect(database.admin) as admin:
            admin.execute(
                "SELECT setval('claim_claim_id_seq', (SELECT min(claim_id) - 1 FROM claim WHERE hold_id IS NOT NULL))"
            )

    anna = demo.staff["anna-schmidt"]
    values = await demo.take_values(
        await demo.call(), anna, start="2027-03-02 10:00+01", end="2027-03-02 11:00+01"
    )
    number_claims_anew()
    async with app_db.transaction(demo.company) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation, match="claim_pkey"):
            await connection.execute(TAKE, values)
    number_claims_anew()
    # The control: where no constraint is named, the broken key looks like a time that is taken.
    async with app_db.transaction(demo.company) as connection:
        swallowed = await connection.execute(claim() + b" ON CONFLICT DO NOTHING", [demo.company, anna])
        assert swallowed.rowcount == 0


@pytest.mark.skipif(
    OUTSIDE_SERVER in os.environ, reason="the settings of that server's roles are its owner's"
)
async def test_hole_52_no_statement_and_no_open_transaction_lasts(demo: Rows, database: DatabaseUrls) -> None:
    pool = Database(database.app, size=1, statement_ms=50)
    await pool.open()
    try:
        with pytest.raises(LedgerBusy):
            async with pool.transaction(demo.company) as connection:
                await connection.execute("SELECT pg_sleep(5)")
        async with pool.transaction(demo.company) as connection:  # the connection is good for the next unit
            assert await one(connection, "SELECT count(*) FROM branch") == (2,)
    finally:
        await pool.close()
    for url in (database.app, database.jobs):
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
        assert row == ("5s",)
    slow = make_conninfo(database.app, options="-c idle_in_transaction_session_timeout=100ms")
    with psycopg.connect(slow) as connection:
        connection.execute("SELECT 1")
        await asyncio.sleep(0.4)
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            connection.execute("SELECT 1")


async def overdue(demo: Rows, amount: int) -> None:
    """Make many holds of one claim each at once; they are overdue once the clock moves."""
    await demo.value(
        """
        WITH calls AS (
            INSERT INTO call (company_id, call_id, branch_id, provider, external_id, first_seen_at, last_seen_at)
            SELECT %(company)s, gen_random_uuid(), %(branch)s, 'x', n::text, now(), now() FROM generate_series(1, %(amount)s) AS n
            RETURNING call_id, external_id::integer AS n),
        holds AS (
            INSERT INTO hold (company_id, hold_id, call_id, branch_id, token, status, service_id, staff_id, starts_at,
                              ends_at, price_cents, currency, plan, claims, created_at, expires_at)
            SELECT %(company)s, call_id, call_id, %(branch)s, n::text, 'held', call_id, %(staff)s,
                   now() + n * interval '1 hour', now() + n * interval '1 hour' + interval '30 minutes', 0, 'EUR', '{}', 1,
                   now(), now() + interval '2 minutes' FROM calls
            RETURNING hold_id, starts_at, ends_at)
        INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, hold_id)
        SELECT %(company)s, %(staff)s, starts_at, ends_at, true, hold_id FROM holds
        """.replace("%(company)s", f"'{demo.company}'::uuid")
        .replace("%(branch)s", f"'{demo.branch}'::uuid")
        .replace("%(staff)s", f"'{demo.staff['jonas-keller']}'::uuid")
        .replace("%(amount)s", str(amount))
    )


SWEEP = "SELECT ledger_sweep(%s, 100)"


async def test_hole_53_a_sweep_takes_a_hundred_at_most_and_passes_busy_holds_over(
    demo: Rows, app_db: Database, jobs_db: Database, clock: Clock
) -> None:
    await overdue(demo, 150)
    assert await demo.value(SWEEP, demo.company) == 0
    clock.advance(121)
    async with app_db.transaction(demo.company) as busy:
        locked = await one(busy, "SELECT hold_id FROM hold ORDER BY hold_id LIMIT 1 FOR UPDATE")
        async with jobs_db.transaction(demo.company) as sweeper:
            await sweeper.execute("SET LOCAL lock_timeout = '200ms'")
            assert await one(sweeper, SWEEP, demo.company) == (100,)
            await sweeper.execute("COMMIT")
        async with jobs_db.transaction(demo.company) as sweeper:
            assert await one(sweeper, SWEEP, demo.company) == (49,)
            await sweeper.execute("COMMIT")
        async with jobs_db.transaction(demo.company) as waiter:  # the control: without SKIP LOCKED it waits
            await waiter.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                await waiter.execute("SELECT 1 FROM hold WHERE status = 'held' FOR UPDATE")
    assert await demo.value("SELECT hold_id FROM hold WHERE status = 'held'") == locked[0]
    assert await demo.value("SELECT count(*) FROM claim WHERE hold_id IS NOT NULL") == 1
    assert await demo.value(SWEEP, demo.company) == 1


MANY = """
WITH away AS (
    INSERT INTO absence (company_id, absence_id, resource_id, starts_at, ends_at)
    SELECT company_id, resource_id, resource_id, '2027-01-01 08:00+00', '2027-06-01 08:00+00' FROM resource
    WHERE company_id = %s AND kind = 'staff')
INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, absence_id)
SELECT r.company_id, r.resource_id, '2027-01-01 08:00+00'::timestamptz + n * interval '1 hour',
       '2027-01-01 08:30+00'::timestamptz + n * interval '1 hour', false, r.resource_id
FROM resource r, generate_series(1, 3000) AS n WHERE r.company_id = %s AND r.kind = 'staff'
"""


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


async def claim_scans(connection: Connection, statement: str, values: list[Any]) -> list[dict[str, Any]]:
    explained = await one(connection, "EXPLAIN (ANALYZE, FORMAT JSON) " + statement, *values)
    plan = explained[0] if isinstance(explained[0], list) else json.loads(explained[0])
    return [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "claim"]


def rows_read(scans: list[dict[str, Any]]) -> float:
    return sum(
        float(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * int(node["Actual Loops"])
        for node in scans
    )


async def test_hole_25_as_the_app_role_a_day_is_read_through_the_index_alone(
    demo: Rows, app_db: Database, database: DatabaseUrls
) -> None:
    await demo.value(MANY, demo.company, demo.company)
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("ANALYZE")
    async with app_db.transaction(demo.company) as connection:
        found = await connection.execute(
            "SELECT resource_id FROM resource WHERE branch_id = %s AND kind = 'staff'", [demo.branch]
        )
        staff = [row[0] for row in await found.fetchall()]
        assert len(staff) == 4
        day = ["2027-02-10 08:00+00", "2027-02-08 18:00+00", "2027-02-09 18:00+00"]
        scans = await claim_scans(connection, _BUSY, [demo.company, staff, *day, demo.new_id()])
        assert {node.get("Index Name") for node in scans} == {"claim_by_resource"}
        assert all("starts_at" in node["Index Cond"] for node in scans)
        assert rows_read(scans) < 4 * 24 * 2 + 10

        # The control: the range operator is not leakproof, so under row-level security it reads every claim.
        by_range = "SELECT 1 FROM claim WHERE company_id = %s AND resource_id = ANY (%s) AND during && tstzrange(%s, %s)"
        ranged = await claim_scans(connection, by_range, [demo.company, staff, day[2], day[0]])
        assert rows_read(ranged) >= 4 * 3000
