"""The proof finds what is broken on purpose, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from ledger_rows import Rows

from support.database import DatabaseUrls
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.schema_keys import expected_keys, tenant_tables
from zusage.adapters.postgres.verify import _KEYS, _LEDGER, _MIRRORS, _MOVES, _SECURITY, PostgresEvidence
from zusage.app.operations.load_company import load_company
from zusage.app.operations.verify_ledger import Proof, verify_ledger
from zusage.sandbox.demo import load_demo_companies

BOX = SecretBox([generate_key()])


@pytest.fixture
async def salon(app_db: Database) -> Rows:
    """The demo salon with a hold, two appointments and a second company beside it."""
    for file in load_demo_companies():
        await load_company(file, store=PostgresCompanies(app_db), seal=BOX, environment={})
    rows = await Rows.of(app_db, "mitte")
    await rows.hold(rows.staff["anna-schmidt"], hours=1)
    await rows.book(await rows.hold(rows.staff["anna-schmidt"], hours=2))
    await rows.book(await rows.hold(rows.staff["jonas-keller"], hours=3))
    return rows


async def proof_of(database: Database) -> Proof:
    return await verify_ledger(evidence=PostgresEvidence(database))


def codes(proof: Proof) -> set[str]:
    return {finding.code for finding in proof.findings}


async def test_a_sound_database_is_proven(salon: Rows, app_db: Database, jobs_db: Database) -> None:
    proof = await proof_of(app_db)
    assert proof.proven, proof.findings
    assert proof.companies == 2
    assert (proof.counts["held"], proof.counts["holds"], proof.counts["appointments"]) == (1, 3, 2)
    assert proof.counts["claims"] == 3 + 6  # three promises and six days of holiday
    assert (await proof_of(jobs_db)).proven


async def test_an_empty_database_is_proven(app_db: Database) -> None:
    proof = await proof_of(app_db)
    assert (proof.proven, proof.companies, proof.counts["keys"]) == (True, 0, len(expected_keys()))


async def test_the_list_of_keys_is_complete(app_db: Database) -> None:
    async with app_db.connection() as connection:
        there = {row[0] for row in await (await connection.execute(_KEYS)).fetchall()}
    there = {key for key in there if "alembic_version" not in key and not key.startswith("definition ")}
    assert there == {key for key in expected_keys() if not key.startswith("definition ")}
    async with app_db.connection() as connection:
        rows = await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert {row[0] for row in await rows.fetchall()} - {"alembic_version"} == set(tenant_tables())


FIRST = "(SELECT min(claim_id) FROM claim WHERE appointment_id IS NOT NULL)"

BROKEN_ROWS: list[tuple[set[str], LiteralString]] = [
    (
        {"overlap", "key_missing"},
        ("ALTER TABLE claim DROP CONSTRAINT claim_no_overlap; "
        "INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, appointment_id) "
        "SELECT company_id, resource_id, starts_at + interval '29 minutes', ends_at, true, appointment_id "
        "FROM claim WHERE claim_id = (SELECT min(claim_id) FROM claim WHERE appointment_id IS NOT NULL)"),
    ),
    (
        {"claim_without_owner", "conversion_without_appointment"},
        ("UPDATE hold SET status = 'expired' WHERE status = 'held'; UPDATE hold SET status = 'converted' "
        "WHERE hold_id = (SELECT min(hold_id::text)::uuid FROM hold WHERE status = 'expired')"),
    ),
    ({"claim_without_owner"}, "UPDATE hold SET status = 'released' WHERE status = 'held'"),
    (
        {"claim_without_owner"},
        "UPDATE appointment SET status = 'cancelled' WHERE appointment_id = (SELECT min(appointment_id::text)::uuid FROM appointment)",
    ),
    (
        {"claim_without_owner", "promise_does_not_bind", "key_missing", "phase_uncovered"},
        ("ALTER TABLE claim DROP CONSTRAINT claim_one_owner, DROP CONSTRAINT claim_promises_bind; "
        "UPDATE claim SET appointment_id = NULL WHERE appointment_id IS NOT NULL"),
    ),
    ({"promise_does_not_bind", "key_missing"},
     "ALTER TABLE claim DROP CONSTRAINT claim_promises_bind; UPDATE claim SET binding = false WHERE hold_id IS NOT NULL"),
    ({"hold_claims_differ"}, "DELETE FROM claim WHERE hold_id IS NOT NULL"),
    ({"hold_claims_differ"}, "UPDATE hold SET claims = 2 WHERE status = 'held'"),
    (
        {"conversion_without_appointment"},
        "UPDATE appointment SET hold_id = NULL WHERE hold_id IS NOT NULL",
    ),
    (
        {"phase_uncovered", "key_missing", "trigger_off"},
        "ALTER TABLE claim DISABLE TRIGGER claim_guard; DELETE FROM claim WHERE appointment_id IS NOT NULL",
    ),
    ({"phase_uncovered"}, "UPDATE claim SET ends_at = ends_at - interval '1 minute' WHERE appointment_id IS NOT NULL"),
    ({"phase_uncovered"},
     ("UPDATE claim SET resource_id = (SELECT min(resource_id::text)::uuid FROM resource WHERE kind = 'chair') "
     "WHERE appointment_id IS NOT NULL")),
    ({"phases_broken"}, "DELETE FROM phase"),
    ({"phases_broken"}, "UPDATE phase SET starts_at = starts_at + interval '1 minute'"),
    ({"phases_broken"}, "UPDATE phase SET ordinal = 1"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "breakage"), BROKEN_ROWS)
async def test_broken_rows_are_found(
    salon: Rows, database: DatabaseUrls, app_db: Database, expected: set[str], breakage: LiteralString
) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute(breakage)
    proof = await proof_of(app_db)
    assert codes(proof) == expected
    ledger = [f for f in proof.findings if f.company]
    assert {f.company for f in ledger} == {"friseur-eins"}
    assert all(f.ids and f.sentence.endswith(".") for f in proof.findings)


BROKEN_KEYS: list[tuple[str, str, LiteralString]] = [
    ("key_missing", "rule hold.hold_one_per_call", "DROP INDEX hold_one_per_call"),
    ("key_missing", "rule claim.claim_by_resource", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'claim_by_resource'::regclass"),
    ("key_missing", "rule claim.claim_no_overlap", "ALTER TABLE claim DROP CONSTRAINT claim_no_overlap"),
    ("key_missing", "definition claim.claim_no_overlap", ("ALTER TABLE claim DROP CONSTRAINT claim_no_overlap, "
     "ADD CONSTRAINT claim_no_overlap EXCLUDE USING gist (company_id WITH =, resource_id WITH =, during WITH &&) "
     "WHERE (binding AND hold_id IS NULL)")),
    ("key_missing", "rule claim.claim_one_owner", ("ALTER TABLE claim DROP CONSTRAINT claim_one_owner, ADD CONSTRAINT "
     "claim_one_owner CHECK (num_nonnulls(hold_id, appointment_id, absence_id, external_id) = 1) NOT VALID")),
    ("key_missing", "function ledger_sweep", "DROP FUNCTION ledger_sweep"),
    ("key_missing", "definer directory.find_line", "ALTER FUNCTION directory.find_line SECURITY INVOKER"),
    ("key_missing", "trigger claim.claim_guard", "ALTER TABLE claim DISABLE TRIGGER claim_guard"),
    ("key_missing", "forced security claim", "ALTER TABLE claim NO FORCE ROW LEVEL SECURITY"),
    ("key_missing", "policy phase.tenant", "ALTER POLICY tenant ON phase USING (true)"),
    ("key_missing", "policy call.tenant", "DROP POLICY tenant ON call"),
    ("policy_unknown", "customer.ours", "CREATE POLICY ours ON customer USING (true)"),
    ("policy_unknown", "hold.due", "ALTER POLICY due ON hold TO PUBLIC"),
    ("table_open", "notes", "CREATE TABLE notes (company_id uuid PRIMARY KEY)"),
    ("trigger_off", "claim", "ALTER TABLE claim DISABLE TRIGGER ALL"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "key", "breakage"), BROKEN_KEYS)
async def test_broken_keys_are_found(
    database: DatabaseUrls, app_db: Database, code: str, key: str, breakage: LiteralString
) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute(breakage)
    found = [f for f in (await proof_of(app_db)).findings if f.code == code and f.ids[0].startswith(key)]
    assert found
    assert found[0].company == ""


async def test_a_role_that_sees_everything_proves_nothing(database: DatabaseUrls) -> None:
    admin = Database(database.admin, size=1)
    await admin.open()
    try:
        assert codes(await proof_of(admin)) == {"role_bypasses"}
    finally:
        await admin.close()


def test_the_page_explains_every_code_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE))
    assert explained - {"signing_key_env"} == {
        check.code for check in (*_LEDGER, *_MOVES, *_MIRRORS, *_SECURITY)
    } | {"key_missing"}
