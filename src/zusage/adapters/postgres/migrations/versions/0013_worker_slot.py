"""How much of all workers one company takes up at a time."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SLOTS = """
CREATE TABLE worker_slot (
    company_id uuid NOT NULL REFERENCES company,
    slot smallint NOT NULL CHECK (slot >= 0),
    holder uuid NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (company_id, slot)
);
ALTER TABLE worker_slot ENABLE ROW LEVEL SECURITY;
ALTER TABLE worker_slot FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON worker_slot USING (company_id = current_company()) WITH CHECK (company_id = current_company());
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_slot TO zusage_app, zusage_jobs;
"""


def upgrade() -> None:
    op.execute(_SLOTS)


def downgrade() -> None:
    op.execute("DROP TABLE worker_slot")
