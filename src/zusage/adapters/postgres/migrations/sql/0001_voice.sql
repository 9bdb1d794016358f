-- What one function call of a voice agent needs beside the ledger: the call, the idempotency row, the live hold.

-- Upserts the call: a tool call may come before the webhook, the webhook twice or out of order (incidents 68, 69).
CREATE FUNCTION call_seen(
    p_company uuid, p_branch uuid, p_call uuid, p_provider text, p_external text,
    p_caller text, p_called text, p_agent text, p_version text, p_now timestamptz
) RETURNS call LANGUAGE sql AS $$
    INSERT INTO call (company_id, call_id, branch_id, provider, external_id, caller, called, agent_ref,
                      agent_version, first_seen_at, last_seen_at)
    VALUES (p_company, p_call, p_branch, p_provider, p_external, p_caller, p_called, p_agent, p_version, p_now, p_now)
    ON CONFLICT ON CONSTRAINT call_external DO UPDATE
        SET last_seen_at = greatest(call.last_seen_at, excluded.last_seen_at),
            caller = coalesce(call.caller, excluded.caller),
            called = coalesce(call.called, excluded.called),
            agent_ref = coalesce(call.agent_ref, excluded.agent_ref),
            agent_version = coalesce(call.agent_version, excluded.agent_version)
    RETURNING *
$$;

