"""Servers and PostgreSQL killed in the middle of traffic: what was answered stays, and nothing is left lying about."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from race_salon import CUT, Race, Wanted, at, load_salon, race_day
from server_processes import serving
from traffic import AGREED, CALLERS, EXCUSES, Traffic, booking

from support.database import Databases, DatabaseUrls, OwnServer
from support.servers import memory_disk, reachable_folder, start_test_servers
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.operations.verify_ledger import verify_ledger

pytestmark = pytest.mark.race


@pytest.fixture
def settings(database: DatabaseUrls) -> dict[str, str]:
    return load_salon(database)


@pytest.fixture
def mortal() -> Iterator[tuple[Path, DatabaseUrls, dict[str, str]]]:
    """A PostgreSQL of this test's own, which may die: its folder, a salon in it, a server's settings."""
    with reachable_folder(memory_disk()) as folder, start_test_servers(folder) as started:
        urls = Databases(OwnServer(started)).migrated()
        yield folder, urls, load_salon(urls)


async def prove(urls: DatabaseUrls) -> dict[str, int]:
    """Look through all data: no overlap, no claim without an owner, nothing half done; return what was counted."""
    pool = Database(urls.app, size=2, statement_ms=15_000)
    await pool.open()
    try:
        proof = await verify_ledger(evidence=PostgresEvidence(pool))
    finally:
        await pool.close()
    assert proof.proven, proof.findings
    return dict(proof.counts)


def appointments(urls: DatabaseUrls) -> set[str]:
    with psycopg.connect(urls.admin) as connection:
        rows = connection.execute("SELECT appointment_id::text FROM appointment WHERE status = 'booked'")
        return {str(row[0]) for row in rows}


def kill_postgres(urls: DatabaseUrls) -> None:
    """Kill the server process; what it started sees that and ends too."""
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        found = connection.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").fetchone()
    assert found is not None
    os.kill(int(found[0]), signal.SIGKILL)


async def test_a_server_killed_between_hold_and_booking_loses_nothing(
    database: DatabaseUrls, settings: dict[str, str], tmp_path: Path
) -> None:
    with serving(settings, tmp_path) as [server]:
        async with Race(database, [server.base_url]) as race:
            phone = race.phone(0)
            held = await phone.tool("check_availability", Wanted(CUT, at(race_day(0), 0)).arguments())
            assert held["status"] == "held", held
        server.kill()
    with serving(settings, tmp_path) as [server]:
        async with Race(database, [server.base_url]) as race:
            phone.client = race.clients[0]
            booked = await phone.tool("book_appointment", booking(held))
    assert booked["status"] == "booked", booked
    assert booked["data"]["appointment"]["start"] == held["data"]["start"]
    assert appointments(database) == {booked["data"]["appointment"]["id"]}
    counts = await prove(database)
    assert (counts["appointments"], counts["held"]) == (1, 0)


async def test_a_server_killed_in_traffic_keeps_every_answered_booking(
    database: DatabaseUrls, settings: dict[str, str], tmp_path: Path
) -> None:
    with serving(settings, tmp_path) as [server]:
        async with Race(database, [server.base_url]) as race:
            traffic = Traffic(race, impatient=True)
            async with traffic.flowing():
                await traffic.more_booked(30)
                server.kill()
    assert set(traffic.statuses) <= {"held", "booked"}, traffic.statuses
    assert traffic.booked <= appointments(database)
    await prove(database)
    with serving(settings, tmp_path) as [server]:
        async with Race(database, [server.base_url]) as race:
            for phone, held in traffic.open:
                phone.client = race.clients[0]
                assert (await phone.tool("book_appointment", booking(held)))["status"] in AGREED
    assert len(appointments(database)) == len(traffic.booked) + len(traffic.open)
    await prove(database)


async def test_postgres_killed_in_traffic_keeps_every_answered_booking(
    mortal: tuple[Path, DatabaseUrls, dict[str, str]], tmp_path: Path
) -> None:
    """The callers hear an excuse meanwhile; the server goes on by itself once the database is back."""
    folder, urls, settings = mortal
    with serving(settings, tmp_path) as [server]:
        async with Race(urls, [server.base_url]) as race:
            traffic = Traffic(race)
            async with traffic.flowing():
                await traffic.more_booked(30)
                kill_postgres(urls)
                await traffic.more_excused(CALLERS)
                with await asyncio.to_thread(start_test_servers, folder):
                    await traffic.more_booked(30)
                    assert traffic.booked <= appointments(urls)
                    await prove(urls)
    print(dict(traffic.statuses))
    assert set(traffic.statuses) <= {"held", "booked", "already_booked", *EXCUSES}, traffic.statuses
    assert not [text for text in traffic.texts if "Traceback" in text or "psycopg" in text]
