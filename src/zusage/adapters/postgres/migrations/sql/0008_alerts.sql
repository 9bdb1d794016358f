-- What the operator is told, what is watched for it, and what a person noted when closing a review item.

ALTER TABLE review_item ADD COLUMN resolution text;

-- One thing to tell; `subject` names it for good, so that it is told once. `next_at` NULL: every service has it, or it
-- was given up. `reached`: the services that have it.
CREATE TABLE alert (
    company_id uuid NOT NULL REFERENCES company,
    alert_id bigint GENERATED ALWAYS AS IDENTITY,
    subject text NOT NULL,
    text text NOT NULL,
    raised_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    lease_until timestamptz,
    reached text[] NOT NULL DEFAULT '{}',
    sent_at timestamptz,
    failure text NOT NULL DEFAULT '',
    PRIMARY KEY (company_id, alert_id),
    CONSTRAINT alert_once UNIQUE (company_id, subject)
);
CREATE INDEX alert_due ON alert (company_id, next_at) WHERE next_at IS NOT NULL;

-- States of a company that are watched: since when each is so, and which was told last.
CREATE TABLE alert_watch (
    company_id uuid NOT NULL REFERENCES company,
    subject text NOT NULL,
    state text NOT NULL,
    since timestamptz NOT NULL,
    told text NOT NULL,
    PRIMARY KEY (company_id, subject)
);

-- Companies with a calendar, with open review items or with something to send: ids only, by id, those after `p_after`.
CREATE FUNCTION directory.companies_to_alert(p_after uuid, p_limit integer) RETURNS TABLE (company_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT x.company_id FROM (
        SELECT c.company_id FROM public.calendar_connection c
        UNION SELECT r.company_id FROM public.review_item r WHERE r.resolved_at IS NULL
        UNION SELECT a.company_id FROM public.alert a WHERE a.next_at IS NOT NULL) AS x
    WHERE p_after IS NULL OR x.company_id > p_after
    ORDER BY x.company_id LIMIT p_limit
$$;

CREATE FUNCTION directory.key_of(p_company uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    RETURN (SELECT c.key FROM directory.company c WHERE c.company_id = p_company);
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['alert', 'alert_watch'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (company_id = current_company()) '
                       'WITH CHECK (company_id = current_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO zusage_app, zusage_jobs', t);
    END LOOP;
    -- companies_to_alert runs as the owner; ids only leave it.
    EXECUTE format('CREATE POLICY due ON alert FOR SELECT TO %I USING (next_at IS NOT NULL)', current_user);
    EXECUTE format('CREATE POLICY due ON review_item FOR SELECT TO %I USING (resolved_at IS NULL)', current_user);
    EXECUTE format('CREATE POLICY due ON calendar_connection FOR SELECT TO %I USING (true)', current_user);
END $$;

REVOKE ALL ON FUNCTION directory.companies_to_alert(uuid, integer), directory.key_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.companies_to_alert(uuid, integer), directory.key_of(uuid)
    TO zusage_app, zusage_jobs;