-- A signed event is a sign of life: it renews the live hold of a call that is not over (D2, protocols 38).
CREATE FUNCTION call_renew_hold(p_call call, p_now timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE hold h SET expires_at = greatest(h.expires_at, hold_deadline(p_call, b, h.created_at, p_now))
    FROM branch b
    WHERE h.company_id = p_call.company_id AND h.call_id = p_call.call_id AND h.status = 'held'
      AND h.expires_at > p_now AND p_call.ended_at IS NULL
      AND b.company_id = h.company_id AND b.branch_id = h.branch_id
$$;

-- call_started and call_ended. The end does not delete the hold, it caps it at 30 s: a "yes" may be under way
-- (protocols 14). Repeats change nothing; a start that arrives after the end does not reopen the call.
CREATE FUNCTION call_event(
    p_company uuid, p_branch uuid, p_call uuid, p_provider text, p_external text,
    p_caller text, p_called text, p_agent text, p_version text, p_event text, p_reason text
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_call call;
BEGIN
    v_call := call_seen(p_company, p_branch, p_call, p_provider, p_external, p_caller, p_called, p_agent,
                        p_version, v_now);
    IF p_event = 'call_started' AND v_call.started_at IS NULL THEN
        UPDATE call SET started_at = v_now
        WHERE company_id = p_company AND call_id = v_call.call_id RETURNING * INTO v_call;
    ELSIF p_event = 'call_ended' AND v_call.ended_at IS NULL THEN
        UPDATE call SET ended_at = v_now, end_reason = p_reason
        WHERE company_id = p_company AND call_id = v_call.call_id RETURNING * INTO v_call;
        UPDATE hold SET expires_at = least(expires_at, v_now + interval '30 seconds')
        WHERE company_id = p_company AND call_id = v_call.call_id AND status = 'held';
    END IF;
    PERFORM call_renew_hold(v_call, v_now);
    RETURN v_call.call_id;
END $$;

CREATE TYPE voice_begun AS (
    decision text,             -- run | wait | replay
    tool_call_id uuid,
    lease uuid,
    answer jsonb,
    call_id uuid,
    call_over boolean,
    now timestamptz,
    catalogue_version bigint,
    hold jsonb,                -- the hold of the call: the one still held, else the newest
    offers jsonb,              -- what was offered last, newest batch first
    appointments jsonb,        -- what this call has booked
    customers jsonb            -- who has booked from this number before, newest first
);

-- Whether a stored answer is still true. One that promises a hold is so while that hold lives. One known by its hash
-- only is a repeat until the call has held something new: "ja, buchen" then means the new hold.
CREATE FUNCTION voice_replayable(p_row tool_call, p_now timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (p_row.hold_id IS NULL OR EXISTS (
            SELECT 1 FROM hold h WHERE h.company_id = p_row.company_id AND h.hold_id = p_row.hold_id
               AND h.status = 'held' AND h.expires_at > p_now))
       AND (NOT p_row.by_hash OR NOT EXISTS (
            SELECT 1 FROM hold h WHERE h.company_id = p_row.company_id AND h.call_id = p_row.call_id
               AND h.created_at > p_row.finished_at))
$$;

-- Registers one function call (D7). A repeat gets the stored answer, a parallel repeat is told to wait, a first one
-- that died is taken over once its lease is over. Without an id of the platform the hash counts while the first
-- runs and ten seconds after. An answer about a hold is replayed only while that hold lives (protocols 15, 16).
CREATE FUNCTION voice_begin(
    p_company uuid, p_branch uuid, p_call uuid, p_provider text, p_external text, p_caller text, p_called text,
    p_agent text, p_version text, p_tool_call uuid, p_dedupe text, p_by_hash boolean, p_tool text, p_args jsonb,
    p_lease uuid, p_lease_seconds double precision, p_build text
) RETURNS voice_begun LANGUAGE plpgsql AS $$
DECLARE
    v_call call;
    v_row tool_call;
    v_out voice_begun;
BEGIN
    v_out.now := zusage_now();
    v_call := call_seen(p_company, p_branch, p_call, p_provider, p_external, p_caller, p_called, p_agent,
                        p_version, v_out.now);
    v_out.call_id := v_call.call_id;
    v_out.call_over := v_call.ended_at IS NOT NULL;

    SELECT t.* INTO v_row FROM tool_call t
    WHERE t.company_id = p_company AND t.call_id = v_call.call_id AND t.dedupe = p_dedupe AND t.by_hash = p_by_hash
      AND (NOT p_by_hash OR t.state = 'running' OR t.finished_at > v_out.now - interval '10 seconds')
    ORDER BY t.started_at DESC LIMIT 1;
    IF FOUND AND v_row.state = 'running' AND v_row.lease_until > v_out.now THEN
        v_out.decision := 'wait';
        v_out.tool_call_id := v_row.tool_call_id;
        RETURN v_out;
    END IF;
    IF v_row.state = 'done' AND voice_replayable(v_row, v_out.now) THEN
        v_out.decision := 'replay';
        v_out.answer := v_row.answer;
        RETURN v_out;
    END IF;

    v_out.decision := 'run';
    v_out.lease := p_lease;
    PERFORM call_renew_hold(v_call, v_out.now);
    IF v_row.tool_call_id IS NOT NULL AND NOT (p_by_hash AND v_row.state = 'done') THEN
        v_out.tool_call_id := v_row.tool_call_id;
        UPDATE tool_call SET state = 'running', answer = NULL, status = NULL, hold_id = NULL, lease = p_lease,
               lease_until = v_out.now + make_interval(secs => p_lease_seconds), attempts = attempts + 1,
               finished_at = NULL, build = p_build
        WHERE company_id = p_company AND tool_call_id = v_row.tool_call_id;
    ELSE
        v_out.tool_call_id := p_tool_call;
        INSERT INTO tool_call (company_id, tool_call_id, call_id, dedupe, by_hash, tool, args, state, lease,
                               lease_until, started_at, build)
        VALUES (p_company, p_tool_call, v_call.call_id, p_dedupe, p_by_hash, p_tool, p_args, 'running', p_lease,
                v_out.now + make_interval(secs => p_lease_seconds), v_out.now, p_build);
    END IF;
    SELECT c.catalogue_version INTO v_out.catalogue_version FROM company c WHERE c.company_id = p_company;
    SELECT to_jsonb(h) INTO v_out.hold FROM hold h
    WHERE h.company_id = p_company AND h.call_id = v_call.call_id
    ORDER BY h.status = 'held' DESC, h.created_at DESC LIMIT 1;
    v_out.offers := v_call.offers;
    SELECT jsonb_agg(k) INTO v_out.appointments FROM (
        SELECT appointment_id, service_id, starts_at, attendee_name, plan FROM appointment
        WHERE company_id = p_company AND call_id = v_call.call_id AND status = 'booked'
        ORDER BY created_at DESC LIMIT 10) AS k;
    SELECT jsonb_agg(k) INTO v_out.customers FROM (
        SELECT name, name_key FROM customer
        WHERE company_id = p_company AND phone = v_call.caller ORDER BY created_at DESC LIMIT 5) AS k;
    RETURN v_out;
END $$;

-- Stores the answer in the transaction of its effect. A lost lease is an error (ZU005), so that the effect goes with it.
CREATE FUNCTION voice_finish(
    p_company uuid, p_call uuid, p_tool_call uuid, p_lease uuid, p_status text, p_answer jsonb, p_hold uuid,
    p_offers jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();  -- an UPDATE with a volatile clock in it could not be distributed (protocols 26)
BEGIN
    IF p_offers IS NOT NULL THEN
        -- The newest first; older tokens stay good for a while, since tool calls of one call may run side by side.
        UPDATE call SET offers = jsonb_path_query_array(p_offers || offers, '$[0 to 11]') WHERE company_id = p_company AND call_id = p_call;
    END IF;
    UPDATE tool_call SET state = 'done', status = p_status, answer = p_answer, hold_id = p_hold,
           finished_at = v_now, duration_ms = extract(epoch FROM v_now - started_at) * 1000
    WHERE company_id = p_company AND tool_call_id = p_tool_call AND lease = p_lease AND state = 'running';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'tool call % was taken over', p_tool_call USING ERRCODE = 'ZU005';
    END IF;
END $$;

-- A parallel repeat asks this every 25 ms, without a transaction in between.
CREATE FUNCTION voice_answer(p_company uuid, p_tool_call uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT t.answer FROM tool_call t
    WHERE t.company_id = p_company AND t.tool_call_id = p_tool_call AND t.state = 'done'
$$;
