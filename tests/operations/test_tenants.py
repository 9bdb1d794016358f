"""No company sees another's rows, whatever forgets to ask for its own."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from ledger_rows import Rows
from psycopg import sql

from support.database import DatabaseUrls
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.adapters.postgres.schema_keys import tenant_tables
from zusage.app.operations.company_file import stable_id

SALON = stable_id("friseur-eins", "company", "friseur-eins")
KUPFERKAMM = stable_id("salon-kupferkamm", "company", "salon-kupferkamm")

# Every constraint that makes an index, and every other index: its first column must be the company.
_LEADING = """
SELECT c.relname || '.' || x.relname, a.attname
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class x ON x.oid = i.indexrelid
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE n.nspname = 'public' AND c.relname <> 'alembic_version'
"""
_TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
       EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid
               AND pg_get_expr(p.polqual, c.oid) = '(company_id = current_company())'
               AND pg_get_expr(p.polwithcheck, c.oid) = '(company_id = current_company())'),
       (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisprimary)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
"""


def test_every_table_of_a_company_is_walled_off_and_led_by_it(database: DatabaseUrls) -> None:
    with psycopg.connect(database.app) as connection:
        tables = connection.execute(_TABLES).fetchall()
        leading = connection.execute(_LEADING).fetchall()
    assert {row[0] for row in tables} == set(tenant_tables())
    assert [row for row in tables if row[1:] != (True, True, "company_id")] == []
    assert len(leading) > 40
    assert [row for row in leading if row[1] != "company_id"] == []


def test_a_table_outside_the_wall_would_be_seen(database: DatabaseUrls) -> None:
    with psycopg.connect(database.migrate) as connection:
        connection.execute("CREATE TABLE note (note_id uuid PRIMARY KEY, company_id uuid NOT NULL)")
        rows = connection.execute(_TABLES).fetchall()
        leading = connection.execute(_LEADING).fetchall()
    assert ("note", False, False, "note_id") in rows
    assert ("note.note_pkey", "note_id") in leading


async def connect_calendar(demo: Rows) -> None:
    for statement in (
        (
            "INSERT INTO calendar_connection (company_id, base_url, account_id, username, email_domain, connected_at) "
            "VALUES (%s, 'https://api.cal.example', 1, 'salon', 'anrufer.salon.example', now())"
        ),
        "INSERT INTO calendar_branch (company_id, branch_id, connected_at) SELECT company_id, branch_id, now() FROM branch WHERE company_id = %s",
        (
            "INSERT INTO calendar_host (company_id, staff_id, host_id) "
            "SELECT company_id, resource_id, 1 FROM resource WHERE company_id = %s AND kind = 'staff'"
        ),
        (
            "INSERT INTO calendar_mapping (company_id, service_id, ordinal, staff_id, event_type_id, length_min) "
            "SELECT company_id, service_id, 0, resource_id, 7, 30 FROM skill WHERE company_id = %s"
        ),
    ):
        await demo.value(statement, demo.company)


async def fill_every_table(demo: Rows) -> None:
    await connect_calendar(demo)
    await demo.book(await demo.hold(demo.staff["jonas-keller"], hours=3))
    await demo.value(
        "INSERT INTO mirror_attempt (company_id, appointment_id, ordinal, at, action, outcome) "
        "SELECT company_id, appointment_id, ordinal, now(), 'create', 'unknown' FROM mirror"
    )
    await demo.value(
        "INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at) "
        "SELECT company_id, 'uid', appointment_id, ordinal, 'duplicate', now() FROM mirror"
    )
    await demo.value(
        "INSERT INTO mirror_former (company_id, appointment_id, ordinal, uid, intent, staff_id, starts_at, ends_at) "
        "SELECT company_id, appointment_id, ordinal, 'uid', intent, staff_id, starts_at, ends_at FROM mirror"
    )
    await demo.value(
        "INSERT INTO move (company_id, move_id, appointment_id, state, actor, reason, from_plan, from_claims, to_plan, "
        "claims, created_at, deadline) SELECT company_id, gen_random_uuid(), appointment_id, 'open', 'person', '', plan, "
        "'[]', plan, 1, now(), now() FROM appointment"
    )
    await tell_operator(demo)
    await demo.value(
        "INSERT INTO external_booking (company_id, external_id, uid, staff_id, starts_at, ends_at, found_at) "
        "SELECT company_id, gen_random_uuid(), 'theirs', resource_id, now(), now() + interval '1 hour', now() "
        "FROM resource WHERE company_id = %s AND kind = 'staff' LIMIT 1",
        demo.company,
    )
    await demo.value("INSERT INTO calendar_pull (company_id, next_at) VALUES (%s, now())", demo.company)
    await demo.value(
        "INSERT INTO calendar_hint (company_id, digest, trigger_event, uids, received_at) "
        "VALUES (%s, sha256('body'), 'BOOKING_CREATED', ARRAY['uid'], now())",
        demo.company,
    )
    await demo.value(
        "INSERT INTO courtesy (company_id, hold_id, ordinal, staff_id, event_type_id, starts_at, ends_at, until, next_at) "
        "SELECT company_id, hold_id, 0, staff_id, 7, starts_at, ends_at, now(), now() FROM hold LIMIT 1"
    )
    await fill_by_functions(demo)


