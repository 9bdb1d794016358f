"""The doctor's examination: each part of an installation, in the order in which one needs the other."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

import psycopg

from zusage.adapters.crypto import SecretBox, SecretKeyError, key_file
from zusage.adapters.embedded import EmbeddedError, passwords_file
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.condition import RoleCondition, Walls, examine_role, examine_walls
from zusage.adapters.postgres.overview import PostgresOverview
from zusage.adapters.private_files import is_private
from zusage.adapters.valkey.server import client
from zusage.app.operations.check_ready import WORKER_MAY_REST
from zusage.app.operations.examine_keys import CompanyKeys, examine_keys
from zusage.boot.cli._frame import any_servers, app_database, has_data, prepare
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings, SettingsError
from zusage.sandbox.demo import load_demo_companies

_OLDEST = 150_000
_SKEW = 2.0
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `mend` says what to do where it is not ok."""

    name: str
    level: Literal["ok", "warn", "fail"]
    text: str
    mend: str = ""


def examine() -> Iterator[Check]:
    """Look at one part after the other; ends early where nothing further can be seen."""
    try:
        settings = prepare()
    except SettingsError as error:
        yield Check("settings", "fail", str(error), "docs/settings.md lists all settings.")
        return
    yield Check("settings", "ok", "embedded servers" if settings.embedded else "servers of your own")
    if not has_data(settings):
        mend = "`zusage demo` makes one with a demo salon, `zusage db upgrade` an empty one."
        yield Check("database", "fail", f"there is none in {settings.data_dir} yet", mend)
        return
    if settings.embedded:
        yield from _data_dir(settings)
    try:
        box = secret_box(settings)
    except (SettingsError, SecretKeyError) as error:
        yield Check("secrets", "fail", str(error), "`zusage secrets new-key` makes a key.")
        box = None
    with ExitStack() as stack:
        try:
            servers = stack.enter_context(any_servers(settings))
        except EmbeddedError as error:
            yield Check("database", "fail", error.what, error.mend)
            return
        yield from _servers(settings, servers, box)


def _data_dir(settings: Settings) -> Iterator[Check]:
    path = settings.data_dir.resolve()
    loose = [path.name] if path.stat().st_mode & _OTHERS_WRITE else []
    loose += [file.name for file in (passwords_file(path), key_file(path)) if not is_private(file)]
    if loose:
        mend = f"Run `chmod go-rwx` on them in {path} (only go-w on the folder itself)."
        yield Check("data", "fail", f"open to other users: {', '.join(loose)}", mend)
    else:
        yield Check("data", "ok", f"{path}, keys and passwords closed to others")


def _servers(settings: Settings, servers: Servers, box: SecretBox | None) -> Iterator[Check]:
    try:
        condition = examine_role(servers.app)
    except psycopg.Error as error:
        mend = "Look whether it runs and whether ZUSAGE_DATABASE_URL is right."
        yield Check("database", "fail", f"cannot be reached: {_first_line(error)}", mend)
        return
    yield from _database(condition)
    yield from _other_roles(servers)
    if condition.schema.behind:
        text = f"behind: {condition.schema.current or 'none'} instead of {condition.schema.head}"
        yield Check("schema", "fail", text, "Run `zusage db upgrade`.")
    else:
        yield Check("schema", "ok", f"up to date: {condition.schema.current}")
        yield from asyncio.run(_inside(settings, servers, box))
    yield asyncio.run(_cache(servers))
    yield _alerts(settings)


def _database(condition: RoleCondition) -> Iterator[Check]:
    version = f"{condition.version // 10_000}.{condition.version % 10_000}"
    if condition.version < _OLDEST:
        yield Check("database", "fail", f"PostgreSQL {version}", "Zusage needs PostgreSQL 15 or newer.")
    else:
        yield Check("database", "ok", f"PostgreSQL {version}")
    yield _bound("app role", condition)
    if abs(condition.skew) > _SKEW:
        text = f"the database's clock differs by {condition.skew:+.1f} s"
        yield Check(
            "clock", "warn", text, "Let both machines follow a time server (chrony, systemd-timesyncd)."
        )
    else:
        yield Check("clock", "ok", f"{abs(condition.skew) * 1000:.0f} ms apart")


