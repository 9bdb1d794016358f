"""What there is to see of a cell when all is quiet: the ledger's rows and the simulator's truth, without their views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from fault_verdict import Claim, Evidence, Heard, Piece, Promise, Standing

from support.database import DatabaseUrls
from support.shop import FLAWS
from zusage.sandbox.calcom import Booking, Simulator

_PROMISES = """
SELECT a.appointment_id, c.external_id, a.status, a.starts_at, p.starts_at, p.ends_at, h.host_id,
       EXISTS (SELECT 1 FROM review_item r WHERE r.appointment_id = a.appointment_id AND r.resolved_at IS NULL)
FROM appointment a JOIN call c USING (company_id, call_id)
JOIN phase p USING (company_id, appointment_id) JOIN calendar_host h ON h.staff_id = p.staff_id
WHERE p.kind = 'active' ORDER BY a.appointment_id, p.ordinal
"""
_CLAIMS = "SELECT resource_id, starts_at, ends_at FROM claim WHERE binding"
_NEXT = """
SELECT extract(epoch FROM min(greatest(at, lease_until)) - zusage_now())::float, count(*),
       count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM review_item r WHERE r.appointment_id = due.appointment_id
                                          AND r.resolved_at IS NULL))
FROM (SELECT next_at AS at, lease_until, appointment_id FROM mirror WHERE next_at IS NOT NULL AND review_at IS NULL
      UNION ALL SELECT next_at, lease_until, NULL FROM orphan WHERE next_at IS NOT NULL) AS due
"""


@dataclass(frozen=True)
class Restless:
    """How many rows are not done, and in how many seconds of the database's clock the first one is due.

    `unseen` are those of which no person knows: what waits for somebody's decision may wait long."""

    rows: int
    seconds: float
    unseen: int


def restless(urls: DatabaseUrls) -> Restless:
    ((seconds, rows, unseen),) = _rows(urls, _NEXT)
    return Restless(int(rows), max(float(seconds or 0), 0.0), int(unseen))


def gather(urls: DatabaseUrls, sim: Simulator, heard: Sequence[Heard]) -> Evidence:
    claims = [Claim(*row) for row in _rows(urls, _CLAIMS)]
    flaws = [name for name, sql in FLAWS.items() if _rows(urls, sql) != [(0,)]]
    there = [_standing(each) for each in sim.world.bookings.values() if each.live]
    return Evidence(_promises(urls), claims, there, heard, flaws, restless(urls).unseen)


def appointments(urls: DatabaseUrls) -> list[UUID]:
    return [promise.appointment for promise in _promises(urls)]


def _promises(urls: DatabaseUrls) -> list[Promise]:
    pieces: dict[UUID, list[Piece]] = {}
    facts: dict[UUID, tuple[str, str, datetime, bool]] = {}
    for appointment, call, status, start, begin, end, host, reviewed in _rows(urls, _PROMISES):
        pieces.setdefault(appointment, []).append(Piece(begin, end, host))
        facts[appointment] = (call, status, start, reviewed)
    return [
        Promise(appointment, call, status, start, tuple(pieces[appointment]), reviewed)
        for appointment, (call, status, start, reviewed) in facts.items()
    ]


def _standing(booking: Booking) -> Standing:
    ours = booking.metadata.get("appointment")
    piece = Piece(booking.period.start, booking.period.end, booking.host_id)
    return Standing(booking.uid, piece, UUID(ours) if ours else None)


def _rows(urls: DatabaseUrls, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()
