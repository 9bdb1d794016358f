-- Moves: an appointment takes its new time before it gives up the old one (D3, protocols 10).
--
-- While a move is open, the old time stays taken where the new one does not cover it: those claims belong to the move.
-- It ends when the calendar has agreed (the old time is free), has refused (the appointment is back at the old time,
-- which is always possible), when the appointment is cancelled, or at `deadline` (the old time is free, and a person decides).
-- A branch without a calendar has nobody to ask: its moves are agreed at once. Lock order as everywhere; the lock on
-- the appointment comes first and covers its phases, its move and its mirrors.

-- "turning": only within a transaction that exchanges the claims. "followed": a later move took it over, with its
-- `from_…`. `claims` is how many there are at the new time.
CREATE TABLE move (
    company_id uuid NOT NULL,
    move_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('turning', 'open', 'agreed', 'refused', 'overdue', 'cancelled', 'followed')),
    actor text NOT NULL,
    reason text NOT NULL,
    from_plan jsonb NOT NULL,
    from_claims jsonb NOT NULL,
    to_plan jsonb NOT NULL,
    claims smallint NOT NULL CHECK (claims > 0),
    created_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (company_id, move_id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointment,
    CONSTRAINT move_ended CHECK ((state IN ('turning', 'open')) = (ended_at IS NULL))
);
CREATE UNIQUE INDEX move_open ON move (company_id, appointment_id) WHERE state = 'open';
CREATE INDEX move_due ON move (company_id, deadline) WHERE state = 'open';
CREATE INDEX move_of ON move (company_id, appointment_id, created_at);

ALTER TABLE claim ADD COLUMN move_id uuid,
    ADD FOREIGN KEY (company_id, move_id) REFERENCES move,
    DROP CONSTRAINT claim_one_owner,
    ADD CONSTRAINT claim_one_owner
        CHECK (num_nonnulls(hold_id, appointment_id, absence_id, external_id, move_id) = 1),
    DROP CONSTRAINT claim_promises_bind,
    ADD CONSTRAINT claim_promises_bind
        CHECK (binding = (hold_id IS NOT NULL OR appointment_id IS NOT NULL OR move_id IS NOT NULL));
CREATE INDEX claim_by_move ON claim (company_id, move_id) WHERE move_id IS NOT NULL;

-- Where a phase stands in the calendar, or was asked to stand ("sending", "unknown"); it is wanted at `starts_at`. While
-- `known` is "moving", a reschedule to `moving_to` may be on its way under the lease; once that is over, `uid` tells.
ALTER TABLE mirror
    ADD COLUMN known_starts_at timestamptz,
    ADD COLUMN known_ends_at timestamptz,
    ADD COLUMN known_staff_id uuid,
    ADD COLUMN known_event_type_id bigint,
    ADD COLUMN known_host_id bigint,
    ADD COLUMN moving_to timestamptz,
    DROP CONSTRAINT mirror_known_check,
    ADD CONSTRAINT mirror_known_check CHECK (known IN ('none', 'sending', 'unknown', 'present', 'absent', 'moving')),
    ADD CONSTRAINT mirror_moving CHECK (known <> 'moving' OR (uid IS NOT NULL AND sent_at IS NOT NULL)),
    ADD CONSTRAINT mirror_known_times CHECK (known_starts_at < known_ends_at),
    ADD FOREIGN KEY (company_id, known_staff_id) REFERENCES resource,
    -- A move may have fewer phases than before; what they were there is still to be cancelled.
    DROP CONSTRAINT mirror_company_id_appointment_id_ordinal_fkey,
    ADD FOREIGN KEY (company_id, appointment_id) REFERENCES appointment;
-- What still stands in the way of others: by where it is, not by where it is wanted.
DROP INDEX mirror_leaving;
CREATE INDEX mirror_standing ON mirror (company_id, known_staff_id, known_starts_at) WHERE next_at IS NOT NULL;

-- Bookings of earlier generations of a phase, of another host or event type, that stand until the new one does.
CREATE TABLE mirror_former (
    company_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    uid text NOT NULL,
    intent uuid NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    event_type_id bigint,
    host_id bigint,
    PRIMARY KEY (company_id, appointment_id, ordinal, uid),
    FOREIGN KEY (company_id, appointment_id, ordinal) REFERENCES mirror ON DELETE CASCADE,
    CONSTRAINT mirror_former_times CHECK (starts_at < ends_at)
);
CREATE INDEX mirror_former_standing ON mirror_former (company_id, staff_id, starts_at);

ALTER TABLE mirror_attempt DROP CONSTRAINT mirror_attempt_action_check,
    ADD CONSTRAINT mirror_attempt_action_check CHECK (action IN ('create', 'look', 'cancel', 'move', 'trace', 'drop'));

CREATE OR REPLACE FUNCTION claim_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM appointment a WHERE a.company_id = OLD.company_id
               AND a.appointment_id = OLD.appointment_id AND a.status = 'booked') THEN
        RAISE EXCEPTION 'claim % belongs to the live appointment %', OLD.claim_id, OLD.appointment_id
            USING ERRCODE = 'ZU003';
    END IF;
    IF EXISTS (SELECT 1 FROM move m WHERE m.company_id = OLD.company_id AND m.move_id = OLD.move_id
               AND m.state = 'open') THEN
        RAISE EXCEPTION 'claim % belongs to the open move %', OLD.claim_id, OLD.move_id USING ERRCODE = 'ZU003';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER claim_guard ON claim;
CREATE TRIGGER claim_guard BEFORE DELETE ON claim FOR EACH ROW
    WHEN (OLD.appointment_id IS NOT NULL OR OLD.move_id IS NOT NULL) EXECUTE FUNCTION claim_guard();