async def fill_by_functions(demo: Rows) -> None:
    absence, anna = demo.new_id(), demo.staff["anna-weber"]
    await demo.hold(anna, hours=5)
    await demo.value(
        "SELECT count(*) FROM ledger_block(%s, %s, %s, now(), now() + interval '3 days', '')",
        demo.company, absence, anna,
    )  # fmt: skip
    await demo.value(
        "SELECT (voice_begin(%s, %s, %s, 'retell', 'c', NULL, NULL, NULL, NULL, %s, 'd', false, 't', '{}', %s, 8, 'b')).decision",
        demo.company, demo.branch, demo.new_id(), demo.new_id(), demo.new_id(),
    )  # fmt: skip
    await demo.value(
        "SELECT misheard_note(%s, %s, 'service', 'balla yasch', 'Balla yasch', 'none', '')",
        demo.company, demo.branch,
    )  # fmt: skip
    await demo.value(
        "INSERT INTO synonym SELECT company_id, service_id, 'balla yasch', 'Balla yasch', now() FROM service LIMIT 1"
    )


async def tell_operator(demo: Rows) -> None:
    await demo.value(
        "INSERT INTO worker_slot (company_id, slot, holder, until) VALUES (%s, 0, gen_random_uuid(), now())",
        demo.company,
    )
    await demo.value(
        "INSERT INTO alert (company_id, subject, text, raised_at) VALUES (%s, 'review 1', '', now())",
        demo.company,
    )
    await demo.value(
        "INSERT INTO alert_watch (company_id, subject, state, since, told) "
        "VALUES (%s, 'health', 'healthy', now(), 'healthy')",
        demo.company,
    )


async def counts(connection: Connection) -> dict[str, tuple[int, frozenset[UUID]]]:
    found = {}
    for table in tenant_tables():
        statement = sql.SQL("SELECT count(*), array_agg(DISTINCT company_id) FROM {}").format(
            sql.Identifier(table)
        )
        row = await (await connection.execute(statement)).fetchone()
        assert row is not None
        found[table] = (row[0], frozenset(row[1] or ()))
    return found


@pytest.mark.parametrize("role", ["app", "jobs"])
async def test_without_a_company_nothing_and_with_one_only_its_own(
    demo: Rows, app_db: Database, jobs_db: Database, role: str
) -> None:
    await fill_every_table(demo)
    database = app_db if role == "app" else jobs_db
    async with database.connection() as connection:
        assert set((await counts(connection)).values()) == {(0, frozenset())}
    async with database.transaction(SALON) as connection:
        own = await counts(connection)
    assert {table for table, (rows, _) in own.items() if not rows} == set()
    assert {company for _, companies in own.values() for company in companies} == {SALON}
    async with database.transaction(KUPFERKAMM) as connection:
        other = await counts(connection)
    assert {company for _, companies in other.values() for company in companies} == {KUPFERKAMM}
    assert other["claim"][0] == other["hold"][0] == 0


