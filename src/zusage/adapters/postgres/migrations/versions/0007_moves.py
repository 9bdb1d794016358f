"""Moves: the new time is taken before the old one is given up; a mirror knows where its booking stands."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parent.parent / "sql"
# What stood when this came stood as it was wanted.
_STAND = """
UPDATE mirror m SET known_starts_at = m.starts_at, known_ends_at = m.ends_at, known_staff_id = m.staff_id,
       known_event_type_id = (SELECT t.event_type_id FROM calendar_mapping t
           WHERE t.company_id = m.company_id AND t.service_id = m.service_id AND t.ordinal = m.ordinal
             AND t.staff_id = m.staff_id),
       known_host_id = (SELECT h.host_id FROM calendar_host h
           WHERE h.company_id = m.company_id AND h.staff_id = m.staff_id)
WHERE m.known IN ('sending', 'unknown', 'present');
"""
_FORGET = """
-- What a move keeps is given up; the appointments stay where they are.
UPDATE move SET state = 'overdue', ended_at = now() WHERE state = 'open';
DELETE FROM claim WHERE move_id IS NOT NULL;
UPDATE mirror SET known = 'unknown' WHERE known = 'moving';
DELETE FROM mirror m WHERE NOT EXISTS (SELECT 1 FROM phase f WHERE f.company_id = m.company_id
    AND f.appointment_id = m.appointment_id AND f.ordinal = m.ordinal);
DELETE FROM mirror_attempt WHERE action NOT IN ('create', 'look', 'cancel');
"""
_BACK = """
DROP FUNCTION directory.due_moves(integer);
DROP FUNCTION ledger_overdue_moves(uuid, integer);
DROP FUNCTION ledger_settle_move(uuid, uuid);
DROP FUNCTION ledger_unmove(uuid, uuid, text, text);
DROP FUNCTION ledger_move(uuid, uuid, uuid, timestamptz, jsonb, integer[], uuid[], timestamptz[], timestamptz[], text,
                          text, uuid, jsonb);
DROP FUNCTION ledger_begin_move(appointment, move, uuid, ledger_moved, text, text, uuid, jsonb, jsonb);
DROP FUNCTION ledger_move_choice(uuid, uuid, uuid, uuid, boolean, integer[], uuid[], timestamptz[], timestamptz[]);
DROP FUNCTION ledger_turn(uuid, uuid, uuid, jsonb, jsonb, boolean);
DROP FUNCTION ledger_write_plan(uuid, uuid, jsonb);
DROP FUNCTION ledger_clear_way(uuid, uuid, uuid[], timestamptz, timestamptz, timestamptz);
DROP FUNCTION mirror_move(uuid, uuid, text, boolean, jsonb, timestamptz);
DROP FUNCTION mirror_move_rest(uuid, uuid, jsonb, timestamptz);
DROP FUNCTION plan_shape(jsonb);
DROP TYPE ledger_moved;
DROP TRIGGER claim_guard ON claim;
ALTER TABLE claim DROP CONSTRAINT claim_one_owner, DROP CONSTRAINT claim_promises_bind, DROP COLUMN move_id,
    ADD CONSTRAINT claim_one_owner CHECK (num_nonnulls(hold_id, appointment_id, absence_id, external_id) = 1),
    ADD CONSTRAINT claim_promises_bind CHECK (binding = (hold_id IS NOT NULL OR appointment_id IS NOT NULL));
DROP TABLE mirror_former, move;
CREATE INDEX mirror_leaving ON mirror (company_id, staff_id, starts_at) WHERE wanted = 'absent' AND next_at IS NOT NULL;
ALTER TABLE mirror DROP COLUMN known_starts_at, DROP COLUMN known_ends_at, DROP COLUMN known_staff_id,
    DROP COLUMN known_event_type_id, DROP COLUMN known_host_id, DROP COLUMN moving_to,
    DROP CONSTRAINT mirror_known_check, DROP CONSTRAINT mirror_moving,
    DROP CONSTRAINT mirror_company_id_appointment_id_fkey,
    ADD CONSTRAINT mirror_known_check CHECK (known IN ('none', 'sending', 'unknown', 'present', 'absent')),
    ADD FOREIGN KEY (company_id, appointment_id, ordinal) REFERENCES phase;
ALTER TABLE mirror_attempt DROP CONSTRAINT mirror_attempt_action_check,
    ADD CONSTRAINT mirror_attempt_action_check CHECK (action IN ('create', 'look', 'cancel'));
CREATE TRIGGER claim_guard BEFORE DELETE ON claim FOR EACH ROW
    WHEN (OLD.appointment_id IS NOT NULL) EXECUTE FUNCTION claim_guard();
"""


def _run(sql: str) -> None:
    # The driver's own execute: no parameters, so that neither % nor : has a meaning.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def _released(page: str, name: str) -> str:
    """Give a function as an earlier version has it."""
    released = (_SQL / page).read_text()
    start = released.index(f"CREATE FUNCTION {name}(")
    end = released.index("END $$;", start)
    return released[start:end].replace("CREATE", "CREATE OR REPLACE", 1) + "END $$;"


def _seen(sql: str, *tables: str) -> None:
    """Run what changes the rows of all companies: the wall binds the owner too."""
    for table in tables:
        _run(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    _run(sql)
    for table in tables:
        _run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def upgrade() -> None:
    for part in ("moves", "move_ledger"):
        _run((_SQL / f"0007_{part}.sql").read_text())
    _seen(_STAND, "mirror", "calendar_mapping", "calendar_host")


def downgrade() -> None:
    for page, name in (
        ("0001_ledger.sql", "claim_guard"),
        ("0001_ledger.sql", "ledger_block"),
        ("0003_mirror.sql", "ledger_cancel"),
        ("0003_mirror.sql", "mirror_unwant"),
    ):
        _run(_released(page, name))
    _seen(_FORGET, "move", "claim", "mirror", "mirror_attempt", "phase")
    _run(_BACK)
