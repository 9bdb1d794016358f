"""The demo companies, loaded into this test's database."""

from __future__ import annotations

import pytest
from ledger_rows import Rows

from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.app.operations.load_company import load_company
from zusage.sandbox.demo import load_demo_companies


@pytest.fixture
def box() -> SecretBox:
    return SecretBox([generate_key()])


@pytest.fixture
async def demo(app_db: Database, box: SecretBox) -> Rows:
    """Makes rows in the demo salon's first branch; the second company is loaded beside it."""
    for file in load_demo_companies():
        await load_company(file, store=PostgresCompanies(app_db), seal=box, environment={})
    return await Rows.of(app_db, "mitte")
