"""Appointments of before a branch was connected can come to its calendar."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run((_SQL / "0011_backfill.sql").read_text())


def downgrade() -> None:
    _run("DROP FUNCTION mirror_backfill(uuid, uuid, smallint[], text[], double precision)")
