"""The schema and its versions: bring it up to date, tell how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

_HERE = Path(__file__).parent / "migrations"
_LOCK = 0x7A757361_67650001  # "zusage" and a number: one migration run at a time on one database


@dataclass(frozen=True, slots=True)
class SchemaState:
    """`current` is None on an empty database; `head` is what this code needs."""

    current: str | None
    head: str

    @property
    def behind(self) -> bool:
        return is_behind(self.current)


@cache
def head() -> str:
    revision = ScriptDirectory(str(_HERE)).get_current_head()
    assert revision is not None
    return revision


def is_behind(revision: str | None) -> bool:
    """Say whether a schema of this revision lacks what this code needs; None is an empty database.

    A revision that this code does not know is newer, and fine: the schema is expanded before the new code comes."""
    return revision is None or revision in _older()


@cache
def _older() -> frozenset[str]:
    scripts = ScriptDirectory(str(_HERE))
    return frozenset(script.revision for script in scripts.walk_revisions()) - {head()}


def schema_state(url: str) -> SchemaState:
    """Read how far the database is, as any of our roles.

    :raises psycopg.Error: it cannot be reached."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL").fetchone()
        row = (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if found == (True,)
            else None
        )
    return SchemaState(current=row[0] if row else None, head=head())


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision` as the owner; waits for a run elsewhere, repeats harmlessly.

    :raises psycopg.Error: it cannot be reached or a statement fails; then nothing of the run stays."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to `revision` ("base": nothing is left). Destroys data; for tests and emergencies."""
    _run(url, lambda config: command.downgrade(config, revision))


def _run(url: str, step: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    with psycopg.connect(url, autocommit=True) as guard, engine.begin() as connection:
        guard.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        config.attributes["connection"] = connection
        step(config)
