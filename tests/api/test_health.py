"""Health: alive is not ready, and ready is told in bounded time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import httpx2
import psycopg
import pytest

from support.at_work import until
from support.database import Databases, DatabaseUrls
from support.voice import Salon, open_day, served, served_salon
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.adapters.valkey.counter import ValkeyCounter
from zusage.app.operations.check_ready import check_ready
from zusage.app.operations.ports import CompanyName
from zusage.app.operations.watch import CompanySight, DatabaseSight
from zusage.boot.http import create_app
from zusage.boot.settings import Settings
from zusage.boot.wiring import Parts, new_id
from zusage.inbound.voice.limits import LocalCounter

Answer = tuple[int, dict[str, str]]


async def ready(parts: Parts) -> Answer:
    async with served(create_app(parts)) as url, httpx2.AsyncClient(trust_env=False, timeout=20) as client:
        response = await client.get(url + "/health/ready")
        return response.status_code, response.json()


async def test_ready_with_database_and_schema(salon: Salon) -> None:
    code, body = await ready(salon.parts)
    assert code == 200
    assert body | {"build": ""} == {
        "status": "ready",
        "build": "",
        "database": "up",
        "schema": "up to date",
        "worker": "elsewhere",
        "cache": "none",
    }


async def test_not_ready_without_the_database_but_alive(
    site: httpx2.AsyncClient, databases: Databases, database: DatabaseUrls
) -> None:
    databases.drop(database)
    began = time.monotonic()
    response = await site.get("/health/ready")
    assert (response.status_code, response.json()["database"]) == (503, "down")
    assert time.monotonic() - began < 4
    assert (await site.get("/health/live")).status_code == 200


async def test_a_worker_that_belongs_here_must_have_been_seen(salon: Salon, jobs_db: Database) -> None:
    parts = replace(salon.parts, settings=Settings(worker=True))
    code, body = await ready(parts)
    assert (code, body["status"], body["worker"]) == (503, "not ready", "silent")
    await PostgresHousekeeping(jobs_db).beat(new_id(), "here")
    code, body = await ready(parts)
    assert (code, body["worker"]) == (200, "seen")


async def test_hole_31_health_fails_while_no_job_can_run(database: DatabaseUrls) -> None:
    """The process lives and sweeps, and its jobs lack their rights. Control: with them it is seen again at once."""

    def as_admin(statement: str) -> None:
        with psycopg.connect(database.admin, autocommit=True) as admin:
            admin.execute(statement)

    async with served_salon(database, settings=Settings(worker=True, pool_size=4)) as salon:

        async def told(worker: str) -> bool:
            return (await ready(salon.parts))[1]["worker"] == worker

        async def no_sign_is_given() -> bool:
            ((silent,),) = await salon.rows("SELECT min(silent_for) > '7 seconds' FROM directory.workers()")
            return bool(silent)

        await until(partial(told, "seen"))
        as_admin("DELETE FROM directory.worker")
        assert await told("silent")
        await until(partial(told, "seen"))
        as_admin("REVOKE USAGE ON SCHEMA jobs FROM zusage_jobs")
        await until(no_sign_is_given, 20)
        as_admin("UPDATE directory.worker SET seen_at = seen_at - interval '1 minute'")
        code, body = await ready(salon.parts)
        assert (code, body["status"], body["worker"]) == (503, "not ready", "silent")
        as_admin("GRANT USAGE ON SCHEMA jobs TO zusage_jobs")
        await until(partial(told, "seen"))
        assert (await ready(salon.parts))[0] == 200


async def test_a_cache_that_is_away_degrades_only(salon: Salon) -> None:
    away = ValkeyCounter("unix:///nowhere/valkey.sock", fallback=LocalCounter(time.time))
    code, body = await ready(replace(salon.parts, counter=away))
    await away.close()
    assert (code, body["status"], body["cache"]) == (200, "degraded", "down")


@pytest.mark.parametrize(("revision", "code"), [("9999", 200), (None, 503)])
async def test_a_newer_schema_is_ready_and_a_missing_one_is_not(
    salon: Salon, database: DatabaseUrls, revision: str | None, code: int
) -> None:
    """While a new version is rolled out, the schema is expanded first and the old processes go on."""
    owner = Database(database.migrate, size=1)
    await owner.open()
    async with owner.connection() as connection:
        await connection.execute("DELETE FROM alembic_version")
        if revision:
            await connection.execute("INSERT INTO alembic_version VALUES (%s)", [revision])
    await owner.close()
    assert (await ready(salon.parts))[0] == code


class Frozen:
    """A database that has stopped in the middle: even a cancelled statement waits for it."""

    async def database(self) -> DatabaseSight:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(1)
        raise OSError("gone")

    async def companies(self) -> Sequence[CompanyName]:
        raise AssertionError("not asked")

    async def company(self, company: CompanyName, *, calls: int) -> CompanySight:
        raise AssertionError("not asked")


async def test_a_frozen_database_is_not_waited_for() -> None:
    began = time.monotonic()
    seen = await check_ready(watch=Frozen(), cache=None, expects_worker=False, seconds=0.1)
    assert (seen.ready, seen.database) == (False, None)
    assert time.monotonic() - began < 0.9


async def test_unknown_paths_and_methods_answer_json(site: httpx2.AsyncClient) -> None:
    assert (await site.get("/nowhere")).json() == {"error": "Not Found"}
    wrong = await site.get("/api/retell/function-call")
    assert (wrong.status_code, wrong.json()) == (405, {"error": "Method Not Allowed"})


async def test_a_signed_call_is_answered_with_an_apology_when_the_database_is_gone(
    salon: Salon, databases: Databases, database: DatabaseUrls
) -> None:
    """D9: after a good signature never a 5xx; only while nobody can know the key is it 503."""
    phone = salon.phone()
    wish = {"service": "Damenschnitt", "date": open_day().isoformat(), "time": "10:00"}
    assert (await phone.tool("check_availability", wish))["status"] == "held"
    databases.drop(database)
    answer = await phone.tool("check_availability", wish)
    assert answer["status"] in {"error", "busy"}
    assert answer["success"] is False
    assert answer["say"]
    stranger = salon.phone(to_number="+4930123456")
    assert (await stranger.post("/api/retell/function-call", stranger.body("x", {}, None))).status_code == 503
