"""`zusage mirror` and `zusage jobs` as a person meets them: exit codes, JSON, dry runs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from support.database import DatabaseUrls
from support.mirrored import Mirrored, open_start
from support.zusage_command import Zusage, zusage_on
from zusage.adapters.calcom.circuit import Circuits
from zusage.adapters.calcom.shared import LocalStates
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.valkey.states import ValkeyStates
from zusage.sandbox.calcom import Fault


def settings(database: DatabaseUrls) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZUSAGE_")}
    return clean | {
        "ZUSAGE_DATABASE_URL": database.app,
        "ZUSAGE_JOBS_URL": database.jobs,
        "ZUSAGE_SECRET_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "COLUMNS": "200",
    }


@pytest.fixture
def zusage(database: DatabaseUrls, tmp_path: Path) -> Zusage:
    return zusage_on(database, tmp_path)


async def test_the_exit_code_says_how_it_stands(salon: Mirrored, zusage: Zusage) -> None:
    key = salon.shop.company_id.hex
    appointment = await salon.book()
    await salon.bring(appointment)
    code, said = await zusage("mirror", "status", "--json")
    (status,) = json.loads(said)
    assert (code, status["health"], status["success"]) == (0, "healthy", 1.0)
    assert (status["company"], status["figures"]["mirrors"]) == (key, 1)

    salon.sim.add_fault(Fault("error_before_commit", op="bookings.create", status=401, message="bad [key]"))
    await salon.bring(await salon.book(start=open_start(13)))
    code, said = await zusage("mirror", "status", "--company", key)
    assert code == 2
    assert "critical" in said
    assert "bad [key]" in said
    assert f"zusage reviews list --company {key}" in said
    code, said = await zusage("mirror", "status", "--company", "nobody")
    assert (code, "has no calendar" in said) == (2, True)


async def test_retry_tells_first_and_does_it_when_asked(salon: Mirrored, zusage: Zusage) -> None:
    key = salon.shop.company_id.hex
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.create", status=401, message="bad key"))
    appointment = await salon.book()
    await salon.bring(appointment)
    code, said = await zusage("mirror", "retry", "--company", key, "--json")
    told = json.loads(said)
    assert (code, told["applied"], told["retried"], len(told["stuck"])) == (0, False, 0, 1)
    assert await salon.reviews() == ["mirror_refused"]
    assert f"  {appointment}/0" in (await zusage("mirror", "retry"))[1].splitlines()
    code, said = await zusage("mirror", "retry", "--company", key, "--apply")
    assert (code, "1 phase is tried again now" in said) == (0, True)
    assert await salon.reviews() == []
    assert (await salon.bring(appointment)).settled


async def test_pause_resume_and_the_jobs_that_wait(salon: Mirrored, zusage: Zusage) -> None:
    key = salon.shop.company_id.hex
    told = await zusage("mirror", "pause", "--company", key)
    assert told == (0, f"The mirror of {key} is not paused; --apply pauses.\n")
    assert not (await salon.shop.rows("SELECT paused_at IS NOT NULL FROM calendar_connection"))[0][0]
    assert (await zusage("mirror", "pause", "--apply")) == (0, f"The mirror of {key} is paused.\n")
    again = json.loads((await zusage("mirror", "pause", "--apply", "--json"))[1])
    assert again == {"applied": True, "companies": [{"company": key, "paused": True, "changes": False}]}
    appointment = await salon.book()
    code, said = await zusage("jobs", "list", "--json")
    listed = json.loads(said)
    assert (code, listed["counts"]) == (0, {"todo": 1})
    assert listed["jobs"][0]["args"]["appointment_id"] == str(appointment)
    assert "mirror_appointment" in (await zusage("jobs", "list", "--status", "todo"))[1]
    would = json.loads((await zusage("mirror", "resume", "--json"))[1])
    assert would == {"applied": False, "companies": [{"company": key, "paused": True, "changes": True}]}
    running = await zusage("mirror", "resume", "--company", key, "--apply")
    assert running == (0, f"The mirror of {key} is running.\n")
    unknown = await zusage("mirror", "resume", "--company", "nobody", "--apply")
    assert (unknown[0], "connected are" in unknown[1]) == (2, True)


async def test_an_open_breaker_is_shown_where_the_processes_share_it(
    salon: Mirrored, database: DatabaseUrls, tmp_path: Path, servers: EmbeddedServers, zusage: Zusage
) -> None:
    """Control: without a Valkey nobody outside a process knows its breakers, and nothing is claimed about them."""
    states = ValkeyStates(servers.urls.valkey, fallback=LocalStates(), timeout=2)
    for _ in range(5):
        await Circuits(states, time.time).failed(salon.shop.company_id, "writes", "HTTP 502 [gateway]")
    await states.close()
    shared = zusage_on(database, tmp_path, ZUSAGE_VALKEY_URL=servers.urls.valkey)
    said = (await shared("mirror", "status"))[1]
    assert "Cal.com writes: breaker open (HTTP 502 [gateway])" in said
    (status,) = json.loads((await shared("mirror", "status", "--json"))[1])
    assert [(each["door"], each["phase"]) for each in status["circuits"]] == [
        ("reads", "closed"),
        ("writes", "open"),
    ]
    (alone,) = json.loads((await zusage("mirror", "status", "--json"))[1])
    assert alone["circuits"] == []


async def test_without_a_calendar_all_is_well(database: DatabaseUrls, zusage: Zusage) -> None:
    assert database.name
    code, said = await zusage("mirror", "status")
    assert (code, "No company has a calendar" in said) == (0, True)


async def test_the_worker_ends_politely_and_soon(
    database: DatabaseUrls, tmp_path: Path, salon: Mirrored
) -> None:
    """As a process of its own: it starts, gives a sign of life, and ends on SIGTERM within ten seconds."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "zusage", "worker"),
        cwd=tmp_path,
        env=settings(database),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    line = b""
    while b"works in the background" not in line:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert line, "it ended"
    await asyncio.sleep(1.5)
    process.send_signal(signal.SIGTERM)
    out, _ = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, out
    workers = await salon.shop.rows("SELECT count(*) FROM directory.workers()")
    assert workers == [(1,)]
    assert b"Traceback" not in out


