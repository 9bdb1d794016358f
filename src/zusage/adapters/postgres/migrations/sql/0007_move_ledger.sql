-- The functions of moves; the tables, and the functions that were there before, stand in 0007_moves.sql.

-- Who is served when, by which phase: two plans of one shape differ in chairs and prices only.
CREATE FUNCTION plan_shape(p_plan jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws(' ', p_plan ->> 'service_id', string_agg(
        concat_ws('/', f.ordinal, f.staff_id, extract(epoch FROM f.starts_at), extract(epoch FROM f.ends_at)), ' '
        ORDER BY f.ordinal))
    FROM jsonb_to_recordset(p_plan -> 'phases')
         AS f (ordinal smallint, staff_id uuid, starts_at timestamptz, ends_at timestamptz)
$$;

-- Locks what of holds is in a move's way, the call's own and the overdue ones, in one ordered statement (protocols 22);
-- ends the overdue ones, and gives the own one back.
CREATE FUNCTION ledger_clear_way(
    p_company uuid, p_call uuid, p_resource uuid[], p_from timestamptz, p_to timestamptz, p_cut timestamptz
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_overdue uuid[];
BEGIN
    SELECT array_agg(o.hold_id) FILTER (WHERE o.call_id IS DISTINCT FROM p_call) INTO v_overdue FROM (
        SELECT h.hold_id, h.call_id FROM hold h
        WHERE h.company_id = p_company AND h.status = 'held' AND (h.call_id = p_call OR (
            h.expires_at <= p_cut AND h.hold_id IN (
                SELECT c.hold_id FROM claim c
                WHERE c.company_id = p_company AND c.resource_id = ANY (p_resource)
                  AND c.starts_at < p_to AND c.starts_at > p_from - interval '24 hours' AND c.ends_at > p_from)))
        ORDER BY h.hold_id FOR NO KEY UPDATE) AS o;
    PERFORM ledger_end_holds(p_company, v_overdue, 'expired', zusage_now());
    RETURN (SELECT h.hold_id FROM hold h
            WHERE h.company_id = p_company AND h.call_id = p_call AND h.status = 'held');
END $$;

-- Exchanges the claims of an appointment for those of another plan, and writes its phases and its row anew. What it had
-- (and what an earlier move kept) and the new plan does not cover stays with the move, if `p_keep`. The move is
-- "turning", and all resources are locked.
CREATE FUNCTION ledger_turn(
    p_company uuid, p_appointment uuid, p_move uuid, p_head jsonb, p_claims jsonb, p_keep boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_kept jsonb;
    v_got integer;
BEGIN
    UPDATE claim SET appointment_id = NULL, move_id = p_move
    WHERE company_id = p_company AND appointment_id = p_appointment;
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'resource_id', k.resource_id, 'starts_at', lower(k.piece), 'ends_at', upper(k.piece))), '[]') INTO v_kept
    FROM (SELECT c.resource_id, unnest(range_agg(c.during) - coalesce(
              (SELECT range_agg(tstzrange(n.starts_at, n.ends_at))
               FROM jsonb_to_recordset(p_claims) AS n (resource_id uuid, starts_at timestamptz, ends_at timestamptz)
               WHERE n.resource_id = c.resource_id), '{}'::tstzmultirange)) AS piece
          FROM claim c WHERE c.company_id = p_company AND c.move_id = p_move GROUP BY c.resource_id) AS k
    WHERE p_keep;
    DELETE FROM claim WHERE company_id = p_company AND move_id = p_move;
    INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, appointment_id, move_id)
    SELECT p_company, n.resource_id, n.starts_at, n.ends_at, true,
           CASE WHEN n.new THEN p_appointment END, CASE WHEN NOT n.new THEN p_move END
    FROM (SELECT true AS new, c.* FROM jsonb_to_recordset(p_claims)
               AS c (resource_id uuid, starts_at timestamptz, ends_at timestamptz)
          UNION ALL
          SELECT false, c.* FROM jsonb_to_recordset(v_kept)
               AS c (resource_id uuid, starts_at timestamptz, ends_at timestamptz)) AS n
    ORDER BY n.resource_id, n.starts_at
    ON CONFLICT ON CONSTRAINT claim_no_overlap DO NOTHING;
    GET DIAGNOSTICS v_got = ROW_COUNT;
    IF v_got <> jsonb_array_length(p_claims || v_kept) THEN
        RAISE EXCEPTION 'the referee refused a move of appointment %', p_appointment USING ERRCODE = 'ZU001';
    END IF;
    PERFORM ledger_write_plan(p_company, p_appointment, p_head);
