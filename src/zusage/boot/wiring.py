"""The composition root: builds every part once and hands it to those who need it."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.directory import PostgresDirectory
from zusage.adapters.postgres.journal import PostgresJournal
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.adapters.valkey.counter import ValkeyCounter
from zusage.app.calls.ports import Counter
from zusage.boot.build import build_id
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings, SettingsError
from zusage.core.scheduling import holiday_name
from zusage.core.scheduling.masters import Branch
from zusage.core.values import uuid7
from zusage.inbound.voice.desk import Desk
from zusage.inbound.voice.limits import LocalCounter, RateLimits
from zusage.inbound.voice.retell.door import RetellDoor
from zusage.inbound.worker.loop import run_worker


def new_id() -> UUID:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


def new_token() -> str:
    """An opaque token of a hold or an offer; short, since it travels through a language model's context."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a serving process is made of."""

    settings: Settings
    servers: Servers
    app: Database
    jobs: Database | None
    counter: ValkeyCounter | None
    directory: PostgresDirectory
    retell: RetellDoor


def build_parts(settings: Settings, servers: Servers, box: SecretBox) -> Parts:
    """Build all parts without connecting anything."""
    app = Database(
        servers.app,
        size=settings.pool_size,
        lock_ms=settings.lock_ms,
        statement_ms=settings.statement_ms,
        name="zusage-app",
    )
    local = LocalCounter(time.time)
    shared = ValkeyCounter(servers.valkey, fallback=local) if servers.valkey else None
    directory = PostgresDirectory(app, box, clock=time.monotonic)
    return Parts(
        settings=settings,
        servers=servers,
        app=app,
        jobs=_jobs(settings, servers),
        counter=shared,
        directory=directory,
        retell=_retell(settings, app, directory, shared or local),
    )


def _jobs(settings: Settings, servers: Servers) -> Database | None:
    if not settings.worker:
        return None
    if servers.jobs is None:
        raise SettingsError(
            "ZUSAGE_JOBS_URL is not set, and the worker needs the jobs role. "
            "Set it, or ZUSAGE_WORKER=false where the worker runs elsewhere."
        )
    return Database(servers.jobs, size=2, name="zusage-jobs")


def _retell(settings: Settings, app: Database, directory: PostgresDirectory, counter: Counter) -> RetellDoor:
    journal = PostgresJournal(app, new_id=new_id, build=build_id())
    ledger = PostgresLedger(app, new_id=new_id, new_token=new_token)
    desk = Desk(
        journal=journal,
        masters=PostgresMasters(app),
        open_unit=ledger,
        new_token=new_token,
        sleep=asyncio.sleep,
    )
    limits = RateLimits(counter, settings.rate_per_call, settings.rate_per_company)
    keys = tuple(key.get_secret_value() for key in settings.platform_keys)
    return RetellDoor(desk, directory, journal, limits, keys, build_id())


def warm_up() -> None:
    """Load what is read once a process (the calendar of public holidays), so that no caller waits for it."""
    nowhere = Branch(UUID(int=0), "", "", "Europe/Berlin", week=((),) * 7)
    holiday_name(nowhere, datetime.now(UTC).date())


@asynccontextmanager
async def running(parts: Parts) -> AsyncIterator[Parts]:
    """Connect, run the worker beside the block, and close everything in the end."""
    warm_up()
    await parts.app.open()
    worker: asyncio.Task[None] | None = None
    try:
        if parts.jobs is not None:
            await parts.jobs.open()
            store = PostgresHousekeeping(parts.jobs)
            worker = asyncio.create_task(
                run_worker(
                    new_id(),
                    store,
                    every=parts.settings.sweep_seconds,
                    keep_misheard_days=parts.settings.keep_misheard_days,
                )
            )
        yield parts
    finally:
        if worker is not None:
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker
        for database in (parts.jobs, parts.app):
            if database is not None:
                await database.close()
        if parts.counter is not None:
            await parts.counter.close()