def _bound(name: str, condition: RoleCondition) -> Check:
    if condition.bypasses:
        mend = f"Run `ALTER ROLE {condition.role} NOSUPERUSER NOBYPASSRLS`, or use the roles of `zusage db roles`."
        return Check(name, "fail", f"{condition.role} goes past row-level security", mend)
    if not condition.impatient:
        text = (
            f"{condition.role} has no idle_in_transaction_session_timeout: a frozen process keeps its locks"
        )
        mend = f"Run `ALTER ROLE {condition.role} SET idle_in_transaction_session_timeout = '5s'`, then restart Zusage."
        return Check(name, "warn", text, mend)
    return Check(name, "ok", f"{condition.role}, bound by row-level security")


def _other_roles(servers: Servers) -> Iterator[Check]:
    if servers.jobs is not None:
        try:
            yield _bound("jobs role", examine_role(servers.jobs))
        except psycopg.Error as error:
            mend = "Look whether ZUSAGE_JOBS_URL is right."
            yield Check("jobs role", "fail", f"cannot be reached: {_first_line(error)}", mend)


async def _inside(settings: Settings, servers: Servers, box: SecretBox | None) -> list[Check]:
    """Look at what only a database with our schema can tell."""
    async with app_database(servers) as database:
        sight = await PostgresOverview(database).database()
        found = [_walls(await examine_walls(database)), _worker(settings, sight.worker_silent)]
        if box is not None:
            public = {key for company in load_demo_companies() for key in company.signing_keys}
            keys = await examine_keys(store=PostgresCompanies(database), seal=box, public=public)
            found += [_company_keys(each) for each in keys]
    return found


def _walls(walls: Walls) -> Check:
    if walls.stand:
        return Check("walls", "ok", f"{walls.companies} companies, each seen only by itself")
    text = f"companies are seen from outside ({walls.as_nobody}, {walls.as_stranger}, {walls.as_first})"
    return Check("walls", "fail", text, "Run `zusage verify`; it names the policy that is missing.")


def _worker(settings: Settings, silent: float | None) -> Check:
    if silent is not None and silent < WORKER_MAY_REST:
        return Check("worker", "ok", f"last seen {silent:.0f} s ago")
    text = "was never seen" if silent is None else f"last seen {silent / 60:.0f} min ago"
    mend = (
        "It runs inside `zusage serve`; start that, or look in its log why it gets no jobs (job_worker_failed)."
        if settings.worker
        else "ZUSAGE_WORKER is off here; look at the process where it is on."
    )
    return Check("worker", "warn", text, mend)


def _company_keys(keys: CompanyKeys) -> Check:
    if not keys.opened:
        text = f"{keys.stored} signing keys, none of them opens" if keys.stored else "no signing key"
        mend = "Every call is refused. Load the company again, or add the key that sealed them to ZUSAGE_SECRET_KEYS."
        return Check("keys", "fail", f"{keys.company}: {text}", mend)
    if keys.opened < keys.stored:
        text = f"{keys.company}: {keys.stored - keys.opened} of {keys.stored} signing keys do not open"
        mend = "Load the company again, or add the key that sealed it to ZUSAGE_SECRET_KEYS."
        return Check("keys", "warn", text, mend)
    if keys.public:
        mend = "Anyone can sign for it: good for rehearsals, never on a public address."
        return Check("keys", "warn", f"{keys.company}: signs with the demo's public key", mend)
    return Check("keys", "ok", f"{keys.company}: {keys.opened} signing keys")


async def _cache(servers: Servers) -> Check:
    if servers.valkey is None:
        return Check(
            "cache", "warn", "none is set", "Set ZUSAGE_VALKEY_URL; without it each process counts alone."
        )
    valkey = client(servers.valkey, timeout=2.0)
    try:
        await valkey.ping()
    except Exception as error:  # noqa: BLE001 - whatever keeps it from answering, it does not
        mend = (
            "Look whether it runs and whether ZUSAGE_VALKEY_URL is right; calls are answered without it, too."
        )
        return Check("cache", "warn", f"does not answer ({type(error).__name__})", mend)
    finally:
        await valkey.aclose()
    return Check("cache", "ok", "answers")


def _alerts(settings: Settings) -> Check:
    count = len(settings.alert_urls)
    if not count:
        mend = "Set ZUSAGE_ALERT_URLS; without it review items wait until somebody looks."
        return Check("alerts", "warn", "nobody is told", mend)
    return Check(
        "alerts", "ok", f"go to {count} service{'s' if count > 1 else ''} (`zusage alerts test` tries)"
    )


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().split("\n", 1)[0]
