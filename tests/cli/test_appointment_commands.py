"""`zusage appointments` on a database of one's own, with a calendar that nobody has asked yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cli_process import Ended, own_servers

from support.database import DatabaseUrls

Run = Callable[[str, Mapping[str, str]], Ended]
COMPANY = "--company friseur-eins"


class Desk:
    """Runs commands in this process on a database with the demo salon and one appointment of tomorrow week."""

    def __init__(self, quick: Run, database: DatabaseUrls) -> None:
        self._quick = quick
        self._settings = own_servers(database)
        self._admin = database.admin

    def __call__(self, command: str) -> Ended:
        return self._quick(f"appointments {command}", self._settings)

    def load(self) -> None:
        assert self._quick("company load salon.toml", self._settings).code == 0

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._admin) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def desk(quick: Run, database: DatabaseUrls, tmp_path: Path) -> Desk:
    source = files("zusage.sandbox.demo").joinpath("friseur-eins.toml")
    (tmp_path / "salon.toml").write_bytes(source.read_bytes())
    made = Desk(quick, database)
    made.load()
    made.rows(_BOOK)
    return made


# Tuesday week at eleven, with whoever comes first of those who do the first service of one phase in the first branch.
_BOOK = """
DO $$
DECLARE
    v record;
    v_start timestamptz;
    v_plan jsonb;
BEGIN
    SELECT s.company_id, b.branch_id, b.zone, s.service_id, s.name, k.resource_id AS staff_id, r.name AS staff,
           (SELECT sum(g.minutes) FROM segment g WHERE g.company_id = s.company_id AND g.service_id = s.service_id) AS minutes
    INTO v
    FROM service s JOIN branch_service bs USING (company_id, service_id) JOIN branch b USING (company_id, branch_id)
    JOIN skill k USING (company_id, service_id)
    JOIN resource r ON r.company_id = s.company_id AND r.resource_id = k.resource_id AND r.branch_id = b.branch_id
    WHERE k.minutes IS NULL AND s.active
      AND (SELECT count(*) FROM segment g WHERE g.company_id = s.company_id AND g.service_id = s.service_id) = 1
    ORDER BY b.key, s.key, r.key LIMIT 1;
    v_start := (date_trunc('week', now() AT TIME ZONE v.zone) + interval '8 days 11 hours') AT TIME ZONE v.zone;
    v_plan := jsonb_build_object('service_id', v.service_id, 'service_name', v.name, 'staff_id', v.staff_id,
        'staff_name', v.staff, 'starts_at', v_start, 'ends_at', v_start + make_interval(mins => v.minutes::int),
        'price_cents', 3500, 'currency', 'EUR', 'phases', jsonb_build_array(jsonb_build_object('ordinal', 0,
        'kind', 'active', 'name', '', 'starts_at', v_start, 'ends_at', v_start + make_interval(mins => v.minutes::int),
        'staff_id', v.staff_id, 'chair_id', NULL)));
    INSERT INTO call (company_id, call_id, branch_id, provider, external_id, first_seen_at, last_seen_at)
    VALUES (v.company_id, gen_random_uuid(), v.branch_id, 'retell', 'c1', now(), now());
    PERFORM ledger_take_and_confirm(v.company_id, (SELECT call_id FROM call), gen_random_uuid(), 'token',
        jsonb_build_array(v_plan), ARRAY[1], ARRAY[v.staff_id], ARRAY[v_start],
        ARRAY[v_start + make_interval(mins => v.minutes::int)], gen_random_uuid(), gen_random_uuid(),
        '+493012345678', 'Sabine', 'sabine', 'Sabine', NULL, '');
