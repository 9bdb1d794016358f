"""Which database it is, told by its folder too, where Zusage runs the server: a copied data directory is another one."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_IDENTITY = """
CREATE OR REPLACE FUNCTION directory.identity() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog AS $$
    SELECT concat_ws('/', (SELECT s.system_identifier FROM pg_control_system() s),
                          (SELECT c.timeline_id FROM pg_control_checkpoint() c),
                          (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()),
                          to_regclass('public.calendar_pull')::oid{place})
$$
"""
_PLACE = ",\n                          nullif(current_setting('zusage.place', true), '')"
# Whoever is this database is so under the longer name as well; who is another one stays another one.
_LONGER = """
UPDATE calendar_pull SET identity = concat_ws('/', identity, nullif(current_setting('zusage.place', true), ''))
WHERE identity = directory.identity()
"""
_SHORTER = """
UPDATE calendar_pull SET identity = left(identity, -1 - length(current_setting('zusage.place', true)))
WHERE identity = directory.identity() AND current_setting('zusage.place', true) <> ''
"""


def _rename(sql: str) -> None:
    """Run what changes the rows of all companies: the wall binds the owner too."""
    op.execute("ALTER TABLE calendar_pull NO FORCE ROW LEVEL SECURITY")
    op.execute(sql)
    op.execute("ALTER TABLE calendar_pull FORCE ROW LEVEL SECURITY")


def upgrade() -> None:
    _rename(_LONGER)
    op.execute(_IDENTITY.format(place=_PLACE))


def downgrade() -> None:
    _rename(_SHORTER)
    op.execute(_IDENTITY.format(place=""))
