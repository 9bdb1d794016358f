"""The statements of the comparison with a calendar; each names its company first, as row-level security does."""

from __future__ import annotations

from typing import LiteralString

# What a person has said go to does not count against what comes after it.
FRAME: LiteralString = """
SELECT directory.installed(%(new)s), n.now, directory.identity(),
       (SELECT p.identity FROM calendar_pull p WHERE p.company_id = %(company)s),
       (SELECT b.zone FROM branch b JOIN calendar_branch c ON c.company_id = b.company_id AND c.branch_id = b.branch_id
        WHERE b.company_id = %(company)s ORDER BY b.key LIMIT 1),
       (SELECT count(*) FROM orphan o WHERE o.company_id = %(company)s AND o.why IN ('unwanted', 'duplicate')
           AND o.found_at > n.since)
       + (SELECT count(*) FROM mirror_attempt a WHERE a.company_id = %(company)s AND a.outcome = 'made_anew'
           AND a.at > n.since),
       (SELECT max(m.starts_at) FROM mirror m WHERE m.company_id = %(company)s AND m.wanted = 'present')
FROM (SELECT t.now, greatest(t.now - interval '1 hour', (
          SELECT max(r.resolved_at) FROM review_item r
          WHERE r.company_id = %(company)s AND r.kind = 'calendar_observe_only')) AS since
      FROM (SELECT zusage_now() AS now) AS t) AS n
"""
HOSTS = "SELECT host_id, staff_id FROM calendar_host WHERE company_id = %s"
PEOPLE = """
SELECT r.resource_id, r.name, r.branch_id, b.name
FROM resource r JOIN branch b ON b.company_id = r.company_id AND b.branch_id = r.branch_id
WHERE r.company_id = %s AND r.kind = 'staff'
"""
_PHASE: LiteralString = """
SELECT m.appointment_id, m.ordinal, m.staff_id, m.starts_at, m.ends_at, m.wanted, m.known,
       ARRAY(SELECT mirror_intent(m.appointment_id, m.ordinal, g::smallint)::text
             FROM generate_series(0, m.generation) AS g ORDER BY g),
       m.uid, m.uids, m.next_at IS NOT NULL OR coalesce(m.lease_until > %(now)s, false), m.review_at IS NOT NULL,
       greatest(m.created_at, m.wanted_at, m.settled_at, m.sent_at, m.review_at), m.missed_at,
       coalesce(h.host_id, m.known_host_id),
       CASE WHEN m.failure IS DISTINCT FROM 'changed' THEN m.known_starts_at END, m.known_ends_at, m.known_host_id
FROM mirror m LEFT JOIN calendar_host h ON h.company_id = m.company_id AND h.staff_id = m.staff_id
WHERE m.company_id = %(company)s
"""
PHASES = (
    _PHASE  # noqa: S608 - put together from literals
    + """
  AND m.appointment_id IN (
      SELECT x.appointment_id FROM mirror x WHERE x.company_id = %(company)s AND x.uid = ANY (%(uids)s)
      UNION SELECT x.appointment_id FROM mirror x WHERE x.company_id = %(company)s AND x.intent = ANY (%(intents)s)
      UNION SELECT x.appointment_id FROM mirror x
            WHERE x.company_id = %(company)s AND x.appointment_id = ANY (%(appointments)s)
      UNION SELECT x.appointment_id FROM mirror x JOIN unnest(%(staff)s::uuid[], %(starts)s::timestamptz[]) AS p (staff_id, at)
            ON x.staff_id = p.staff_id AND x.starts_at = p.at WHERE x.company_id = %(company)s)
ORDER BY m.appointment_id, m.ordinal
"""
)
EXPECTED = (
    _PHASE
    + """
  AND m.starts_at >= %(from)s AND m.starts_at < %(to)s
  AND (m.wanted = 'present' OR m.known IN ('present', 'sending', 'unknown'))
ORDER BY m.appointment_id, m.ordinal
"""
)
ASKED_ABOUT = (
    _PHASE
    + """
  AND m.review_at IS NOT NULL AND m.failure IN ('changed', 'cancelled') AND m.starts_at > %(now)s
ORDER BY m.appointment_id, m.ordinal
"""
)
IDENTITIES = """
SELECT p.identity, directory.identity(), c.observe_only AND c.observe_reason <> ''
FROM calendar_connection c LEFT JOIN calendar_pull p ON p.company_id = c.company_id WHERE c.company_id = %s
"""
FORGET_HINTS = "DELETE FROM calendar_hint WHERE company_id = %s AND received_at < %s"
FORGET_EXTERNALS = "DELETE FROM external_booking WHERE company_id = %s AND ends_at < %s"
# An appointment that was cancelled or moved away is over nothing any more; nor is a hold that is over.
CLOSE_OVERLAPS = """
UPDATE review_item r SET resolved_at = %(now)s
WHERE r.company_id = %(company)s AND r.kind = 'external_over_promise' AND r.resolved_at IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM external_booking e
      JOIN phase f ON f.company_id = e.company_id AND f.staff_id = e.staff_id
           AND f.starts_at < e.ends_at AND f.ends_at > e.starts_at
      JOIN appointment a ON a.company_id = f.company_id AND a.appointment_id = f.appointment_id AND a.status = 'booked'
      WHERE e.company_id = r.company_id AND e.uid = r.detail ->> 'uid'
        AND (a.appointment_id = r.appointment_id OR a.hold_id = (r.detail ->> 'hold_id')::uuid))
  AND NOT EXISTS (
      SELECT 1 FROM hold h WHERE h.company_id = r.company_id AND h.hold_id = (r.detail ->> 'hold_id')::uuid
        AND h.status = 'held')
"""
ACT = "SELECT calendar_act(%s)"
LOCK_APPOINTMENT = """
SELECT 1 FROM appointment WHERE company_id = %s AND appointment_id = %s FOR NO KEY UPDATE
"""
LOCK_MIRRORS = """
SELECT ordinal FROM mirror WHERE company_id = %s AND appointment_id = %s ORDER BY ordinal FOR UPDATE
"""
EXTERNALS = """
SELECT uid, staff_id, starts_at, ends_at, missed_at FROM external_booking
WHERE company_id = %s AND uid = ANY (%s)
"""
EXTERNALS_BETWEEN = """
SELECT uid, staff_id, starts_at, ends_at, missed_at FROM external_booking
WHERE company_id = %s AND starts_at >= %s AND starts_at < %s
"""
ORPHANS = "SELECT uid FROM orphan WHERE company_id = %s AND uid = ANY (%s)"

