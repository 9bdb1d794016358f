-- The door of the ledger: every write of busy time goes through these functions and no other way.
--
-- Lock order, everywhere: call -> tool call -> appointment -> resource locks (sorted keys) -> hold rows (by id, in one
-- statement) -> claims -> review items. Locking and reading are separate statements, because one statement sees
-- the snapshot from before its wait (protocols 44). All functions are VOLATILE and read the clock after the locks.

CREATE FUNCTION zusage_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$;

CREATE FUNCTION ledger_lock_resources(p_company uuid, p_resources uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(k.key)
    FROM (SELECT DISTINCT hashtextextended(p_company::text || r::text, 0) AS key
          FROM unnest(p_resources) AS r ORDER BY 1) AS k;
END $$;

-- Ends holds whose rows the caller has locked: first the rows, then exactly their claims (protocols 3).
CREATE FUNCTION ledger_end_holds(p_company uuid, p_holds uuid[], p_status text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_ended uuid[];
BEGIN
    IF coalesce(cardinality(p_holds), 0) = 0 THEN
        RETURN 0;
    END IF;
    WITH ended AS (
        UPDATE hold SET status = p_status, finished_at = p_now
        WHERE company_id = p_company AND hold_id = ANY (p_holds) AND status = 'held'
        RETURNING hold_id)
    SELECT array_agg(hold_id) INTO v_ended FROM ended;
    DELETE FROM claim WHERE company_id = p_company AND hold_id = ANY (v_ended);
    RETURN coalesce(cardinality(v_ended), 0);
END $$;

-- Until when a hold lives (D2): a call known to run keeps it to the cap; otherwise each signed event renews it.
CREATE FUNCTION hold_deadline(p_call call, p_branch branch, p_created timestamptz, p_now timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_call.started_at IS NOT NULL AND p_call.ended_at IS NULL
            THEN p_created + make_interval(secs => p_branch.hold_cap_seconds)
        ELSE least(p_now + make_interval(secs => p_branch.hold_seconds),
                   p_created + make_interval(secs => p_branch.hold_cap_seconds))
    END
$$;

CREATE TYPE ledger_taken AS (
    outcome text,          -- held | lost | call_over
    choice integer,        -- 1-based number of the plan that was taken
    hold_id uuid,
    token text,
    expires_at timestamptz,
    now timestamptz
);

-- Takes the first of several interchangeable plans that is free, for one call, all claims or none.
--
-- `p_heads` holds one JSON object a plan (hold columns and the snapshot), the four arrays one element a claim.
-- An own hold is seen through and replaced only if a plan is taken; the same plan again (its snapshot: chair and price
-- too) renews it under its token, and is preferred, then another one of the same person at the same time.
CREATE FUNCTION ledger_take(
    p_company uuid, p_call uuid, p_hold uuid, p_token text, p_heads jsonb,
    p_plan integer[], p_resource uuid[], p_starts timestamptz[], p_ends timestamptz[]
) RETURNS ledger_taken LANGUAGE plpgsql AS $$
DECLARE
    v_call call;
    v_branch branch;
    v_out ledger_taken;
    v_own hold;
    v_head jsonb;
    v_overdue uuid[];
    v_cut timestamptz;  -- one moment for what is locked and what is ended
    v_from timestamptz := (SELECT min(s) FROM unnest(p_starts) AS s);
    v_to timestamptz := (SELECT max(e) FROM unnest(p_ends) AS e);
    v_wanted integer;
    v_got integer;
BEGIN
    SELECT * INTO STRICT v_call FROM call WHERE company_id = p_company AND call_id = p_call FOR NO KEY UPDATE;
    SELECT * INTO STRICT v_branch FROM branch
    WHERE company_id = p_company AND branch_id = v_call.branch_id;
    v_out.now := zusage_now();
    IF v_call.ended_at IS NOT NULL THEN
        v_out.outcome := 'call_over';
        RETURN v_out;
    END IF;

    PERFORM ledger_lock_resources(p_company, p_resource);
    v_cut := zusage_now();

    PERFORM 1 FROM hold h
    WHERE h.company_id = p_company AND h.status = 'held' AND h.hold_id IN (
        SELECT o.hold_id FROM hold o WHERE o.company_id = p_company AND o.call_id = p_call AND o.status = 'held'
        UNION
        SELECT c.hold_id FROM claim c JOIN hold o ON o.company_id = c.company_id AND o.hold_id = c.hold_id
        WHERE c.company_id = p_company AND c.resource_id = ANY (p_resource)
          AND c.starts_at < v_to AND c.starts_at > v_from - interval '24 hours' AND c.ends_at > v_from
          AND o.status = 'held' AND o.expires_at <= v_cut)
    ORDER BY h.hold_id FOR NO KEY UPDATE;

    v_out.now := zusage_now();
    SELECT * INTO v_own FROM hold WHERE company_id = p_company AND call_id = p_call AND status = 'held';
    SELECT array_agg(DISTINCT o.hold_id) INTO v_overdue
    FROM claim c JOIN hold o ON o.company_id = c.company_id AND o.hold_id = c.hold_id
    WHERE c.company_id = p_company AND c.resource_id = ANY (p_resource)
      AND c.starts_at < v_to AND c.starts_at > v_from - interval '24 hours' AND c.ends_at > v_from
      AND o.status = 'held' AND o.expires_at <= v_cut AND o.call_id <> p_call;
    PERFORM ledger_end_holds(p_company, v_overdue, 'expired', v_out.now);

    SELECT p.n INTO v_out.choice
    FROM unnest(p_plan, p_resource, p_starts, p_ends) AS p (n, r, s, e)
    GROUP BY p.n
    HAVING NOT bool_or(EXISTS (
        SELECT 1 FROM claim c
        WHERE c.company_id = p_company AND c.resource_id = p.r
          AND c.starts_at < p.e AND c.starts_at > p.s - interval '24 hours' AND c.ends_at > p.s
          AND (c.hold_id IS NULL OR c.hold_id IS DISTINCT FROM v_own.hold_id)))
       AND bool_and(EXISTS (
        SELECT 1 FROM resource r WHERE r.company_id = p_company AND r.resource_id = p.r AND r.active))
    ORDER BY
        (v_own.hold_id IS NOT NULL AND (p_heads -> (p.n - 1) ->> 'staff_id')::uuid = v_own.staff_id
            AND (p_heads -> (p.n - 1) ->> 'service_id')::uuid = v_own.service_id
            AND (p_heads -> (p.n - 1) ->> 'starts_at')::timestamptz = v_own.starts_at) DESC,
        p_heads -> (p.n - 1) = v_own.plan DESC,
        p.n
    LIMIT 1;
    IF v_out.choice IS NULL THEN
        v_out.outcome := 'lost';
        RETURN v_out;
    END IF;
    v_head := p_heads -> (v_out.choice - 1);
    v_out.outcome := 'held';

    IF v_own.hold_id IS NOT NULL THEN
        IF v_head = v_own.plan AND v_own.expires_at > v_out.now THEN
            RETURN ledger_renew(v_call, v_branch, v_own, v_out);
        END IF;
        PERFORM ledger_end_holds(p_company, ARRAY[v_own.hold_id],
            CASE WHEN v_own.expires_at <= v_out.now THEN 'expired' ELSE 'replaced' END, v_out.now);
    END IF;

    SELECT count(*) INTO v_wanted FROM unnest(p_plan) AS n WHERE n = v_out.choice;
    v_out.hold_id := p_hold;
    v_out.token := p_token;
    v_out.expires_at := hold_deadline(v_call, v_branch, v_out.now, v_out.now);
    INSERT INTO hold (company_id, hold_id, call_id, branch_id, token, status, service_id, staff_id, starts_at,
                      ends_at, price_cents, currency, plan, claims, created_at, expires_at)
    VALUES (p_company, p_hold, p_call, v_call.branch_id, p_token, 'held', (v_head ->> 'service_id')::uuid,
            (v_head ->> 'staff_id')::uuid, (v_head ->> 'starts_at')::timestamptz,
            (v_head ->> 'ends_at')::timestamptz, (v_head ->> 'price_cents')::integer, v_head ->> 'currency',
            v_head, v_wanted, v_out.now, v_out.expires_at);
    INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, hold_id)
    SELECT p_company, p.r, p.s, p.e, true, p_hold
    FROM unnest(p_plan, p_resource, p_starts, p_ends) AS p (n, r, s, e)
    WHERE p.n = v_out.choice
    ORDER BY p.r, p.s
    ON CONFLICT ON CONSTRAINT claim_no_overlap DO NOTHING;
    GET DIAGNOSTICS v_got = ROW_COUNT;
    IF v_got <> v_wanted THEN
        RAISE EXCEPTION 'the referee refused % of % claims', v_wanted - v_got, v_wanted USING ERRCODE = 'ZU001';
    END IF;
    RETURN v_out;
END $$;

CREATE FUNCTION ledger_renew(p_call call, p_branch branch, p_own hold, p_out ledger_taken) RETURNS ledger_taken
LANGUAGE plpgsql AS $$
BEGIN
    p_out.hold_id := p_own.hold_id;
    p_out.token := p_own.token;
    p_out.expires_at := greatest(p_own.expires_at, hold_deadline(p_call, p_branch, p_own.created_at, p_out.now));
    UPDATE hold SET expires_at = p_out.expires_at
    WHERE company_id = p_own.company_id AND hold_id = p_own.hold_id;
    RETURN p_out;
END $$;

CREATE TYPE ledger_booked AS (
    outcome text,          -- booked | already_booked | expired | replaced | released | none
    appointment_id uuid,
    plan jsonb,
    attendee_name text
);

-- The customer of a booking. A known number with the same name is the same person; no number is always a new one.
CREATE FUNCTION customer_of(p_company uuid, p_customer uuid, p_phone text, p_name text, p_name_key text)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid;
BEGIN
    INSERT INTO customer (company_id, customer_id, phone, name, name_key)
    VALUES (p_company, p_customer, p_phone, p_name, p_name_key)
    ON CONFLICT ON CONSTRAINT customer_phone_name DO NOTHING RETURNING customer_id INTO v_id;
    IF v_id IS NULL THEN
        SELECT customer_id INTO STRICT v_id FROM customer
        WHERE company_id = p_company AND phone = p_phone AND name_key = p_name_key;
    END IF;
    RETURN v_id;
END $$;

-- Turns a hold into an appointment: one guarded UPDATE, claims handed over and counted. Takes no resource lock and
-- looks at no clock: expiry only permits others to take the time (protocols 23). Calling it again answers
-- already_booked with the same appointment.
CREATE FUNCTION ledger_confirm(
    p_company uuid, p_call uuid, p_hold uuid, p_appointment uuid,
    p_customer uuid, p_phone text, p_name text, p_name_key text, p_attendee text, p_contact text, p_notes text
) RETURNS ledger_booked LANGUAGE plpgsql AS $$
DECLARE
    v_hold hold;
    v_out ledger_booked;
    v_moved integer;
    v_customer uuid;
    v_now timestamptz;
BEGIN
    PERFORM 1 FROM call WHERE company_id = p_company AND call_id = p_call FOR NO KEY UPDATE;
    v_now := zusage_now();
    UPDATE hold SET status = 'converted', finished_at = v_now
    WHERE company_id = p_company AND hold_id = p_hold AND call_id = p_call AND status = 'held'
    RETURNING * INTO v_hold;
    IF NOT FOUND THEN
        RETURN ledger_not_held(p_company, p_call, p_hold);
    END IF;
    v_customer := customer_of(p_company, p_customer, p_phone, p_name, p_name_key);
    INSERT INTO appointment (company_id, appointment_id, branch_id, customer_id, call_id, hold_id, service_id,
                             service_name, staff_id, staff_name, attendee_name, contact_phone, notes, starts_at,
                             ends_at, status, price_cents, currency, plan, created_at)
    VALUES (p_company, p_appointment, v_hold.branch_id, v_customer, p_call, p_hold, v_hold.service_id,
            v_hold.plan ->> 'service_name', v_hold.staff_id, v_hold.plan ->> 'staff_name', p_attendee, p_contact,
            p_notes, v_hold.starts_at, v_hold.ends_at, 'booked', v_hold.price_cents, v_hold.currency, v_hold.plan, v_now);
    INSERT INTO phase (company_id, appointment_id, ordinal, kind, name, starts_at, ends_at, staff_id, chair_id)
    SELECT p_company, p_appointment, f.ordinal, f.kind, f.name, f.starts_at, f.ends_at, f.staff_id, f.chair_id
    FROM jsonb_to_recordset(v_hold.plan -> 'phases') AS f (ordinal smallint, kind text, name text,
         starts_at timestamptz, ends_at timestamptz, staff_id uuid, chair_id uuid);
    UPDATE claim SET hold_id = NULL, appointment_id = p_appointment
    WHERE company_id = p_company AND hold_id = p_hold;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    IF v_moved <> v_hold.claims THEN
        RAISE EXCEPTION 'hold % had % claims, % were handed over', p_hold, v_hold.claims, v_moved
            USING ERRCODE = 'ZU002';
    END IF;
    INSERT INTO appointment_history (company_id, appointment_id, at, actor, action, detail)
    VALUES (p_company, p_appointment, v_now, 'voice', 'booked',
            jsonb_build_object('call_id', p_call, 'hold_id', p_hold, 'starts_at', v_hold.starts_at));
    v_out := ('booked', p_appointment, v_hold.plan, p_attendee);
    RETURN v_out;
END $$;

CREATE FUNCTION ledger_not_held(p_company uuid, p_call uuid, p_hold uuid) RETURNS ledger_booked
LANGUAGE plpgsql AS $$
DECLARE
    v_out ledger_booked;
BEGIN
    SELECT 'already_booked', a.appointment_id, a.plan, a.attendee_name INTO v_out
    FROM appointment a
    WHERE a.company_id = p_company AND a.hold_id = p_hold AND a.call_id = p_call AND a.status = 'booked';
    IF NOT FOUND THEN
        SELECT h.status, NULL, h.plan, NULL INTO v_out FROM hold h
        WHERE h.company_id = p_company AND h.hold_id = p_hold AND h.call_id = p_call;
        IF NOT FOUND THEN
            v_out.outcome := 'none';
        END IF;
    END IF;
    RETURN v_out;
END $$;

-- Holds and books in one transaction: for callers who say everything in one breath, and to take a plan again whose
-- hold was lost. One person cannot come twice at one time: the same service, time and attendee again in one call is
-- already_booked, whoever would serve. The outcome is that of ledger_take (lost, call_over) where nothing was booked.
CREATE FUNCTION ledger_take_and_confirm(
    p_company uuid, p_call uuid, p_hold uuid, p_token text, p_heads jsonb,
    p_plan integer[], p_resource uuid[], p_starts timestamptz[], p_ends timestamptz[],
    p_appointment uuid, p_customer uuid, p_phone text, p_name text, p_name_key text, p_attendee text,
    p_contact text, p_notes text
) RETURNS ledger_booked LANGUAGE plpgsql AS $$
DECLARE
    v_taken ledger_taken;
    v_out ledger_booked;
BEGIN
    PERFORM 1 FROM call WHERE company_id = p_company AND call_id = p_call FOR NO KEY UPDATE;
    SELECT 'already_booked', a.appointment_id, a.plan, a.attendee_name INTO v_out FROM appointment a
    WHERE a.company_id = p_company AND a.call_id = p_call AND a.status = 'booked' AND a.attendee_name = p_attendee
      AND a.service_id = (p_heads -> 0 ->> 'service_id')::uuid
      AND a.starts_at = (p_heads -> 0 ->> 'starts_at')::timestamptz
    LIMIT 1;
    IF FOUND THEN
        RETURN v_out;
    END IF;
    v_taken := ledger_take(p_company, p_call, p_hold, p_token, p_heads, p_plan, p_resource, p_starts, p_ends);
    IF v_taken.outcome <> 'held' THEN
        v_out.outcome := v_taken.outcome;
        RETURN v_out;
    END IF;
    RETURN ledger_confirm(p_company, p_call, v_taken.hold_id, p_appointment,
                          p_customer, p_phone, p_name, p_name_key, p_attendee, p_contact, p_notes);
END $$;

-- Gives back whatever the call holds; without a hold it answers 0.
CREATE FUNCTION ledger_release(p_company uuid, p_call uuid) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_holds uuid[];
BEGIN
    PERFORM 1 FROM call WHERE company_id = p_company AND call_id = p_call FOR NO KEY UPDATE;
    SELECT array_agg(h.hold_id) INTO v_holds FROM (
        SELECT hold_id FROM hold
        WHERE company_id = p_company AND call_id = p_call AND status = 'held'
        ORDER BY hold_id FOR NO KEY UPDATE) AS h;
    RETURN ledger_end_holds(p_company, v_holds, 'released', zusage_now());
END $$;

-- Sweeps overdue holds nobody asked about; at most `p_limit` (100) a transaction, busy ones are passed over (protocols 53).
CREATE FUNCTION ledger_sweep(p_company uuid, p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_holds uuid[];
BEGIN
    SELECT array_agg(h.hold_id) INTO v_holds FROM (
        SELECT hold_id FROM hold
        WHERE company_id = p_company AND status = 'held' AND expires_at <= v_now
        ORDER BY hold_id LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED) AS h;
    RETURN ledger_end_holds(p_company, v_holds, 'expired', v_now);
END $$;

-- Stores an absence though promises stand in it; each promise it hits (an appointment or a live hold, which may still
-- be confirmed) becomes a review item, and its id comes back. Overdue holds in its way end: a confirm does not ask
-- the clock. Repeating the call with the same id changes nothing and returns nothing.
CREATE FUNCTION ledger_block(
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
        WHERE c.company_id = p_company AND c.resource_id = p_resource AND c.binding
          AND c.starts_at < p_ends AND c.starts_at > p_starts - interval '24 hours' AND c.ends_at > p_starts),
    noted AS (
        INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
        SELECT p_company, 'absence_over_promise', hit.appointment_id,
               jsonb_build_object('absence_id', p_absence, 'resource_id', p_resource, 'hold_id', hit.hold_id), v_now
        FROM hit)
    SELECT coalesce(hit.appointment_id, hit.hold_id) FROM hit;
END $$;

CREATE FUNCTION ledger_unblock(p_company uuid, p_absence uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_lock_resources(p_company, ARRAY(
        SELECT resource_id FROM absence WHERE company_id = p_company AND absence_id = p_absence));
    DELETE FROM absence WHERE company_id = p_company AND absence_id = p_absence;
END $$;

-- Companies with overdue work, ids only; the worker then works company by company under row-level security.
CREATE FUNCTION directory.due_companies(p_kind text, p_limit integer) RETURNS TABLE (company_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF p_kind <> 'expired_holds' THEN
        RAISE EXCEPTION 'no such kind of work: %', p_kind USING ERRCODE = '22023';
    END IF;
    RETURN QUERY SELECT DISTINCT h.company_id FROM public.hold h
                 WHERE h.status = 'held' AND h.expires_at <= zusage_now() LIMIT p_limit;
END $$;

-- The claims of a live appointment go with it or not at all, whatever bug is above.
CREATE FUNCTION claim_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM appointment a WHERE a.company_id = OLD.company_id
               AND a.appointment_id = OLD.appointment_id AND a.status = 'booked') THEN
        RAISE EXCEPTION 'claim % belongs to the live appointment %', OLD.claim_id, OLD.appointment_id
            USING ERRCODE = 'ZU003';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER claim_guard BEFORE DELETE ON claim FOR EACH ROW
    WHEN (OLD.appointment_id IS NOT NULL) EXECUTE FUNCTION claim_guard();

CREATE FUNCTION history_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of appointments is append-only' USING ERRCODE = 'ZU004';
END $$;
CREATE TRIGGER history_guard BEFORE UPDATE OR DELETE ON appointment_history FOR EACH ROW
    EXECUTE FUNCTION history_guard();
