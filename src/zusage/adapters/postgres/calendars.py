"""Connections to calendars and their mappings, secrets sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from zusage.adapters.postgres.companies import LOCK_COMPANY
from zusage.adapters.postgres.database import Connection, Database, clock
from zusage.app.mirror.connection import (
    BranchCalendar,
    CalendarConnection,
    CalendarMapping,
    ConnectionRefused,
    HostMapping,
    SegmentMapping,
)
from zusage.app.operations.ports import Sealer, secret_context

CALCOM_KEY, CALCOM_HOOK = "calcom_key", "calcom_hook"

_CONNECTION = """
SELECT base_url, account_id, username, email_domain, per_minute, unreachable, courtesy_holds, observe_only,
       observe_reason, paused_at IS NOT NULL, directory.hook_of(company_id), extract(epoch FROM blocked_until - zusage_now())::float
FROM calendar_connection WHERE company_id = %s
"""
_PUT = """
INSERT INTO calendar_connection (company_id, base_url, account_id, username, email_domain, per_minute, unreachable,
                                 courtesy_holds, observe_only, connected_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, zusage_now())
ON CONFLICT (company_id) DO UPDATE SET base_url = excluded.base_url, account_id = excluded.account_id,
    username = excluded.username, email_domain = excluded.email_domain, per_minute = excluded.per_minute,
    unreachable = excluded.unreachable, courtesy_holds = excluded.courtesy_holds
"""
_PUT_SECRETS = "SELECT directory.put_secrets(%s, %s, %s::bytea[], %s::bytea[])"
_SECRETS = "SELECT sealed FROM directory.secrets_of(%s) WHERE kind = %s ORDER BY position LIMIT 1"
_BRANCHES = "SELECT branch_id, confirm, wait_ms FROM calendar_branch WHERE company_id = %s"
_PUT_BRANCH = """
INSERT INTO calendar_branch (company_id, branch_id, confirm, wait_ms, connected_at)
VALUES (%s, %s, %s, %s, zusage_now())
ON CONFLICT (company_id, branch_id) DO UPDATE SET confirm = excluded.confirm, wait_ms = excluded.wait_ms
"""
_DROP_BRANCHES = "DELETE FROM calendar_branch WHERE company_id = %s AND branch_id <> ALL (%s);"
_HOSTS = "SELECT staff_id, host_id, probe_event_type_id FROM calendar_host WHERE company_id = %s"
_PUT_HOST = (
    "INSERT INTO calendar_host (company_id, staff_id, host_id, probe_event_type_id) VALUES (%s, %s, %s, %s)"
)
_SEGMENTS = """
SELECT service_id, ordinal, staff_id, event_type_id, length_min, send_length FROM calendar_mapping
WHERE company_id = %s ORDER BY service_id, ordinal, staff_id
"""
_PUT_SEGMENT = """
INSERT INTO calendar_mapping (company_id, service_id, ordinal, staff_id, event_type_id, length_min, send_length)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_GO_ON = """
UPDATE mirror m SET review_at = NULL, failing_since = NULL, failure = NULL, failure_text = '', attempts = 0,
       next_at = %(now)s
FROM (SELECT x.appointment_id, x.ordinal FROM mirror x
      WHERE x.company_id = %(company)s AND x.failure = 'auth' AND x.review_at IS NOT NULL AND x.lease IS NULL
      ORDER BY x.appointment_id, x.ordinal FOR UPDATE) AS f
WHERE m.company_id = %(company)s AND m.appointment_id = f.appointment_id AND m.ordinal = f.ordinal;
"""
_KEY_ACCEPTED = """
UPDATE review_item SET resolved_at = %(now)s
WHERE company_id = %(company)s AND kind = 'mirror_refused' AND detail ->> 'failure' = 'auth' AND resolved_at IS NULL;
"""
# Whose bookings of others block their time follows the mapping.
_COMPARE_ANEW = """
UPDATE calendar_pull SET compared_at = NULL, compare_from = NULL, next_at = %s WHERE company_id = %s;
"""
# Who may be offered follows the mapping: every process has to read its masters anew.
_NEWER = "UPDATE company SET catalogue_version = catalogue_version + 1 WHERE company_id = %s;"


