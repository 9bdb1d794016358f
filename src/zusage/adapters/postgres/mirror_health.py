"""What people see of the mirrors, and how they steer them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Connection, Database, clock
from zusage.app.mirror.health import MirrorFigures, OpenReviews, Trouble
from zusage.app.mirror.steer import OpenOrphan, Stuck

# What stood before version 0007 stands as it was wanted (`known_starts_at` NULL: never said otherwise).
_SETTLED: LiteralString = """(NOT EXISTS (SELECT 1 FROM mirror_former o WHERE o.company_id = m.company_id
        AND o.appointment_id = m.appointment_id AND o.ordinal = m.ordinal)
    AND ((m.wanted = 'absent' AND m.known IN ('none', 'absent')) OR (m.wanted = 'present' AND m.known = 'present'
        AND coalesce((m.known_starts_at, m.known_ends_at) = (m.starts_at, m.ends_at), true)
        AND coalesce(m.known_staff_id = m.staff_id, true))))"""
# The clock is read once, before: a volatile function in the conditions would be asked for every row.
_FIGURES: LiteralString = f"""
WITH mirrors AS (
    SELECT m.*, {_SETTLED} AS settled FROM mirror m WHERE m.company_id = %(company)s),
worked AS (
    SELECT DISTINCT a.appointment_id, a.ordinal FROM mirror_attempt a
    WHERE a.company_id = %(company)s AND a.at > %(now)s - interval '24 hours')
SELECT count(*), count(*) FILTER (WHERE p), count(*) FILTER (WHERE p AND wanted_at <= %(now)s - interval '1 hour'),
       coalesce(extract(epoch FROM %(now)s - min(wanted_at) FILTER (WHERE p)), 0)::float,
       count(*) FILTER (WHERE known IN ('unknown', 'sending', 'moving')),
       count(*) FILTER (WHERE NOT settled AND failing_since <= %(now)s - interval '24 hours'
                        OR p AND failing_since IS NULL AND wanted_at <= %(now)s - interval '24 hours')
           + (SELECT count(*) FROM orphan o WHERE o.company_id = %(company)s AND o.resolved_at IS NULL
              AND o.failure IS NOT NULL AND o.found_at <= %(now)s - interval '24 hours'),
       (SELECT count(*) FROM review_item r WHERE r.company_id = %(company)s AND r.resolved_at IS NULL),
       (SELECT count(*) FROM orphan o WHERE o.company_id = %(company)s AND o.resolved_at IS NULL),
       (SELECT count(*) FROM orphan o WHERE o.company_id = %(company)s AND o.resolved_at IS NULL AND o.next_at IS NULL),
       (SELECT count(*) FROM worked), (SELECT count(*) FROM worked JOIN mirrors USING (appointment_id, ordinal)
                                       WHERE mirrors.settled),
       EXISTS (SELECT 1 FROM calendar_connection c WHERE c.company_id = %(company)s AND c.paused_at IS NOT NULL),
       coalesce((SELECT greatest(extract(epoch FROM c.blocked_until - %(now)s), 0)::float
                 FROM calendar_connection c WHERE c.company_id = %(company)s), 0),
       coalesce(extract(epoch FROM %(now)s - min(failing_since) FILTER (WHERE NOT settled)), 0)::float,
       coalesce((SELECT coalesce(nullif(c.observe_reason, ''), 'Somebody asked for it.') FROM calendar_connection c
                 WHERE c.company_id = %(company)s AND c.observe_only), ''),
       (SELECT extract(epoch FROM %(now)s - p.compared_at)::float FROM calendar_pull p WHERE p.company_id = %(company)s),
       CASE WHEN bool_or(p) THEN coalesce((SELECT extract(epoch FROM min(w.silent_for)) FROM directory.workers() AS w),
                                          extract(epoch FROM %(now)s - min(wanted_at) FILTER (WHERE p))) ELSE 0 END::float
FROM (SELECT mirrors.*, NOT settled AND review_at IS NULL AS p FROM mirrors) AS counted
"""  # noqa: S608 - put together from literals
_COUNTED = (
    *("mirrors", "pending", "late", "oldest_pending", "unknown", "failing_day", "reviews", "orphans"),
    *(
        "resting_orphans",
        "worked_on",
        "succeeded",
        "paused",
        "blocked",
        "oldest_failing",
        "observed",
        "compared",
    ),
    "unattended",
)
_TROUBLES: LiteralString = f"""
SELECT coalesce(m.failure, 'waiting'), count(*), (array_agg(m.failure_text ORDER BY m.failing_since DESC NULLS LAST))[1],
       (array_agg(m.appointment_id ORDER BY m.wanted_at))[1:3]
