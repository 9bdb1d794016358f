-- ledger_confirm as in 0001, and one step more: the mirrors of the appointment, in the same transaction (D3).

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

-- Keeps a tool call that waits for the calendar from being taken over; a lost lease is an error, as in voice_finish.
CREATE FUNCTION voice_prolong(p_company uuid, p_tool_call uuid, p_lease uuid, p_seconds double precision) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_until timestamptz := zusage_now() + make_interval(secs => p_seconds);
BEGIN
    UPDATE tool_call SET lease_until = greatest(lease_until, v_until)
    WHERE company_id = p_company AND tool_call_id = p_tool_call AND lease = p_lease AND state = 'running';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'tool call % was taken over', p_tool_call USING ERRCODE = 'ZU005';
    END IF;
END $$;