async def test_orphans_are_listed_and_closed_by_hand(salon: Mirrored, zusage: Zusage) -> None:
    key = salon.shop.company_id.hex
    assert (await zusage("orphans", "list"))[0] == 0
    salon.sim.add_fault(Fault("other_start", op="bookings.create", shift_minutes=60))
    await salon.bring(await salon.book())
    code, said = await zusage("orphans", "list", "--company", key, "--json")
    (orphan,) = json.loads(said)
    assert (code, orphan["why"], orphan["uid"]) == (1, "wrong", salon.there[0].uid)
    lines = (await zusage("orphans", "list"))[1].splitlines()
    assert {f"  uid {orphan['uid']}", f"  appointment {orphan['appointment_id']}", "1 open orphan"} <= {
        *lines
    }
    told = await zusage("orphans", "resolve", orphan["uid"], "--company", key)
    assert (told[0], "with --apply" in told[1]) == (0, True)
    assert await salon.shop.rows("SELECT resolved_at FROM orphan") == [(None,)]
    assert (await zusage("orphans", "resolve", orphan["uid"], "--company", key, "--apply"))[0] == 0
    assert await salon.shop.rows("SELECT resolution FROM orphan") == [("by hand",)]
    assert (await zusage("orphans", "resolve", orphan["uid"], "--company", key, "--apply"))[0] == 2


async def test_what_cannot_be_meant_is_refused_and_changes_nothing(salon: Mirrored, zusage: Zusage) -> None:
    for args, says in {
        ("jobs", "list", "--status", "banana"): "'banana' is not one of",
        ("jobs", "retry", "4711", "--apply"): "No failed jobs: 4711",
        ("mirror", "retry", "--appointment", "x"): '"x" is no id of an appointment',
        ("mirror", "retry", "--appointment", str(salon.shop.company_id)): "is stuck; it is not tried again",
        ("orphans", "list", "--company", "nobody"): '"nobody" has no calendar; connected are:',
    }.items():
        code, said = await zusage(*args)
        assert (code, says in " ".join(said.split())) == (2, True), said
        assert "Traceback" not in said


async def test_a_monitor_is_never_told_degraded_where_nothing_is_known(
    database: DatabaseUrls, tmp_path: Path
) -> None:
    """1 means degraded, something to look at, or open orphans; a database that is away is none of these."""
    nowhere = database.app.replace(database.name, "zusage_not_there")
    lost = zusage_on(database, tmp_path, ZUSAGE_DATABASE_URL=nowhere)
    for args in (("mirror", "status", "--json"), ("orphans", "list"), ("calcom", "check", "salon")):
        code, said = await lost(*args)
        assert (code, said.startswith("zusage: The database")) == (2, True), said
        assert "Traceback" not in said


async def test_the_status_fits_a_narrow_terminal_with_no_word_broken(
    salon: Mirrored, database: DatabaseUrls, tmp_path: Path
) -> None:
    code, said = await zusage_on(database, tmp_path, COLUMNS="80")("mirror", "status")
    head, names, rule, row = said.splitlines()[:4]
    assert (code, max(map(len, (head, names, rule, row))) <= 80) == (0, True), said
    assert names.split() == [
        "company",
        "health",
        "pending",
        ">",
        "1",
        "h",
        "oldest",
        "unknown",
        "review",
        "orphans",
        "24",
        "h",
    ]
    key, health, *_ = row.split()
    assert (salon.shop.company_id.hex.startswith(key), len(key) >= 19, health) == (True, True, "healthy")
