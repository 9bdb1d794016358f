"""A chair that cannot be used is taken, as its branch's file says it, and free again when the file does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ledger_rows import Rows, new_id

from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.adapters.postgres.masters import read_book
from zusage.app.operations.company_file import parse_company_file, stable_id
from zusage.app.operations.load_company import LoadReport, load_company
from zusage.core.scheduling import busy_window, find_options
from zusage.core.values import Period
from zusage.sandbox.demo import demo_company_text

DEMO = demo_company_text("friseur-eins")
SHORT = 'chairs = ["Platz am Fenster", "Platz am Spiegel", "Platz hinten"]'
CHAIRS = ("Platz am Fenster", "Platz am Spiegel", "Platz hinten")
CUT = stable_id("friseur-eins", "service", "herrenschnitt")
# A Wednesday far ahead that is no holiday anywhere, whole in UTC but for the night.
DAY = Period(datetime(2027, 6, 9, 0, tzinfo=UTC), datetime(2027, 6, 9, 20, tzinfo=UTC))


class Salon:
    """The demo salon's branch Mitte, with chairs that cannot be used on that day."""

    def __init__(self, rows: Rows, box: SecretBox) -> None:
        self._rows, self._box = rows, box

    async def lacks(self, *broken: str) -> LoadReport:
        absences = "absences = [{ from = 2027-06-09, to = 2027-06-09 }]"
        tables = [f'{{ name = "{name}"{f", {absences}" if name in broken else ""} }}' for name in CHAIRS]
        text = DEMO.replace(SHORT, f"chair = [{', '.join(tables)}]")
        assert text != DEMO
        return await load_company(
            parse_company_file(text, source="demo.toml"),
            store=PostgresCompanies(self._rows.database),
            seal=self._box,
            environment={},
        )

    async def chairs_offered(self) -> set[str]:
        """Name the chairs that some start of the day can have."""
        company = self._rows.company
        async with self._rows.database.transaction(company) as connection:
            book = await read_book(connection, company, self._rows.branch)
        service, names = (
            next(s for s in book.services if s.id == CUT),
            {chair.id: chair.name for chair in book.chairs},
        )
        ledger = PostgresLedger(self._rows.database, new_id=new_id, new_token=lambda: "")
        resources = [*names, *(member.id for member in book.staff)]
        async with ledger(company) as unit:
            busy = await unit.busy(resources, busy_window(book, service, DAY), call_id=None)
        options = find_options(book, service, DAY, busy, now=datetime(2027, 6, 1, tzinfo=UTC))
        return {names[chair] for option in options for chair in option.chair_ids}


@pytest.fixture
def salon(demo: Rows, box: SecretBox) -> Salon:
    return Salon(demo, box)


async def test_a_broken_chair_is_not_offered_and_a_mended_one_is(salon: Salon) -> None:
    unchanged = await salon.lacks()
    assert unchanged.outcome == "unchanged", "the long form of the same names is the same chairs"
    assert (await salon.lacks("Platz hinten")).changed == ("absences",)
    assert await salon.chairs_offered() == {"Platz am Fenster", "Platz am Spiegel"}
    assert (await salon.lacks("Platz hinten")).outcome == "unchanged"
    await salon.lacks(*CHAIRS)
    assert await salon.chairs_offered() == set(), "without a chair nothing is offered"
    await salon.lacks()
    assert await salon.chairs_offered() == set(CHAIRS)


async def test_the_ledger_refuses_a_chair_that_cannot_be_used(salon: Salon, demo: Rows) -> None:
    await salon.lacks("Platz hinten")
    taken = await demo.hold(
        stable_id("friseur-eins", "chair", "mitte/Platz hinten"), at="2027-06-09 12:00+02"
    )
    assert taken.outcome == "lost"
