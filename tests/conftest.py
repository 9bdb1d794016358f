"""Fixtures for every test: servers and databases, started and made only if a test asks."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from support.database import OUTSIDE_SERVER, Clock, Databases, DatabaseUrls, OutsideServer, OwnServer
from support.servers import memory_disk, reachable_folder, start_test_servers
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.postgres.database import Database


@pytest.fixture(scope="session")
def servers() -> Iterator[EmbeddedServers]:
    """PostgreSQL and Valkey for the whole session; make your own database with `servers.create_database(name)`."""
    with reachable_folder(memory_disk()) as folder, start_test_servers(folder) as started:
        yield started


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Makes databases: `databases.migrated()`, `databases.empty()`; the maker drops them."""
    url = os.environ.get(OUTSIDE_SERVER)
    host = OutsideServer(url) if url else OwnServer(request.getfixturevalue("servers"))
    made = Databases(host)
    yield made
    made.close()


@pytest.fixture
def database(databases: Databases) -> Iterator[DatabaseUrls]:
    """A migrated database without companies, for this test alone."""
    urls = databases.migrated()
    yield urls
    databases.drop(urls)


@pytest.fixture
def clock(database: DatabaseUrls) -> Iterator[Clock]:
    """The clock of this test's database: `clock.advance(seconds)`."""
    movable = Clock(database)
    yield movable
    movable.close()


@pytest.fixture
async def app_db(database: DatabaseUrls) -> AsyncIterator[Database]:
    """This test's database through a pool, as the role that serves."""
    pool = Database(database.app, size=4, statement_ms=15_000, lock_ms=5_000)
    await pool.open()
    yield pool
    await pool.close()


@pytest.fixture
async def jobs_db(database: DatabaseUrls) -> AsyncIterator[Database]:
    """This test's database through a pool, as the role of the worker."""
    pool = Database(database.jobs, size=2, statement_ms=15_000, lock_ms=5_000)
    await pool.open()
    yield pool
    await pool.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say with which seeds histories were played, whether they ended well or not."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in getattr(report, "user_properties", ()):
                if name == "ZUSAGE_TEST_SEED" and report.when == "call":
                    terminalreporter.write_line(f"{name}={value} plays again {report.nodeid}")
