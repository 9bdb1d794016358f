"""Mirrors and orphans in the database, one transaction of one company each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from zusage.adapters.postgres.calendars import read_connection
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.open_unit import OpenUnit
from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.rows import (
    Former,
    Guest,
    MirrorRow,
    MirrorWork,
    Orphan,
    Outcome,
    Place,
    ReviewKind,
    Target,
)
from zusage.app.operations.ports import Sealer

# First of all, and for all that follows of this appointment: the order of locks everywhere.
_LOCK = "SELECT 1 FROM appointment WHERE company_id = %s AND appointment_id = %s FOR NO KEY UPDATE"
# What was cancelled before anybody knew whether it stands, and was looked for as 6 says; see `rules`.
_SOUGHT: LiteralString = """(o.wanted = 'absent' AND o.known = 'unknown' AND o.looks >= 2
                    AND o.looked_at >= coalesce(o.sent_at, o.created_at) + interval '90 s')"""
# `leaving` are other bookings of this host and time that are still to go there; what rests in review does not go.
_ROWS: LiteralString = f"""
SELECT m.ordinal, m.starts_at, m.ends_at, m.wanted, m.known, m.intent, m.created_at, m.reason, m.automatic, m.uid,
       m.uids, m.attempts, m.next_at, m.lease, m.lease_until, m.sent_at, m.looks, m.looked_at, m.failure,
       m.failure_text, m.failing_since, m.review_at, m.settled_at,
       ARRAY(SELECT o.appointment_id FROM mirror o
             WHERE o.company_id = m.company_id AND o.known_staff_id = m.staff_id AND o.next_at IS NOT NULL
               AND o.review_at IS NULL AND o.appointment_id <> m.appointment_id
               AND o.known IN ('sending', 'unknown', 'present', 'moving')
               AND o.known_starts_at < m.ends_at AND o.known_ends_at > m.starts_at
               AND (o.wanted = 'absent' OR (o.starts_at, o.ends_at, o.staff_id)
                    IS DISTINCT FROM (o.known_starts_at, o.known_ends_at, o.known_staff_id))
               AND NOT {_SOUGHT}
             UNION
             SELECT f.appointment_id FROM mirror_former f
             JOIN mirror o ON o.company_id = f.company_id AND o.appointment_id = f.appointment_id
                  AND o.ordinal = f.ordinal AND o.next_at IS NOT NULL AND o.review_at IS NULL
             WHERE f.company_id = m.company_id AND f.staff_id = m.staff_id AND f.appointment_id <> m.appointment_id
               AND f.starts_at < m.ends_at AND f.ends_at > m.starts_at),
       EXISTS (SELECT 1 FROM mirror o
               WHERE o.company_id = m.company_id AND o.known_staff_id = m.staff_id AND o.next_at IS NOT NULL
                 AND o.review_at IS NULL AND o.appointment_id <> m.appointment_id
                 AND o.known_starts_at < m.ends_at AND o.known_ends_at > m.starts_at AND {_SOUGHT}),
       t.event_type_id, h.host_id, t.length_min, t.send_length, m.staff_id, m.generation, m.moving_to,
       m.known_starts_at, m.known_ends_at, m.known_staff_id, m.known_event_type_id, m.known_host_id
FROM mirror m
LEFT JOIN calendar_mapping t ON t.company_id = m.company_id AND t.service_id = m.service_id
     AND t.ordinal = m.ordinal AND t.staff_id = m.staff_id
LEFT JOIN calendar_host h ON h.company_id = m.company_id AND h.staff_id = m.staff_id
WHERE m.company_id = %s AND m.appointment_id = %s
ORDER BY m.ordinal FOR UPDATE OF m;
"""  # noqa: S608 - put together from literals
_GUEST = """
SELECT a.attendee_name, coalesce(c.phone, a.contact_phone), c.phone IS NULL, a.customer_id, a.call_id, b.zone,
       k.language, directory.installed(%s), zusage_now(),
       EXISTS (SELECT 1 FROM move m WHERE m.company_id = a.company_id AND m.appointment_id = a.appointment_id
               AND m.state = 'open')
