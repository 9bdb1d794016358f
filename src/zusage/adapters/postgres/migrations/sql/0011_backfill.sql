-- Gives the active phases of an appointment that was booked before its branch was connected their mirrors, due in
-- `p_seconds`. For those of `p_alike` something stands in the calendar at the same host and time (`p_uids`): they wait
-- for a person, for a booking typed in by hand must not be made twice. Says how many are new; none where the
-- appointment is over, or its branch is not connected.
CREATE FUNCTION mirror_backfill(
    p_company uuid, p_appointment uuid, p_alike smallint[], p_uids text[], p_seconds double precision
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_appointment appointment;
    v_made integer;
BEGIN
    SELECT a.* INTO v_appointment FROM appointment a
    JOIN calendar_branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
    WHERE a.company_id = p_company AND a.appointment_id = p_appointment AND a.status = 'booked'
      AND a.starts_at > v_now
    FOR NO KEY UPDATE OF a;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH made AS (
        INSERT INTO mirror (company_id, appointment_id, ordinal, branch_id, service_id, staff_id, starts_at, ends_at,
                            wanted, known, intent, next_at, created_at, wanted_at, failure, failure_text, failing_since,
                            review_at)
        SELECT p_company, p_appointment, f.ordinal, v_appointment.branch_id, v_appointment.service_id, f.staff_id,
               f.starts_at, f.ends_at, 'present', 'none', mirror_intent(p_appointment, f.ordinal, 0::smallint),
               CASE WHEN u.uid IS NULL THEN v_now + make_interval(secs => p_seconds) END, v_now, v_now,
               CASE WHEN u.uid IS NOT NULL THEN 'alike' END,
               CASE WHEN u.uid IS NULL THEN '' ELSE format('Booking %s stands there at the same time.', u.uid) END,
               CASE WHEN u.uid IS NOT NULL THEN v_now END, CASE WHEN u.uid IS NOT NULL THEN v_now END
        FROM phase f LEFT JOIN unnest(p_alike, p_uids) AS u (ordinal, uid) ON u.ordinal = f.ordinal
        WHERE f.company_id = p_company AND f.appointment_id = p_appointment AND f.kind = 'active'
        ORDER BY f.ordinal
        ON CONFLICT (company_id, appointment_id, ordinal) DO NOTHING
        RETURNING ordinal, failure_text, review_at),
    noted AS (
        INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
        SELECT p_company, 'mirror_alike', p_appointment,
               jsonb_build_object('phase', m.ordinal, 'failure', 'alike', 'text', m.failure_text, 'uid', u.uid), v_now
        FROM made m JOIN unnest(p_alike, p_uids) AS u (ordinal, uid) ON u.ordinal = m.ordinal)
    SELECT count(*) INTO v_made FROM made;
    RETURN v_made;
END $$;
