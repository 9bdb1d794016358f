"""What the comparison with a calendar reads and writes, one transaction of one company each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from zusage.adapters.postgres import reconcile_statements as sql
from zusage.adapters.postgres.calendars import read_connection
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.open_unit import OpenUnit
from zusage.app.mirror.ports import CalendarBooking
from zusage.app.operations.ports import Sealer
from zusage.app.reconcile.observing import Ours
from zusage.app.reconcile.ports import Frame, Marks, Pull, TakenHint
from zusage.app.reconcile.sights import External, Person, Phase
from zusage.core.values import Period


class PostgresReconcileUnit(OpenUnit):
    """Implements `app.reconcile.ports.ReconcileUnit` on an open transaction."""

    def __init__(
        self, connection: Connection, company_id: UUID, seal: Sealer, new_id: Callable[[], UUID]
    ) -> None:
        super().__init__(connection, company_id)
        self._seal = seal
        self._new_id = new_id

    async def frame(self) -> Frame | None:
        connection = await read_connection(self._connection, self._company_id, self._seal)
        if connection is None:
            return None
        values = {"company": self._company_id, "new": self._new_id()}
        (row,) = await self._rows(sql.FRAME, **values)
        installation_id, now, identity, acted, zone, recent, last = row
        hosts = await self._rows(sql.HOSTS, self._company_id)
        people = await self._rows(sql.PEOPLE, self._company_id)
        return Frame(
            connection=connection,
            ours=Ours(installation_id, self._company_id, connection.email_domain),
            hosts=dict(hosts),
            people={staff_id: Person(*person) for staff_id, *person in people},
            zone=zone or "UTC",
            now=now,
            identity=identity,
            acted=acted,
            recent=recent,
            last=last,
        )

    async def phases(self, marks: Marks) -> Sequence[Phase]:
        places = sorted(marks.places)
        values = {
            "company": self._company_id,
            "now": await self.now(),
            "uids": list(marks.uids),
            "intents": list(marks.intents),
            "appointments": list(marks.appointments),
            "staff": [staff_id for staff_id, _ in places],
            "starts": [start for _, start in places],
        }
        return [_phase(row) for row in await self._rows(sql.PHASES, **values)]

    async def expected(self, during: Period) -> Sequence[Phase]:
        values = {
            "company": self._company_id,
            "now": await self.now(),
            "from": during.start,
            "to": during.end,
        }
        return [_phase(row) for row in await self._rows(sql.EXPECTED, **values)]

    async def asked_about(self) -> Sequence[Phase]:
        values = {"company": self._company_id, "now": await self.now()}
        return [_phase(row) for row in await self._rows(sql.ASKED_ABOUT, **values)]

    async def lock(self, appointment_id: UUID) -> Sequence[Phase]:
        await self._run(sql.LOCK_APPOINTMENT, self._company_id, appointment_id)
        await self._run(sql.LOCK_MIRRORS, self._company_id, appointment_id)
        return await self.phases(Marks(appointments=frozenset({appointment_id})))

    async def externals(
        self, *, uids: Iterable[str] = (), during: Period | None = None
    ) -> Sequence[External]:
        if during is not None:
            found = await self._rows(sql.EXTERNALS_BETWEEN, self._company_id, during.start, during.end)
        else:
            found = await self._rows(sql.EXTERNALS, self._company_id, list(uids))
        return [External(*row) for row in found]

    async def orphans(self, uids: Iterable[str]) -> frozenset[str]:
        return frozenset(row[0] for row in await self._rows(sql.ORPHANS, self._company_id, list(uids)))

    async def stands(self, phase: Phase, booking: CalendarBooking) -> None:
        values = await self._of(phase) | {"uid": booking.uid, "kind": booking.event_type_id}
        values |= {"host": booking.host_id}
        await self._run(sql.STANDS, **values)
        await self._run(sql.REVIEWED, **values)

    async def missed(self, phase: Phase) -> None:
        await self._run(sql.MISSED, **await self._of(phase))
        await self._look_later(phase.uid or "")

    async def again(self, phase: Phase) -> None:
        values = (self._company_id, phase.appointment_id, phase.ordinal, phase.intent)
        (row,) = await self._rows(sql.AGAIN, *values)
        if row[0]:
            await self._run(sql.NOTE_AGAIN, *values[:3], await self.now())

    async def ended(self, phase: Phase, why: str) -> None:
        asked: dict[str, str | None] = {
            "kind": "mirror_cancelled_there",
            "known": "absent",
            "failure": "cancelled",
        }
        await self._ask(phase, asked | {"uid": phase.uid, "why": why})

    async def differs(self, phase: Phase, booking: CalendarBooking, why: str) -> None:
        asked: dict[str, str | None] = {
            "kind": "mirror_changed_there",
            "known": "present",
            "failure": "changed",
        }
        await self._ask(phase, asked | {"uid": booking.uid, "why": why})
        place = {"starts": booking.start, "ends": booking.end, "kind": booking.event_type_id}
        host = {"host": booking.host_id}
        await self._run(sql.STANDS_ELSEWHERE, **await self._of(phase) | place | host)

    async def cancel(self, appointment_id: UUID, phases: Iterable[Phase], why: str) -> None:
        ordinals = [phase.ordinal for phase in phases]
        await self._run(sql.GONE, self._company_id, appointment_id, ordinals)
        await self._run(sql.CANCEL, self._company_id, appointment_id, why)

    async def follow(
        self,
        appointment_id: UUID,
        moved: Sequence[tuple[Phase, CalendarBooking]],
        staff_id: UUID | None,
        why: str,
    ) -> bool:
        known = [
            {
                "ordinal": phase.ordinal,
                "uid": booking.uid,
                "event_type_id": booking.event_type_id,
                "host_id": booking.host_id,
            }
            for phase, booking in moved
        ]
        shift = moved[0][1].start - moved[0][0].start
        values = (self._company_id, appointment_id, self._new_id(), shift, staff_id, why, Jsonb(known))
        (row,) = await self._rows(sql.FOLLOW, *values)
        return row[0] in ("moved", "same")

    async def add_orphan(self, phase: Phase, uid: str, why: str) -> None:
        now = await self.now()
        values = (self._company_id, uid, phase.appointment_id, phase.ordinal, why, now, now)
        await self._run(sql.ADD_ORPHAN, *values)

    async def unknown(self, booking: CalendarBooking) -> None:
        detail = {
            "uid": booking.uid,
            "starts_at": booking.start.isoformat(),
            "host_id": booking.host_id,
            "installation": booking.metadata.get("installation"),
        }
        values = {"company": self._company_id, "uid": booking.uid, "now": await self.now()}
        await self._run(sql.UNKNOWN, **values | {"detail": Jsonb(detail)})

    async def known_again(self, uid: str) -> None:
        await self._run(sql.KNOWN_AGAIN, await self.now(), self._company_id, uid)

    async def no_show(self, appointment_id: UUID, uid: str) -> bool:
        values = {"company": self._company_id, "appointment": appointment_id, "uid": uid}
        cursor = await self._connection.execute(sql.NO_SHOW, values | {"now": await self.now()})
        return cursor.rowcount == 1

    async def block(self, uid: str, staff_id: UUID, during: Period) -> None:
        values = (self._company_id, self._new_id(), uid, staff_id, during.start, during.end)
        await self._run(sql.EXTERNAL, *values)

    async def free(self, uid: str) -> None:
        await self._run(sql.EXTERNAL, self._company_id, self._new_id(), uid, None, None, None)

    async def external_missed(self, uid: str) -> None:
        await self._run(sql.EXTERNAL_MISSED, await self.now(), self._company_id, uid)
        await self._look_later(uid)

    async def observe(self, reason: str, *, doubt: bool) -> None:
        await self._run(sql.OBSERVE, self._company_id, reason, doubt)

    async def is_other_database(self) -> bool:
        rows = await self._rows(sql.IDENTITIES, self._company_id)
        return any(acted is not None and acted != now and not noted for acted, now, noted in rows)

    async def act(self) -> None:
        await self._run(sql.ACT, self._company_id)

    async def close_overlaps(self) -> None:
        await self._run(sql.CLOSE_OVERLAPS, company=self._company_id, now=await self.now())

    async def forget(self, before: datetime) -> None:
        await self._run(sql.FORGET_HINTS, self._company_id, before)
        await self._run(sql.FORGET_EXTERNALS, self._company_id, before)

    async def take_hints(self, limit: int, seconds: float) -> Sequence[TakenHint]:
        now = await self.now()
        values = {"company": self._company_id, "now": now, "limit": limit}
        until = {"until": now + timedelta(seconds=seconds)}
        found = await self._rows(sql.TAKE_HINTS, **values | until)
        return [
            TakenHint(bytes(digest), trigger, tuple(uids), looks, received_at)
            for digest, trigger, uids, looks, received_at in found
        ]

    async def heeded(self, digests: Sequence[bytes], next_at: datetime | None) -> None:
        if digests:
            await self._run(sql.HEEDED, next_at, self._company_id, list(digests))

    async def pull_soon(self) -> None:
        now = await self.now()
        await self._run(sql.FIRST_PULL, self._company_id, now)
        await self._run(sql.PULL_SOON, now, self._company_id, now)

    async def take_pull(self, lease: UUID, seconds: float, *, at_once: bool) -> Pull | None:
        now = await self.now()
        await self._run(sql.FIRST_PULL, self._company_id, now)
        values = {"company": self._company_id, "lease": lease, "now": now, "at_once": at_once}
        until = {"until": now + timedelta(seconds=seconds)}
        rows = await self._rows(sql.TAKE_PULL, **values | until)
        if not rows:
            return None
        changed_from, compare_from, started_at, compared_at = rows[0]
        return Pull(
            lease=lease,
            now=now,
            changed_from=changed_from,
            compare_from=compare_from,
            compare_started_at=started_at,
            compared_at=compared_at,
        )

    async def keep_pull(self, pull: Pull, seconds: float) -> bool:
        until = await self.now() + timedelta(seconds=seconds)
        cursor = await self._connection.execute(sql.KEEP_PULL, self._of_pull(pull) | {"until": until})
        return cursor.rowcount == 1

    async def end_pull(self, pull: Pull, next_at: datetime, failure: str | None) -> None:
        await self._run(sql.END_PULL, **self._of_pull(pull) | {"next_at": next_at, "failure": failure})

    async def _ask(self, phase: Phase, asked: Mapping[str, str | None]) -> None:
        values = await self._of(phase) | dict(asked)
        await self._run(sql.ASKED, **values)
        await self._run(sql.REVIEW, **values)

    async def _look_later(self, uid: str) -> None:
        said = f"missed/{uid}/{(await self.now()).isoformat()}".encode()
        await self._run(sql.LOOK_LATER, self._company_id, said, [uid])

    async def _of(self, phase: Phase) -> dict[str, Any]:
        return {
            "company": self._company_id,
            "appointment": phase.appointment_id,
            "ordinal": phase.ordinal,
            "now": await self.now(),
        }

    def _of_pull(self, pull: Pull) -> dict[str, Any]:
        return {
            "company": self._company_id,
            "lease": pull.lease,
            "changed_from": pull.changed_from,
            "compare_from": pull.compare_from,
            "compare_started_at": pull.compare_started_at,
            "compared_at": pull.compared_at,
        }


class PostgresReconcile:
    """Implements `app.reconcile.ports.ReconcileStore`; `new_id` gives ids of what is stored anew."""

    def __init__(self, database: Database, seal: Sealer, *, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._seal = seal
        self._new_id = new_id

    @asynccontextmanager
    async def unit(self, company_id: UUID) -> AsyncIterator[PostgresReconcileUnit]:
        async with self._database.transaction(company_id) as connection:
            yield PostgresReconcileUnit(connection, company_id, self._seal, self._new_id)

    async def hinted_companies(self, limit: int) -> Sequence[UUID]:
        return await self._due("SELECT company_id FROM directory.due_hints(%s)", limit)

    async def pull_companies(self, limit: int) -> Sequence[UUID]:
        return await self._due("SELECT company_id FROM directory.due_pulls(%s)", limit)

    async def _due(self, statement: LiteralString, limit: int) -> Sequence[UUID]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(statement, (limit,))
            return [row[0] for row in await cursor.fetchall()]


def _phase(row: tuple[Any, ...]) -> Phase:
    (
        appointment_id, ordinal, staff_id, start, end, wanted, known, intents, uid, uids, busy, in_review, still_since,
        missed_at, host_id, *stands,
    ) = row  # fmt: skip
    return Phase(
        appointment_id=appointment_id,
        ordinal=ordinal,
        staff_id=staff_id,
        start=start,
        end=end,
        wanted=wanted,
        known=known,
        intents=tuple(intents),
        uid=uid,
        uids=tuple(uids),
        busy=busy,
        in_review=in_review,
        still_since=still_since,
        missed_at=missed_at,
        host_id=host_id,
        stands=(stands[0], stands[1], stands[2]) if stands[0] is not None else None,
    )
