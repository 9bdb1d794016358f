"""PostgreSQL: its cluster, its process, its roles and databases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from zusage.adapters.embedded._account import Account, ScriptFailed
from zusage.adapters.embedded._errors import EmbeddedError
from zusage.adapters.embedded._places import Places
from zusage.adapters.embedded._process import ServerProcess
from zusage.adapters.embedded._urls import ADMIN, APP, DATABASE, JOBS, MIGRATE, PORT

Connection = psycopg.Connection[tuple[object, ...]]

STOP_POSTGRES = (("INT", 20.0), ("QUIT", 5.0), ("KILL", 5.0))
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# Made under another name and renamed: a start that dies half way leaves nothing that looks like a cluster.
_INITDB = f"""
set -e
cd "$1"
rm -rf cluster.new
cat >password.new
"$2/initdb" -D cluster.new --username={ADMIN} --pwfile=password.new --auth=scram-sha-256 --auth-host=reject \\
    --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions "$3" 2>&1
rm -f password.new
mv cluster.new cluster
"""
_CLEAR = 'rm -f "$1" "$2" "$2.lock"'
_LIMITS: LiteralString = "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION"
# Changed whenever the statements below change: older clusters then get the new ones at their next start.
_PREPARED: LiteralString = "prepared 1"


def has_cluster(servers: Path, account: Account) -> bool:
    """Say whether the servers' folder holds a finished cluster."""
    return account.can('test -f "$1/cluster/PG_VERSION"', servers)


def create_cluster(
    process: ServerProcess, places: Places, binaries: Path, password: str, *, durable: bool
) -> None:
    """Make an empty cluster that lets nobody in without a password; `durable` waits until it is on the disk.

    It counts as the server's process while it works: should we die, the next start waits for the end of it.

    :raises EmbeddedError: initdb failed; nothing half made is left in the way of the next start."""
    sync = "--sync-method=fsync" if durable else "--no-sync"
    try:
        with process.lock() as lock:
            places.account.run(_INITDB, places.servers, binaries, sync, stdin=password, fds=[lock.fd])
    except ScriptFailed as failed:
        raise EmbeddedError.from_output(
            f"The database in {places.servers} cannot be made.", failed.output
        ) from failed


def launch_postgres(
    process: ServerProcess, places: Places, binaries: Path, settings: Mapping[str, str]
) -> None:
    """Start the server process; `settings` win over ours, but for where it listens."""
    # Nobody runs here (the lock says so); the number in a stale file may be another program's by now, or a zombie's.
    places.account.run(
        _CLEAR, places.servers / "cluster" / "postmaster.pid", places.sockets / f".s.PGSQL.{PORT}"
    )
    fixed = {"unix_socket_directories": str(places.sockets), "listen_addresses": ""}
    # A moved folder keeps this number, a copied one gets another: so a copy is known as another database.
    fixed["zusage.place"] = str(places.servers.stat().st_ino)
    given = [f"--{name}={value}" for name, value in {**_SETTINGS, **settings, **fixed}.items()]
    process.launch(binaries / "postgres", "-D", places.servers / "cluster", *given)


def answers(admin_url: str) -> bool:
    """Say whether the server takes connections."""
    return Ping(PGconn.ping(_maintenance(admin_url).encode())) is Ping.OK


def prepare_roles(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Make the roles and the database, once per cluster; an interrupted attempt is repeated from its start.

    :raises EmbeddedError: the server refuses."""
    try:
        with psycopg.connect(_maintenance(admin_url), autocommit=True) as connection:
            if _is_prepared(connection):
                return
            with connection.transaction():
                _prepare_roles(connection, passwords)
            if not _exists(connection, DATABASE):
                _create(connection, DATABASE, None)
            _close_to_public(connection, DATABASE)
            connection.execute(_naming("COMMENT ON DATABASE {} IS '" + _PREPARED + "'", DATABASE))
    except psycopg.Error as error:
        raise EmbeddedError.from_output("The roles of the database cannot be made.", str(error)) from error


def create_database(admin_url: str, name: str, template: str | None) -> None:
    """Make a database owned by the migrating role, a copy of `template` if given.

    :raises EmbeddedError: there is one of that name, or someone is connected to the template."""
    try:
        with psycopg.connect(_maintenance(admin_url), autocommit=True) as connection:
            _create(connection, name, template)
            _close_to_public(connection, name)
    except psycopg.Error as error:
        raise EmbeddedError.from_output(f"The database {name!r} cannot be made.", str(error)) from error


def drop_database(admin_url: str, name: str) -> None:
    """Remove a database and disconnect whoever uses it; one that is not there is fine.

    :raises EmbeddedError: the server refuses."""
    try:
        with psycopg.connect(_maintenance(admin_url), autocommit=True) as connection:
            connection.execute(_naming("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
    except psycopg.Error as error:
        raise EmbeddedError.from_output(f"The database {name!r} cannot be removed.", str(error)) from error


def _maintenance(admin_url: str) -> str:
    return make_conninfo(admin_url, dbname="postgres")


def _is_prepared(connection: Connection) -> bool:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [DATABASE]
    ).fetchone()
    return row is not None and row[0] == _PREPARED


def _exists(connection: Connection, database: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    return found.fetchone() is not None


def _prepare_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    there = {str(row[0]) for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role in (MIGRATE, APP, JOBS):
        verb: LiteralString = "ALTER" if role in there else "CREATE"
        statement = sql.SQL(verb + " ROLE {} LOGIN " + _LIMITS + " PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(passwords[role])))
    for role in (APP, JOBS):
        connection.execute(_naming("ALTER ROLE {} SET idle_in_transaction_session_timeout = '5s'", role))
    for database in ("postgres", "template1"):
        connection.execute(_naming("REVOKE ALL ON DATABASE {} FROM PUBLIC", database))


def _create(connection: Connection, database: str, template: str | None) -> None:
    # template0: what someone left in template1 must not come along.
    statement = _naming("CREATE DATABASE {} OWNER {} TEMPLATE {}", database, MIGRATE, template or "template0")
    connection.execute(statement)


def _close_to_public(connection: Connection, database: str) -> None:
    connection.execute(_naming("REVOKE ALL ON DATABASE {} FROM PUBLIC", database))
    connection.execute(_naming("GRANT CONNECT ON DATABASE {} TO {}, {}", database, APP, JOBS))


def _naming(text: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
