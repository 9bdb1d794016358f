"""Holes about locks (21, 22, 23, 24, 37): the real interleavings on real connections, with and without the rule."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from ledger_rivals import PAUSE, blocked, claiming, cut, gate, later, run_sql, stopped, waiting

from support.database import Clock, DatabaseUrls
from support.shop import BOOKER, NO_FLAWS, Shop, make_shop
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.ledger import PostgresUnit
from zusage.app.booking.ports import Booked, Taken
from zusage.app.errors import LedgerBusy

UNSORTED = """
CREATE OR REPLACE FUNCTION ledger_lock_resources(p_company uuid, p_resources uuid[]) RETURNS void LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_company::text || r::text, 0)) FROM unnest(p_resources) AS r;
END $$
"""


@asynccontextmanager
async def _pool(url: str, *, lock_ms: int, statement_ms: int) -> AsyncIterator[Database]:
    pool = Database(url, size=2, lock_ms=lock_ms, statement_ms=statement_ms)
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


class _Counting:
    """A connection that counts its round trips."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.trips = 0

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> object:
        self.trips += 1
        return await self._connection.execute(statement, values)


async def test_hole_21_each_step_under_locks_is_one_round_trip(app_db: Database) -> None:
    shop = await make_shop(app_db, chairs=1)
    run = await shop.call()
    async with app_db.transaction(shop.company_id) as connection:
        counting = _Counting(connection)
        unit = PostgresUnit(counting, shop.company_id, uuid4, secrets.token_hex)  # type: ignore[arg-type]
        taken = await unit.take(run.call_id, [shop.plan(chair=0, gap=(20, 20))])
        assert counting.trips == 1
        assert taken.hold_id is not None
        await unit.confirm(run.call_id, taken.hold_id, BOOKER)
        assert counting.trips == 2


async def _freeze(shop: Shop, *, patience_ms: int) -> Taken:
    """A process stops while its transaction holds a resource; a rival wants the same one."""
    rival = await shop.call()
    async with AsyncExitStack() as frozen:
        connection = await frozen.enter_async_context(_frozen(shop))
        await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = {patience_ms}")
        unit = PostgresUnit(connection, shop.company_id, uuid4, secrets.token_hex)
        await unit.take((await shop.call()).call_id, [shop.plan()])
        async with _pool(str(shop.database._pool.conninfo), lock_ms=1500, statement_ms=3000) as pool:
            return await _take(pool, rival.call_id, shop)


@asynccontextmanager
async def _frozen(shop: Shop) -> AsyncIterator[Connection]:
    connection = await psycopg.AsyncConnection.connect(str(shop.database._pool.conninfo), autocommit=True)
    try:
        await connection.execute("BEGIN")
        await connection.execute("SELECT set_config('zusage.company_id', %s, true)", [str(shop.company_id)])
        yield connection
    finally:
        await connection.close()


async def test_hole_21_a_frozen_process_loses_its_locks(app_db: Database) -> None:
    shop = await make_shop(app_db)
    assert (await _freeze(shop, patience_ms=300)).outcome == "held"


async def test_hole_21_control_without_the_timeout_its_rivals_wait_in_vain(app_db: Database) -> None:
    shop = await make_shop(app_db)
    with pytest.raises(LedgerBusy):
        await _freeze(shop, patience_ms=0)


async def _cross(shop: Shop, database: DatabaseUrls) -> list[Taken | BaseException]:
    """Two callers want the same two members of staff, named in opposite order, and both meet a third in between."""
    one, two, third = await shop.call(), await shop.call(), await shop.call()
    first, between, last = shop.staff
    async with shop.ledger(shop.company_id) as unit:
        await unit.take(third.call_id, [claiming(shop.plan(1, start=later(5)), between)])
        tasks = [
            await blocked(database, shop.take(run, claiming(shop.plan(), *order)), number)
            for number, (run, order) in enumerate(
                ((one, (first, between, last)), (two, (last, between, first))), 1
            )
        ]
        await unit.commit()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_hole_22_sorted_locks_let_one_win_and_the_other_lose(
    app_db: Database, database: DatabaseUrls
) -> None:
    shop = await make_shop(app_db, staff=3)
    results = await _cross(shop, database)
    assert sorted(r.outcome for r in results if isinstance(r, Taken)) == ["held", "lost"]
    assert await shop.flaws() == NO_FLAWS


async def test_hole_22_control_unsorted_locks_deadlock(app_db: Database, database: DatabaseUrls) -> None:
    run_sql(database, UNSORTED)
    shop = await make_shop(app_db, staff=3)
    assert _refusals(await _cross(shop, database)) == ONE_DEADLOCK


ONE_DEADLOCK = [(LedgerBusy, psycopg.errors.DeadlockDetected)]


def _refusals(results: Sequence[object]) -> list[tuple[type, type]]:
    return [(type(r), type(r.__cause__)) for r in results if isinstance(r, BaseException)]