STANDS = """
UPDATE mirror SET known = 'present', uid = %(uid)s, known_starts_at = starts_at, known_ends_at = ends_at,
       known_staff_id = staff_id, known_host_id = %(host)s, known_event_type_id = coalesce(%(kind)s, known_event_type_id),
       moving_to = NULL,
       uids = CASE WHEN %(uid)s = ANY (uids) THEN uids ELSE uids || %(uid)s::text END, missed_at = NULL, attempts = 0,
       failure = NULL, failure_text = '', failing_since = NULL, review_at = NULL, next_at = NULL, settled_at = %(now)s
WHERE company_id = %(company)s AND appointment_id = %(appointment)s AND ordinal = %(ordinal)s
"""
REVIEWED = """
UPDATE review_item SET resolved_at = %(now)s
WHERE company_id = %(company)s AND appointment_id = %(appointment)s AND kind LIKE 'mirror\\_%%'
  AND detail ->> 'phase' = %(ordinal)s::text AND resolved_at IS NULL
"""
ASKED = """
UPDATE mirror SET known = %(known)s, uid = %(uid)s,
       uids = CASE WHEN %(uid)s = ANY (uids) THEN uids ELSE uids || %(uid)s::text END, missed_at = NULL,
       failure = %(failure)s, failure_text = %(why)s, failing_since = coalesce(failing_since, %(now)s),
       review_at = %(now)s, next_at = NULL
WHERE company_id = %(company)s AND appointment_id = %(appointment)s AND ordinal = %(ordinal)s
"""
# Where it stands now: a retry moves it back from there.
STANDS_ELSEWHERE = """
UPDATE mirror SET known_starts_at = %(starts)s, known_ends_at = %(ends)s, known_host_id = %(host)s, moving_to = NULL,
       known_event_type_id = coalesce(%(kind)s, known_event_type_id),
       known_staff_id = (SELECT h.staff_id FROM calendar_host h
                         WHERE h.company_id = %(company)s AND h.host_id = %(host)s ORDER BY h.staff_id LIMIT 1)
WHERE company_id = %(company)s AND appointment_id = %(appointment)s AND ordinal = %(ordinal)s
"""
REVIEW = """
INSERT INTO review_item (company_id, kind, appointment_id, detail, created_at)
SELECT %(company)s, %(kind)s, %(appointment)s,
       jsonb_build_object('phase', %(ordinal)s::int, 'failure', %(failure)s::text, 'text', %(why)s::text,
                          'uid', %(uid)s::text), %(now)s
WHERE NOT EXISTS (SELECT 1 FROM review_item r WHERE r.company_id = %(company)s AND r.kind = %(kind)s
   AND r.appointment_id = %(appointment)s AND r.detail ->> 'phase' = %(ordinal)s::text AND r.resolved_at IS NULL)
"""
GONE = """
UPDATE mirror SET known = 'absent', missed_at = NULL
WHERE company_id = %s AND appointment_id = %s AND ordinal = ANY (%s)
"""
FOLLOW = "SELECT ledger_moved_there(%s, %s, %s, %s, %s, %s, %s)"
CANCEL = "SELECT ledger_cancel(%s, %s, 'calendar', %s, false)"
MISSED = """
UPDATE mirror SET missed_at = %(now)s
WHERE company_id = %(company)s AND appointment_id = %(appointment)s AND ordinal = %(ordinal)s
"""
EXTERNAL_MISSED = "UPDATE external_booking SET missed_at = %s WHERE company_id = %s AND uid = %s"
LOOK_LATER = "SELECT calendar_hint_note(%s, sha256(%s), 'MISSED', %s, interval '3 minutes')"
AGAIN = "SELECT mirror_again(%s, %s, %s, %s)"
NOTE_AGAIN = """
INSERT INTO mirror_attempt (company_id, appointment_id, ordinal, at, action, outcome, detail)
VALUES (%s, %s, %s, %s, 'look', 'made_anew', 'Its booking was not found there, twice.')
"""
ADD_ORPHAN = """
INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at, next_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (company_id, uid) DO NOTHING
"""
UNKNOWN = """
INSERT INTO review_item (company_id, kind, detail, created_at)
SELECT %(company)s, 'calendar_unknown_intent', %(detail)s, %(now)s
WHERE NOT EXISTS (SELECT 1 FROM review_item r WHERE r.company_id = %(company)s
   AND r.kind = 'calendar_unknown_intent' AND r.detail ->> 'uid' = %(uid)s)
"""
KNOWN_AGAIN = """
UPDATE review_item SET resolved_at = %s
WHERE company_id = %s AND kind = 'calendar_unknown_intent' AND detail ->> 'uid' = %s AND resolved_at IS NULL
"""
NO_SHOW = """
INSERT INTO appointment_history (company_id, appointment_id, at, actor, action, detail)
SELECT %(company)s, %(appointment)s, %(now)s, 'calendar', 'no_show', jsonb_build_object('uid', %(uid)s::text)
WHERE NOT EXISTS (SELECT 1 FROM appointment_history h WHERE h.company_id = %(company)s
   AND h.appointment_id = %(appointment)s AND h.action = 'no_show')
"""
EXTERNAL = "SELECT ledger_external(%s, %s, %s, %s, %s, %s)"
OBSERVE = "SELECT calendar_observe(%s, %s, %s)"

