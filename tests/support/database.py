"""Databases for tests: migrated once a session, cloned for each test, on a server that holds nothing else of worth.

Tests empty, break and drop what they are given (incident 76), hence the guard: the suite uses the server it started
itself, or, by ZUSAGE_TEST_DATABASE_URL, one of which somebody says by the name `..._test` that it may be used up."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.postgres import migrate

OUTSIDE_SERVER = "ZUSAGE_TEST_DATABASE_URL"
_SUFFIX = "_test"
# One row of numbers for the process: two makers on one server must not meet.
_NUMBERS = count(1)
_ROLES = ("zusage_migrate", "zusage_app", "zusage_jobs")


class NotATestDatabaseError(Exception):
    """The suite was pointed at a database whose name does not end in `_test`."""


@dataclass(frozen=True)
class DatabaseUrls:
    """One test database, as each role: `admin` is a superuser, `migrate` owns it, `app` and `jobs` serve from it."""

    name: str
    admin: str = field(repr=False)
    migrate: str = field(repr=False)
    app: str = field(repr=False)
    jobs: str = field(repr=False)


def refuse_other_databases(name: str) -> str:
    """Give the name back if tests may use up a database of this name.

    :raises NotATestDatabaseError: it does not end in `_test`."""
    if not name.endswith(_SUFFIX):
        raise NotATestDatabaseError(f'tests need a database whose name ends in "{_SUFFIX}", not "{name}"')
    return name


class Host(Protocol):
    """A server on which tests may make and drop databases."""

    def create(self, name: str, template: str | None) -> DatabaseUrls: ...

    def drop(self, name: str) -> None: ...


class OwnServer:
    """The embedded server that this session started."""

    def __init__(self, servers: EmbeddedServers) -> None:
        self._servers = servers

    def create(self, name: str, template: str | None) -> DatabaseUrls:
        urls = self._servers.create_database(refuse_other_databases(name), template=template)
        return DatabaseUrls(name, urls.admin, urls.migrate, urls.app, urls.jobs)

    def drop(self, name: str) -> None:
        self._servers.drop_database(refuse_other_databases(name))


class OutsideServer:
    """A server of somebody's own, reached as a superuser; roles are taken on, their passwords never touched."""

    def __init__(self, url: str) -> None:
        refuse_other_databases(str(conninfo_to_dict(url).get("dbname", "")))
        self._url = url
        with psycopg.connect(url, autocommit=True) as connection:
            there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in _ROLES:
                if role not in there:
                    connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))

    def create(self, name: str, template: str | None) -> DatabaseUrls:
        self.drop(name)
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER zusage_migrate TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template or "template0")
                )
            )
        migrator, app, jobs = (
            make_conninfo(self._url, dbname=name, options=f"-c role={role}") for role in _ROLES
        )
        return DatabaseUrls(name, make_conninfo(self._url, dbname=name), migrator, app, jobs)

    def drop(self, name: str) -> None:
        refuse_other_databases(name)
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


class Databases:
    """Makes databases on one server for one test process, each of a name that no other process uses."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._worker = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
        self._template: str | None = None

    def migrated(self) -> DatabaseUrls:
        """Make one with the whole schema and no company."""
        if self._template is None:
            template = self.empty()
            migrate.upgrade(template.migrate)
            self._template = template.name
        return self._host.create(self._next_name(), self._template)

    def clone(self, template: DatabaseUrls) -> DatabaseUrls:
        """Make a copy of one that nobody is connected to."""
        return self._host.create(self._next_name(), template.name)

    def empty(self) -> DatabaseUrls:
        """Make one without any schema."""
        return self._host.create(self._next_name(), None)

    def drop(self, urls: DatabaseUrls) -> None:
        self._host.drop(urls.name)

    def close(self) -> None:
        if self._template is not None:
            self._host.drop(self._template)

    def _next_name(self) -> str:
        return f"zusage_{self._worker}_{next(_NUMBERS)}{_SUFFIX}"


_SHIFTED = """
CREATE TABLE public.test_clock (shift interval NOT NULL);
INSERT INTO public.test_clock VALUES ('0');
GRANT SELECT ON public.test_clock TO zusage_app, zusage_jobs;
CREATE OR REPLACE FUNCTION public.zusage_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + shift FROM public.test_clock $$;
"""


class Clock:
    """The database's clock of one test database, which goes on by itself and can be moved."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self._url = urls.migrate
        self._connection = psycopg.connect(urls.migrate, autocommit=True)
        self._connection.execute(_SHIFTED)

    def advance(self, seconds: float) -> None:
        """Let this much time pass at once; negative turns it back."""
        try:
            self._shift(seconds)
        except psycopg.OperationalError:
            # The server was started again.
            self._connection = psycopg.connect(self._url, autocommit=True)
            self._shift(seconds)

    def close(self) -> None:
        self._connection.close()

    def _shift(self, seconds: float) -> None:
        self._connection.execute(
            "UPDATE public.test_clock SET shift = shift + make_interval(secs => %s)", [seconds]
        )
