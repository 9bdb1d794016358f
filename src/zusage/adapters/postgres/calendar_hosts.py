"""Who can be asked about in a company's calendar, kept for as long as it cannot have changed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

import structlog

from zusage.adapters.postgres.calendars import read_connection
from zusage.adapters.postgres.companies import list_names
from zusage.adapters.postgres.database import Connection, Database
from zusage.app.free_times.ports import CalendarHost, CompanyHosts, Source
from zusage.app.mirror.connection import PROBE_MINUTES
from zusage.app.mirror.ports import CalendarAccess
from zusage.app.operations.ports import Sealer, SecretUnreadable

log = structlog.get_logger()

_CONNECTED = "SELECT unreachable, courtesy_holds FROM calendar_connection WHERE company_id = %s"
_HOSTS = """
SELECT h.staff_id, r.branch_id, b.zone, h.probe_event_type_id, h.host_id
FROM calendar_host h
JOIN resource r ON r.company_id = h.company_id AND r.resource_id = h.staff_id AND r.active
JOIN calendar_branch m ON m.company_id = r.company_id AND m.branch_id = r.branch_id
JOIN branch b ON b.company_id = r.company_id AND b.branch_id = r.branch_id
WHERE h.company_id = %s
"""
_SEGMENTS = """
SELECT staff_id, service_id, event_type_id, length_min, send_length FROM calendar_mapping
WHERE company_id = %s ORDER BY staff_id, service_id, ordinal
"""
_MINUTE, _MOST = 60.0, 2_000


class PostgresCalendarHosts:
    """Implements `app.free_times.ports.HostBook`."""

    def __init__(self, database: Database, seal: Sealer) -> None:
        self._database = database
        self._seal = seal
        self._known: dict[tuple[UUID, int | None], tuple[float, CompanyHosts | None]] = {}

    async def hosts(self, company_id: UUID, version: int | None = None) -> CompanyHosts | None:
        known = self._known.get((company_id, version))
        # A newer version is read at once; what does not raise it (a key blocked there) is seen within a minute.
        if known is not None and time.monotonic() - known[0] < _MINUTE:
            return known[1]
        async with self._database.transaction(company_id) as connection:
            hosts = await self._read(connection, company_id)
        if len(self._known) > _MOST:
            self._known.clear()
        self._known[company_id, version] = (time.monotonic(), hosts)
        return hosts

    async def companies(self) -> Sequence[tuple[UUID, str]]:
        found = []
        for company in await list_names(self._database):
            async with self._database.transaction(company.company_id) as connection:
                if await _rows(connection, _CONNECTED, company.company_id):
                    found.append((company.company_id, company.key))
        return found

    async def _read(self, connection: Connection, company_id: UUID) -> CompanyHosts | None:
        connected = await _rows(connection, _CONNECTED, company_id)
        if not connected:
            return None
        services: dict[UUID, dict[UUID, list[Source]]] = defaultdict(lambda: defaultdict(list))
        for staff_id, service_id, event_type_id, length, send_length in await _rows(
            connection, _SEGMENTS, company_id
        ):
            source = Source(event_type_id, length, length if send_length else None)
            if source not in services[staff_id][service_id]:
                services[staff_id][service_id].append(source)
        hosts = {
            staff_id: CalendarHost(
                staff_id,
                branch_id,
                zone,
                Source(probe, PROBE_MINUTES) if probe is not None else None,
                {service_id: tuple(sources) for service_id, sources in services[staff_id].items()},
                host_id,
            )
            for staff_id, branch_id, zone, probe, host_id in await _rows(connection, _HOSTS, company_id)
        }
        unreachable, courtesies = connected[0]
        access = await self._access(connection, company_id)
        return CompanyHosts(company_id, access, unreachable, hosts, courtesies)

    async def _access(self, connection: Connection, company_id: UUID) -> CalendarAccess | None:
        try:
            found = await read_connection(connection, company_id, self._seal)
        except SecretUnreadable as error:
            log.error("calendar_key_unreadable", company_id=str(company_id), reason=str(error))  # noqa: TRY400
            return None
        return found.access if found is not None else None


async def _rows(
    connection: Connection, statement: LiteralString, *values: object
) -> Sequence[tuple[Any, ...]]:
    return await (await connection.execute(statement, values)).fetchall()
