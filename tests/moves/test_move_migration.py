"""Version 0007 on a database that is in use: what stands is known to stand, and the way back gives old times up."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from support.database import Databases, DatabaseUrls
from zusage.adapters.postgres import migrate

# One company with one appointment of one phase, which stands in its calendar.
_IN_USE = """
DO $$
DECLARE
    c uuid := gen_random_uuid(); b uuid := gen_random_uuid(); s uuid := gen_random_uuid(); r uuid := gen_random_uuid();
    k uuid := gen_random_uuid(); a uuid := gen_random_uuid(); t timestamptz := '2027-03-02 10:00+00';
BEGIN
    INSERT INTO company (company_id, key, name) VALUES (c, 'laden', 'Laden');
    INSERT INTO branch (company_id, branch_id, key, name, zone) VALUES (c, b, 'b', 'Mitte', 'Europe/Berlin');
    INSERT INTO resource (company_id, resource_id, branch_id, kind, key, name) VALUES (c, r, b, 'staff', 'anna', 'Anna');
    INSERT INTO service (company_id, service_id, key, name, price_cents, currency) VALUES (c, s, 's', 'Schnitt', 1, 'EUR');
    INSERT INTO customer (company_id, customer_id, name, name_key) VALUES (c, k, 'Ida', 'ida');
    INSERT INTO appointment (company_id, appointment_id, branch_id, customer_id, service_id, service_name, staff_id,
                             staff_name, attendee_name, starts_at, ends_at, status, price_cents, currency, plan, created_at)
    VALUES (c, a, b, k, s, 'Schnitt', r, 'Anna', 'Ida', t, t + interval '1 hour', 'booked', 1, 'EUR', '{}', t);
    INSERT INTO phase (company_id, appointment_id, ordinal, kind, starts_at, ends_at, staff_id)
    VALUES (c, a, 0, 'active', t, t + interval '1 hour', r);
    INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, appointment_id)
    VALUES (c, r, t, t + interval '1 hour', true, a);
    INSERT INTO calendar_connection (company_id, base_url, account_id, username, email_domain, connected_at)
    VALUES (c, 'http://127.0.0.1:9', 1, 'anna', 'salon.example', t);
    INSERT INTO calendar_host (company_id, staff_id, host_id) VALUES (c, r, 12);
    INSERT INTO calendar_mapping (company_id, service_id, ordinal, staff_id, event_type_id, length_min)
    VALUES (c, s, 0, r, 77, 60);
    INSERT INTO mirror (company_id, appointment_id, ordinal, branch_id, service_id, staff_id, starts_at, ends_at, wanted,
                        known, uid, intent, created_at, wanted_at, settled_at)
    VALUES (c, a, 0, b, s, r, t, t + interval '1 hour', 'present', 'present', 'u1', gen_random_uuid(), t, t, t);
END $$
"""
_MOVED = """
INSERT INTO move (company_id, move_id, appointment_id, state, actor, reason, from_plan, from_claims, to_plan, claims,
                  created_at, deadline)
SELECT company_id, gen_random_uuid(), appointment_id, 'open', 'person', '', '{}', '[]', '{}', 1, now(), now()
FROM appointment;
INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, move_id)
SELECT a.company_id, a.staff_id, a.starts_at - interval '1 hour', a.starts_at, true, m.move_id
FROM appointment a JOIN move m USING (company_id, appointment_id);
UPDATE mirror SET known = 'moving', sent_at = now();
INSERT INTO mirror_attempt (company_id, appointment_id, ordinal, at, action, outcome)
SELECT company_id, appointment_id, ordinal, now(), 'move', 'unknown' FROM mirror;
"""
_PLACE = (
    "SELECT known_starts_at = starts_at, known_ends_at = ends_at, known_staff_id = staff_id, known_event_type_id,"
    " known_host_id FROM mirror"
)


@pytest.fixture
def in_use(databases: Databases) -> Iterator[DatabaseUrls]:
    urls = databases.empty()
    migrate.upgrade(urls.migrate, "0006")
    run(urls, _IN_USE)
    yield urls
    databases.drop(urls)


def run(urls: DatabaseUrls, statement: str) -> list[tuple[object, ...]]:
    """As a superuser, for whom row-level security is no wall."""
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_what_stood_is_known_to_stand_as_it_was_wanted(in_use: DatabaseUrls) -> None:
    """The wall of every company stands in the owner's way too, and is up again afterwards."""
    migrate.upgrade(in_use.migrate, "0007")
    assert run(in_use, _PLACE) == [(True, True, True, 77, 12)]
    open_tables = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert run(in_use, open_tables) == []


def test_the_way_back_gives_old_times_up_and_keeps_appointments(in_use: DatabaseUrls) -> None:
    migrate.upgrade(in_use.migrate, "0007")
    run(in_use, _MOVED)
    migrate.downgrade(in_use.migrate, "0006")
    assert run(in_use, "SELECT count(*) FROM claim") == [(1,)]
    assert run(in_use, "SELECT known, uid FROM mirror") == [("unknown", "u1")]
    assert run(in_use, "SELECT status FROM appointment") == [("booked",)]
    migrate.upgrade(in_use.migrate, "0007")
    assert run(in_use, _PLACE) == [(True, True, True, 77, 12)]
