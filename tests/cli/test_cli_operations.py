"""Commands on a database of one's own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from cli_process import Ended, own_servers
from psycopg.conninfo import make_conninfo

from support.database import DatabaseUrls
from zusage.adapters.crypto import parse_keys
from zusage.sandbox.demo import demo_company_text

_OTHER_KEY = "HxwdHhobGBkWFxQVEhMQEQ4PDA0KCwgJBgcEBQIDAAE="
_BOOKED = """
WITH someone AS (
    INSERT INTO customer (company_id, customer_id, name, name_key)
    SELECT company_id, gen_random_uuid(), 'Lea Beispiel', 'lea beispiel' FROM company RETURNING customer_id)
INSERT INTO appointment (company_id, appointment_id, branch_id, customer_id, service_id, service_name, staff_id,
                         staff_name, attendee_name, starts_at, ends_at, status, price_cents, currency, plan, created_at)
SELECT r.company_id, gen_random_uuid(), r.branch_id, customer_id, s.service_id, 'Bart [kurz]', r.resource_id,
       r.name, 'Lea Beispiel', '2027-06-09 12:00+02', '2027-06-09 12:30+02', 'booked', 2000, 'EUR', '{}', now()
FROM someone, resource r JOIN service s USING (company_id)
WHERE r.key = 'jonas-keller' AND s.key = 'rasur'
"""


Run = Callable[[str, Mapping[str, str]], Ended]
Own = Callable[..., Ended]


@pytest.fixture
def own(quick: Run, database: DatabaseUrls) -> Own:
    """Runs commands in this process on a migrated database without companies; keywords are further settings."""
    return lambda command, **settings: quick(command, own_servers(database) | settings)


@pytest.fixture
def salon(tmp_path: Path) -> Path:
    """A company file as an owner has it."""
    path = tmp_path / "salon.toml"
    with path.open("wb") as target:
        target.write(files("zusage.sandbox.demo").joinpath("salon-kupferkamm.toml").read_bytes())
    return path


def test_a_company_is_loaded_once_and_shown(own: Own, salon: Path) -> None:
    assert own(f"company load {salon.name}").out == "salon-kupferkamm: created\n"
    assert own(f"company load {salon.name}").out == "salon-kupferkamm: unchanged\n"
    listed = json.loads(own("company list --json").out)
    assert [company["key"] for company in listed] == ["salon-kupferkamm"]
    shown = own("company show salon-kupferkamm").out
    assert "+498999998110" in shown
    assert "agent_demo_wien" in shown
    assert "key_demo" not in own("company show salon-kupferkamm --json").out


def test_promises_that_a_new_file_strands_are_listed_and_can_fail_the_command(
    own: Own, database: DatabaseUrls, tmp_path: Path
) -> None:
    path, text = tmp_path / "salon.toml", demo_company_text("friseur-eins")
    path.write_text(text, encoding="utf-8")
    loaded = own("company load salon.toml --strict")
    assert (loaded.code, loaded.out) == (0, "friseur-eins: created\n")
    with psycopg.connect(database.admin) as connection:
        connection.execute(_BOOKED)
    path.write_text(text.replace('key = "jonas-keller"', 'key = "jonas-neu"'), encoding="utf-8")
    listed = (
        "1 promise needs a look; nothing was cancelled or moved:\n"
        "  Wed 09.06.2027 12:00 (Europe/Berlin)  Bart [kurz] with Jonas Keller for Lea Beispiel, "
        "Friseur Eins Mitte: Jonas Keller is no longer there\n"
    )
    loaded = own("company load salon.toml")
    assert (loaded.code, loaded.out) == (0, f"friseur-eins: changed (catalogue)\n{listed}")
    loaded = own("company load --strict salon.toml")
    assert (loaded.code, loaded.out) == (1, f"friseur-eins: unchanged\n{listed}")


def test_secrets_are_rotated_to_the_first_key(own: Own, salon: Path, database: DatabaseUrls) -> None:
    assert own(f"company load {salon.name}").code == 0
    old = own_servers(database)["ZUSAGE_SECRET_KEYS"]
    assert "1 secrets sealed anew" in own("secrets rotate", ZUSAGE_SECRET_KEYS=f"{_OTHER_KEY},{old}").out
    assert "1 were current" in own("secrets rotate", ZUSAGE_SECRET_KEYS=_OTHER_KEY).out
    lost = own("secrets rotate")
    assert (lost.code, "none of the keys" in lost.out) == (1, True)
    doctor = own("doctor")
    assert (doctor.code, "none of them opens" in doctor.out) == (1, True)


def test_a_new_key_is_another_one_each_time_and_can_be_set(quick: Run) -> None:
    key = quick("secrets new-key", {}).out.strip()
    assert len(parse_keys(key)) == 1
    assert key != quick("secrets new-key", {}).out.strip()


def test_the_doctor_refuses_a_role_that_sees_every_company(
    own: Own, salon: Path, database: DatabaseUrls
) -> None:
    assert own(f"company load {salon.name}").code == 0
    found = json.loads(own("doctor --json", ZUSAGE_DATABASE_URL=database.admin).out)
    failed = {finding["name"]: finding["mend"] for finding in found if finding["level"] == "fail"}
    assert set(failed) == {"app role", "walls"}
    assert "NOBYPASSRLS" in failed["app role"]


def test_the_doctor_names_what_to_do_first(quick: Run) -> None:
    ended = quick("doctor", {})
    assert ended.code == 1
    assert "zusage demo" in ended.out


def test_verify_ends_with_1_when_the_schema_lost_a_guard(own: Own, database: DatabaseUrls) -> None:
    assert own("verify").code == 0
    with psycopg.connect(database.migrate) as connection:
        connection.execute("ALTER TABLE claim DISABLE TRIGGER claim_guard")
    ended = own("verify --json")
    assert ended.code == 1
    assert [finding["code"] for finding in json.loads(ended.out)["findings"]] == [
        "key_missing",
        "trigger_off",
    ]


@contextmanager
def made_roles(statements: list[str], database: DatabaseUrls) -> Iterator[dict[str, tuple[str, str]]]:
    """Run the SQL with names of this process; gives each role's name and password, and drops them at the end."""
    probe = f"zusage_probe_{os.getpid()}_"
    made = re.findall(r"CREATE ROLE zusage_(\w+) LOGIN PASSWORD '([^']+)'", ";".join(statements))
    with psycopg.connect(database.admin, autocommit=True) as connection:
        try:
            for statement in statements:
                connection.execute(statement.replace("zusage_", probe).encode())
            for name, _ in made:
                # Settings are not inherited, the right to connect to a database is.
                connection.execute(f"GRANT zusage_app TO {probe}{name}".encode())
            yield {name: (probe + name, password) for name, password in made}
        finally:
            for name, _ in made:
                connection.execute(f"DROP ROLE IF EXISTS {probe}{name}".encode())


