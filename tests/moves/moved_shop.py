"""A shop whose branch has a calendar that says nothing yet: what a move keeps stays kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg

from support.database import DatabaseUrls
from support.shop import TEN, Shop
from zusage.core.scheduling.plan import Plan


async def connect(shop: Shop) -> None:
    """Write a connection that nobody asks."""
    await shop.do("SELECT directory.put_company(%s, %s, 'Laden')", shop.company_id, shop.company_id.hex)
    await shop.do(
        "INSERT INTO calendar_connection (company_id, base_url, account_id, username, email_domain, connected_at)"
        " VALUES (%s, 'http://127.0.0.1:9', 1, 'anna', 'salon.example', zusage_now())",
        shop.company_id,
    )
    await shop.do(
        "INSERT INTO calendar_branch (company_id, branch_id, connected_at) VALUES (%s, %s, zusage_now())",
        shop.company_id,
        shop.branch_id,
    )


async def book(shop: Shop, plan: Plan) -> UUID:
    booked = await shop.take_and_confirm(await shop.call(), plan)
    assert booked.appointment_id is not None, booked
    return booked.appointment_id


async def free(shop: Shop, hour: float, *, minutes: int = 30, staff: int = 0) -> bool:
    """Say whether somebody else could have so long from then on; nothing stays taken."""
    run = await shop.call()
    taken = await shop.take(run, shop.plan(staff, start=TEN + timedelta(hours=hour), minutes=minutes))
    await shop.release(run)
    return taken.outcome == "held"


async def stands(shop: Shop, appointment_id: UUID) -> float:
    """The hours from ten at which an appointment starts."""
    rows = await shop.rows(
        "SELECT extract(epoch FROM starts_at - %s) / 3600 FROM appointment WHERE appointment_id = %s",
        TEN,
        appointment_id,
    )
    return float(str(rows[0][0]))


async def states(shop: Shop) -> list[str]:
    return [str(row[0]) for row in await shop.rows("SELECT state FROM move ORDER BY created_at")]


async def settle(shop: Shop, appointment_id: UUID) -> None:
    """The calendar has agreed."""
    await shop.do("SELECT ledger_settle_move(%s, %s)", shop.company_id, appointment_id)


def weaken(database: DatabaseUrls, function: str, old: str, new: str) -> None:
    """Replace one piece of a function of the ledger; fails where it is not there once, so no control goes stale unseen."""
    with psycopg.connect(database.migrate, autocommit=True) as connection:
        found = connection.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", [function]
        ).fetchall()
        (source,) = (str(row[0]) for row in found)
        assert source.count(old) == 1, f"{function}: {old!r} occurs {source.count(old)} times"
        connection.execute(source.replace(old, new).encode())
