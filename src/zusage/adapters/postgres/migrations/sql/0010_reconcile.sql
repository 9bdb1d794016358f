-- What the comparison with a calendar needs: bookings there that are not ours, how far it has come, and whether it may act.

-- `observe_reason`, `observe_since`: why the reconciler of this company only looks, and since when.
ALTER TABLE calendar_connection
    ADD COLUMN observe_reason text NOT NULL DEFAULT '',
    ADD COLUMN observe_since timestamptz;

-- `missed_at`: when the booking of a phase was first not found there; a second look decides (protocols 2).
ALTER TABLE mirror ADD COLUMN missed_at timestamptz;
CREATE INDEX mirror_by_start ON mirror (company_id, starts_at);

-- A booking in the calendar that is not ours: when, and with whom of ours. Who booked it is not stored.
CREATE TABLE external_booking (
    company_id uuid NOT NULL REFERENCES calendar_connection ON DELETE CASCADE,
    external_id uuid NOT NULL,
    uid text NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    found_at timestamptz NOT NULL,
    missed_at timestamptz,
    PRIMARY KEY (company_id, external_id),
    CONSTRAINT external_booking_uid UNIQUE (company_id, uid),
    FOREIGN KEY (company_id, staff_id) REFERENCES resource,
    CONSTRAINT external_booking_times CHECK (isfinite(starts_at) AND isfinite(ends_at) AND starts_at < ends_at)
);
CREATE INDEX external_booking_by_start ON external_booking (company_id, starts_at);

ALTER TABLE claim ADD FOREIGN KEY (company_id, external_id) REFERENCES external_booking ON DELETE CASCADE;
CREATE INDEX claim_by_external ON claim (company_id, external_id) WHERE external_id IS NOT NULL;

-- How far the comparison of a company has come. `changed_from`: what changed there before is known. `compare_from`: where
-- a comparison of all weeks goes on, or begins; `compared_at`: when the last one ended. `identity`: the database that
-- did it, see directory.identity. One run at a time has the lease.
CREATE TABLE calendar_pull (
    company_id uuid PRIMARY KEY REFERENCES calendar_connection ON DELETE CASCADE,
    next_at timestamptz NOT NULL,
    changed_from timestamptz,
    compare_from timestamptz,
    compare_started_at timestamptz,
    compared_at timestamptz,
    identity text,
    lease uuid,
    lease_until timestamptz,
    failures smallint NOT NULL DEFAULT 0,
    failure text,
    CONSTRAINT calendar_pull_leased CHECK ((lease IS NULL) = (lease_until IS NULL))
);

