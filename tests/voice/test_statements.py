"""How many statements a caller waits for, counted by the server's own log."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from support.database import DatabaseUrls
from support.free_salon import at, free_salon, said
from support.voice import Salon, open_day, served_salon
from zusage.adapters.embedded import EmbeddedServers

_STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")
_FREE = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SELECT set_config)\b")


class Log:
    """The statements that one database has logged since `since_here`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = 0

    def since_here(self) -> None:
        self._start = self._path.stat().st_size

    def counted(self) -> list[str]:
        with self._path.open(encoding="utf-8", errors="replace") as file:
            file.seek(self._start)
            found = _STATEMENT.findall(file.read())
        return [statement for statement in found if not _FREE.match(statement)]


@pytest.fixture
def log(servers: EmbeddedServers, database: DatabaseUrls) -> Log:
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database.name} SET log_statement = 'all'".encode())
    return Log(servers.log_path)


@pytest.fixture
async def logged(database: DatabaseUrls, log: Log) -> AsyncIterator[Salon]:
    async with served_salon(database) as salon:
        await salon.phone().tool("initialize_call")  # the masters are read once per catalogue version
        yield salon


async def test_check_and_hold_takes_at_most_four_statements(logged: Salon, log: Log) -> None:
    phone, when = logged.phone(), f"{open_day():%d.%m.%Y} 14 Uhr"
    log.since_here()
    held = await phone.tool("check_availability", {"service": "Damenschnitt", "when": when})
    statements = log.counted()
    assert held["status"] == "held"
    assert 1 <= len(statements) <= 4, statements


async def test_booking_takes_at_most_four_statements_with_or_without_a_hold(logged: Salon, log: Log) -> None:
    phone, when = logged.phone(), f"{open_day():%d.%m.%Y} 14 Uhr"
    await phone.tool("check_availability", {"service": "Damenschnitt", "when": when})
    log.since_here()
    booked = await phone.tool("book_appointment", {"name": "Sabine Müller"})
    statements = log.counted()
    assert booked["status"] == "booked"
    assert 1 <= len(statements) <= 4, statements

    log.since_here()
    wish = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y} 16 Uhr", "name": "Jan Klein"}
    at_once = await logged.phone().tool("book_appointment", wish)
    statements = log.counted()
    assert at_once["status"] == "booked"
    assert 1 <= len(statements) <= 4, statements


async def test_noting_what_was_misheard_waits_for_nothing_more(logged: Salon, log: Log) -> None:
    """Understood or not: the same trips to the server; the note is one statement sent along with the answer's."""
    phone = logged.phone()
    log.since_here()
    await phone.tool("check_availability", {"service": "Reifenwechsel"})
    statements = log.counted()
    assert ["misheard_note" in statement for statement in statements] == [False, False, True], statements


async def test_a_calendar_adds_no_statement_to_a_check(database: DatabaseUrls, log: Log) -> None:
    """Who is whom there is known for a while, and free times are kept elsewhere."""
    async with free_salon(database) as salon:
        await salon.check(said(at(14)))
        log.since_here()
        held = await salon.check(said(at(16)))
        statements = log.counted()
        assert (held["status"], held["data"]["certainty"]["calendar"]) == ("held", "seen")
        assert 1 <= len(statements) <= 4, statements