END $$
"""


def one(desk: Desk) -> tuple[str, str]:
    """Its id, and its local day."""
    ((found, day),) = desk.rows(
        "SELECT appointment_id::text, (starts_at AT TIME ZONE 'Europe/Berlin')::date::text FROM appointment"
    )
    return found, day


def test_a_day_is_listed_and_one_is_shown(desk: Desk) -> None:
    found, day = one(desk)
    listed = json.loads(desk(f"list {COMPANY} --day {day} --json").out)
    assert [(each["id"], each["status"], each["calendar"]) for each in listed] == [
        (found, "booked", "no calendar")
    ]
    shown = desk(f"show {found} {COMPANY}")
    assert (shown.code, "calendar: no calendar" in shown.out) == (0, True)
    assert "+493012345678" not in shown.out, "a number is not shown whole"
    assert "0 appointments on 2020-01-01" in desk("list --day 2020-01-01").out
    lines = desk(f"list --day {day}").out.splitlines()
    assert (f"  {found}" in lines, lines[-1]) == (True, f"1 appointment on {day}")
    assert desk("list").out == "0 appointments today\n"
    desk.rows("UPDATE appointment SET starts_at = now(), ends_at = now() + interval '1 hour'")
    assert "1 appointment today" in desk("list").out


def test_a_move_is_a_dry_run_until_it_is_applied(desk: Desk) -> None:
    found, day = one(desk)
    dry = desk(f"move {found} {day}T15:00 {COMPANY}")
    assert (dry.code, ", with --apply." in dry.out) == (0, True)
    assert desk.rows("SELECT count(*) FROM move") == [(0,)]
    done = desk(f"move {found} {day}T15:00 {COMPANY} --apply --json")
    assert json.loads(done.out)["applied"] is True
    assert desk.rows(
        "SELECT to_char(starts_at AT TIME ZONE 'Europe/Berlin', 'HH24:MI') FROM appointment"
    ) == [("15:00",)]
    assert desk.rows("SELECT actor, detail ->> 'reason' FROM appointment_history WHERE action = 'moved'") == [
        ("person", "Vom Salon verlegt")
    ]
    assert "already" in desk(f"move {found} {day}T15:00 {COMPANY}").out


def test_what_cannot_be_had_stays_and_ends_with_1(desk: Desk) -> None:
    found, day = one(desk)
    refused = desk(f"move {found} {day}T03:00 {COMPANY} --yes")
    assert (refused.code, "It stays where it is: the branch is closed then" in refused.out) == (1, True)
    assert "Free near that: " in refused.out
    assert "that is over" in desk(f"move {found} 2020-01-07T12:00 {COMPANY} --yes").out
    assert desk.rows("SELECT count(*) FROM move") == [(0,)]


def test_a_cancellation_is_a_dry_run_until_it_is_applied_and_may_be_repeated(desk: Desk) -> None:
    found, _ = one(desk)
    assert desk(f"cancel {found} {COMPANY}").out.endswith(", with --apply.\n")
    assert desk.rows("SELECT status FROM appointment") == [("booked",)]
    assert "is cancelled." in desk(f"cancel {found} {COMPANY} --yes").out
    assert desk.rows("SELECT status FROM appointment") == [("cancelled",)]
    again = desk(f"cancel {found} {COMPANY} --yes")
    assert (again.code, again.out) == (0, "It is cancelled already.\n")
    moved = desk(f"move {found} {one(desk)[1]}T15:00 {COMPANY} --yes")
    assert (moved.code, moved.out) == (1, "It is cancelled, so it cannot be moved.\n")


def test_with_a_calendar_its_state_is_named(desk: Desk) -> None:
    found, day = one(desk)
    desk.rows("UPDATE appointment SET created_at = now()")
    desk.rows(
        "INSERT INTO calendar_connection (company_id, base_url, account_id, username, email_domain, connected_at)"
        " SELECT company_id, 'http://127.0.0.1:9', 1, 'anna', 'salon.example', now() FROM company"
    )
    desk.rows(
        "INSERT INTO calendar_branch (company_id, branch_id, connected_at) SELECT company_id, branch_id, now() FROM branch"
    )
    desk.rows(
        "INSERT INTO calendar_host (company_id, staff_id, host_id) SELECT company_id, staff_id, 1 FROM appointment"
    )
    desk.rows(
        "INSERT INTO calendar_mapping (company_id, service_id, ordinal, staff_id, event_type_id, length_min)"
        " SELECT company_id, service_id, 0, staff_id, 7, extract(epoch FROM ends_at - starts_at)::int / 60 FROM appointment"
    )
    desk.rows(
        "SELECT set_config('zusage.company_id', company_id::text, false), mirror_want(company_id, branch_id, appointment_id,"
        " service_id, now()) FROM appointment"
    )
    assert "on its way there" in desk(f"show {found} {COMPANY}").out
    desk.rows(
        "UPDATE mirror SET known = 'present', uid = 'a', next_at = NULL, settled_at = now(), known_starts_at = starts_at,"
        " known_ends_at = ends_at, known_staff_id = staff_id"
    )
    assert "calendar: stands there" in desk(f"show {found} {COMPANY}").out
    said = desk(f"move {found} {day}T15:00 {COMPANY} --yes").out
    assert "The calendar is asked by the worker; the old time is kept until it has agreed" in said
    assert "being moved there, the old time is kept until" in desk(f"list --day {day} --json").out
    assert desk(f"cancel {found} {COMPANY} --yes").out.endswith("is cancelled, and goes from the calendar.\n")
    assert "being cancelled there" in desk(f"show {found} {COMPANY} --json").out


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("show x --company friseur-eins", "is no appointment's id"),
        ("show 00000000-0000-0000-0000-000000000001 --company friseur-eins", "has no appointment"),
        ("show 00000000-0000-0000-0000-000000000001 --company nobody", 'There is no company "nobody"'),
        ("list --day morgen", "is no day; write one like"),
        ("list --company nobody", 'There is no company "nobody"'),
        ("move {id} um-drei --company friseur-eins", "is no ISO time"),
        ("move {id} {day}T15:00 --company friseur-eins --staff Niemand", 'Nobody is called "Niemand"'),
    ],
)
def test_mistakes_are_told_in_a_sentence(desk: Desk, command: str, says: str) -> None:
    found, day = one(desk)
    ended = desk(command.format(id=found, day=day))
    assert (ended.code, says in ended.err) == (2, True), ended.said
    assert "Traceback" not in ended.said