class PostgresCalendars:
    """Implements `app.mirror.connection.CalendarStore`."""

    def __init__(self, database: Database, seal: Sealer) -> None:
        self._database = database
        self._seal = seal

    async def load_connection(self, company_id: UUID) -> CalendarConnection | None:
        async with self._database.transaction(company_id) as connection:
            return await read_connection(connection, company_id, self._seal)

    async def save_connection(self, wanted: CalendarConnection) -> None:
        row = (
            wanted.company_id, wanted.base_url, wanted.account_id, wanted.username, wanted.email_domain,
            wanted.per_minute, wanted.unreachable, wanted.courtesy_holds, wanted.observe_only,
        )  # fmt: skip
        with _refusals():
            async with self._database.transaction(wanted.company_id) as connection:
                await connection.execute(LOCK_COMPANY, (str(wanted.company_id),))
                await connection.execute(_PUT, row)
                await connection.execute(_DROP_BRANCHES, (wanted.company_id, list(wanted.branches)))
                for branch_id, each in wanted.branches.items():
                    await connection.execute(
                        _PUT_BRANCH, (wanted.company_id, branch_id, each.confirm, each.wait_ms)
                    )
                await self._put_secret(connection, wanted.company_id, CALCOM_KEY, wanted.api_key)
                await self._put_secret(connection, wanted.company_id, CALCOM_HOOK, wanted.hook_secret)
                await connection.execute(
                    "SELECT directory.put_hook(%s, %s)", (wanted.company_id, wanted.hook_address)
                )
                await connection.execute(_NEWER, [wanted.company_id])
                await connection.execute("COMMIT")

    async def key_accepted(self, company_id: UUID) -> int:
        async with self._database.transaction(company_id) as connection:
            values = {"company": company_id, "now": await clock(connection)}
            gone_on = await connection.execute(_GO_ON, values)
            await connection.execute(_KEY_ACCEPTED, values)
            await connection.execute("COMMIT")
        return gone_on.rowcount

    async def load_mapping(self, company_id: UUID) -> CalendarMapping:
        async with self._database.transaction(company_id) as connection:
            hosts = await _rows(connection, _HOSTS, company_id)
            segments = await _rows(connection, _SEGMENTS, company_id)
        return CalendarMapping(
            tuple(HostMapping(*row) for row in hosts), tuple(SegmentMapping(*row) for row in segments)
        )

    async def save_mapping(self, company_id: UUID, mapping: CalendarMapping) -> None:
        with _refusals():
            async with self._database.transaction(company_id) as connection:
                await connection.execute(LOCK_COMPANY, (str(company_id),))
                # The segments go with their hosts.
                await connection.execute("DELETE FROM calendar_host WHERE company_id = %s;", [company_id])
                for host in mapping.hosts:
                    await connection.execute(
                        _PUT_HOST, (company_id, host.staff_id, host.host_id, host.probe_event_type_id)
                    )
                for s in mapping.segments:
                    row = (company_id, s.service_id, s.ordinal, s.staff_id, s.event_type_id, s.length_min)
                    await connection.execute(_PUT_SEGMENT, (*row, s.send_length))
                now = await clock(connection)
                await connection.execute(_COMPARE_ANEW, [now, company_id])
                await connection.execute(_NEWER, [company_id])
                await connection.execute("COMMIT")

    async def _put_secret(
        self, connection: Connection, company_id: UUID, kind: str, secret: str | None
    ) -> None:
        sealed: list[bytes] = []
        prints: list[bytes] = []
        if secret is not None:
            sealed.append(self._seal.encrypt(secret, secret_context(company_id, kind)))
            prints.append(self._seal.fingerprints(secret, kind)[0])
        await connection.execute(_PUT_SECRETS, (company_id, kind, sealed, prints))


async def read_connection(
    connection: Connection, company_id: UUID, seal: Sealer
) -> CalendarConnection | None:
    """Read a connection, secrets opened, in the transaction of its company.

    :raises SecretUnreadable: no key opens them."""
    rows = await _rows(connection, _CONNECTION, company_id)
    if not rows:
        return None
    (
        base_url,
        account_id,
        username,
        domain,
        per_minute,
        unreachable,
        courtesy,
        observe,
        reason,
        paused,
        hook,
        block,
    ) = rows[0]
    branches = await _rows(connection, _BRANCHES, company_id)
    return CalendarConnection(
        company_id=company_id,
        base_url=base_url,
        api_key=await _secret(connection, company_id, CALCOM_KEY, seal) or "",
        account_id=account_id,
        username=username,
        email_domain=domain,
        branches={branch: BranchCalendar(confirm, wait_ms) for branch, confirm, wait_ms in branches},
        hook_secret=await _secret(connection, company_id, CALCOM_HOOK, seal),
        hook_address=hook,
        per_minute=per_minute,
        unreachable=unreachable,
        courtesy_holds=courtesy,
        observe_only=observe,
        observe_reason=reason,
        paused=paused,
        blocked_until=_from_now(block),
    )


def _from_now(seconds: float | None) -> datetime | None:
    """Put a moment of the database's clock onto this process's; None where it is over."""
    return datetime.now(UTC) + timedelta(seconds=seconds) if seconds and seconds > 0 else None


async def _secret(connection: Connection, company_id: UUID, kind: str, seal: Sealer) -> str | None:
    rows = await _rows(connection, _SECRETS, company_id, kind)
    return seal.decrypt(rows[0][0], secret_context(company_id, kind)) if rows else None


async def _rows(
    connection: Connection, statement: LiteralString, *values: object
) -> Sequence[tuple[Any, ...]]:
    return await (await connection.execute(statement, values)).fetchall()


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the database refuses into sentences without the values of the row."""
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        raise ConnectionRefused(_taken(error)) from error
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        rule = error.diag.constraint_name or error.diag.message_primary
        raise ConnectionRefused(
            f"The database refuses {error.diag.table_name or 'a value'} (rule {rule}); nothing was changed."
        ) from error


def _taken(error: psycopg.Error) -> str:
    if error.diag.constraint_name == "secret_once":
        return "This key belongs to another company already; nothing was changed."
    return f"Something stands there twice (rule {error.diag.constraint_name}); nothing was changed."
