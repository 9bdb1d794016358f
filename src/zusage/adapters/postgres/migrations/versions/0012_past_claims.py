"""Claims whose time is over may go, and a function deletes them in small batches."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def _guard_of_moves() -> str:
    """Give the guard as version 0007 has it."""
    moves = (_SQL / "0007_moves.sql").read_text()
    start = moves.index("CREATE OR REPLACE FUNCTION claim_guard(")
    return moves[start : moves.index("END $$;", start)] + "END $$;"


def upgrade() -> None:
    _run((_SQL / "0012_past_claims.sql").read_text())


def downgrade() -> None:
    _run("DROP FUNCTION claims_sweep(uuid, integer)")
    _run(_guard_of_moves())