FROM appointment a
JOIN customer c ON c.company_id = a.company_id AND c.customer_id = a.customer_id
JOIN branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
JOIN company k ON k.company_id = a.company_id
WHERE a.company_id = %s AND a.appointment_id = %s
"""
_FORMERS = """
SELECT ordinal, uid, intent, starts_at, ends_at, staff_id, event_type_id, host_id FROM mirror_former
WHERE company_id = %s AND appointment_id = %s ORDER BY ordinal, starts_at, uid
"""
_DROP_FORMERS = "DELETE FROM mirror_former WHERE company_id = %s AND appointment_id = %s AND ordinal = %s AND uid <> ALL (%s)"
_ADD_FORMER = """
INSERT INTO mirror_former (company_id, appointment_id, ordinal, uid, intent, starts_at, ends_at, staff_id,
                           event_type_id, host_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_SAVE = """
UPDATE mirror SET known = %s, uid = %s, uids = %s, attempts = %s, next_at = %s, lease = %s, lease_until = %s,
       sent_at = %s, looks = %s, looked_at = %s, failure = %s, failure_text = %s, failing_since = %s, review_at = %s,
       settled_at = %s, intent = %s, generation = %s, moving_to = %s, known_starts_at = %s, known_ends_at = %s,
       known_staff_id = %s, known_event_type_id = %s, known_host_id = %s
WHERE company_id = %s AND appointment_id = %s AND ordinal = %s;
"""
_NOTE = """
INSERT INTO mirror_attempt (company_id, appointment_id, ordinal, at, action, outcome, detail)
VALUES (%s, %s, %s, zusage_now(), %s, %s, %s)
"""
_REVIEW = """
INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
SELECT %(company)s, %(kind)s, %(appointment)s, %(detail)s, zusage_now()
WHERE NOT EXISTS (
    SELECT 1 FROM review_item r WHERE r.company_id = %(company)s AND r.kind = %(kind)s
       AND r.appointment_id = %(appointment)s AND r.detail ->> 'phase' = %(phase)s AND r.resolved_at IS NULL)
"""
_REVIEWED = """
UPDATE review_item SET resolved_at = %s
WHERE company_id = %s AND appointment_id = %s AND kind LIKE 'mirror\\_%%' AND detail ->> 'phase' = %s
  AND resolved_at IS NULL;
"""
_ADD_ORPHAN = """
INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at, next_at)
SELECT %(company)s, %(uid)s, %(appointment)s, %(ordinal)s, %(why)s, n.now, n.now FROM (SELECT zusage_now() AS now) AS n
ON CONFLICT (company_id, uid) DO NOTHING
"""
_WAKE = "SELECT directory.wake(%s, 'mirror_appointment', %s, %s)"
_DUE = """
SELECT appointment_id FROM mirror
WHERE company_id = %(company)s AND next_at <= %(now)s AND review_at IS NULL
  AND (lease_until IS NULL OR lease_until <= %(now)s)
GROUP BY appointment_id ORDER BY min(next_at), appointment_id LIMIT %(limit)s
"""
_TAKE_ORPHANS = """
UPDATE orphan SET lease_until = %(until)s
WHERE company_id = %(company)s AND uid IN (
    SELECT o.uid FROM orphan o WHERE o.company_id = %(company)s AND o.next_at <= %(now)s
       AND (o.lease_until IS NULL OR o.lease_until <= %(now)s)
       AND NOT EXISTS (SELECT 1 FROM calendar_pull p WHERE p.company_id = %(company)s AND p.identity <> directory.identity())
    ORDER BY o.next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING uid, appointment_id, why, attempts, found_at;
"""
_SAVE_ORPHAN = """
UPDATE orphan SET attempts = attempts + 1, lease_until = NULL, next_at = %(next_at)s, failure = %(failure)s,
       failure_text = %(text)s, resolved_at = CASE WHEN %(resolved)s THEN %(now)s END,
       resolution = CASE WHEN %(resolved)s THEN 'cancelled' END
WHERE company_id = %(company)s AND uid = %(uid)s AND resolved_at IS NULL;
"""


class PostgresMirrorUnit(OpenUnit):
    """Implements `app.mirror.store.MirrorUnit` on an open transaction."""

    def __init__(
        self, connection: Connection, company_id: UUID, seal: Sealer, new_id: Callable[[], UUID]
    ) -> None:
        super().__init__(connection, company_id)
        self._seal = seal
        self._new_id = new_id

    async def load(self, appointment_id: UUID) -> MirrorWork | None:
        await self._run(_LOCK, self._company_id, appointment_id)
        found = await self._rows(_ROWS, self._company_id, appointment_id)
        if not found:
            return None
        formers = await self._formers(appointment_id)
        rows = [_row(row, formers) for row in found]
        found = await self._rows(_GUEST, self._new_id(), self._company_id, appointment_id)
        name, phone, anonymous, customer_id, call_id, zone, language, installation_id, now, moving = found[0]
        key = call_id if anonymous and call_id is not None else customer_id
        return MirrorWork(
            company_id=self._company_id,
            appointment_id=appointment_id,
            installation_id=installation_id,
            now=now,
            guest=Guest(name, f"{self._company_id}/{key}", phone, zone, language),
            rows=tuple(rows),
            connection=await self.connection(),
            moving=moving,
        )

    async def save(self, appointment_id: UUID, row: MirrorRow) -> None:
        values = (
            row.known, row.uid, list(row.uids), row.attempts, row.next_at, row.lease, row.lease_until, row.sent_at,
            row.looks, row.looked_at, row.failure, row.failure_text, row.failing_since, row.review_at, row.settled_at,
            row.intent, row.generation, row.moving_to, *_place_columns(row.place),
        )  # fmt: skip
        await self._run(_SAVE, *values, self._company_id, appointment_id, row.ordinal)

    async def keep_formers(self, appointment_id: UUID, row: MirrorRow) -> None:
        key = (self._company_id, appointment_id, row.ordinal)
        await self._run(_DROP_FORMERS, *key, [former.uid for former in row.formers])
        for former in row.formers:
            await self._run(_ADD_FORMER, *key, former.uid, former.intent, *_place_columns(former.place))

    async def settle_move(self, appointment_id: UUID) -> None:
        await self._run("SELECT ledger_settle_move(%s, %s)", self._company_id, appointment_id)

    async def unmove(self, appointment_id: UUID, reason: str, text: str) -> bool:
        undone = await self._rows(
            "SELECT ledger_unmove(%s, %s, %s, %s)", self._company_id, appointment_id, reason, text
        )
        return bool(undone[0][0])

    async def overdue_moves(self, limit: int) -> Sequence[UUID]:
        found = await self._rows("SELECT ledger_overdue_moves(%s, %s)", self._company_id, limit)
        return [row[0] for row in found]

    async def note(self, appointment_id: UUID, ordinal: int, outcome: Outcome) -> None:
        said = ": ".join(part for part in (outcome.failure, outcome.text) if part)
        await self._run(
            _NOTE, self._company_id, appointment_id, ordinal, outcome.action, outcome.kind, said or ""
        )

    async def review(self, appointment_id: UUID, row: MirrorRow, kind: ReviewKind) -> None:
        detail = {"phase": row.ordinal, "failure": row.failure, "text": row.failure_text, "uid": row.uid}
        values = {
            "company": self._company_id,
            "kind": kind,
            "appointment": appointment_id,
            "detail": Jsonb(detail),
            "phase": str(row.ordinal),
        }
        await self._connection.execute(_REVIEW, values)

    async def reviewed(self, appointment_id: UUID, ordinal: int) -> None:
        await self._run(_REVIEWED, await self.now(), self._company_id, appointment_id, str(ordinal))

    async def add_orphan(self, appointment_id: UUID, ordinal: int, uid: str, why: str) -> None:
        values = {"company": self._company_id, "appointment": appointment_id, "ordinal": ordinal}
        await self._connection.execute(_ADD_ORPHAN, values | {"uid": uid, "why": why})

    async def wake(self, appointment_id: UUID, at: datetime) -> None:
        await self._run(_WAKE, self._company_id, Jsonb({"appointment_id": str(appointment_id)}), at)

    async def due(self, limit: int) -> Sequence[UUID]:
        values = {"company": self._company_id, "now": await self.now(), "limit": limit}
        cursor = await self._connection.execute(_DUE, values)
        return [row[0] for row in await cursor.fetchall()]

    async def take_orphans(self, limit: int, seconds: float) -> Sequence[Orphan]:
        now = await self.now()
        values = {
            "company": self._company_id,
            "now": now,
            "until": now + timedelta(seconds=seconds),
            "limit": limit,
        }
        cursor = await self._connection.execute(_TAKE_ORPHANS, values)
        return [Orphan(*row) for row in await cursor.fetchall()]

    async def save_orphan(
        self, orphan: Orphan, outcome: Outcome, next_at: datetime | None, *, resolved: bool
    ) -> None:
        values = {
            "company": self._company_id,
            "uid": orphan.uid,
            "next_at": next_at,
            "failure": None if resolved else outcome.failure or outcome.kind,
            "text": outcome.text,
            "resolved": resolved,
            "now": await self.now(),
        }
        await self._connection.execute(_SAVE_ORPHAN, values)

    async def connection(self) -> CalendarConnection | None:
        return await read_connection(self._connection, self._company_id, self._seal)

    async def _formers(self, appointment_id: UUID) -> Mapping[int, Sequence[Former]]:
        found: dict[int, list[Former]] = defaultdict(list)
        for ordinal, uid, intent, *place in await self._rows(_FORMERS, self._company_id, appointment_id):
            found[ordinal].append(Former(uid, intent, Place(*place)))
        return found


class PostgresMirror:
    """Implements `app.mirror.store.MirrorStore`."""

    def __init__(self, database: Database, seal: Sealer, *, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._seal = seal
        self._new_id = new_id

    @asynccontextmanager
    async def unit(self, company_id: UUID) -> AsyncIterator[PostgresMirrorUnit]:
        async with self._database.transaction(company_id) as connection:
            yield PostgresMirrorUnit(connection, company_id, self._seal, self._new_id)

    async def due_companies(self, limit: int) -> Sequence[UUID]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT company_id FROM directory.due_companies('mirrors', %(limit)s)"
                " UNION SELECT company_id FROM directory.due_moves(%(limit)s)",
                {"limit": limit},
            )
            return [row[0] for row in await cursor.fetchall()]


def _place_columns(place: Place | None) -> tuple[object, ...]:
    if place is None:
        return (None,) * 5
    return (place.start, place.end, place.staff_id, place.event_type_id, place.host_id)


def _row(row: tuple[Any, ...], formers: Mapping[int, Sequence[Former]]) -> MirrorRow:
    (
        ordinal, start, end, wanted, known, intent, created_at, reason, automatic, uid, uids, attempts, next_at, lease,
        lease_until, sent_at, looks, looked_at, failure, failure_text, failing_since, review_at, settled_at, leaving,
        may_arrive, event_type_id, host_id, length_min, send_length, staff_id, generation, moving_to, *place,
    ) = row  # fmt: skip
    target = Target(event_type_id, host_id, length_min, send_length) if event_type_id is not None else None
    return MirrorRow(
        ordinal=ordinal,
        start=start,
        end=end,
        wanted=wanted,
        known=known,
        intent=intent,
        created_at=created_at,
        target=target,
        reason=reason,
        automatic=automatic,
        uid=uid,
        uids=tuple(uids),
        attempts=attempts,
        next_at=next_at,
        lease=lease,
        lease_until=lease_until,
        sent_at=sent_at,
        looks=looks,
        looked_at=looked_at,
        failure=failure,
        failure_text=failure_text,
        failing_since=failing_since,
        review_at=review_at,
        settled_at=settled_at,
        leaving=tuple(leaving),
        may_arrive=may_arrive,
        staff_id=staff_id,
        generation=generation,
        place=Place(*place) if place[0] is not None else None,
        moving_to=moving_to,
        formers=tuple(formers.get(ordinal, ())),
    )
