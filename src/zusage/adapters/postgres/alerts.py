"""Alerts in the database: what is to be told, what is watched, who has it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from zusage.adapters.postgres.database import Database, clock
from zusage.adapters.postgres.mirror_health import read_trouble
from zusage.adapters.postgres.open_unit import OpenUnit
from zusage.app.alerts.ports import (
    Attempt,
    Condition,
    FailedOrphan,
    News,
    OpenReview,
    PendingAlert,
    Taken,
    Watched,
)

# One worker a company at a time: two would tell one change under two subjects.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('zusage alerts ' || %s, 0))"
_COMPANIES = "SELECT company_id FROM directory.companies_to_alert(%s, %s)"
_NOW = "SELECT zusage_now(), coalesce(directory.key_of(%s), '')"
_CONNECTION = (
    "SELECT observe_only, coalesce(observe_reason, '') FROM calendar_connection WHERE company_id = %s"
)
# That differences are only observed is watched, and told by that.
_REVIEWS = """
SELECT r.review_id, r.kind, r.appointment_id, coalesce(a.status = 'cancelled', false), a.starts_at, coalesce(b.zone, 'UTC'),
       coalesce(r.detail ->> 'failure', '')
FROM review_item r
LEFT JOIN appointment a ON a.company_id = r.company_id AND a.appointment_id = r.appointment_id
LEFT JOIN branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
WHERE r.company_id = %s AND r.resolved_at IS NULL AND r.kind <> 'calendar_observe_only' AND NOT EXISTS (
    SELECT 1 FROM alert t WHERE t.company_id = r.company_id AND t.subject = 'review ' || r.review_id)
ORDER BY r.created_at, r.review_id LIMIT 500
"""
# From the first attempt that failed on, and not only once nobody tries any more.
_ORPHANS = """
SELECT uid, found_at, why, next_at IS NULL FROM orphan
WHERE company_id = %s AND resolved_at IS NULL AND (next_at IS NULL OR failure IS NOT NULL) ORDER BY found_at, uid
"""
_WATCHED = "SELECT subject, state, since, told FROM alert_watch WHERE company_id = %s"
_ADD = """
INSERT INTO alert (company_id, subject, text, raised_at, next_at)
SELECT %s, n.subject, n.text, n.now, n.now
FROM (SELECT *, zusage_now() AS now FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS u (subject, text, place)) AS n
ORDER BY n.place ON CONFLICT (company_id, subject) DO NOTHING
"""
_FORGET = "DELETE FROM alert_watch WHERE company_id = %s AND subject <> ALL (%s);"
_WATCH = """
INSERT INTO alert_watch (company_id, subject, state, since, told)
SELECT %s, w.subject, w.state, w.since, w.told
FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::text[]) AS w (subject, state, since, told)
ON CONFLICT (company_id, subject) DO UPDATE SET state = excluded.state, since = excluded.since, told = excluded.told
WHERE (alert_watch.state, alert_watch.since, alert_watch.told) IS DISTINCT FROM (excluded.state, excluded.since, excluded.told)
"""
_TAKE = """
UPDATE alert SET lease_until = %(until)s
WHERE company_id = %(company)s AND alert_id IN (
    SELECT a.alert_id FROM alert a
    WHERE a.company_id = %(company)s AND a.next_at <= %(now)s AND (a.lease_until IS NULL OR a.lease_until <= %(now)s)
    ORDER BY a.alert_id LIMIT %(limit)s)
RETURNING alert_id, text, raised_at, attempts, reached;
"""
_TRIED = """
UPDATE alert SET attempts = attempts + 1, lease_until = NULL, next_at = %(next_at)s, reached = %(reached)s,
       failure = %(failure)s, sent_at = CASE WHEN %(sent)s THEN %(now)s::timestamptz END