FROM mirror m WHERE m.company_id = %(company)s AND NOT {_SETTLED} AND m.failure IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5
"""  # noqa: S608 - put together from literals
_OPEN_REVIEWS = """
SELECT kind, count(*), extract(epoch FROM %(now)s - min(created_at))::float, (array_agg(review_id ORDER BY created_at))[1:3]
FROM review_item WHERE company_id = %(company)s AND resolved_at IS NULL
GROUP BY kind ORDER BY 2 DESC, 1
"""
# Without any of these nothing is pending, fails or waits for a person, whatever else there is.
_MAYBE = """
SELECT EXISTS (SELECT 1 FROM mirror m WHERE m.company_id = %(company)s AND m.next_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM mirror m WHERE m.company_id = %(company)s AND m.review_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM orphan o WHERE o.company_id = %(company)s AND o.resolved_at IS NULL)
    OR EXISTS (SELECT 1 FROM review_item r WHERE r.company_id = %(company)s AND r.resolved_at IS NULL)
"""
_CONNECTED = "SELECT 1 FROM calendar_connection WHERE company_id = %s"
_STUCK: LiteralString = f"""
SELECT m.appointment_id, m.ordinal, m.starts_at, m.wanted, m.known, coalesce(m.failure, ''), m.failure_text,
       m.review_at IS NOT NULL
FROM mirror m
WHERE m.company_id = %s AND (m.review_at IS NOT NULL OR m.failing_since IS NOT NULL) AND NOT {_SETTLED}
ORDER BY m.starts_at, m.appointment_id, m.ordinal
"""  # noqa: S608 - put together from literals
# A booking that was cancelled there is over: what is created anew is of the next generation (protocols 19).
_RETRY: LiteralString = f"""
UPDATE mirror m SET review_at = NULL, failing_since = NULL, failure = NULL, failure_text = '', attempts = 0,
       next_at = %(now)s, known = CASE WHEN again THEN 'none' ELSE m.known END,
       generation = m.generation + again::integer,
       intent = CASE WHEN again THEN mirror_intent(m.appointment_id, m.ordinal, (m.generation + 1)::smallint)
                ELSE m.intent END,
       uid = CASE WHEN again THEN NULL ELSE m.uid END
FROM (SELECT x.appointment_id, x.ordinal, x.known = 'absent' AND x.wanted = 'present' AS again FROM mirror x
      WHERE x.company_id = %(company)s AND (x.review_at IS NOT NULL OR x.failing_since IS NOT NULL)
        AND x.lease IS NULL AND (%(appointment)s::uuid IS NULL OR x.appointment_id = %(appointment)s)
      ORDER BY x.appointment_id, x.ordinal FOR UPDATE) AS f
WHERE m.company_id = %(company)s AND m.appointment_id = f.appointment_id AND m.ordinal = f.ordinal AND NOT {_SETTLED}
RETURNING m.appointment_id;
"""  # noqa: S608 - put together from literals
_REVIEWED = """
UPDATE review_item SET resolved_at = %s
WHERE company_id = %s AND appointment_id = ANY (%s) AND kind LIKE 'mirror\\_%%' AND resolved_at IS NULL;
"""
_WAKE = "SELECT directory.wake(%s, 'mirror_appointment', %s, NULL)"
_PAUSE = """
UPDATE calendar_connection SET paused_at = CASE WHEN %(paused)s THEN %(now)s::timestamptz END
WHERE company_id = %(company)s AND (paused_at IS NOT NULL) <> %(paused)s;
"""
_ORPHANS = """
SELECT uid, appointment_id, why, found_at, attempts, next_at, coalesce(failure, ''), failure_text FROM orphan
WHERE company_id = %s AND resolved_at IS NULL ORDER BY found_at, uid
"""
_RESOLVE = """
UPDATE orphan SET resolved_at = CASE WHEN NOT %(again)s THEN %(now)s END,
       resolution = CASE WHEN NOT %(again)s THEN 'by hand' END,
       next_at = CASE WHEN %(again)s THEN %(now)s END, attempts = 0, failure = NULL, failure_text = '',
       found_at = CASE WHEN %(again)s THEN %(now)s ELSE found_at END
