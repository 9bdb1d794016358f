"""The composition root: builds every part once and hands it to those who need it."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from zusage.adapters.calcom.pool import PoolSettings
from zusage.adapters.calcom.teams import CalcomAccounts
from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.crypto import SecretBox
from zusage.adapters.notify.apprise_services import AppriseServices
from zusage.adapters.postgres.alerts import PostgresAlerts
from zusage.adapters.postgres.calendar_checks import PostgresCalendarChecks
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.directory import PostgresDirectory
from zusage.adapters.postgres.hooks import PostgresHooks
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.adapters.postgres.journal import PostgresJournal
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.adapters.postgres.mirror import PostgresMirror
from zusage.adapters.postgres.reconcile import PostgresReconcile
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.adapters.postgres.worker_slots import PostgresSlots
from zusage.adapters.valkey.counter import ValkeyCounter
from zusage.app.calls.ports import Counter
from zusage.app.courtesy.tend_courtesies import Tending
from zusage.app.free_times.forget_told import forget_told
from zusage.app.free_times.look import CalendarLooks
from zusage.app.mirror.asking import Patience
from zusage.app.mirror.bring_over import Mirroring
from zusage.app.mirror.confirm_inline import InlineConfirmer
from zusage.app.mirror.store import Changed, tell_nobody
from zusage.app.points import Reach, pass_by
from zusage.app.reconcile.observe_bookings import Reconciling
from zusage.boot.build import build_id
from zusage.boot.calendars import CalendarParts, build_calendars
from zusage.boot.free_times import FreeTimeParts, build_free_times
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings, SettingsError
from zusage.core.scheduling import holiday_name
from zusage.core.scheduling.masters import Branch
from zusage.core.values import uuid7
from zusage.inbound.voice.desk import Desk
from zusage.inbound.voice.limits import LocalCounter, RateLimits
from zusage.inbound.voice.retell.door import RetellDoor
from zusage.inbound.webhooks.calcom import CalcomHookDoor
from zusage.inbound.worker.alert_jobs import Alerting, add_alert_tasks
from zusage.inbound.worker.checks import Checking, add_checks
from zusage.inbound.worker.courtesies import add_courtesies
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.inbound.worker.loop import keep_beating, run_worker
from zusage.inbound.worker.nightly import add_nightly
from zusage.inbound.worker.reconciling import add_reconciling, guard_all
from zusage.inbound.worker.run_jobs import run_jobs
from zusage.inbound.worker.warming import add_warming

_WORKER_CONNECTIONS = 6


def new_id() -> UUID:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


def new_token() -> str:
    """An opaque token of a hold or an offer; short, since it travels through a language model's context."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal of faults sets otherwise; as it stands here it is production."""

    reach: Reach = pass_by
    patience: Patience = field(default_factory=Patience)
    pooling: PoolSettings = field(default_factory=PoolSettings)


_PRODUCTION = Rehearsal()


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a serving process is made of."""

    settings: Settings
    servers: Servers
    app: Database
    jobs: Database | None
    counter: ValkeyCounter | None
    retell: RetellDoor
    hooks: CalcomHookDoor
    box: SecretBox
    calendars: CalendarParts
    confirm: InlineConfirmer
    free_times: FreeTimeParts


def build_parts(
    settings: Settings, servers: Servers, box: SecretBox, rehearsal: Rehearsal = _PRODUCTION
) -> Parts:
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
    calendars = build_calendars(
        servers.valkey,
        app,
        replicas=settings.replicas,
        pooling=rehearsal.pooling,
        reach=rehearsal.reach,
    )
    free_times = build_free_times(app, box, calendars, deadline_ms=settings.calendar_deadline_ms)
    confirm = InlineConfirmer(mirroring_of(app, box, calendars, rehearsal, changed=free_times.changed))
    return Parts(
        settings=settings,
        servers=servers,
        app=app,
        jobs=_jobs(settings, servers),
        counter=shared,
        retell=_retell(
            settings,
            app,
            directory,
            shared or local,
            confirm,
            reach=rehearsal.reach,
            looks=free_times.looks,
        ),
        hooks=_hooks(app, box, free_times),
        box=box,
        calendars=calendars,
        confirm=confirm,
        free_times=free_times,
    )


def _jobs(settings: Settings, servers: Servers) -> Database | None:
    if not settings.worker:
        return None
    if servers.jobs is None:
        raise SettingsError(
            "ZUSAGE_JOBS_URL is not set, and the worker needs the jobs role. "
            "Set it, or ZUSAGE_WORKER=false where the worker runs elsewhere."
        )
    return jobs_database(servers.jobs)


def jobs_database(url: str) -> Database:
    """A pool as the worker's role: nobody waits for it on the phone."""
    return Database(url, size=_WORKER_CONNECTIONS, lock_ms=5_000, statement_ms=30_000, name="zusage-jobs")


