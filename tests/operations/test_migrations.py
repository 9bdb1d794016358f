"""The schema from nothing, back to nothing, and up again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory

from support.database import Databases, DatabaseUrls
from zusage.adapters.postgres import migrate

_OBJECTS = """
SELECT 'relation ' || n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'directory')
UNION ALL SELECT 'function ' || n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname IN ('public', 'directory')
UNION ALL SELECT 'type ' || t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname IN ('public', 'directory')
UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname = 'directory'
UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
"""
_ALEMBIC_OWN = {
    "relation public.alembic_version",
    "relation public.alembic_version_pkc",
    "type alembic_version",
    "type _alembic_version",
}
# Columns, constraints, indexes, functions and policies as the server itself describes them.
_SHAPE = """
SELECT string_agg(line, chr(10) ORDER BY line) FROM (
    SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  c.relacl) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'directory') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname IN ('public', 'directory')
    UNION ALL SELECT concat(pg_get_functiondef(p.oid), p.proacl) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('public', 'directory') AND p.prokind = 'f'
    UNION ALL SELECT polname || polrelid::regclass || pg_get_expr(polqual, polrelid) FROM pg_policy) AS lines
"""


@pytest.fixture
def empty(databases: Databases) -> Iterator[DatabaseUrls]:
    urls = databases.empty()
    yield urls
    databases.drop(urls)


def read(urls: DatabaseUrls, statement: str) -> list[str]:
    with psycopg.connect(urls.admin) as connection:
        return [row[0] for row in connection.execute(statement.encode()).fetchall()]


def revisions() -> list[str]:
    folder = Path(migrate.__file__).parent / "migrations"
    return [script.revision for script in reversed(list(ScriptDirectory(str(folder)).walk_revisions()))]


def drop_extension(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.migrate, autocommit=True) as owner:
        owner.execute("DROP EXTENSION btree_gist RESTRICT")


def test_incident_77_the_stairs_up_down_and_up_leave_nothing_and_miss_nothing(empty: DatabaseUrls) -> None:
    assert migrate.schema_state(empty.app) == migrate.SchemaState(None, revisions()[-1])
    below = "base"
    for revision in revisions():
        migrate.upgrade(empty.migrate, revision)
        shape = read(empty, _SHAPE)
        migrate.downgrade(empty.migrate, below)
        if below == "base":
            # It may have been there before us, so it stays; nothing left may need it.
            drop_extension(empty)
            assert set(read(empty, _OBJECTS)) == _ALEMBIC_OWN
        migrate.upgrade(empty.migrate, revision)
        assert read(empty, _SHAPE) == shape
        below = revision
    assert migrate.schema_state(empty.app).current == migrate.head()


def test_migrating_again_changes_nothing(database: DatabaseUrls) -> None:
    before = read(database, _SHAPE)
    assert len(before[0].splitlines()) > 200
    migrate.upgrade(database.migrate)
    assert read(database, _SHAPE) == before


def test_two_migrations_at_once_take_turns(empty: DatabaseUrls) -> None:
    with ThreadPoolExecutor(2) as both:
        list(both.map(migrate.upgrade, [empty.migrate] * 2))
    assert migrate.schema_state(empty.migrate).current == migrate.head()


def test_the_serving_roles_cannot_migrate(empty: DatabaseUrls) -> None:
    with pytest.raises(Exception, match="permission denied"):
        migrate.upgrade(empty.app)
    assert read(empty, _OBJECTS) == []


def test_hole_49_no_id_is_made_by_the_database(database: DatabaseUrls) -> None:
    """uuidv7() is PostgreSQL 18 only: no default and no function of ours makes a uuid."""
    defaults = read(
        database,
        "SELECT coalesce(string_agg(pg_get_expr(adbin, adrelid), ' '), '') FROM pg_attrdef d "
        "JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.atttypid = 'uuid'::regtype",
    )
    assert defaults == [""]
    shape = read(database, _SHAPE)[0]
    assert "hashtextextended" in shape
    for maker in ("uuidv7", "uuidv4", "gen_random_uuid", "uuid_generate"):
        assert maker not in shape