END $$;

-- Writes the phases of an appointment and its row by another plan.
CREATE FUNCTION ledger_write_plan(p_company uuid, p_appointment uuid, p_head jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM phase WHERE company_id = p_company AND appointment_id = p_appointment
        AND ordinal NOT IN (SELECT (f ->> 'ordinal')::smallint FROM jsonb_array_elements(p_head -> 'phases') AS f);
    INSERT INTO phase (company_id, appointment_id, ordinal, kind, name, starts_at, ends_at, staff_id, chair_id)
    SELECT p_company, p_appointment, f.ordinal, f.kind, f.name, f.starts_at, f.ends_at, f.staff_id, f.chair_id
    FROM jsonb_to_recordset(p_head -> 'phases') AS f (ordinal smallint, kind text, name text,
         starts_at timestamptz, ends_at timestamptz, staff_id uuid, chair_id uuid)
    ON CONFLICT (company_id, appointment_id, ordinal) DO UPDATE SET kind = excluded.kind, name = excluded.name,
        starts_at = excluded.starts_at, ends_at = excluded.ends_at, staff_id = excluded.staff_id,
        chair_id = excluded.chair_id;
    UPDATE appointment SET service_id = (p_head ->> 'service_id')::uuid, service_name = p_head ->> 'service_name',
        staff_id = (p_head ->> 'staff_id')::uuid, staff_name = p_head ->> 'staff_name',
        starts_at = (p_head ->> 'starts_at')::timestamptz, ends_at = (p_head ->> 'ends_at')::timestamptz,
        price_cents = (p_head ->> 'price_cents')::integer, currency = p_head ->> 'currency', plan = p_head
    WHERE company_id = p_company AND appointment_id = p_appointment;
END $$;

-- What is wanted in the calendar, after the phases of an appointment were written anew; and what is known there already,
-- where people did it (`p_known`: ordinal, uid, event_type_id, host_id). Says whether anything is left to do. What people
-- cancelled there stays with the person who looks at it: a move is no reason to create it anew.
CREATE FUNCTION mirror_move(
    p_company uuid, p_appointment uuid, p_reason text, p_automatic boolean, p_known jsonb, p_now timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mirror m SET wanted = 'absent', reason = p_reason, automatic = p_automatic, wanted_at = p_now, attempts = 0,
           review_at = NULL, failure = NULL, failure_text = '', failing_since = NULL, next_at = p_now, settled_at = NULL
    WHERE m.company_id = p_company AND m.appointment_id = p_appointment AND m.wanted = 'present'
      AND NOT EXISTS (SELECT 1 FROM phase f WHERE f.company_id = p_company AND f.appointment_id = p_appointment
                      AND f.ordinal = m.ordinal AND f.kind = 'active');
    -- Cancelled as we wanted, and wanted again: the next generation.
    UPDATE mirror m SET generation = m.generation + 1, known = 'none', uid = NULL, known_starts_at = NULL,
           known_ends_at = NULL, intent = mirror_intent(p_appointment, m.ordinal, (m.generation + 1)::smallint)
    FROM phase f
    WHERE f.company_id = p_company AND f.appointment_id = p_appointment AND f.kind = 'active'
      AND m.company_id = p_company AND m.appointment_id = p_appointment AND m.ordinal = f.ordinal
      AND m.wanted = 'absent' AND m.known = 'absent';
    UPDATE mirror m SET service_id = a.service_id, staff_id = f.staff_id, starts_at = f.starts_at,
           ends_at = f.ends_at, wanted = 'present', reason = p_reason, automatic = p_automatic, wanted_at = p_now,
           attempts = 0, failing_since = CASE WHEN m.known = 'absent' THEN m.failing_since END,
           review_at = CASE WHEN m.known = 'absent' THEN m.review_at END,
           failure = CASE WHEN m.known = 'absent' THEN m.failure END,
           failure_text = CASE WHEN m.known = 'absent' THEN m.failure_text ELSE '' END,
           next_at = CASE WHEN m.known = 'absent' THEN m.next_at ELSE p_now END, settled_at = NULL
    FROM phase f JOIN appointment a ON a.company_id = f.company_id AND a.appointment_id = f.appointment_id
    WHERE f.company_id = p_company AND f.appointment_id = p_appointment AND f.kind = 'active'
      AND m.company_id = p_company AND m.appointment_id = p_appointment AND m.ordinal = f.ordinal
      AND (m.wanted, m.service_id, m.staff_id, m.starts_at, m.ends_at)
          IS DISTINCT FROM ('present', a.service_id, f.staff_id, f.starts_at, f.ends_at);
    PERFORM mirror_move_rest(p_company, p_appointment, p_known, p_now);
    RETURN EXISTS (SELECT 1 FROM mirror m WHERE m.company_id = p_company AND m.appointment_id = p_appointment
                   AND m.settled_at IS NULL);
END $$;

-- The second half of mirror_move: phases that there were none of before, what people did, and review items that are over.
CREATE FUNCTION mirror_move_rest(p_company uuid, p_appointment uuid, p_known jsonb, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mirror (company_id, appointment_id, ordinal, branch_id, service_id, staff_id, starts_at, ends_at,
                        wanted, known, intent, next_at, created_at, wanted_at)
    SELECT p_company, p_appointment, f.ordinal, a.branch_id, a.service_id, f.staff_id, f.starts_at, f.ends_at,
           'present', 'none', mirror_intent(p_appointment, f.ordinal, 0::smallint), p_now, p_now, p_now
    FROM phase f JOIN appointment a ON a.company_id = f.company_id AND a.appointment_id = f.appointment_id
    WHERE f.company_id = p_company AND f.appointment_id = p_appointment AND f.kind = 'active'
    ORDER BY f.ordinal ON CONFLICT (company_id, appointment_id, ordinal) DO NOTHING;
    UPDATE mirror m SET known = 'present', uid = k.uid, moving_to = NULL, lease = NULL, lease_until = NULL, looks = 0,
           uids = CASE WHEN k.uid = ANY (m.uids) THEN m.uids ELSE m.uids || k.uid END,
           known_starts_at = m.starts_at, known_ends_at = m.ends_at, known_staff_id = m.staff_id,
           known_event_type_id = coalesce(k.event_type_id, m.known_event_type_id),
           known_host_id = coalesce(k.host_id, m.known_host_id),
           review_at = NULL, failure = NULL, failure_text = '', failing_since = NULL, next_at = NULL, settled_at = p_now
    FROM jsonb_to_recordset(p_known) AS k (ordinal smallint, uid text, event_type_id bigint, host_id bigint)
    WHERE m.company_id = p_company AND m.appointment_id = p_appointment AND m.ordinal = k.ordinal;
    UPDATE review_item r SET resolved_at = p_now
    FROM mirror m
    WHERE r.company_id = p_company AND r.appointment_id = p_appointment AND r.kind LIKE 'mirror\_%'
      AND r.resolved_at IS NULL AND m.company_id = p_company AND m.appointment_id = p_appointment
      AND r.detail ->> 'phase' = m.ordinal::text AND m.review_at IS NULL;
END $$;

CREATE TYPE ledger_moved AS (
    outcome text,           -- moved | same | lost | changed | over | none
    choice integer,         -- 1-based number of the plan that was taken
    move_id uuid,           -- where it is open: the calendar has not agreed yet
    plan jsonb,             -- as the appointment stands now
    wait double precision,  -- how long the call waits for the calendar, in seconds; NULL where it does not
    now timestamptz
);

-- Which of several interchangeable plans is free, but for what is the appointment's own, and what the call holds. Facts
-- (absences, external times) stand in the way of our own moves, not of what people decided in the calendar.
CREATE FUNCTION ledger_move_choice(
    p_company uuid, p_appointment uuid, p_open uuid, p_hold uuid, p_over_facts boolean,
    p_plan integer[], p_resource uuid[], p_starts timestamptz[], p_ends timestamptz[]
) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT p.n
    FROM unnest(p_plan, p_resource, p_starts, p_ends) AS p (n, r, s, e)
    GROUP BY p.n
    HAVING NOT bool_or(EXISTS (
        SELECT 1 FROM claim c
        WHERE c.company_id = p_company AND c.resource_id = p.r
          AND c.starts_at < p.e AND c.starts_at > p.s - interval '24 hours' AND c.ends_at > p.s
          AND (c.binding OR NOT p_over_facts)
          AND NOT coalesce(c.appointment_id = p_appointment OR c.move_id = p_open OR c.hold_id = p_hold, false)))
       AND bool_and(p_over_facts OR EXISTS (
        SELECT 1 FROM resource r WHERE r.company_id = p_company AND r.resource_id = p.r AND r.active))
    ORDER BY p.n LIMIT 1
$$;

-- Moves an appointment to the first of several interchangeable plans that is free: the new time is taken before the old
-- one is given up, all claims or none. Arguments as in ledger_take; `p_move` is a new id.
--
-- `p_expected_start` is where the mover believes it to stand: "changed" if it does not. To the shape it has: "same",
-- whatever was believed, so a repeat is harmless. `p_call`: a call that moves it; what it holds is seen through and
-- given back. `p_known`: people did it in the calendar (see mirror_move); nothing is asked there for these phases.
-- A move of an appointment whose move is still open follows it: what was agreed last is what a refusal leads back to.
CREATE FUNCTION ledger_move(
    p_company uuid, p_appointment uuid, p_move uuid, p_expected_start timestamptz, p_heads jsonb,
    p_plan integer[], p_resource uuid[], p_starts timestamptz[], p_ends timestamptz[],
    p_actor text, p_reason text, p_call uuid DEFAULT NULL, p_known jsonb DEFAULT NULL
) RETURNS ledger_moved LANGUAGE plpgsql AS $$
DECLARE
    v_own appointment;
    v_open move;
    v_out ledger_moved;
    v_hold uuid;
    v_cut timestamptz;
BEGIN
    PERFORM 1 FROM call WHERE company_id = p_company AND call_id = p_call FOR NO KEY UPDATE;
    SELECT * INTO v_own FROM appointment
    WHERE company_id = p_company AND appointment_id = p_appointment FOR NO KEY UPDATE;
    v_out.now := zusage_now();
    v_out.plan := v_own.plan;
    v_out.outcome := CASE
        WHEN v_own.appointment_id IS NULL THEN 'none'
        WHEN v_own.status <> 'booked' THEN 'over'
        WHEN EXISTS (SELECT 1 FROM jsonb_array_elements(p_heads) AS h WHERE plan_shape(h) = plan_shape(v_own.plan)) THEN 'same'
        WHEN v_own.starts_at <> p_expected_start THEN 'changed' END;
    IF v_out.outcome IS NOT NULL THEN
        RETURN v_out;
    END IF;
    SELECT * INTO v_open FROM move
    WHERE company_id = p_company AND appointment_id = p_appointment AND state = 'open';
    PERFORM ledger_lock_resources(p_company, p_resource || ARRAY(
        SELECT resource_id FROM claim WHERE company_id = p_company AND appointment_id = p_appointment
        UNION SELECT resource_id FROM claim WHERE company_id = p_company AND move_id = v_open.move_id));
    v_cut := zusage_now();
    v_hold := ledger_clear_way(p_company, p_call, p_resource, (SELECT min(s) FROM unnest(p_starts) AS s),
                               (SELECT max(e) FROM unnest(p_ends) AS e), v_cut);
    v_out.now := zusage_now();
    v_out.choice := ledger_move_choice(p_company, p_appointment, v_open.move_id, v_hold, p_known IS NOT NULL,
                                       p_plan, p_resource, p_starts, p_ends);
    IF v_out.choice IS NULL THEN
        v_out.outcome := 'lost';
        RETURN v_out;
    END IF;
    PERFORM ledger_end_holds(p_company, ARRAY[v_hold], 'released', v_out.now);
    v_out.outcome := 'moved';
    v_out.plan := p_heads -> (v_out.choice - 1);
    v_out.move_id := ledger_begin_move(v_own, v_open, p_move, v_out, p_actor, p_reason, p_call, p_known,
        (SELECT jsonb_agg(jsonb_build_object('resource_id', p.r, 'starts_at', p.s, 'ends_at', p.e))
         FROM unnest(p_plan, p_resource, p_starts, p_ends) AS p (n, r, s, e) WHERE p.n = v_out.choice));
    IF v_out.move_id IS NOT NULL THEN
        v_out.wait := mirror_wait(p_company, p_call);
    END IF;
    RETURN v_out;
END $$;

-- The second half of ledger_move: everything is locked, and the plan is free. Gives the id of the move if it stays open.
CREATE FUNCTION ledger_begin_move(
    p_own appointment, p_open move, p_move uuid, p_out ledger_moved, p_actor text, p_reason text, p_call uuid,
    p_known jsonb, p_claims jsonb
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_company uuid := p_own.company_id;
    v_id uuid := p_own.appointment_id;
    v_mirrored boolean := EXISTS (SELECT 1 FROM mirror WHERE company_id = p_own.company_id AND appointment_id = p_own.appointment_id);
    v_asks boolean;
    v_job timestamptz;
BEGIN
    INSERT INTO move (company_id, move_id, appointment_id, state, actor, reason, from_plan, from_claims, to_plan,
                      claims, created_at, deadline)
    VALUES (v_company, p_move, v_id, 'turning', p_actor, p_reason, coalesce(p_open.from_plan, p_own.plan),
            coalesce(p_open.from_claims, (
                SELECT jsonb_agg(jsonb_build_object('resource_id', c.resource_id, 'starts_at', c.starts_at, 'ends_at', c.ends_at))
                FROM claim c WHERE c.company_id = v_company AND c.appointment_id = v_id)),
            p_out.plan, jsonb_array_length(p_claims), p_out.now, p_out.now + interval '10 minutes');
    UPDATE move SET state = 'followed', ended_at = p_out.now WHERE company_id = v_company AND move_id = p_open.move_id;
    UPDATE claim SET move_id = p_move WHERE company_id = v_company AND move_id = p_open.move_id;
    -- Who asks whom: nobody where there is no calendar, or where people did it there.
    v_asks := v_mirrored AND EXISTS (
        SELECT 1 FROM calendar_branch b WHERE b.company_id = v_company AND b.branch_id = p_own.branch_id)
        AND EXISTS (SELECT 1 FROM jsonb_array_elements(p_out.plan -> 'phases') AS f
                    WHERE f ->> 'kind' = 'active' AND NOT coalesce(p_known, '[]') @>
                          jsonb_build_array(jsonb_build_object('ordinal', f -> 'ordinal')));
    PERFORM ledger_turn(v_company, v_id, p_move, p_out.plan, p_claims, v_asks);
    UPDATE move SET state = CASE WHEN v_asks THEN 'open' ELSE 'agreed' END,
           ended_at = CASE WHEN NOT v_asks THEN p_out.now END
    WHERE company_id = v_company AND move_id = p_move;
    INSERT INTO appointment_history (company_id, appointment_id, at, actor, action, detail)
    VALUES (v_company, v_id, p_out.now, p_actor, 'moved', jsonb_build_object(
            'reason', p_reason, 'move_id', p_move, 'call_id', p_call, 'from', p_own.starts_at,
            'to', p_out.plan ->> 'starts_at', 'from_staff', p_own.staff_name, 'to_staff', p_out.plan ->> 'staff_name'));
    IF v_mirrored AND mirror_move(v_company, v_id, p_reason, false, p_known, p_out.now) THEN
        v_job := p_out.now + make_interval(secs => mirror_wait(v_company, p_call) + 5);
        PERFORM directory.wake(v_company, 'mirror_appointment', jsonb_build_object('appointment_id', v_id), v_job);
    END IF;
    RETURN CASE WHEN v_asks THEN p_move END;
END $$;

-- Takes a move back that the calendar refused: the appointment is where it was agreed last. Always possible, for its old
-- time stayed taken; what of it is known to stand elsewhere is moved back by the mirror routine. A person tells the
-- customer; `p_text` is what the calendar said.
-- False: no move is open.
CREATE FUNCTION ledger_unmove(p_company uuid, p_appointment uuid, p_reason text, p_text text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_own appointment;
    v_open move;
    v_now timestamptz;
BEGIN
    SELECT * INTO v_own FROM appointment
    WHERE company_id = p_company AND appointment_id = p_appointment AND status = 'booked' FOR NO KEY UPDATE;
    SELECT * INTO v_open FROM move
    WHERE company_id = p_company AND appointment_id = v_own.appointment_id AND state = 'open';
    IF v_open.move_id IS NULL THEN
        RETURN false;
    END IF;
    PERFORM ledger_lock_resources(p_company, ARRAY(
        SELECT resource_id FROM claim WHERE company_id = p_company AND appointment_id = p_appointment
        UNION SELECT resource_id FROM claim WHERE company_id = p_company AND move_id = v_open.move_id));
    v_now := zusage_now();
    UPDATE move SET state = 'turning' WHERE company_id = p_company AND move_id = v_open.move_id;
    PERFORM ledger_turn(p_company, p_appointment, v_open.move_id, v_open.from_plan, v_open.from_claims, false);
    UPDATE move SET state = 'refused', ended_at = v_now WHERE company_id = p_company AND move_id = v_open.move_id;
    INSERT INTO appointment_history (company_id, appointment_id, at, actor, action, detail)
    VALUES (p_company, p_appointment, v_now, 'mirror', 'move_undone', jsonb_build_object(
            'reason', p_reason, 'move_id', v_open.move_id, 'automatic', true, 'from', v_own.starts_at,
            'to', v_open.from_plan ->> 'starts_at'));
    INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
    VALUES (p_company, 'move_refused', p_appointment, jsonb_build_object(
            'text', p_text, 'wanted', v_open.to_plan ->> 'starts_at', 'stands', v_open.from_plan ->> 'starts_at',
            'move_id', v_open.move_id), v_now);
    -- What became known of absences meanwhile was noted for the new time only.
    INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
    SELECT DISTINCT p_company, 'absence_over_promise', p_appointment,
           jsonb_build_object('absence_id', f.absence_id, 'resource_id', f.resource_id, 'hold_id', NULL), v_now
    FROM claim c JOIN claim f ON f.company_id = c.company_id AND f.resource_id = c.resource_id AND NOT f.binding
         AND f.starts_at < c.ends_at AND f.starts_at > c.starts_at - interval '24 hours' AND f.ends_at > c.starts_at
    WHERE c.company_id = p_company AND c.appointment_id = p_appointment AND f.absence_id IS NOT NULL;
    IF mirror_move(p_company, p_appointment, p_reason, true, NULL, v_now) THEN
        PERFORM directory.wake(p_company, 'mirror_appointment', jsonb_build_object('appointment_id', p_appointment), NULL);
    END IF;
    RETURN true;
END $$;

-- The calendar has agreed: the old time is free. False: no move is open. The caller has locked the appointment.
CREATE FUNCTION ledger_settle_move(p_company uuid, p_appointment uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_move uuid;
BEGIN
    UPDATE move SET state = 'agreed', ended_at = v_now
    WHERE company_id = p_company AND appointment_id = p_appointment AND state = 'open' RETURNING move_id INTO v_move;
    DELETE FROM claim WHERE company_id = p_company AND move_id = v_move;
    RETURN v_move IS NOT NULL;
END $$;

-- Gives up the old time of moves to which the calendar has said nothing for too long; a person decides what then. At
-- most `p_limit` a transaction, busy ones are passed over.
CREATE FUNCTION ledger_overdue_moves(p_company uuid, p_limit integer) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_move record;
BEGIN
    FOR v_move IN
        SELECT a.appointment_id, m.move_id, m.from_plan, m.to_plan FROM appointment a
        JOIN move m ON m.company_id = a.company_id AND m.appointment_id = a.appointment_id
        WHERE m.company_id = p_company AND m.state = 'open' AND m.deadline <= v_now
        ORDER BY a.appointment_id LIMIT p_limit FOR NO KEY UPDATE OF a SKIP LOCKED
    LOOP
        UPDATE move SET state = 'overdue', ended_at = v_now
        WHERE company_id = p_company AND move_id = v_move.move_id AND state = 'open' AND deadline <= v_now;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM claim WHERE company_id = p_company AND move_id = v_move.move_id;
        INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
        VALUES (p_company, 'move_overdue', v_move.appointment_id, jsonb_build_object(
                'text', 'The calendar has not agreed to a move for ten minutes; the old time is free again.',
                'wanted', v_move.to_plan ->> 'starts_at', 'stood', v_move.from_plan ->> 'starts_at',
                'move_id', v_move.move_id), v_now);
        RETURN NEXT v_move.appointment_id;
    END LOOP;
END $$;