def patience_of(role: str, password: str, database: DatabaseUrls) -> str:
    """Log in as the role and ask how long its transactions may idle."""
    url = make_conninfo(database.admin, user=role, password=password, options="")
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert row is not None
    return str(row[0])


def test_roles_are_sql_that_a_server_accepts(quick: Run, database: DatabaseUrls) -> None:
    printed = quick("db roles --database salon_test", {}).out
    assert "CREATE DATABASE salon_test OWNER zusage_migrate" in printed
    statements = [part for part in printed.split(";") if "ROLE" in part]
    assert len(statements) == 5
    with made_roles(statements, database) as roles, psycopg.connect(database.admin) as connection:
        beyond = connection.execute(
            "SELECT bool_or(rolbypassrls OR rolsuper), count(*) FROM pg_roles WHERE rolname = ANY(%s)",
            [[role for role, _ in roles.values()]],
        ).fetchone()
        serving = {name: patience_of(*roles[name], database) for name in ("app", "jobs")}
    assert beyond == (False, 3)
    assert serving == {"app": "5s", "jobs": "5s"}


@pytest.mark.parametrize(
    ("setting", "name", "url"),
    [
        ("ZUSAGE_DATABASE_URL", "app role", lambda urls: urls.app),
        ("ZUSAGE_JOBS_URL", "jobs role", lambda urls: urls.jobs),
    ],
    ids=["app", "jobs"],
)
def test_the_doctor_warns_of_a_role_whose_frozen_processes_keep_their_locks(
    own: Own, database: DatabaseUrls, setting: str, name: str, url: Callable[[DatabaseUrls], str]
) -> None:
    patient = make_conninfo(url(database), options="-c idle_in_transaction_session_timeout=0")
    roles = ("app role", "jobs role")
    found = {check["name"]: check for check in json.loads(own("doctor --json", **{setting: patient}).out)}
    assert {each: found[each]["level"] for each in roles} == dict.fromkeys(roles, "ok") | {name: "warn"}
    assert "SET idle_in_transaction_session_timeout = '5s'" in found[name]["mend"]


def test_tool_definitions_are_printed_for_the_address(quick: Run) -> None:
    tools = json.loads(quick("retell tools --base-url https://voice.example.com/", {}).out)
    assert {tool["name"] for tool in tools} >= {"check_availability", "book_appointment"}
    assert all(tool["url"].startswith("https://voice.example.com/api/retell/") for tool in tools)
