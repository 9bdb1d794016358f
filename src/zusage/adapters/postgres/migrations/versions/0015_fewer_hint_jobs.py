"""One job for all webhooks of a company that are to be heeded in one second: a flood of them delays no booking."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NOTE = """
CREATE OR REPLACE FUNCTION calendar_hint_note(
    p_company uuid, p_digest bytea, p_trigger text, p_uids text[], p_wait interval
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_due timestamptz := {due};
    v_woken boolean := {woken};
BEGIN
    INSERT INTO calendar_hint (company_id, digest, trigger_event, uids, received_at, next_at)
    VALUES (p_company, p_digest, p_trigger, p_uids, v_now, CASE WHEN p_uids <> '{{}}' THEN v_due END)
    ON CONFLICT (company_id, digest) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_uids <> '{{}}' AND NOT v_woken THEN
        PERFORM directory.wake(p_company, 'heed_hints', '{{}}', v_due);
    END IF;
    RETURN true;
END $$
"""


def upgrade() -> None:
    # Of two at once that do not see each other each leaves a job, which is harmless.
    woken = "EXISTS (SELECT 1 FROM calendar_hint h WHERE h.company_id = p_company AND h.next_at = v_due)"
    op.execute(_NOTE.format(due="date_trunc('second', v_now + p_wait) + interval '1 s'", woken=woken))


def downgrade() -> None:
    op.execute(_NOTE.format(due="v_now + p_wait", woken="false"))