def mirroring_of(
    database: Database,
    box: SecretBox,
    calendars: CalendarParts,
    rehearsal: Rehearsal = _PRODUCTION,
    *,
    changed: Changed = tell_nobody,
) -> Mirroring:
    """What the mirror routine works with; `changed` is told of what a calendar has given up."""
    store = PostgresMirror(database, box, new_id=new_id)
    return Mirroring(
        store,
        calendars.client,
        new_id,
        secrets.SystemRandom().random,
        reach=rehearsal.reach,
        patience=rehearsal.patience,
        changed=changed,
    )


def reconciling_of(database: Database, box: SecretBox, mirroring: Mirroring) -> Reconciling:
    """What the comparison with the calendars works with."""
    store = PostgresReconcile(database, box, new_id=new_id)
    return Reconciling(store, mirroring.calendars, new_id, mirroring.changed)


def _retell(
    settings: Settings,
    app: Database,
    directory: PostgresDirectory,
    counter: Counter,
    confirm: InlineConfirmer,
    *,
    reach: Reach,
    looks: CalendarLooks,
) -> RetellDoor:
    journal = PostgresJournal(app, new_id=new_id, build=build_id())
    ledger = PostgresLedger(app, new_id=new_id, new_token=new_token, reach=reach)
    desk = Desk(
        journal=journal,
        masters=PostgresMasters(app),
        open_unit=ledger,
        new_token=new_token,
        sleep=asyncio.sleep,
        confirm=confirm,
        looks=looks,
    )
    limits = RateLimits(counter, settings.rate_per_call, settings.rate_per_company)
    keys = tuple(key.get_secret_value() for key in settings.platform_keys)
    return RetellDoor(desk, directory, journal, limits, keys, build_id())


def _hooks(app: Database, box: SecretBox, free_times: FreeTimeParts) -> CalcomHookDoor:
    store = PostgresHooks(app, box)
    forget = partial(forget_told, hosts=free_times.hosts, changed=free_times.changed)
    return CalcomHookDoor(store, store, forget)


def warm_up() -> None:
    """Load what is read once a process (the calendar of public holidays), so that no caller waits for it."""
    nowhere = Branch(UUID(int=0), "", "", "Europe/Berlin", week=((),) * 7)
    holiday_name(nowhere, datetime.now(UTC).date())


@asynccontextmanager
async def working(
    settings: Settings,
    jobs: Database,
    url: str,
    calendars: CalendarParts,
    box: SecretBox,
    *,
    free: FreeTimeParts,
) -> AsyncIterator[None]:
    """Work beside the block, as the worker does: tidy up, and run the jobs; `jobs` is open, `url` its address.

    `free` are those of this process: whoever serves in it hears of what the worker changes. The end waits for what
    runs, for less than ten seconds."""
    slots = PostgresSlots(jobs, CompanySlots(), new_id=new_id)
    mirroring = mirroring_of(jobs, box, calendars, changed=free.changed)
    app = build_jobs(jobs_connector(url), Duties(mirroring, slots, PostgresWaker(jobs)))
    add_courtesies(app, Tending(PostgresCourtesies(jobs, box), calendars.client), slots)
    add_warming(app, free.hosts, free.filler, slots)
    checking = Checking(PostgresCalendarChecks(jobs, box), CalcomAccounts(calendars.client))
    add_checks(app, checking, slots)
    services = AppriseServices([url.get_secret_value() for url in settings.alert_urls])
    add_alert_tasks(app, Alerting(PostgresAlerts(jobs), calendars.circuits, services))
    reconciling = reconciling_of(jobs, box, mirroring)
    add_reconciling(app, reconciling, slots)
    await guard_all(await PostgresWaker(jobs).company_ids(), reconciling)
    housekeeping, at_work = PostgresHousekeeping(jobs), asyncio.Event()
    add_nightly(app, housekeeping)
    tidying = run_worker(
        housekeeping, every=settings.sweep_seconds, keep_misheard_days=settings.keep_misheard_days
    )
    beating = keep_beating(new_id(), housekeeping, at_work)
    tasks = [asyncio.create_task(each) for each in (tidying, beating, run_jobs(app, at_work=at_work))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def running(parts: Parts) -> AsyncIterator[Parts]:
    """Connect, run the worker beside the block, and close everything in the end."""
    warm_up()
    async with AsyncExitStack() as stack:
        if parts.counter is not None:
            stack.push_async_callback(parts.counter.close)
        await parts.app.open()
        stack.push_async_callback(parts.app.close)
        await stack.enter_async_context(parts.calendars.kept(warm=True))
        stack.push_async_callback(parts.free_times.close)
        stack.push_async_callback(parts.confirm.close)
        if parts.jobs is not None and parts.servers.jobs is not None:
            await parts.jobs.open()
            stack.push_async_callback(parts.jobs.close)
            await stack.enter_async_context(
                working(
                    parts.settings,
                    parts.jobs,
                    parts.servers.jobs,
                    parts.calendars,
                    parts.box,
                    free=parts.free_times,
                )
            )
        yield parts