_HOLD_LOCKS = (
    "PERFORM 1 FROM hold h\n    WHERE h.company_id = p_company AND h.status = 'held' AND h.hold_id IN ("
)
_OWN = (
    "SELECT o.hold_id FROM hold o WHERE o.company_id = p_company AND o.call_id = p_call AND o.status = 'held'\n"
    "        UNION\n        "
)
_IN_ONE = "ORDER BY h.hold_id FOR NO KEY UPDATE;"
_OWN_LATER = (
    f"{_IN_ONE}\n    {PAUSE}\n    PERFORM 1 FROM hold o WHERE o.company_id = p_company AND o.call_id = p_call"
    " AND o.status = 'held' FOR NO KEY UPDATE;"
)


async def _swap(shop: Shop, database: DatabaseUrls, clock: Clock) -> list[Taken | BaseException]:
    """Two callers whose holds have run out each ask for the other's time."""
    one, two = await shop.call(), await shop.call()
    await shop.take(one, shop.plan(0))
    await shop.take(two, shop.plan(1))
    clock.advance(200)
    async with gate(database) as closed:
        tasks = [await blocked(database, shop.take(one, shop.plan(1)))]
        tasks.append(await blocked(database, shop.take(two, shop.plan(0)), 2))
        await closed.commit()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_hole_22_own_and_overdue_holds_are_locked_in_one_order(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "ledger_take", (_HOLD_LOCKS, f"{PAUSE}\n    {_HOLD_LOCKS}"))
    shop = await make_shop(app_db, staff=2)
    results = await _swap(shop, database, clock)
    assert [r.outcome for r in results if isinstance(r, Taken)] == ["held", "held"]
    assert await shop.flaws() == NO_FLAWS


async def test_hole_22_control_the_own_hold_after_the_overdue_ones_deadlocks(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "ledger_take", (_OWN, ""), (_IN_ONE, _OWN_LATER))
    shop = await make_shop(app_db, staff=2)
    assert _refusals(await _swap(shop, database, clock)) == ONE_DEADLOCK


_CONFIRM_WAITS = (
    "UPDATE hold SET status = 'converted'",
    (
        "PERFORM ledger_lock_resources(p_company, ARRAY(SELECT resource_id FROM claim"
        " WHERE company_id = p_company AND hold_id = p_hold)); UPDATE hold SET status = 'converted'"
    ),
)


async def _confirm_beside_a_take(
    shop: Shop, database: DatabaseUrls, clock: Clock
) -> tuple[asyncio.Task[Booked], Taken]:
    """A caller says yes while a rival works on the same member of staff; meanwhile the hold runs out."""
    slow, rival = await shop.call(), await shop.call()
    mine = await shop.take(slow, shop.plan())
    async with shop.ledger(shop.company_id) as unit:
        await unit.take(rival.call_id, [shop.plan(start=later(3))])
        confirming = asyncio.create_task(shop.confirm(slow, mine.hold_id))
        await stopped(database, confirming)
        clock.advance(200)
        taken = await unit.take(rival.call_id, [shop.plan()])
        await unit.commit()
    await asyncio.wait([confirming])
    return confirming, taken


