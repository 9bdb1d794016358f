-- Courtesies: what a live hold hides from web bookers at the calendar, where the company has that setting. They bind
-- nothing: the hold in the ledger does. A caller's transaction only leaves rows and a job, and never waits for either.

-- One row for each active segment of a hold. `until`: how long the calendar hides it at the latest; then the row goes.
-- `state`: "wanted" nothing was sent; "sent" a request may be on its way until `next_at`; "placed" it is there under
-- `uid`; "leaving" it is being given back, tried again from `next_at` on; "gone" it was given back a moment ago; "lost"
-- it may be there, and nobody knows its uid. `next_at` is when somebody looks again, whatever else is lost.
CREATE TABLE courtesy (
    company_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    staff_id uuid NOT NULL,
    event_type_id bigint NOT NULL,
    length_min integer,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'wanted'
        CHECK (state IN ('wanted', 'sent', 'placed', 'leaving', 'gone', 'lost')),
    uid text,
    until timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, hold_id, ordinal),
    FOREIGN KEY (company_id, hold_id) REFERENCES hold ON DELETE CASCADE,
    FOREIGN KEY (company_id, staff_id) REFERENCES resource,
    CONSTRAINT courtesy_uid CHECK ((uid IS NOT NULL) = (state IN ('placed', 'leaving', 'gone'))),
    CONSTRAINT courtesy_times CHECK (starts_at < ends_at)
);
CREATE INDEX courtesy_due ON courtesy (company_id, next_at);
CREATE INDEX courtesy_of_staff ON courtesy (company_id, staff_id, starts_at);

-- At the commit of a new hold: a hold that was booked in the same breath leaves nothing. A company without the setting
-- pays one look at an index.
CREATE FUNCTION courtesy_want() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM calendar_connection c WHERE c.company_id = NEW.company_id AND c.courtesy_holds) THEN
        RETURN NULL;
    END IF;
    INSERT INTO courtesy (company_id, hold_id, ordinal, staff_id, event_type_id, length_min, starts_at, ends_at, until,
                          next_at)
    SELECT h.company_id, h.hold_id, f.ordinal, f.staff_id, m.event_type_id, CASE WHEN m.send_length THEN m.length_min END,
           f.starts_at, f.ends_at, h.created_at + make_interval(secs => b.hold_cap_seconds + 30), h.created_at
    FROM hold h
    JOIN branch b ON b.company_id = h.company_id AND b.branch_id = h.branch_id
    JOIN calendar_branch k ON k.company_id = h.company_id AND k.branch_id = h.branch_id
    CROSS JOIN jsonb_to_recordset(h.plan -> 'phases') AS f (ordinal smallint, kind text, staff_id uuid,
         starts_at timestamptz, ends_at timestamptz)
    JOIN calendar_mapping m ON m.company_id = h.company_id AND m.service_id = h.service_id AND m.ordinal = f.ordinal
         AND m.staff_id = f.staff_id
    WHERE h.company_id = NEW.company_id AND h.hold_id = NEW.hold_id AND h.status = 'held' AND f.kind = 'active';
    IF FOUND THEN
        PERFORM directory.wake(NEW.company_id, 'tend_courtesies', '{}', NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER courtesy_want AFTER INSERT ON hold DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION courtesy_want();

-- However a hold ends, somebody looks after its courtesies. Their rows are not touched: whoever works on one may have
-- it locked, and a caller must not wait for that.
CREATE FUNCTION courtesy_unwant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM courtesy c WHERE c.company_id = NEW.company_id AND c.hold_id = NEW.hold_id) THEN
        PERFORM directory.wake(NEW.company_id, 'tend_courtesies', '{}', NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER courtesy_unwant AFTER UPDATE OF status ON hold FOR EACH ROW
    WHEN (OLD.status = 'held' AND NEW.status <> 'held') EXECUTE FUNCTION courtesy_unwant();

-- Companies whose courtesies are to be looked at, ids only.
CREATE FUNCTION directory.due_courtesies(p_limit integer) RETURNS TABLE (company_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT c.company_id FROM public.courtesy c WHERE c.next_at <= (SELECT zusage_now()) LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION directory.due_courtesies(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.due_courtesies(integer) TO zusage_app, zusage_jobs;

ALTER TABLE courtesy ENABLE ROW LEVEL SECURITY;
ALTER TABLE courtesy FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON courtesy USING (company_id = current_company()) WITH CHECK (company_id = current_company());
GRANT SELECT, INSERT, UPDATE, DELETE ON courtesy TO zusage_app, zusage_jobs;
DO $$
BEGIN
    -- due_courtesies runs as the owner.
    EXECUTE format('CREATE POLICY due ON courtesy FOR SELECT TO %I USING (next_at IS NOT NULL)', current_user);
END $$;
