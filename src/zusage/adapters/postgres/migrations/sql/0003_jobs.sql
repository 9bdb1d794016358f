-- What is ours around the tables and functions of procrastinate, which the version makes in the schema `jobs` from the
-- installed package. Its two NOTIFY triggers go: NOTIFY makes all commits of the server take turns (protocols 29).
-- Workers poll. A later version of procrastinate brings its own migrations, which then become versions here.

DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON jobs.procrastinate_jobs;
DROP TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 ON jobs.procrastinate_jobs;

-- Their bodies name the tables without the schema; so they work for whoever calls them.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_temp', f);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA jobs TO zusage_jobs;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO zusage_jobs;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO zusage_jobs;

-- Leaves a job in the caller's own transaction: a rollback leaves none. Neither lock nor queueing lock (protocols 30):
-- a job is a wake-up, and what is due stands in our own tables.
CREATE FUNCTION directory.wake(p_company uuid, p_task text, p_args jsonb, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jobs, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(
        'mirror', p_task, 0, NULL, NULL, p_args || jsonb_build_object('company_id', p_company), p_at
    )::procrastinate_job_to_defer_v1]);
END $$;
