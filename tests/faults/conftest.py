from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from fault_salon import load_salon
from fault_shift import Ground
from fault_table import summary

from support.database import Databases, OwnServer
from support.servers import memory_disk, reachable_folder, start_test_servers
from zusage.adapters.crypto import SecretBox, generate_key


def _ground(databases: Databases) -> Ground:
    key, template = generate_key(), databases.migrated()
    asyncio.run(load_salon(template, SecretBox([key])))
    return Ground(databases, template, key)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was played of the matrix, by point, and what cannot be."""
    lines = summary(
        (report.nodeid, outcome == "passed")
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        if report.when == "call" or outcome == "failed"
    )
    if lines:
        terminalreporter.section("fault matrix")
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture(scope="session")
def ground(databases: Databases) -> Ground:
    """The salon of the matrix on the session's servers, which nobody may kill."""
    return _ground(databases)


@pytest.fixture(scope="session")
def mortal_ground() -> Iterator[Ground]:
    """The same on servers of its own, which are killed and started again."""
    with reachable_folder(memory_disk()) as folder, start_test_servers(folder) as servers:
        databases = Databases(OwnServer(servers))
        made = _ground(databases)
        yield Ground(databases, made.template, made.key, servers)