-- As in 0003, and what is kept of a move goes as well.
CREATE OR REPLACE FUNCTION ledger_cancel(p_company uuid, p_appointment uuid, p_actor text, p_reason text, p_automatic boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_move uuid;
BEGIN
    UPDATE appointment SET status = 'cancelled'
    WHERE company_id = p_company AND appointment_id = p_appointment AND status = 'booked';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    v_now := zusage_now();
    UPDATE move SET state = 'cancelled', ended_at = v_now
    WHERE company_id = p_company AND appointment_id = p_appointment AND state = 'open' RETURNING move_id INTO v_move;
    DELETE FROM claim WHERE company_id = p_company AND appointment_id = p_appointment;
    DELETE FROM claim WHERE company_id = p_company AND move_id = v_move;
    INSERT INTO appointment_history (company_id, appointment_id, at, actor, action, detail)
    VALUES (p_company, p_appointment, v_now, p_actor, 'cancelled',
            jsonb_build_object('reason', p_reason, 'automatic', p_automatic));
    PERFORM mirror_unwant(p_company, p_appointment, p_reason, p_automatic, v_now);
    RETURN true;
END $$;

-- As in 0003; but what an earlier generation left standing is still to go.
CREATE OR REPLACE FUNCTION mirror_unwant(p_company uuid, p_appointment uuid, p_reason text, p_automatic boolean, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mirror m SET wanted = 'absent', reason = p_reason, automatic = p_automatic, wanted_at = p_now, attempts = 0,
           review_at = NULL, failure = NULL, failure_text = '', failing_since = NULL,
           next_at = CASE WHEN o.gone THEN NULL ELSE p_now END, settled_at = CASE WHEN o.gone THEN p_now END
    FROM (SELECT n.ordinal, n.known IN ('none', 'absent') AND NOT EXISTS (
              SELECT 1 FROM mirror_former f WHERE f.company_id = n.company_id
                 AND f.appointment_id = n.appointment_id AND f.ordinal = n.ordinal) AS gone
          FROM mirror n WHERE n.company_id = p_company AND n.appointment_id = p_appointment) AS o
    WHERE m.company_id = p_company AND m.appointment_id = p_appointment AND m.ordinal = o.ordinal AND m.wanted = 'present';
    IF FOUND THEN
        UPDATE review_item SET resolved_at = p_now
        WHERE company_id = p_company AND appointment_id = p_appointment AND kind LIKE 'mirror\_%'
          AND resolved_at IS NULL;
        PERFORM directory.wake(p_company, 'mirror_appointment', jsonb_build_object('appointment_id', p_appointment), NULL);
    END IF;
END $$;

-- As in 0001; but what a move keeps is promised to nobody, so an absence there hits no one.
CREATE OR REPLACE FUNCTION ledger_block(
    p_company uuid, p_absence uuid, p_resource uuid, p_starts timestamptz, p_ends timestamptz, p_reason text
) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_overdue uuid[];
BEGIN
    PERFORM ledger_lock_resources(p_company, ARRAY[p_resource]);
    v_now := zusage_now();
    INSERT INTO absence (company_id, absence_id, resource_id, starts_at, ends_at, reason, created_at)
    VALUES (p_company, p_absence, p_resource, p_starts, p_ends, p_reason, v_now)
    ON CONFLICT (company_id, absence_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT array_agg(o.hold_id) INTO v_overdue FROM (
        SELECT h.hold_id FROM hold h
        WHERE h.company_id = p_company AND h.status = 'held' AND h.expires_at <= v_now AND h.hold_id IN (
            SELECT c.hold_id FROM claim c
            WHERE c.company_id = p_company AND c.resource_id = p_resource
              AND c.starts_at < p_ends AND c.starts_at > p_starts - interval '24 hours' AND c.ends_at > p_starts)
        ORDER BY h.hold_id FOR NO KEY UPDATE) AS o;
    PERFORM ledger_end_holds(p_company, v_overdue, 'expired', v_now);
    INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, absence_id)
    SELECT p_company, p_resource, d, least(d + interval '24 hours', p_ends), false, p_absence
    FROM generate_series(p_starts, p_ends - interval '1 microsecond', interval '24 hours') AS d;
    RETURN QUERY
    WITH hit AS (
        SELECT DISTINCT c.appointment_id, c.hold_id FROM claim c
        WHERE c.company_id = p_company AND c.resource_id = p_resource AND c.binding AND c.move_id IS NULL
          AND c.starts_at < p_ends AND c.starts_at > p_starts - interval '24 hours' AND c.ends_at > p_starts),
    noted AS (
        INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
        SELECT p_company, 'absence_over_promise', hit.appointment_id,
               jsonb_build_object('absence_id', p_absence, 'resource_id', p_resource, 'hold_id', hit.hold_id), v_now
        FROM hit)
    SELECT coalesce(hit.appointment_id, hit.hold_id) FROM hit;
END $$;

-- Companies with moves whose calendar is silent for too long, ids only.
CREATE FUNCTION directory.due_moves(p_limit integer) RETURNS TABLE (company_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    RETURN QUERY SELECT DISTINCT m.company_id FROM public.move m
                 WHERE m.state = 'open' AND m.deadline <= v_now LIMIT p_limit;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['move', 'mirror_former'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (company_id = current_company()) '
                       'WITH CHECK (company_id = current_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO zusage_app, zusage_jobs', t);
    END LOOP;
    EXECUTE format('CREATE POLICY due ON move FOR SELECT TO %I USING (state = ''open'')', current_user);
END $$;
REVOKE ALL ON FUNCTION directory.due_moves(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.due_moves(integer) TO zusage_jobs;
