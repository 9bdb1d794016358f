-- A company's external calendar: how it is reached, what of ours is what there, and the state of each phase in it.

-- The key and the webhook's secret are sealed in directory.secret. `paused_at`: nothing is sent. `observe_only`: the
-- reconciler changes nothing. `email_domain` must belong to the company: the calendar sends mail to what we make up.
CREATE TABLE calendar_connection (
    company_id uuid PRIMARY KEY REFERENCES company,
    provider text NOT NULL DEFAULT 'calcom' CHECK (provider IN ('calcom')),
    base_url text NOT NULL,
    account_id bigint NOT NULL,
    username text NOT NULL,
    email_domain text NOT NULL CHECK (email_domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'),
    per_minute integer NOT NULL DEFAULT 120 CHECK (per_minute BETWEEN 1 AND 10000),
    unreachable text NOT NULL DEFAULT 'offer' CHECK (unreachable IN ('offer', 'hide')),
    courtesy_holds boolean NOT NULL DEFAULT false,
    observe_only boolean NOT NULL DEFAULT false,
    paused_at timestamptz,
    connected_at timestamptz NOT NULL
);

-- A branch is mirrored if it stands here, from `connected_at` on. `wait_ms`: how long a call waits for an inline confirmation.
CREATE TABLE calendar_branch (
    company_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    confirm text NOT NULL DEFAULT 'background' CHECK (confirm IN ('background', 'inline')),
    wait_ms integer NOT NULL DEFAULT 4000 CHECK (wait_ms BETWEEN 100 AND 20000),
    connected_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, branch_id),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch,
    FOREIGN KEY (company_id) REFERENCES calendar_connection ON DELETE CASCADE
);

-- Who a member of staff is there, and the event type whose free times are theirs (D6).
CREATE TABLE calendar_host (
    company_id uuid NOT NULL REFERENCES calendar_connection ON DELETE CASCADE,
    staff_id uuid NOT NULL,
    host_id bigint NOT NULL,
    probe_event_type_id bigint,
    PRIMARY KEY (company_id, staff_id),
    FOREIGN KEY (company_id, staff_id) REFERENCES resource
);

-- No key to segment: a load of the company file writes segments anew. `send_length`: the event type has several
-- lengths, and ours is said with each booking.
CREATE TABLE calendar_mapping (
    company_id uuid NOT NULL,
    service_id uuid NOT NULL,
    ordinal smallint NOT NULL CHECK (ordinal >= 0),
    staff_id uuid NOT NULL,
    event_type_id bigint NOT NULL,
    length_min integer NOT NULL CHECK (length_min BETWEEN 1 AND 1440),
    send_length boolean NOT NULL DEFAULT false,
    PRIMARY KEY (company_id, service_id, ordinal, staff_id),
    FOREIGN KEY (company_id, service_id) REFERENCES service,
    FOREIGN KEY (company_id, staff_id) REFERENCES calendar_host ON DELETE CASCADE
);

