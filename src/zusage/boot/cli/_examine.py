"""The doctor's examination: each part of an installation, in the order in which one needs the other."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

import psycopg

from zusage.adapters.crypto import SecretBox, SecretKeyError
from zusage.adapters.embedded import EmbeddedError
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.condition import RoleCondition, examine_role, examine_walls, worker_silence
from zusage.adapters.valkey.counter import client
from zusage.app.operations.check_ready import WORKER_MAY_REST
from zusage.app.operations.ports import SecretUnreadable, secret_context
from zusage.boot.cli._frame import any_servers, app_database, has_data, prepare
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings, SettingsError
from zusage.sandbox.demo import load_demo_companies

_OLDEST = 150_000
_SKEW = 2.0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` says what to do where it is not ok."""

    name: str
    level: Literal["ok", "warn", "fail"]
    text: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Look at one part after the other; ends early where nothing further can be seen."""
    try:
        settings = prepare()
    except SettingsError as error:
        yield Finding("settings", "fail", str(error), "docs/settings.md lists all settings.")
        return
    yield Finding("settings", "ok", "embedded servers" if settings.embedded else "servers of your own")
    if not has_data(settings):
        mend = "`zusage demo` makes one with a demo salon, `zusage db upgrade` an empty one."
        yield Finding("database", "fail", f"there is none in {settings.data_dir} yet", mend)
        return
    if settings.embedded:
        yield from _data_dir(settings)
    try:
        box = secret_box(settings)
    except (SettingsError, SecretKeyError) as error:
        yield Finding("secrets", "fail", str(error), "`zusage secrets new-key` makes a key.")
        box = None
    with ExitStack() as stack:
        try:
            servers = stack.enter_context(any_servers(settings))
        except EmbeddedError as error:
            yield Finding("database", "fail", error.what, error.mend)
            return
        yield from _servers(settings, servers, box)


def _data_dir(settings: Settings) -> Iterator[Finding]:
    path = settings.data_dir.resolve()
    loose = [path.name] if path.stat().st_mode & _OTHERS_WRITE else []
    loose += [
        name
        for name in ("passwords", "secret_keys")
        if (path / name).exists() and (path / name).stat().st_mode & _OTHERS
    ]
    if loose:
        mend = f"Run `chmod go-rwx` on them in {path} (only go-w on the folder itself)."
        yield Finding("data", "fail", f"open to other users: {', '.join(loose)}", mend)
    else:
        yield Finding("data", "ok", f"{path}, keys and passwords closed to others")


def _servers(settings: Settings, servers: Servers, box: SecretBox | None) -> Iterator[Finding]:
    try:
        condition = examine_role(servers.app)
    except psycopg.Error as error:
        mend = "Look whether it runs and whether ZUSAGE_DATABASE_URL is right."
        yield Finding("database", "fail", f"cannot be reached: {_first_line(error)}", mend)
        return
    yield from _database(condition)
    yield from _other_roles(servers)
    if condition.schema.behind:
        text = f"behind: {condition.schema.current or 'none'} instead of {condition.schema.head}"
        yield Finding("schema", "fail", text, "Run `zusage db upgrade`.")
    else:
        yield Finding("schema", "ok", f"up to date: {condition.schema.current}")
        yield _walls(servers)
        yield _worker(settings, servers)
        if box is not None:
            yield from asyncio.run(_keys(servers, box))
    yield asyncio.run(_cache(servers))


def _database(condition: RoleCondition) -> Iterator[Finding]:
    version = f"{condition.version // 10_000}.{condition.version % 10_000}"
    if condition.version < _OLDEST:
        yield Finding("database", "fail", f"PostgreSQL {version}", "Zusage needs PostgreSQL 15 or newer.")
    else:
        yield Finding("database", "ok", f"PostgreSQL {version}")
    yield _bound("app role", condition)
    if abs(condition.skew) > _SKEW:
        text = f"the database's clock differs by {condition.skew:+.1f} s"
        yield Finding(
            "clock", "warn", text, "Let both machines follow a time server (chrony, systemd-timesyncd)."
        )
    else:
        yield Finding("clock", "ok", f"{abs(condition.skew) * 1000:.0f} ms apart")


def _bound(name: str, condition: RoleCondition) -> Finding:
    if condition.bypasses:
        mend = f"Run `ALTER ROLE {condition.role} NOSUPERUSER NOBYPASSRLS`, or use the roles of `zusage db roles`."
        return Finding(name, "fail", f"{condition.role} goes past row-level security", mend)
    return Finding(name, "ok", f"{condition.role}, bound by row-level security")


def _other_roles(servers: Servers) -> Iterator[Finding]:
    if servers.jobs is not None:
        try:
            yield _bound("jobs role", examine_role(servers.jobs))
        except psycopg.Error as error:
            mend = "Look whether ZUSAGE_JOBS_URL is right."
            yield Finding("jobs role", "fail", f"cannot be reached: {_first_line(error)}", mend)


def _walls(servers: Servers) -> Finding:
    walls = examine_walls(servers.app)
    if walls.stand:
        return Finding("walls", "ok", f"{walls.companies} companies, each seen only by itself")
    text = f"companies are seen from outside ({walls.as_nobody}, {walls.as_stranger}, {walls.as_first})"
    return Finding("walls", "fail", text, "Run `zusage verify`; it names the policy that is missing.")


def _worker(settings: Settings, servers: Servers) -> Finding:
    silent = worker_silence(servers.app)
    if silent is not None and silent < WORKER_MAY_REST:
        return Finding("worker", "ok", f"last seen {silent:.0f} s ago")
    text = "was never seen" if silent is None else f"last seen {silent / 60:.0f} min ago"
    mend = (
        "It runs inside `zusage serve`; start that."
        if settings.worker
        else "ZUSAGE_WORKER is off here; look at the process where it is on."
    )
    return Finding("worker", "warn", text, mend)


async def _keys(servers: Servers, box: SecretBox) -> list[Finding]:
    known = {key for company in load_demo_companies() for key in company.signing_keys}
    found = []
    async with app_database(servers) as database:
        store = PostgresCompanies(database)
        for company in await store.companies():
            async with store.unit(company.company_id) as unit:
                secrets = (await unit.state()).secrets
            sealed = [secret.sealed for secret in secrets if secret.kind == store.signing_kind]
            keys = _opened(box, sealed, secret_context(company.company_id, store.signing_kind))
            found.append(_company_keys(company.key, len(sealed), keys, known))
    return found


def _opened(box: SecretBox, sealed: list[bytes], context: str) -> list[str]:
    keys = []
    for blob in sealed:
        try:
            keys.append(box.decrypt(blob, context))
        except SecretUnreadable:
            continue
    return keys


def _company_keys(company: str, stored: int, keys: list[str], known: set[str]) -> Finding:
    if not keys:
        text = (
            f"{company}: {stored} signing keys, none of them opens"
            if stored
            else f"{company}: no signing key"
        )
        mend = "Every call is refused. Load the company again, or add the key that sealed them to ZUSAGE_SECRET_KEYS."
        return Finding("keys", "fail", text, mend)
    if len(keys) < stored:
        mend = "Load the company again, or add the key that sealed it to ZUSAGE_SECRET_KEYS."
        return Finding(
            "keys", "warn", f"{company}: {stored - len(keys)} of {stored} signing keys do not open", mend
        )
    if known.intersection(keys):
        mend = "Anyone can sign for it: good for rehearsals, never on a public address."
        return Finding("keys", "warn", f"{company}: signs with the demo's public key", mend)
    return Finding("keys", "ok", f"{company}: {len(keys)} signing keys")


async def _cache(servers: Servers) -> Finding:
    if servers.valkey is None:
        return Finding(
            "cache", "warn", "none is set", "Set ZUSAGE_VALKEY_URL; without it each process counts alone."
        )
    valkey = client(servers.valkey, timeout=2.0)
    try:
        await valkey.ping()
    except Exception as error:  # noqa: BLE001 - whatever keeps it from answering, it does not
        mend = (
            "Look whether it runs and whether ZUSAGE_VALKEY_URL is right; calls are answered without it, too."
        )
        return Finding("cache", "warn", f"does not answer ({type(error).__name__})", mend)
    finally:
        await valkey.aclose()
    return Finding("cache", "ok", "answers")


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().split("\n", 1)[0]
