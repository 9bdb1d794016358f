-- Claims whose time is over go, in small batches: the constraint's index cannot be mended online once it is bloated, and
-- a window that rolls on needs no mending (protocols 42). Phases and history keep what was.

-- A claim lasts a day at most, so one that began two days ago is long over, whoever owns it.
CREATE OR REPLACE FUNCTION claim_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.starts_at < zusage_now() - interval '2 days' THEN
        RETURN OLD;
    END IF;
    IF EXISTS (SELECT 1 FROM appointment a WHERE a.company_id = OLD.company_id
               AND a.appointment_id = OLD.appointment_id AND a.status = 'booked') THEN
        RAISE EXCEPTION 'claim % belongs to the live appointment %', OLD.claim_id, OLD.appointment_id
            USING ERRCODE = 'ZU003';
    END IF;
    IF EXISTS (SELECT 1 FROM move m WHERE m.company_id = OLD.company_id AND m.move_id = OLD.move_id
               AND m.state = 'open') THEN
        RAISE EXCEPTION 'claim % belongs to the open move %', OLD.claim_id, OLD.move_id USING ERRCODE = 'ZU003';
    END IF;
    RETURN OLD;
END $$;

-- Deletes up to `p_limit` claims of a company that began over two days ago; says how many. Two sweepers share the work.
CREATE FUNCTION claims_sweep(p_company uuid, p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_before timestamptz := zusage_now() - interval '2 days';
    v_gone integer;
BEGIN
    DELETE FROM claim c USING (
        SELECT old.claim_id FROM resource r CROSS JOIN LATERAL (
            SELECT x.claim_id FROM claim x
            WHERE x.company_id = p_company AND x.resource_id = r.resource_id AND x.starts_at < v_before
            ORDER BY x.starts_at LIMIT p_limit FOR UPDATE SKIP LOCKED) AS old
        WHERE r.company_id = p_company LIMIT p_limit) AS o
    WHERE c.company_id = p_company AND c.claim_id = o.claim_id;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;
