-- Row-level security on every table of a company. The setting may be '' on a connection that was used before
-- (protocols 27), hence nullif in current_company(). FORCE binds the owner too.

DO $$
DECLARE
    t text;
BEGIN
    FOR t IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (company_id = current_company()) '
                       'WITH CHECK (company_id = current_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO zusage_app, zusage_jobs', t);
    END LOOP;
END $$;

-- The history is written once: no privilege, and a trigger for whoever has one.
REVOKE UPDATE, DELETE ON appointment_history FROM zusage_app, zusage_jobs;

-- due_companies runs as the owner and must see overdue holds of all companies; ids only leave it.
DO $$
BEGIN
    EXECUTE format('CREATE POLICY due ON hold FOR SELECT TO %I USING (status = ''held'')', current_user);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA directory FROM PUBLIC;
GRANT USAGE ON SCHEMA public, directory TO zusage_app, zusage_jobs;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA directory TO zusage_app, zusage_jobs;
REVOKE EXECUTE ON FUNCTION directory.due_companies(text, integer) FROM zusage_app;
GRANT SELECT ON alembic_version TO zusage_app, zusage_jobs;
