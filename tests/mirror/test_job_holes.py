"""What procrastinate would do to bookings if it were used as it comes: its NOTIFY, its locks."""

from __future__ import annotations

from pathlib import Path

import procrastinate
import psycopg
import pytest

from support.database import DatabaseUrls
from support.mirrored import Mirrored
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.inbound.worker.jobs import Duties, build_jobs

STANDS = [("present", "present")]
_NOTIFYING = """
SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.prosrc ILIKE '%notify(%' OR p.prosrc ~* '\\mNOTIFY\\M'
"""
# As a booking leaves its job, but with what procrastinate offers beside.
_DEFER = """
SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW('mirror', 'mirror_appointment', 0, %s, %s, '{}', %s::timestamptz)
       ::jobs.procrastinate_job_to_defer_v1])
"""
_FETCH = "SELECT id FROM jobs.procrastinate_fetch_job_v2(ARRAY['mirror'], %s) WHERE id IS NOT NULL"


def heard(listener: psycopg.Connection) -> list[str]:
    return [notify.channel for notify in listener.notifies(timeout=0.5)]


def listen(database: DatabaseUrls) -> psycopg.Connection:
    listener = psycopg.connect(database.admin, autocommit=True)
    for channel in ("procrastinate_any_queue_v1", '"procrastinate_queue_v1#mirror"'):
        listener.execute(f"LISTEN {channel}".encode())
    return listener


async def test_hole_29_a_booking_notifies_nobody(salon: Mirrored, database: DatabaseUrls) -> None:
    """NOTIFY makes all commits of the server take turns; the workers poll instead."""
    with listen(database) as listener:
        await salon.book()
        assert heard(listener) == []
        assert listener.execute(_NOTIFYING).fetchall() == []


async def test_hole_29_control_with_the_trigger_that_comes_with_it_each_booking_notifies(
    salon: Mirrored, database: DatabaseUrls
) -> None:
    schema = (Path(procrastinate.__file__).parent / "sql" / "schema.sql").read_text()
    start = schema.index("CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1")
    with psycopg.connect(database.admin, autocommit=True) as owner:
        owner.execute("SET search_path = jobs")
        owner.execute(schema[start : schema.index(";", start)].encode())
    with listen(database) as listener:
        await salon.book()
        assert sorted(heard(listener)) == ["procrastinate_any_queue_v1", "procrastinate_queue_v1#mirror"]
        assert len(listener.execute(_NOTIFYING).fetchall()) == 1


async def test_hole_30_jobs_carry_no_lock_and_one_that_waits_holds_no_other_up(
    salon: Mirrored, database: DatabaseUrls
) -> None:
    appointment = await salon.book()
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() + interval '591 seconds'")
        await salon.cancel(appointment)
        rows = admin.execute("SELECT lock, queueing_lock FROM jobs.procrastinate_jobs").fetchall()
        assert rows == [(None, None), (None, None)]
        worker = new_worker(admin)
        assert len(admin.execute(_FETCH, [worker]).fetchall()) == 1


def test_hole_30_control_a_job_that_waits_for_its_retry_holds_up_all_of_its_lock(
    database: DatabaseUrls,
) -> None:
    with psycopg.connect(database.admin, autocommit=True) as admin:
        worker = new_worker(admin)
        for wait in ("591 seconds", "0 seconds"):
            at = admin.execute("SELECT now() + %s::interval", [wait]).fetchone()
            assert at is not None
            admin.execute(_DEFER, ["appointment", None, at[0]])
        assert admin.execute(_FETCH, [worker]).fetchall() == []


async def test_hole_30_a_second_job_of_an_appointment_takes_no_booking_along(
    salon: Mirrored, database: DatabaseUrls
) -> None:
    appointment = await salon.book()
    async with salon.shop.database.transaction(salon.shop.company_id) as connection:
        await connection.execute("UPDATE appointment SET notes = 'kept'")
        for _ in range(2):
            await connection.execute(
                "SELECT directory.wake(%s, 'mirror_appointment', jsonb_build_object('appointment_id', %s::text), NULL)",
                (salon.shop.company_id, str(appointment)),
            )
        await connection.execute("COMMIT")
    assert await salon.shop.rows("SELECT notes FROM appointment") == [("kept",)]
    with psycopg.connect(database.admin) as admin:
        assert admin.execute("SELECT count(*) FROM jobs.procrastinate_jobs").fetchone() == (3,)


async def test_hole_30_control_a_queueing_lock_takes_the_booking_along(
    salon: Mirrored, database: DatabaseUrls
) -> None:
    await salon.book()
    with psycopg.connect(database.admin) as admin:
        admin.execute("UPDATE appointment SET notes = 'lost'")
        admin.execute(_DEFER, [None, "appointment", None])
        with pytest.raises(psycopg.errors.UniqueViolation):
            admin.execute(_DEFER, [None, "appointment", None])
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            admin.execute("SELECT 1")
    assert await salon.shop.rows("SELECT notes FROM appointment") == [("",)]


async def test_hole_31_control_without_the_minute_a_lost_job_is_lost(
    salon: Mirrored, jobs_db: Database, database: DatabaseUrls
) -> None:
    appointment = await salon.book()
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute("DELETE FROM jobs.procrastinate_jobs")
    duties = Duties(salon.mirroring, CompanySlots(), PostgresWaker(jobs_db))
    app = build_jobs(jobs_connector(database.jobs), duties)
    async with app.open_async():
        await app.run_worker_async(
            wait=False, listen_notify=False, install_signal_handlers=False, queues=["mirror"]
        )
    assert await salon.known(appointment) == [("present", "none")]


def new_worker(admin: psycopg.Connection) -> int:
    row = admin.execute(
        "INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id"
    ).fetchone()
    assert row is not None
    return int(row[0])
