-- Webhooks of a calendar, each once, under the hash of its raw body. A webhook is a hint and never data (protocols 20):
-- of its body only the event's name and the uids of bookings stay, which are then read again. `next_at` NULL: heeded,
-- or there is nothing to read.
CREATE TABLE calendar_hint (
    company_id uuid NOT NULL REFERENCES calendar_connection ON DELETE CASCADE,
    digest bytea NOT NULL,
    trigger_event text NOT NULL,
    uids text[] NOT NULL,
    received_at timestamptz NOT NULL,
    looks smallint NOT NULL DEFAULT 0,
    next_at timestamptz,
    PRIMARY KEY (company_id, digest),
    CONSTRAINT calendar_hint_digest CHECK (octet_length(digest) = 32)
);
CREATE INDEX calendar_hint_due ON calendar_hint (company_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX calendar_hint_by_age ON calendar_hint (company_id, received_at);

-- Stores a webhook and leaves the job that heeds it, in one transaction; false where this very body came before.
CREATE FUNCTION calendar_hint_note(p_company uuid, p_digest bytea, p_trigger text, p_uids text[], p_wait interval)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    INSERT INTO calendar_hint (company_id, digest, trigger_event, uids, received_at, next_at)
    VALUES (p_company, p_digest, p_trigger, p_uids, v_now, CASE WHEN p_uids <> '{}' THEN v_now + p_wait END)
    ON CONFLICT (company_id, digest) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_uids <> '{}' THEN
        PERFORM directory.wake(p_company, 'heed_hints', '{}', v_now + p_wait);
    END IF;
    RETURN true;
END $$;

-- Companies with hints to heed, ids only; the worker then works company by company under row-level security.
CREATE FUNCTION directory.due_hints(p_limit integer) RETURNS TABLE (company_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    v_now timestamptz := zusage_now();
BEGIN
    RETURN QUERY SELECT DISTINCT h.company_id FROM public.calendar_hint h WHERE h.next_at <= v_now LIMIT p_limit;
END $$;

ALTER TABLE calendar_hint ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendar_hint FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON calendar_hint USING (company_id = current_company()) WITH CHECK (company_id = current_company());
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_hint TO zusage_app, zusage_jobs;
DO $$
BEGIN
    EXECUTE format('CREATE POLICY due ON calendar_hint FOR SELECT TO %I USING (next_at IS NOT NULL)', current_user);
END $$;
REVOKE ALL ON FUNCTION directory.due_hints(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.due_hints(integer) TO zusage_jobs;