async def test_a_row_cannot_be_given_to_another_company(demo: Rows, app_db: Database) -> None:
    for statement in (
        "INSERT INTO customer (company_id, customer_id, name, name_key) VALUES (%s, gen_random_uuid(), 'x', 'x')",
        "UPDATE service SET company_id = %s",
    ):
        async with app_db.transaction(SALON) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                await connection.execute(statement.encode(), [KUPFERKAMM])


async def test_hole_27_a_connection_used_before_sees_nothing_and_does_not_break(
    demo: Rows, database: DatabaseUrls
) -> None:
    pool = Database(database.app, size=1)
    await pool.open()
    try:
        async with pool.transaction(SALON) as connection:
            first = await (
                await connection.execute("SELECT pg_backend_pid(), count(*) FROM branch")
            ).fetchone()
            await connection.execute("COMMIT")
            # Within the unit, but after its commit: the company is gone with the transaction.
            assert await (await connection.execute("SELECT count(*) FROM branch")).fetchone() == (0,)
        async with pool.connection() as connection:
            row = await (await connection.execute("SELECT pg_backend_pid(), count(*) FROM branch")).fetchone()
            setting = await (
                await connection.execute("SELECT current_setting('zusage.company_id', true)")
            ).fetchone()
            assert setting == ("",)  # what SET LOCAL leaves behind
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):  # the rule without nullif
                await connection.execute("SELECT current_setting('zusage.company_id', true)::uuid")
        assert first is not None
        assert first[1] == 2
        assert row == (first[0], 0)
        async with pool.transaction(KUPFERKAMM) as connection:
            again = await (
                await connection.execute("SELECT pg_backend_pid(), count(*) FROM service")
            ).fetchone()
        assert again == (first[0], 13)
    finally:
        await pool.close()


@pytest.mark.parametrize("role", ["app", "jobs"])
def test_hole_27_no_serving_role_can_bypass_the_wall(database: DatabaseUrls, role: str) -> None:
    with psycopg.connect(database.app if role == "app" else database.jobs, autocommit=True) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, EXISTS (SELECT 1 FROM pg_auth_members m "
            "WHERE m.member = r.oid), EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid) "
            "FROM pg_roles r WHERE rolname = current_user"
        ).fetchone()
        assert row == (False,) * 6
        for attempt in (
            "ALTER TABLE claim DISABLE ROW LEVEL SECURITY",
            "DROP POLICY tenant ON claim",
            "SET ROLE zusage_migrate",
            "SET session_replication_role = replica",
            "ALTER ROLE zusage_app BYPASSRLS",
            "SELECT * FROM directory.secret",
            "CREATE FUNCTION current_company() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt.encode())
        # Turning it off is refused at the next read, not obeyed.
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM claim")


def test_hole_27_the_owner_is_bound_too(demo: Rows, database: DatabaseUrls) -> None:
    with psycopg.connect(database.migrate) as connection:
        assert connection.execute("SELECT count(*) FROM service").fetchone() == (0,)
        connection.execute("ALTER TABLE service NO FORCE ROW LEVEL SECURITY")
        assert connection.execute("SELECT count(*) FROM service").fetchone() == (
            37,
        )  # why FORCE stands there
        connection.rollback()


async def test_incident_74_one_branch_id_in_two_companies_shares_no_cache_entry(
    demo: Rows, app_db: Database
) -> None:
    """The cache of masters asks for the company too: the wrong company finds nothing, not the neighbour's book."""
    masters = PostgresMasters(app_db)
    own = await masters.book(SALON, demo.branch, 1)
    assert own.company_id == SALON
    with pytest.raises(LookupError):
        await masters.book(KUPFERKAMM, demo.branch, 1)

    async with app_db.transaction(KUPFERKAMM) as connection:
        await connection.execute(
            "INSERT INTO branch (company_id, branch_id, key, name, zone) VALUES (%s, %s, 'gleich', 'Gleich', 'Europe/Berlin')",
            [KUPFERKAMM, demo.branch],
        )
        await connection.execute("COMMIT")
    other = await masters.book(KUPFERKAMM, demo.branch, 1)
    assert (other.company_id, other.branch.name, other.staff) == (KUPFERKAMM, "Gleich", ())
    assert (await masters.book(SALON, demo.branch, 1)) is own