-- Wanted against known, one row for each active phase of an appointment of a connected branch (D4).
--
-- `known`: "none" nothing was ever sent or it is sure that nothing came of it; "sending" a request may be on its way
-- under the lease, and is "unknown" once the lease is over (protocols 5); "present" and "absent" as the calendar said.
-- `next_at` NULL: nothing is to be done. `sent_at`: the last moment at which a request may have left. `review_at`: a
-- person decides. `wanted_at`: since when it is wanted so. `intent` is phase and generation, and stands in the booking's metadata; `uids` all it ever had.
CREATE TABLE mirror (
    company_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    branch_id uuid NOT NULL,
    service_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    wanted text NOT NULL CHECK (wanted IN ('present', 'absent')),
    known text NOT NULL CHECK (known IN ('none', 'sending', 'unknown', 'present', 'absent')),
    intent uuid NOT NULL,
    generation smallint NOT NULL DEFAULT 0,
    reason text NOT NULL DEFAULT '',
    automatic boolean NOT NULL DEFAULT false,
    uid text,
    uids text[] NOT NULL DEFAULT '{}',
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    lease uuid,
    lease_until timestamptz,
    sent_at timestamptz,
    looks integer NOT NULL DEFAULT 0,
    looked_at timestamptz,
    failure text,
    failure_text text NOT NULL DEFAULT '',
    failing_since timestamptz,
    review_at timestamptz,
    created_at timestamptz NOT NULL,
    wanted_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (company_id, appointment_id, ordinal),
    CONSTRAINT mirror_intent UNIQUE (company_id, intent),
    FOREIGN KEY (company_id, appointment_id, ordinal) REFERENCES phase,
    FOREIGN KEY (company_id, staff_id) REFERENCES resource,
    CONSTRAINT mirror_leased CHECK ((lease IS NULL) = (lease_until IS NULL)),
    CONSTRAINT mirror_sending CHECK (known <> 'sending' OR (lease IS NOT NULL AND sent_at IS NOT NULL)),
    CONSTRAINT mirror_present CHECK (known <> 'present' OR uid IS NOT NULL),
    CONSTRAINT mirror_times CHECK (starts_at < ends_at)
);
CREATE INDEX mirror_due ON mirror (company_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX mirror_reviewed ON mirror (company_id, review_at) WHERE review_at IS NOT NULL;
CREATE INDEX mirror_leaving ON mirror (company_id, staff_id, starts_at) WHERE wanted = 'absent' AND next_at IS NOT NULL;
CREATE INDEX mirror_by_uid ON mirror (company_id, uid) WHERE uid IS NOT NULL;

-- What was asked of the calendar and what came of it; the last thirty days.
CREATE TABLE mirror_attempt (
    company_id uuid NOT NULL,
    attempt_id bigint GENERATED ALWAYS AS IDENTITY,
    appointment_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL CHECK (action IN ('create', 'look', 'cancel')),
    outcome text NOT NULL,
    detail text NOT NULL DEFAULT '',
    PRIMARY KEY (company_id, attempt_id),
    FOREIGN KEY (company_id, appointment_id, ordinal) REFERENCES mirror ON DELETE CASCADE
);
CREATE INDEX mirror_attempt_by_time ON mirror_attempt (company_id, at);
CREATE INDEX mirror_attempt_of ON mirror_attempt (company_id, appointment_id, ordinal);

-- A booking in the calendar that nothing here wants: made by us, and to be cancelled there until it is.
CREATE TABLE orphan (
    company_id uuid NOT NULL REFERENCES calendar_connection ON DELETE CASCADE,
    uid text NOT NULL,
    appointment_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    why text NOT NULL,
    found_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    lease_until timestamptz,
    failure text,
    failure_text text NOT NULL DEFAULT '',
    resolved_at timestamptz,
    resolution text,
    PRIMARY KEY (company_id, uid),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointment
);
CREATE INDEX orphan_due ON orphan (company_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX orphan_open ON orphan (company_id, found_at) WHERE resolved_at IS NULL;

-- The webhook's address, unguessable, found before the company is known; and which installation wrote a booking.
CREATE TABLE directory.calendar_hook (
    address text PRIMARY KEY CHECK (char_length(address) >= 32),
    company_id uuid NOT NULL UNIQUE REFERENCES directory.company (company_id)
);
CREATE TABLE directory.installation (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    installation_id uuid NOT NULL
);

CREATE FUNCTION directory.put_hook(p_company uuid, p_address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    DELETE FROM directory.calendar_hook h WHERE h.company_id = p_company;
    IF p_address IS NOT NULL THEN
        INSERT INTO directory.calendar_hook (address, company_id) VALUES (p_address, p_company);
    END IF;
END $$;

CREATE FUNCTION directory.hook_of(p_company uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    RETURN (SELECT h.address FROM directory.calendar_hook h WHERE h.company_id = p_company);
END $$;

CREATE FUNCTION directory.find_hook(p_address text) RETURNS TABLE (company_id uuid, sealed_secrets bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT h.company_id, ARRAY(SELECT s.sealed FROM directory.secret s
                               WHERE s.company_id = h.company_id AND s.kind = 'calcom_hook' ORDER BY s.position)
    FROM directory.calendar_hook h WHERE h.address = p_address
$$;

-- The id of this installation; `p_new` becomes it where there is none yet.
CREATE FUNCTION directory.installed(p_new uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM directory.installation) THEN
        INSERT INTO directory.installation (installation_id) VALUES (p_new) ON CONFLICT DO NOTHING;
    END IF;
    RETURN (SELECT i.installation_id FROM directory.installation i);
END $$;

CREATE OR REPLACE FUNCTION directory.due_companies(p_kind text, p_limit integer) RETURNS TABLE (company_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    CASE p_kind
    WHEN 'expired_holds' THEN
        RETURN QUERY SELECT DISTINCT h.company_id FROM public.hold h
                     WHERE h.status = 'held' AND h.expires_at <= v_now LIMIT p_limit;
    WHEN 'mirrors' THEN
        RETURN QUERY SELECT m.company_id FROM public.mirror m WHERE m.next_at <= v_now
                     UNION SELECT o.company_id FROM public.orphan o WHERE o.next_at <= v_now LIMIT p_limit;
    ELSE
        RAISE EXCEPTION 'no such kind of work: %', p_kind USING ERRCODE = '22023';
    END CASE;
END $$;

-- Intent of a phase and generation: the same always, and no other phase has it.
CREATE FUNCTION mirror_intent(p_appointment uuid, p_ordinal smallint, p_generation smallint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS
$$ SELECT md5(p_appointment::text || '/' || p_ordinal || '/' || p_generation)::uuid $$;

-- In the booking's own transaction: what is to stand in the calendar, and the job that sees to it (D3). Where the call
-- itself asks the calendar first, the job comes once that wait is over. A branch without a calendar pays one look at an
-- index.
CREATE FUNCTION mirror_want(p_company uuid, p_branch uuid, p_appointment uuid, p_service uuid, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_branch calendar_branch;
BEGIN
    SELECT * INTO v_branch FROM calendar_branch b WHERE b.company_id = p_company AND b.branch_id = p_branch;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO mirror (company_id, appointment_id, ordinal, branch_id, service_id, staff_id, starts_at, ends_at,
                        wanted, known, intent, next_at, created_at, wanted_at)
    SELECT p_company, p_appointment, f.ordinal, p_branch, p_service, f.staff_id, f.starts_at, f.ends_at,
           'present', 'none', mirror_intent(p_appointment, f.ordinal, 0::smallint), p_now, p_now, p_now
    FROM phase f WHERE f.company_id = p_company AND f.appointment_id = p_appointment AND f.kind = 'active'
    ORDER BY f.ordinal;
    PERFORM directory.wake(
        p_company, 'mirror_appointment', jsonb_build_object('appointment_id', p_appointment),
        CASE WHEN v_branch.confirm = 'inline' THEN p_now + make_interval(secs => v_branch.wait_ms / 1000.0 + 5) END);
END $$;

-- How long the call that books waits for the calendar, in seconds; NULL where it does not.
CREATE FUNCTION mirror_wait(p_company uuid, p_call uuid) RETURNS double precision LANGUAGE sql STABLE AS $$
    SELECT b.wait_ms / 1000.0 FROM call c
    JOIN calendar_branch b ON b.company_id = c.company_id AND b.branch_id = c.branch_id
    WHERE c.company_id = p_company AND c.call_id = p_call AND b.confirm = 'inline'
$$;

-- The appointment is not to stand in the calendar any more. What was never sent is settled at once; the rest is for
-- the routine, and stays watched for as long as a request may still be on its way (protocols 17).
CREATE FUNCTION mirror_unwant(p_company uuid, p_appointment uuid, p_reason text, p_automatic boolean, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mirror SET wanted = 'absent', reason = p_reason, automatic = p_automatic, wanted_at = p_now, attempts = 0,
           review_at = NULL, failure = NULL, failure_text = '', failing_since = NULL,
           next_at = CASE WHEN known IN ('none', 'absent') THEN NULL ELSE p_now END,
           settled_at = CASE WHEN known IN ('none', 'absent') THEN p_now END
    WHERE company_id = p_company AND appointment_id = p_appointment AND wanted = 'present';
    IF FOUND THEN
        UPDATE review_item SET resolved_at = p_now
        WHERE company_id = p_company AND appointment_id = p_appointment AND kind LIKE 'mirror\_%'
          AND resolved_at IS NULL;
        PERFORM directory.wake(p_company, 'mirror_appointment', jsonb_build_object('appointment_id', p_appointment), NULL);
    END IF;
END $$;

-- Ends an appointment: its claims go, its history says who and why, its mirrors are to go. False: it was over already.
CREATE FUNCTION ledger_cancel(p_company uuid, p_appointment uuid, p_actor text, p_reason text, p_automatic boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    UPDATE appointment SET status = 'cancelled'
    WHERE company_id = p_company AND appointment_id = p_appointment AND status = 'booked';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM claim WHERE company_id = p_company AND appointment_id = p_appointment;
    INSERT INTO appointment_history (company_id, appointment_id, at, actor, action, detail)
    VALUES (p_company, p_appointment, v_now, p_actor, 'cancelled',
            jsonb_build_object('reason', p_reason, 'automatic', p_automatic));
    PERFORM mirror_unwant(p_company, p_appointment, p_reason, p_automatic, v_now);
    RETURN true;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['calendar_connection', 'calendar_branch', 'calendar_host', 'calendar_mapping', 'mirror',
                             'mirror_attempt', 'orphan'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (company_id = current_company()) '
                       'WITH CHECK (company_id = current_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO zusage_app, zusage_jobs', t);
    END LOOP;
    -- due_companies runs as the owner; ids only leave it.
    EXECUTE format('CREATE POLICY due ON mirror FOR SELECT TO %I USING (next_at IS NOT NULL)', current_user);
    EXECUTE format('CREATE POLICY due ON orphan FOR SELECT TO %I USING (next_at IS NOT NULL)', current_user);
END $$;

REVOKE ALL ON FUNCTION directory.wake(uuid, text, jsonb, timestamptz), directory.put_hook(uuid, text),
    directory.hook_of(uuid), directory.find_hook(text), directory.installed(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.wake(uuid, text, jsonb, timestamptz), directory.put_hook(uuid, text),
    directory.hook_of(uuid), directory.find_hook(text), directory.installed(uuid) TO zusage_app, zusage_jobs;