TAKE_HINTS = """
UPDATE calendar_hint SET looks = looks + 1, next_at = %(until)s
WHERE company_id = %(company)s AND digest IN (
    SELECT h.digest FROM calendar_hint h WHERE h.company_id = %(company)s AND h.next_at <= %(now)s
    ORDER BY h.next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING digest, trigger_event, uids, looks, received_at
"""
HEEDED = "UPDATE calendar_hint SET next_at = %s WHERE company_id = %s AND digest = ANY (%s)"
FIRST_PULL = """
INSERT INTO calendar_pull (company_id, next_at, identity) VALUES (%s, %s, directory.identity())
ON CONFLICT (company_id) DO NOTHING
"""
PULL_SOON = "UPDATE calendar_pull SET next_at = %s WHERE company_id = %s AND next_at > %s"
TAKE_PULL = """
UPDATE calendar_pull p SET lease = %(lease)s, lease_until = %(until)s, identity = coalesce(p.identity, directory.identity())
WHERE p.company_id = %(company)s AND (%(at_once)s OR ((p.lease_until IS NULL OR p.lease_until <= %(now)s)
  AND (p.next_at <= %(now)s OR (p.identity <> directory.identity() AND NOT EXISTS (
           SELECT 1 FROM calendar_connection c WHERE c.company_id = p.company_id AND c.observe_only)))))
RETURNING p.changed_from, p.compare_from, p.compare_started_at, p.compared_at
"""
KEEP_PULL = """
UPDATE calendar_pull SET changed_from = %(changed_from)s, compare_from = %(compare_from)s,
       compare_started_at = %(compare_started_at)s, compared_at = %(compared_at)s, lease_until = %(until)s
WHERE company_id = %(company)s AND lease = %(lease)s
"""
END_PULL = """
UPDATE calendar_pull SET changed_from = %(changed_from)s, compare_from = %(compare_from)s,
       compare_started_at = %(compare_started_at)s, compared_at = %(compared_at)s, lease = NULL, lease_until = NULL,
       next_at = %(next_at)s, failure = %(failure)s,
       failures = CASE WHEN %(failure)s::text IS NULL THEN 0 ELSE least(failures + 1, 1000) END
WHERE company_id = %(company)s AND lease = %(lease)s
"""
