"""The ledger's proof: what the constraints promise, computed once more without them; and that no mirror is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Connection, Database
from zusage.adapters.postgres.schema_keys import expected_keys, expected_policies
from zusage.app.operations.ports import CompanyName, Evidence, Finding

# Each check is one statement, so that it sees one moment; its rows are (ids text[], sentence).
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Check:
    code: str
    statement: LiteralString


_COUNTS: dict[str, LiteralString] = {
    "claims": "SELECT count(*) FROM claim WHERE company_id = %(company)s",
    "holds": "SELECT count(*) FROM hold WHERE company_id = %(company)s",
    "held": "SELECT count(*) FROM hold WHERE company_id = %(company)s AND status = 'held'",
    "appointments": "SELECT count(*) FROM appointment WHERE company_id = %(company)s",
    "phases": "SELECT count(*) FROM phase WHERE company_id = %(company)s",
    "mirrors": "SELECT count(*) FROM mirror WHERE company_id = %(company)s",
    "externals": "SELECT count(*) FROM external_booking WHERE company_id = %(company)s",
    "mirrored": (
        "SELECT count(*) FROM mirror WHERE company_id = %(company)s AND wanted = 'present' AND known = 'present'"
    ),
}

_LEDGER = (
    _Check(
        "overlap",
        """
        WITH sorted AS (
            SELECT claim_id, resource_id, starts_at, max(ends_at) OVER before AS busy_until,
                   lag(claim_id) OVER (PARTITION BY resource_id ORDER BY starts_at, claim_id) AS previous
            FROM claim WHERE company_id = %(company)s AND binding
            WINDOW before AS (PARTITION BY resource_id ORDER BY starts_at, claim_id
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
        SELECT ARRAY[claim_id::text, previous::text],
               format('Resource %%s is promised twice from %%s: claim %%s starts while it is taken until %%s.',
                      resource_id, starts_at, claim_id, busy_until)
        FROM sorted WHERE busy_until > starts_at
        """,
    ),
    _Check(
        "claim_without_owner",
        """
        SELECT ARRAY[c.claim_id::text], format('Claim %%s on %%s at %%s has %%s live owners instead of one.',
               c.claim_id, c.resource_id, c.starts_at,
               num_nonnulls(h.hold_id, a.appointment_id, m.move_id, b.absence_id, c.external_id))
        FROM claim c
        LEFT JOIN hold h ON h.company_id = c.company_id AND h.hold_id = c.hold_id AND h.status = 'held'
        LEFT JOIN appointment a ON a.company_id = c.company_id AND a.appointment_id = c.appointment_id
              AND a.status = 'booked'
        LEFT JOIN move m ON m.company_id = c.company_id AND m.move_id = c.move_id AND m.state = 'open'
        LEFT JOIN absence b ON b.company_id = c.company_id AND b.absence_id = c.absence_id
        WHERE c.company_id = %(company)s
          AND num_nonnulls(h.hold_id, a.appointment_id, m.move_id, b.absence_id, c.external_id) <> 1
        """,
    ),
    _Check(
        "promise_does_not_bind",
        """
        SELECT ARRAY[claim_id::text], format('Claim %%s is a promise that does not bind, or binds and is none.',
               claim_id)
        FROM claim WHERE company_id = %(company)s
          AND binding <> (hold_id IS NOT NULL OR appointment_id IS NOT NULL OR move_id IS NOT NULL)
        """,
    ),
    _Check(
        "hold_claims_differ",
        """
        SELECT ARRAY[h.hold_id::text], format('Hold %%s took %%s claims and has %%s.', h.hold_id, h.claims, count(c))
        FROM hold h LEFT JOIN claim c ON c.company_id = h.company_id AND c.hold_id = h.hold_id
        WHERE h.company_id = %(company)s AND h.status = 'held'
        GROUP BY h.hold_id, h.claims HAVING count(c) <> h.claims
        """,
    ),
    _Check(
        "conversion_without_appointment",
        """
        SELECT ARRAY[h.hold_id::text], format('Hold %%s is %%s and has %%s appointments.', h.hold_id, h.status, count(a))
        FROM hold h LEFT JOIN appointment a ON a.company_id = h.company_id AND a.hold_id = h.hold_id
        WHERE h.company_id = %(company)s
        GROUP BY h.hold_id, h.status HAVING count(a) <> (h.status = 'converted')::integer
        """,
    ),
    _Check(
        "phase_uncovered",
        """
        SELECT ARRAY[p.appointment_id::text],
               format('Phase %%s of appointment %%s has no claim of its own over %%s to %%s on %%s.',
                      p.ordinal, p.appointment_id, p.starts_at, p.ends_at, r.resource_id)
        FROM phase p
        JOIN appointment a ON a.company_id = p.company_id AND a.appointment_id = p.appointment_id
             AND a.status = 'booked'
        CROSS JOIN LATERAL (VALUES (p.staff_id), (p.chair_id)) AS r (resource_id)
        WHERE p.company_id = %(company)s AND r.resource_id IS NOT NULL
          -- Claims go two days after they began, and one may begin a day before its phase ends.
          AND p.ends_at > (SELECT zusage_now()) - interval '1 day' AND NOT EXISTS (
            SELECT 1 FROM claim c WHERE c.company_id = p.company_id AND c.appointment_id = p.appointment_id
             AND c.resource_id = r.resource_id AND c.starts_at <= p.starts_at AND c.ends_at >= p.ends_at)
        """,
    ),
    _Check(
        "phases_broken",
        """
        WITH ordered AS (
            SELECT p.*, lag(p.ends_at) OVER (PARTITION BY p.appointment_id ORDER BY p.ordinal) AS before
            FROM phase p WHERE p.company_id = %(company)s)
        SELECT ARRAY[a.appointment_id::text],
               format('The phases of appointment %%s do not run without a break from %%s to %%s.',
                      a.appointment_id, a.starts_at, a.ends_at)
        FROM appointment a LEFT JOIN ordered p ON p.appointment_id = a.appointment_id
        WHERE a.company_id = %(company)s AND a.status = 'booked'
        GROUP BY a.company_id, a.appointment_id
        HAVING count(p) = 0 OR min(p.starts_at) <> a.starts_at OR max(p.ends_at) <> a.ends_at
            OR min(p.ordinal) <> 0 OR max(p.ordinal) <> count(p) - 1 OR bool_or(p.starts_at <> p.before)
        """,
    ),
)

_MOVES = (
    _Check(
        "old_time_given_up",
        """
        SELECT ARRAY[m.move_id::text, m.appointment_id::text],
               format('Move %%s of appointment %%s is open, and its old time %%s to %%s on %%s is not its own any more.',
                      m.move_id, m.appointment_id, o.starts_at, o.ends_at, o.resource_id)
        FROM move m CROSS JOIN LATERAL jsonb_to_recordset(m.from_claims)
             AS o (resource_id uuid, starts_at timestamptz, ends_at timestamptz)
        WHERE m.company_id = %(company)s AND m.state = 'open' AND NOT coalesce((
            SELECT range_agg(c.during) FROM claim c
            WHERE c.company_id = m.company_id AND c.resource_id = o.resource_id
              AND (c.move_id = m.move_id OR c.appointment_id = m.appointment_id)), '{}')
            @> tstzrange(o.starts_at, o.ends_at)
        """,
    ),
    _Check(
        "move_unattended",
        """
        SELECT ARRAY[m.move_id::text, m.appointment_id::text],
               format('Move %%s of appointment %%s (%%s) is open since %%s: its calendar was to agree until %%s.',
                      m.move_id, m.appointment_id, a.status, m.created_at, m.deadline)
        FROM move m JOIN appointment a ON a.company_id = m.company_id AND a.appointment_id = m.appointment_id
        WHERE m.company_id = %(company)s AND (m.state = 'turning' OR m.state = 'open' AND (
              a.status <> 'booked' OR m.deadline < (SELECT zusage_now()) - interval '10 minutes'))
        """,
    ),
)

_MIRRORS = (
    _Check(
        "promise_not_mirrored",
        """
        SELECT ARRAY[a.appointment_id::text],
               format('Phase %%s of appointment %%s at %%s is promised and has no mirror, though its branch is connected.',
                      p.ordinal, a.appointment_id, p.starts_at)
        FROM appointment a
        JOIN calendar_branch b ON b.company_id = a.company_id AND b.branch_id = a.branch_id
             AND b.connected_at < a.created_at
        JOIN phase p ON p.company_id = a.company_id AND p.appointment_id = a.appointment_id AND p.kind = 'active'
        LEFT JOIN mirror m ON m.company_id = p.company_id AND m.appointment_id = p.appointment_id
             AND m.ordinal = p.ordinal
             AND m.wanted = 'present' AND m.starts_at = p.starts_at AND m.ends_at = p.ends_at
             AND m.staff_id = p.staff_id
        WHERE a.company_id = %(company)s AND a.status = 'booked' AND m.company_id IS NULL
        """,
    ),
    _Check(
        "mirror_of_nothing",
        """
        SELECT ARRAY[m.appointment_id::text],
               format('Appointment %%s is over, and phase %%s of it is still wanted in the calendar.',
                      m.appointment_id, m.ordinal)
        FROM mirror m JOIN appointment a ON a.company_id = m.company_id AND a.appointment_id = m.appointment_id
        WHERE m.company_id = %(company)s AND m.wanted = 'present' AND a.status <> 'booked'
        """,
    ),
    _Check(
        "mirror_unattended",
        """
        SELECT ARRAY[m.appointment_id::text],
               format('Phase %%s of appointment %%s is not in the calendar as wanted, and neither a worker (due %%s) '
                      'nor a person (review %%s) sees to it%%s.', m.ordinal, m.appointment_id, m.next_at, m.review_at,
                      ': the mirror is paused since ' || c.paused_at)
        FROM mirror m
        JOIN calendar_connection c ON c.company_id = m.company_id
        LEFT JOIN LATERAL (
            SELECT o.uid FROM mirror_former o WHERE o.company_id = m.company_id
               AND o.appointment_id = m.appointment_id AND o.ordinal = m.ordinal LIMIT 1) AS f ON true
        WHERE m.company_id = %(company)s
          AND NOT (m.wanted = 'absent' AND m.known IN ('none', 'absent') AND f.uid IS NULL)
          AND NOT (m.wanted = 'present' AND m.known = 'present' AND f.uid IS NULL
                   AND coalesce((m.known_starts_at, m.known_ends_at) = (m.starts_at, m.ends_at), true)
                   AND coalesce(m.known_staff_id = m.staff_id, true))
          AND CASE WHEN m.review_at IS NULL
              THEN m.next_at IS NULL
                   OR greatest(m.next_at, m.lease_until) < (SELECT zusage_now()) - interval '10 minutes'
              ELSE NOT EXISTS (
                  SELECT 1 FROM review_item r WHERE r.company_id = m.company_id
                     AND (r.resolved_at IS NULL OR (r.resolution IS NOT NULL AND r.resolved_at >= m.review_at))
                     AND r.appointment_id = m.appointment_id AND r.kind LIKE 'mirror\\_%%'
                     AND r.detail ->> 'phase' = m.ordinal::text) END
        """,
    ),
    _Check(
        "external_uncovered",
        """
        -- What of it is over may be gone already.
        WITH t AS MATERIALIZED (SELECT zusage_now() AS now)
        SELECT ARRAY[e.external_id::text],
               format('Booking %%s of others is known from %%s to %%s on %%s, and its time is not blocked.',
                      e.uid, e.starts_at, e.ends_at, e.staff_id)
        FROM external_booking e CROSS JOIN t
        WHERE e.company_id = %(company)s AND e.ends_at > t.now AND NOT EXISTS (
            SELECT 1 FROM claim c WHERE c.company_id = e.company_id AND c.external_id = e.external_id
            HAVING range_agg(c.during) FILTER (WHERE c.resource_id = e.staff_id AND NOT c.binding)
                   * tstzmultirange(tstzrange(t.now, NULL))
                   = tstzmultirange(tstzrange(greatest(e.starts_at, t.now), e.ends_at)))
        """,
    ),
    _Check(
        "calendar_not_compared",
        """
        SELECT ARRAY[]::text[],
               format('The calendar was to be compared at %%s, and %%s hints of webhooks wait since %%s at the earliest: '
                      '%%s.', p.next_at, count(h), min(h.next_at),
                      coalesce('the mirror is paused since ' || c.paused_at, 'no worker does it'))
        FROM calendar_pull p
        JOIN calendar_connection c ON c.company_id = p.company_id
        LEFT JOIN calendar_hint h ON h.company_id = p.company_id
             AND h.next_at < (SELECT zusage_now()) - interval '30 minutes'
        WHERE p.company_id = %(company)s
        GROUP BY p.company_id, p.next_at, c.paused_at
        HAVING p.next_at < (SELECT zusage_now()) - interval '3 hours' OR count(h) > 0
        """,
    ),
)

# `place` is the schema but for public, as in schema_keys.
_KEYS: LiteralString = """
WITH place AS (
    SELECT oid, nspname, CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END AS prefix
    FROM pg_namespace WHERE nspname IN ('public', 'directory')),
tables AS (
    SELECT t.oid, p.prefix || t.relname AS name, t.relrowsecurity AND t.relforcerowsecurity AS forced
    FROM pg_class t JOIN place p ON p.oid = t.relnamespace WHERE t.relkind IN ('r', 'p')),
rules AS (
    SELECT t.name || '.' || c.conname AS name, pg_get_constraintdef(c.oid) AS definition
    FROM pg_constraint c JOIN tables t ON t.oid = c.conrelid LEFT JOIN pg_index i ON i.indexrelid = c.conindid
    WHERE c.convalidated AND (c.contype = 'f' OR i.indexrelid IS NULL OR (i.indisvalid AND i.indisready))
      AND c.contype NOT IN ('n', 't') AND to_jsonb(c) ->> 'conenforced' IS DISTINCT FROM 'false')
SELECT 'rule ' || name FROM rules
UNION ALL SELECT 'definition ' || name || ': ' || definition FROM rules
UNION ALL SELECT 'rule ' || t.name || '.' || x.relname
    FROM pg_index i JOIN tables t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
    WHERE i.indisvalid AND i.indisready AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid
          AND c.contype IN ('p', 'u', 'x'))
UNION ALL SELECT CASE WHEN f.prosecdef THEN 'definer ' ELSE 'function ' END || p.prefix || f.proname
    FROM pg_proc f JOIN place p ON p.oid = f.pronamespace
    WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
UNION ALL SELECT 'trigger ' || t.name || '.' || g.tgname
    FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgenabled IN ('O', 'A')
UNION ALL SELECT 'forced security ' || t.name FROM tables t WHERE t.forced
UNION ALL SELECT 'policy ' || t.name || '.' || y.polname || ': ' || pg_get_expr(y.polqual, y.polrelid)
    FROM pg_policy y JOIN tables t ON t.oid = y.polrelid
    WHERE y.polcmd = 'r' OR pg_get_expr(y.polqual, y.polrelid) = pg_get_expr(y.polwithcheck, y.polrelid)
"""
_SECURITY = (
    _Check(
        "policy_unknown",
        """
        SELECT ARRAY[c.relname || '.' || p.polname], format('The policy %%s on %%s is not one of ours and may open it.',
               p.polname, c.relname)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relname || '.' || p.polname <> ALL (%(policies)s)
           OR p.polname = 'due' AND p.polroles <> ARRAY[c.relowner]
        """,
    ),
    _Check(
        "table_open",
        """
        SELECT ARRAY[c.relname::text], format('Table %%s holds rows of companies without forced row-level security.',
               c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """,
    ),
    _Check(
        "trigger_off",
        """
        SELECT ARRAY[c.relname || '.' || g.tgname], format('The trigger %%s on %%s is switched off.', g.tgname, c.relname)
        FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'directory') AND g.tgenabled NOT IN ('O', 'A')
        """,
    ),
    _Check(
        "role_bypasses",
        """
        SELECT ARRAY[rolname::text], format('Role %%s is not bound by row-level security, so that this proof and '
               'every query of it sees all companies.', rolname)
        FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
        """,
    ),
)


class PostgresEvidence:
    """Implements `app.operations.ports.LedgerEvidence`, as the role of the pool and under row-level security.

    A large ledger takes its time: give the pool a generous `statement_ms`. At most 200 findings of a kind come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def companies(self) -> Sequence[CompanyName]:
        return await PostgresCompanies(self._database).companies()

    async def of_company(self, company: CompanyName) -> Evidence:
        values = {"company": company.company_id}
        counts = {}
        async with self._database.transaction(company.company_id) as connection:
            for name, statement in _COUNTS.items():
                row = await (await connection.execute(statement, values)).fetchone()
                counts[name] = int(row[0]) if row else 0
            findings = await _run(connection, (*_LEDGER, *_MOVES, *_MIRRORS), values, company.key)
        return Evidence(findings, counts)

    async def of_catalogue(self) -> Evidence:
        wanted = expected_keys()
        async with self._database.connection() as connection:
            there = {row[0] for row in await (await connection.execute(_KEYS)).fetchall()}
            values = {"policies": sorted(expected_policies())}
            findings = await _run(connection, _SECURITY, values, "")
        return Evidence((*map(_missing, sorted(wanted - there)), *findings), {"keys": len(wanted)})


async def _run(
    connection: Connection, checks: Sequence[_Check], values: Mapping[str, object], company: str
) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for check in checks:
        rows = await (await connection.execute(check.statement, values)).fetchmany(_MOST)
        found += [
            Finding(check.code, company, tuple(i for i in ids if i is not None), text) for ids, text in rows
        ]
    return tuple(found)


def _missing(key: str) -> Finding:
    return Finding("key_missing", "", (key,), f"The schema lacks, or has not valid: {key}.")
