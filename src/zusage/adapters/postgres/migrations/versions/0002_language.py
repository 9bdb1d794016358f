"""Language settings of a company, synonyms that a command added, sentences that were not understood."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
_BACK = """
DROP FUNCTION misheard_sweep(uuid, integer);
DROP FUNCTION misheard_note(uuid, uuid, text, text, text, text, text);
DROP TABLE misheard, synonym;
ALTER TABLE company DROP COLUMN understanding, DROP COLUMN speech;
"""


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run((_SQL / "0002_language.sql").read_text())


def downgrade() -> None:
    _run(_BACK)