WHERE company_id = %(company)s AND alert_id = %(alert)s AND sent_at IS NULL;
"""
_LIST = """
SELECT alert_id, subject, text, raised_at, attempts, next_at, sent_at, failure FROM alert
WHERE company_id = %s AND (%s OR (sent_at IS NULL)) ORDER BY alert_id DESC LIMIT %s
"""
_KEPT = timedelta(days=90)
# What is told of something open stays: it would be told again.
_TIDY = """
DELETE FROM alert a WHERE a.company_id = %(company)s AND a.raised_at < %(before)s AND NOT EXISTS (
    SELECT 1 FROM review_item r WHERE r.company_id = a.company_id AND r.resolved_at IS NULL
       AND a.subject = 'review ' || r.review_id)
  AND NOT EXISTS (
    SELECT 1 FROM orphan o WHERE o.company_id = a.company_id AND o.resolved_at IS NULL
       AND starts_with(a.subject, 'orphan ' || o.uid || ' '));
"""


class PostgresAlertUnit(OpenUnit):
    """Implements `app.alerts.ports.AlertUnit` on an open transaction."""

    async def condition(self) -> Condition:
        now, company = (await self._rows(_NOW, self._company_id))[0]
        connected = await self._rows(_CONNECTION, self._company_id)
        figures = await read_trouble(self._connection, self._company_id) if connected else None
        return Condition(
            company=company,
            now=now,
            figures=figures,
            observe_only=bool(connected and connected[0][0]),
            observe_reason=connected[0][1] if connected else "",
            reviews=[OpenReview(*row) for row in await self._rows(_REVIEWS, self._company_id)],
            orphans=[FailedOrphan(*row) for row in await self._rows(_ORPHANS, self._company_id)],
            watched={row[0]: Watched(*row[1:]) for row in await self._rows(_WATCHED, self._company_id)},
        )

    async def add(self, news: Sequence[News]) -> int:
        values = (self._company_id, [each.subject for each in news], [each.text for each in news])
        return (await self._connection.execute(_ADD, values)).rowcount

    async def watch(self, watched: Mapping[str, Watched]) -> None:
        columns = [(subject, each.state, each.since, each.told) for subject, each in watched.items()]
        values = [[row[n] for row in columns] for n in range(4)]
        await self._run(_FORGET, self._company_id, list(watched))
        await self._run(_WATCH, self._company_id, *values)

    async def take(self, limit: int, seconds: float) -> Taken:
        now, company = (await self._rows(_NOW, self._company_id))[0]
        until = now + timedelta(seconds=seconds)
        values = {"company": self._company_id, "now": now, "until": until, "limit": limit}
        rows = await self._rows(_TAKE, **values)
        alerts = [
            PendingAlert(alert_id, text, raised_at, attempts, tuple(reached))
            for alert_id, text, raised_at, attempts, reached in sorted(rows)
        ]
        return Taken(company, now, alerts)

    async def tried(self, attempts: Sequence[Attempt]) -> None:
        now = await self.now()
        for each in attempts:
            values = {
                "now": now,
                "company": self._company_id,
                "alert": each.alert_id,
                "next_at": each.next_at,
                "reached": list(each.reached),
                "failure": each.failure,
                "sent": each.sent,
            }
            await self._run(_TRIED, **values)


@dataclass(frozen=True, slots=True)
class AlertSight:
    """One alert as people see it. `sent_at` None with a `next_at`: it is tried then; without: it was given up."""

    alert_id: int
    subject: str
    text: str
    raised_at: datetime
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    failure: str


class PostgresAlerts:
    """Implements `app.alerts.ports.AlertStore`, and what people see of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def unit(self, company_id: UUID) -> AsyncIterator[PostgresAlertUnit]:
        async with self._database.transaction(company_id) as connection:
            await connection.execute(_LOCK, (str(company_id),))
            yield PostgresAlertUnit(connection, company_id)

    async def companies(self, after: UUID | None, limit: int) -> Sequence[UUID]:
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_COMPANIES, (after, limit))).fetchall()
        return [row[0] for row in rows]

    async def list(self, company_id: UUID, *, sent_too: bool, limit: int) -> Sequence[AlertSight]:
        """List the newest alerts of a company; those that everybody has only if asked for."""
        async with self._database.transaction(company_id) as connection:
            rows = await (await connection.execute(_LIST, (company_id, sent_too, limit))).fetchall()
        return [AlertSight(*row) for row in rows]

    async def tidy(self, company_id: UUID) -> None:
        """Forget what was told 90 days ago and is over."""
        async with self._database.transaction(company_id) as connection:
            now = await clock(connection)
            await connection.execute(_TIDY, {"company": company_id, "before": now - _KEPT})
            await connection.execute("COMMIT")