-- Which database this is: another one answers with another text. A restored dump is in another database, a promoted
-- standby on another timeline, a new cluster has another identifier. A copy of the files alone looks the same.
CREATE FUNCTION directory.identity() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT concat_ws('/', (SELECT s.system_identifier FROM pg_control_system() s),
                          (SELECT c.timeline_id FROM pg_control_checkpoint() c),
                          (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
$$;

-- Companies whose calendar is to be compared, ids only; paused ones are not. In another database than before: all of
-- them at once, so that the first comparison notices.
CREATE FUNCTION directory.due_pulls(p_limit integer) RETURNS TABLE (company_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_identity text := directory.identity();
BEGIN
    RETURN QUERY SELECT c.company_id FROM public.calendar_connection c
                 LEFT JOIN public.calendar_pull p ON p.company_id = c.company_id
                 WHERE c.paused_at IS NULL AND (p.company_id IS NULL OR p.next_at <= v_now OR (p.identity <> v_identity AND NOT c.observe_only))
                 ORDER BY p.next_at NULLS FIRST LIMIT p_limit;
END $$;

-- Stores a booking of others, though promises stand in it, or changes where it is; each promise that it hits becomes a
-- review item, once, and its id comes back. Overdue holds in its way end. Without `p_staff` it is gone, and what it took
-- is free. The same again changes nothing and returns nothing.
CREATE FUNCTION ledger_external(
    p_company uuid, p_external uuid, p_uid text, p_staff uuid, p_starts timestamptz, p_ends timestamptz
) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_old external_booking;
    v_seen uuid;
    v_overdue uuid[];
BEGIN
    SELECT staff_id INTO v_seen FROM external_booking WHERE company_id = p_company AND uid = p_uid;
    PERFORM ledger_lock_resources(p_company, array_remove(ARRAY[v_seen, p_staff], NULL));
    v_now := zusage_now();
    SELECT * INTO v_old FROM external_booking WHERE company_id = p_company AND uid = p_uid FOR UPDATE;
    IF NOT coalesce(v_old.staff_id = ANY (array_remove(ARRAY[v_seen, p_staff], NULL)), true) THEN
        RAISE EXCEPTION 'external booking % was changed meanwhile', p_uid USING ERRCODE = '40P01';
    END IF;
    IF v_old.staff_id = p_staff AND v_old.starts_at = p_starts AND v_old.ends_at = p_ends THEN
        UPDATE external_booking SET missed_at = NULL
        WHERE company_id = p_company AND uid = p_uid AND missed_at IS NOT NULL;
        RETURN;
    END IF;
    -- Its claims go with it, and what was to be looked at because of it.
    DELETE FROM external_booking WHERE company_id = p_company AND uid = p_uid;
    UPDATE review_item SET resolved_at = v_now
    WHERE company_id = p_company AND kind = 'external_over_promise' AND detail ->> 'uid' = p_uid AND resolved_at IS NULL;
    IF p_staff IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(o.hold_id) INTO v_overdue FROM (
        SELECT h.hold_id FROM hold h
        WHERE h.company_id = p_company AND h.status = 'held' AND h.expires_at <= v_now AND h.hold_id IN (
            SELECT c.hold_id FROM claim c
            WHERE c.company_id = p_company AND c.resource_id = p_staff
              AND c.starts_at < p_ends AND c.starts_at > p_starts - interval '24 hours' AND c.ends_at > p_starts)
        ORDER BY h.hold_id FOR NO KEY UPDATE) AS o;
    PERFORM ledger_end_holds(p_company, v_overdue, 'expired', v_now);
    INSERT INTO external_booking (company_id, external_id, uid, staff_id, starts_at, ends_at, found_at)
    VALUES (p_company, coalesce(v_old.external_id, p_external), p_uid, p_staff, p_starts, p_ends,
            coalesce(v_old.found_at, v_now))
    ON CONFLICT ON CONSTRAINT external_booking_uid DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'external booking % was stored meanwhile', p_uid USING ERRCODE = '40P01';
    END IF;
    INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, external_id)
    SELECT p_company, p_staff, d, least(d + interval '24 hours', p_ends), false, coalesce(v_old.external_id, p_external)
    FROM generate_series(p_starts, p_ends - interval '1 microsecond', interval '24 hours') AS d;
    -- A booking of ours and its buffers overlap where the phases do not: only who is served twice is a matter for people.
    RETURN QUERY
    WITH hit AS (
        SELECT DISTINCT c.appointment_id, c.hold_id FROM claim c
        WHERE c.company_id = p_company AND c.resource_id = p_staff AND c.binding
          AND c.starts_at < p_ends AND c.starts_at > p_starts - interval '24 hours' AND c.ends_at > p_starts
          AND (c.appointment_id IS NULL OR EXISTS (
              SELECT 1 FROM phase f WHERE f.company_id = p_company AND f.appointment_id = c.appointment_id
                 AND f.staff_id = p_staff AND f.starts_at < p_ends AND f.ends_at > p_starts))),
    noted AS (
        INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
        SELECT p_company, 'external_over_promise', hit.appointment_id,
               jsonb_build_object('uid', p_uid, 'resource_id', p_staff, 'hold_id', hit.hold_id,
                                  'starts_at', p_starts, 'ends_at', p_ends), v_now
        FROM hit)
    SELECT coalesce(hit.appointment_id, hit.hold_id) FROM hit;
END $$;

-- People moved an appointment in the calendar: here it moves as a whole, by `p_shift`, with its buffers and chairs, and to
-- `p_staff` where it is given. `p_known` as in mirror_move. The outcome is that of ledger_move: "lost", another promise
-- stands there; opening hours and absences do not count against what people decided.
CREATE FUNCTION ledger_moved_there(
    p_company uuid, p_appointment uuid, p_move uuid, p_shift interval, p_staff uuid, p_reason text, p_known jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_own appointment;
    v_staff jsonb := '{}';
    v_plan jsonb;
    v_resources uuid[];
    v_starts timestamptz[];
    v_ends timestamptz[];
    v_moved ledger_moved;
BEGIN
    SELECT * INTO STRICT v_own FROM appointment
    WHERE company_id = p_company AND appointment_id = p_appointment FOR NO KEY UPDATE;
    IF p_staff IS NOT NULL THEN
        v_staff := jsonb_build_object('staff_id', p_staff, 'staff_name', (
            SELECT r.name FROM resource r WHERE r.company_id = p_company AND r.resource_id = p_staff));
    END IF;
    v_plan := v_own.plan || v_staff || jsonb_build_object(
        'starts_at', v_own.starts_at + p_shift, 'ends_at', v_own.ends_at + p_shift,
        'phases', (SELECT jsonb_agg(f || jsonb_build_object(
                       'starts_at', (f ->> 'starts_at')::timestamptz + p_shift,
                       'ends_at', (f ->> 'ends_at')::timestamptz + p_shift,
                       'staff_id', CASE WHEN f ->> 'staff_id' IS NOT NULL
                                   THEN coalesce(p_staff, (f ->> 'staff_id')::uuid) END)
                   ORDER BY (f ->> 'ordinal')::smallint) FROM jsonb_array_elements(v_own.plan -> 'phases') AS f));
    SELECT array_agg(CASE WHEN r.kind = 'staff' THEN coalesce(p_staff, c.resource_id) ELSE c.resource_id END ORDER BY c.claim_id),
           array_agg(c.starts_at + p_shift ORDER BY c.claim_id), array_agg(c.ends_at + p_shift ORDER BY c.claim_id)
    INTO v_resources, v_starts, v_ends
    FROM claim c JOIN resource r ON r.company_id = c.company_id AND r.resource_id = c.resource_id
    WHERE c.company_id = p_company AND c.appointment_id = p_appointment;
    v_moved := ledger_move(p_company, p_appointment, p_move, v_own.starts_at, jsonb_build_array(v_plan),
                           array_fill(1, ARRAY[cardinality(v_resources)]), v_resources, v_starts, v_ends,
                           'calendar', p_reason, NULL, p_known);
    IF v_moved.outcome = 'moved' THEN
        INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
        SELECT DISTINCT p_company, 'external_over_promise', p_appointment,
               jsonb_build_object('uid', e.uid, 'resource_id', e.staff_id, 'hold_id', NULL,
                                  'starts_at', e.starts_at, 'ends_at', e.ends_at), v_moved.now
        FROM phase f JOIN external_booking e ON e.company_id = f.company_id AND e.staff_id = f.staff_id
             AND e.starts_at < f.ends_at AND e.ends_at > f.starts_at
        WHERE f.company_id = p_company AND f.appointment_id = p_appointment;
    END IF;
    RETURN v_moved.outcome;
END $$;

-- The booking of a phase is certainly not there, and is to be made anew, as the next generation (protocols 2, 19).
CREATE FUNCTION mirror_again(p_company uuid, p_appointment uuid, p_ordinal smallint, p_intent uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    UPDATE mirror SET known = 'none', generation = generation + 1, uid = NULL, missed_at = NULL, attempts = 0,
           known_starts_at = NULL, known_ends_at = NULL,
           intent = mirror_intent(appointment_id, ordinal, (generation + 1)::smallint), next_at = v_now, settled_at = NULL
    WHERE company_id = p_company AND appointment_id = p_appointment AND ordinal = p_ordinal AND intent = p_intent
      AND wanted = 'present' AND known = 'present' AND lease IS NULL AND review_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM directory.wake(p_company, 'mirror_appointment', jsonb_build_object('appointment_id', p_appointment), NULL);
    RETURN true;
END $$;

-- From now on the reconciler of this company only looks. What was never sent may have been, by the database that this
-- one was made of: it is looked up before anything is sent.
CREATE FUNCTION calendar_observe(p_company uuid, p_reason text, p_doubt boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    UPDATE calendar_connection SET observe_only = true, observe_reason = p_reason, observe_since = v_now
    WHERE company_id = p_company;
    INSERT INTO review_item (company_id, kind, detail, created_at)
    SELECT p_company, 'calendar_observe_only', jsonb_build_object('reason', p_reason), v_now
    WHERE NOT EXISTS (SELECT 1 FROM review_item r WHERE r.company_id = p_company AND r.kind = 'calendar_observe_only'
                         AND r.resolved_at IS NULL);
    IF p_doubt THEN
        UPDATE mirror SET known = 'unknown', sent_at = v_now, looks = 0, looked_at = NULL, next_at = v_now
        WHERE company_id = p_company AND wanted = 'present' AND known = 'none' AND lease IS NULL AND review_at IS NULL;
    END IF;
END $$;

-- A person says go: the reconciler acts again, in the database that this is now. False: it did already.
CREATE FUNCTION calendar_act(p_company uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    UPDATE calendar_pull SET identity = directory.identity(), next_at = v_now WHERE company_id = p_company;
    UPDATE calendar_connection SET observe_only = false, observe_reason = '', observe_since = NULL
    WHERE company_id = p_company AND observe_only;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE review_item SET resolved_at = v_now
    WHERE company_id = p_company AND kind = 'calendar_observe_only' AND resolved_at IS NULL;
    RETURN true;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['external_booking', 'calendar_pull'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (company_id = current_company()) '
                       'WITH CHECK (company_id = current_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO zusage_app, zusage_jobs', t);
    END LOOP;
    -- due_pulls runs as the owner, who may see that companies have calendars; ids only leave it.
    EXECUTE format('CREATE POLICY due ON calendar_pull FOR SELECT TO %I USING (next_at IS NOT NULL)', current_user);
END $$;
REVOKE ALL ON FUNCTION directory.identity(), directory.due_pulls(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.identity() TO zusage_app, zusage_jobs;
GRANT EXECUTE ON FUNCTION directory.due_pulls(integer) TO zusage_jobs;
