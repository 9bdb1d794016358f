"""A hold that a fact has overtaken becomes no appointment: the caller is told, and chooses another time."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    _run((_SQL / "0016_confirm.sql").read_text())


def downgrade() -> None:
    released = (_SQL / "0003_ledger.sql").read_text()
    start = released.index("CREATE OR REPLACE FUNCTION ledger_confirm(")
    _run(released[start : released.index("END $$;", start)] + "END $$;")
    _run("DROP FUNCTION ledger_is_overtaken(uuid, uuid)")
