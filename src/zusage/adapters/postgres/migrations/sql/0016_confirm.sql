-- Whether a fact stands in what is held: somebody booked in the calendar meanwhile, or whoever serves is away by now. It
-- was not there when the hold was taken. Takes no lock: what comes a moment later is for the mirror and for a person.
CREATE FUNCTION ledger_is_overtaken(p_company uuid, p_hold uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_claim record;
BEGIN
    -- One by one: joined, row-level security would keep the lower bound out of the index.
    FOR v_claim IN SELECT resource_id, starts_at, ends_at FROM claim WHERE company_id = p_company AND hold_id = p_hold LOOP
        IF EXISTS (
            SELECT 1 FROM claim f
            WHERE f.company_id = p_company AND f.resource_id = v_claim.resource_id AND NOT f.binding
              AND f.starts_at < v_claim.ends_at AND f.starts_at > v_claim.starts_at - interval '24 hours'
              AND f.ends_at > v_claim.starts_at)
        THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- As in 0003; and what can no longer be kept is "lost", which the caller hears while there is still time to choose.
CREATE OR REPLACE FUNCTION ledger_confirm(
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
    IF ledger_is_overtaken(p_company, p_hold) THEN
        PERFORM 1 FROM hold WHERE company_id = p_company AND hold_id = p_hold AND call_id = p_call FOR NO KEY UPDATE;
        PERFORM ledger_end_holds(p_company, ARRAY(SELECT hold_id FROM hold
            WHERE company_id = p_company AND hold_id = p_hold AND call_id = p_call), 'expired', v_now);
        UPDATE review_item SET resolved_at = v_now
        WHERE company_id = p_company AND resolved_at IS NULL AND detail ->> 'hold_id' = p_hold::text
          AND kind IN ('external_over_promise', 'absence_over_promise');
        v_out := ledger_not_held(p_company, p_call, p_hold);
        v_out.outcome := CASE WHEN v_out.outcome = 'expired' THEN 'lost' ELSE v_out.outcome END;
        RETURN v_out;
    END IF;
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
    PERFORM mirror_want(p_company, v_hold.branch_id, p_appointment, v_hold.service_id, v_now);
    v_out := ('booked', p_appointment, v_hold.plan, p_attendee);
    RETURN v_out;
END $$;