async def test_hole_23_confirm_takes_no_resource_lock(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    shop = await make_shop(app_db)
    confirming, taken = await _confirm_beside_a_take(shop, database, clock)
    assert confirming.result().outcome == "booked"
    assert taken.outcome == "lost"
    assert await shop.flaws() == NO_FLAWS


async def test_hole_23_control_a_confirm_that_takes_resource_locks_comes_too_late(
    app_db: Database, database: DatabaseUrls, clock: Clock
) -> None:
    cut(database, "ledger_confirm", _CONFIRM_WAITS)
    shop = await make_shop(app_db)
    confirming, taken = await _confirm_beside_a_take(shop, database, clock)
    assert confirming.result().outcome == "expired"
    assert taken.outcome == "held"


@pytest.mark.parametrize("asks_the_clock", [False, True], ids=["rule", "control"])
async def test_hole_23_confirm_looks_at_no_clock(
    app_db: Database, database: DatabaseUrls, clock: Clock, *, asks_the_clock: bool
) -> None:
    if asks_the_clock:
        guard = "call_id = p_call AND status = 'held'\n    RETURNING"
        cut(database, "ledger_confirm", (guard, guard.replace("'held'", "'held' AND expires_at > v_now")))
    shop = await make_shop(app_db)
    run = await shop.call()
    mine = await shop.take(run, shop.plan())
    clock.advance(121)
    assert ((await shop.confirm(run, mine.hold_id)).outcome == "booked") is not asks_the_clock


_CLOCK_AFTER = "v_out.now := zusage_now();\n    SELECT * INTO v_own"


@pytest.mark.parametrize("before", [False, True], ids=["rule", "control"])
async def test_hole_23_a_hold_begins_after_the_wait_for_its_locks(
    app_db: Database, database: DatabaseUrls, clock: Clock, *, before: bool
) -> None:
    if before:
        cut(database, "ledger_take", (_CLOCK_AFTER, "SELECT * INTO v_own"))
    shop = await make_shop(app_db)
    async with shop.ledger(shop.company_id) as unit:
        await unit.take((await shop.call()).call_id, [shop.plan(start=later(3))])
        waiter = await blocked(database, shop.take(await shop.call(), shop.plan()))
        clock.advance(60)
        [(now,)] = await shop.rows("SELECT zusage_now()")
        await unit.commit()
    taken = await waiter
    assert taken.expires_at is not None
    assert (taken.expires_at - timedelta(seconds=120) >= now) is not before  # type: ignore[operator]


async def _queue(shop: Shop, database: DatabaseUrls, pool: Database, each: float) -> float:
    """Take four members of staff, of whom each is locked by somebody until `each` seconds after one waits for them.

    Returns how long it took."""
    busy = [await psycopg.AsyncConnection.connect(database.admin) for _ in shop.staff]
    run = await shop.call()
    try:
        for connection, key in zip(busy, await _keys(shop), strict=True):
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        taking = asyncio.create_task(_take(pool, run.call_id, shop))
        began = time.monotonic()
        for connection in busy:
            await asyncio.wait([taking], timeout=each)
            await connection.rollback()
        await taking
        return time.monotonic() - began
    finally:
        for connection in busy:
            await connection.close()


async def _keys(shop: Shop) -> list[int]:
    rows = await shop.rows(
        "SELECT hashtextextended(%s::text || r::text, 0) AS key FROM unnest(%s) AS r ORDER BY 1",
        str(shop.company_id),
        list(shop.staff),
    )
    return [int(str(row[0])) for row in rows]


async def _take(pool: Database, call_id: UUID, shop: Shop) -> Taken:
    """Take every member of staff at once."""
    async with pool.transaction(shop.company_id) as connection:
        unit = PostgresUnit(connection, shop.company_id, uuid4, lambda: secrets.token_hex(6))
        taken = await unit.take(call_id, [claiming(shop.plan(), *shop.staff)])
        await unit.commit()
    return taken


async def test_hole_24_the_statement_timeout_bounds_the_whole_wait(
    app_db: Database, database: DatabaseUrls
) -> None:
    shop = await make_shop(app_db, staff=4)
    async with _pool(database.app, lock_ms=1200, statement_ms=1200) as pool:
        with pytest.raises(LedgerBusy, match="statement timeout"):
            await _queue(shop, database, pool, 0.5)
    assert await shop.statuses() == []


async def test_hole_24_control_the_lock_timeout_counts_each_wait_anew(
    app_db: Database, database: DatabaseUrls
) -> None:
    shop = await make_shop(app_db, staff=4)
    async with _pool(database.app, lock_ms=1200, statement_ms=60_000) as pool:
        assert await _queue(shop, database, pool, 0.5) > 1.2


async def _two_tools_at_once(shop: Shop, database: DatabaseUrls) -> Taken:
    """The platform sends two tool calls of one call side by side; each holds another time."""
    run = await shop.call("call_a")
    async with shop.ledger(shop.company_id) as unit:
        await unit.take(run.call_id, [shop.plan(0)])
        second = asyncio.create_task(shop.take(run, shop.plan(1)))
        await waiting(database)
        await unit.commit()
    return await second


async def test_hole_37_tool_calls_of_one_call_follow_each_other(
    app_db: Database, database: DatabaseUrls
) -> None:
    shop = await make_shop(app_db, staff=2)
    assert (await _two_tools_at_once(shop, database)).outcome == "held"
    assert await shop.statuses() == ["replaced", "held"]
    assert await shop.flaws() == NO_FLAWS


async def test_hole_37_control_without_the_call_lock_they_hit_the_index(
    app_db: Database, database: DatabaseUrls
) -> None:
    lock = "call_id = p_call FOR NO KEY UPDATE;"
    cut(database, "ledger_take", (lock, lock.replace(" FOR NO KEY UPDATE", "")))
    shop = await make_shop(app_db, staff=2)
    with pytest.raises(psycopg.errors.UniqueViolation, match="hold_one_per_call"):
        await _two_tools_at_once(shop, database)


async def test_hole_37_parallel_tool_calls_of_one_call_leave_one_hold(app_db: Database) -> None:
    shop = await make_shop(app_db, staff=2)
    run = await shop.call("call_a")
    results = await asyncio.gather(
        *(shop.take(run, shop.plan(number % 2, start=later(number // 2))) for number in range(8))
    )
    assert {taken.outcome for taken in results} == {"held"}
    assert sorted(await shop.statuses()) == ["held"] + ["replaced"] * 7
    assert await shop.flaws() == NO_FLAWS