WHERE company_id = %(company)s AND uid = %(uid)s AND resolved_at IS NULL;
"""


class PostgresMirrorHealth:
    """Implements `app.mirror.health.FiguresStore`, and what a person may do to the mirror of a company.

    Each method is a transaction of its own for each company."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def connected(self) -> Sequence[tuple[UUID, str]]:
        found = []
        for company in await list_names(self._database):
            async with self._database.transaction(company.company_id) as connection:
                if await _rows(connection, _CONNECTED, (company.company_id,)):
                    found.append((company.company_id, company.key))
        return found

    async def figures(self, company_id: UUID) -> MirrorFigures:
        async with self._database.transaction(company_id) as connection:
            return await read_figures(connection, company_id)

    async def stuck(self, company_id: UUID) -> Sequence[Stuck]:
        """List what waits for a person or fails, by start."""
        async with self._database.transaction(company_id) as connection:
            return [Stuck(*row) for row in await _rows(connection, _STUCK, (company_id,))]

    async def retry(self, company_id: UUID, appointment_id: UUID | None) -> int:
        """Let all that is stuck be tried again at once, or one appointment's; says how many phases.

        What was cancelled in the calendar and is wanted here gets a new intent: the old one's booking stays dead."""
        async with self._database.transaction(company_id) as connection:
            values = await _values(connection, company_id)
            changed = [
                row[0] for row in await _rows(connection, _RETRY, values | {"appointment": appointment_id})
            ]
            await connection.execute(_REVIEWED, (values["now"], company_id, changed))
            for each in dict.fromkeys(changed):
                await connection.execute(_WAKE, (company_id, Jsonb({"appointment_id": str(each)})))
            await connection.execute("COMMIT")
        return len(changed)

    async def set_paused(self, company_id: UUID, *, paused: bool) -> bool:
        """Hold or let go; False where it was so already, or there is no connection."""
        async with self._database.transaction(company_id) as connection:
            values = await _values(connection, company_id)
            cursor = await connection.execute(_PAUSE, values | {"paused": paused})
            await connection.execute("COMMIT")
        return cursor.rowcount == 1

    async def orphans(self, company_id: UUID) -> Sequence[OpenOrphan]:
        """List the open orphans, the oldest first."""
        async with self._database.transaction(company_id) as connection:
            return [OpenOrphan(*row) for row in await _rows(connection, _ORPHANS, (company_id,))]

    async def resolve_orphan(self, company_id: UUID, uid: str, *, again: bool) -> bool:
        """Close an orphan that a person has seen to, or let it be cancelled `again`; False where none such is open."""
        async with self._database.transaction(company_id) as connection:
            values = await _values(connection, company_id)
            cursor = await connection.execute(_RESOLVE, values | {"uid": uid, "again": again})
            await connection.execute("COMMIT")
        return cursor.rowcount == 1


async def read_figures(connection: Connection, company_id: UUID) -> MirrorFigures:
    """Count, in the transaction of the company."""
    values = await _values(connection, company_id)
    counts = (await _rows(connection, _FIGURES, values))[0]
    troubles = await _rows(connection, _TROUBLES, values)
    reviews = await _rows(connection, _OPEN_REVIEWS, values)
    return MirrorFigures(
        **dict(zip(_COUNTED, counts, strict=True)),
        troubles=tuple(Trouble(kind, count, text, tuple(ids)) for kind, count, text, ids in troubles),
        open_reviews=tuple(OpenReviews(kind, count, old, tuple(ids)) for kind, count, old, ids in reviews),
    )


async def read_trouble(connection: Connection, company_id: UUID) -> MirrorFigures:
    """Count as `read_figures` does, but only where there may be any trouble: cheap for the many that have none.

    Where there is none, the figures are those of a company without mirrors, which is as healthy."""
    maybe = (await _rows(connection, _MAYBE, {"company": company_id}))[0][0]
    return await read_figures(connection, company_id) if maybe else MirrorFigures()


async def _values(connection: Connection, company_id: UUID) -> dict[str, Any]:
    return {"company": company_id, "now": await clock(connection)}


async def _rows(
    connection: Connection, statement: LiteralString, values: tuple[object, ...] | dict[str, Any]
) -> Sequence[tuple[Any, ...]]:
    return await (await connection.execute(statement, values)).fetchall()
