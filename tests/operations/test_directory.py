"""Lines are found before the company is known; keys are sealed, cached for a moment, and rotated."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest
from ledger_rows import Rows

from support.database import DatabaseUrls
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.directory import PostgresDirectory
from zusage.app.callers.ports import Line
from zusage.app.operations.company_file import parse_company_file, stable_id
from zusage.app.operations.load_company import load_company
from zusage.app.operations.rotate_secrets import LostSecret, rotate_secrets
from zusage.sandbox.demo import demo_company_text

SALON = stable_id("friseur-eins", "company", "friseur-eins")
MITTE = stable_id("friseur-eins", "branch", "mitte")
WIEN = stable_id("salon-kupferkamm", "branch", "wien")
NUMBER, AGENT = "+493023125100", "agent_demo_mitte"
KEY = "key_demo_friseur_eins"


@dataclass
class Seconds:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def directory(app_db: Database, demo: Rows, box: SecretBox, seconds: Seconds) -> PostgresDirectory:
    return PostgresDirectory(app_db, box, clock=seconds, ttl=5, ttl_unknown=1)


async def load_with(store: PostgresCompanies, box: SecretBox, *changes: tuple[str, str]) -> None:
    text = demo_company_text("friseur-eins")
    for before, after in changes:
        text = text.replace(before, after, 1)
    await load_company(parse_company_file(text, source="x"), store=store, seal=box, environment={})


async def test_hole_28_a_line_is_found_by_number_then_by_agent(directory: PostgresDirectory) -> None:
    assert await directory.find(NUMBER, None) == Line(SALON, MITTE, (KEY,))
    assert await directory.find(None, AGENT) == Line(SALON, MITTE, (KEY,))
    assert await directory.find("+4900000", AGENT) == Line(SALON, MITTE, (KEY,))
    # The number decides: what an agent of another company says does not count.
    other = await directory.find("+498999998110", AGENT)
    assert other is not None
    assert (other.branch_id, other.keys) == (WIEN, ("key_demo_salon_kupferkamm",))


@pytest.mark.parametrize(
    ("number", "agent"),
    [
        (None, None),
        ("", ""),
        ("+4930", "agent"),
        (AGENT, NUMBER),
        ("+49\x00", "\ud800"),
        ("9" * 100_000, "%"),
    ],
)
async def test_hole_28_what_is_no_line_is_nobody_and_no_error(
    directory: PostgresDirectory, number: str | None, agent: str | None
) -> None:
    assert await directory.find(number, agent) is None


async def test_hole_28_only_the_narrow_doors_answer_and_only_for_the_own_company(
    demo: Rows, app_db: Database, jobs_db: Database
) -> None:
    for table in ("company", "line", "secret", "worker"):
        async with app_db.connection() as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(f"SELECT * FROM directory.{table}".encode())
    for door in ("secrets_of", "lines_of"):
        async with app_db.transaction(SALON) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="company of this transaction"):
                await connection.execute(
                    f"SELECT * FROM directory.{door}(%s)".encode(),
                    [stable_id("salon-kupferkamm", "company", "salon-kupferkamm")],
                )
        async with app_db.connection() as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(f"SELECT * FROM directory.{door}(%s)".encode(), [SALON])
    async with app_db.connection() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("SELECT directory.due_companies('expired_holds', 10)")


async def test_hole_28_jobs_learn_which_companies_are_due_and_nothing_else(
    demo: Rows, jobs_db: Database
) -> None:
    due = b"SELECT * FROM directory.due_companies('expired_holds', 10)"
    async with jobs_db.connection() as connection:
        assert await (await connection.execute(due)).fetchall() == []
    taken = await demo.hold(demo.staff["jonas-keller"], hours=3)
    await demo.value("UPDATE hold SET expires_at = now() - interval '1 s' WHERE hold_id = %s", taken.hold)
    async with jobs_db.connection() as connection:
        assert await (await connection.execute(due)).fetchall() == [(SALON,)]
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            await connection.execute("SELECT directory.due_companies('anything', 10)")


async def test_answers_are_kept_for_seconds_and_forgotten_on_demand(
    directory: PostgresDirectory, app_db: Database, box: SecretBox, seconds: Seconds
) -> None:
    store = PostgresCompanies(app_db)
    first = await directory.find(NUMBER, None)
    await load_with(store, box, (f'["{KEY}"]', f'["key_new_one", "{KEY}"]'))
    seconds.now += 4.9
    assert await directory.find(NUMBER, None) is first
    directory.forget(NUMBER, None)
    renewed = await directory.find(NUMBER, None)
    assert renewed is not None
    assert renewed.keys == ("key_new_one", KEY)

    await load_with(store, box)
    seconds.now += 5.1
    assert await directory.find(NUMBER, None) == first


async def test_a_new_line_is_found_after_the_shorter_wait(
    directory: PostgresDirectory, app_db: Database, box: SecretBox, seconds: Seconds
) -> None:
    assert await directory.find("+493023125102", None) is None
    await load_with(PostgresCompanies(app_db), box, ("30 23125 101", "30 23125 102"))
    assert await directory.find("+493023125102", None) is None
    seconds.now += 1.1
    assert await directory.find("+493023125102", None) == Line(SALON, MITTE, (KEY,))


async def test_a_key_that_cannot_be_opened_counts_and_opens_nothing(demo: Rows, app_db: Database) -> None:
    line = await PostgresDirectory(app_db, SecretBox([generate_key()])).find(NUMBER, None)
    assert line == Line(SALON, MITTE, (), unreadable=1)
    assert KEY not in repr(Line(SALON, MITTE, (KEY,)))


def sealed(urls: DatabaseUrls) -> list[bytes]:
    with psycopg.connect(urls.admin) as connection:
        rows = connection.execute("SELECT sealed FROM directory.secret ORDER BY company_id, kind, position")
        return [row[0] for row in rows.fetchall()]


async def test_rotation_seals_everything_with_the_first_key_once(
    app_db: Database, database: DatabaseUrls
) -> None:
    store, old, new = PostgresCompanies(app_db), generate_key(), generate_key()
    await load_with(store, SecretBox([old]), (f'["{KEY}"]', f'["key_number_two", "{KEY}"]'))
    before = sealed(database)

    report = await rotate_secrets(store=store, seal=SecretBox([new, old]))
    assert (report.companies, report.rotated, report.current, report.lost) == (1, 2, 0, ())
    after = sealed(database)
    assert not set(before) & set(after)
    line = await PostgresDirectory(app_db, SecretBox([new])).find(NUMBER, None)
    assert line is not None
    assert line.keys == ("key_number_two", KEY)

    again = await rotate_secrets(store=store, seal=SecretBox([new]))
    assert (again.rotated, again.current) == (0, 2)
    assert sealed(database) == after


async def test_rotation_goes_on_past_what_no_key_opens_and_names_it(
    demo: Rows, app_db: Database, database: DatabaseUrls, box: SecretBox
) -> None:
    store, new = PostgresCompanies(app_db), SecretBox([generate_key()])
    await load_with(
        store, new, (f'["{KEY}"]', f'["key_number_two", "{KEY}"]')
    )  # the other company keeps the old key
    before = sealed(database)
    report = await rotate_secrets(store=store, seal=new)
    assert (report.companies, report.rotated, report.current) == (2, 0, 2)
    assert report.lost == (LostSecret("salon-kupferkamm", "retell_key", 1),)
    assert sealed(database) == before
    assert "key_demo" not in repr(report)


async def test_rotation_stopped_half_way_goes_on_where_it_was(
    app_db: Database, demo: Rows, box: SecretBox
) -> None:
    """The second company cannot be rotated at first; what was done stays, and the next run does the rest."""

    class Stops(SecretBox):
        done = 0

        def encrypt(self, plaintext: str, context: str) -> bytes:
            self.done += 1
            if self.done == 2:
                raise KeyboardInterrupt
            return super().encrypt(plaintext, context)

    old, new = generate_key(), generate_key()
    store = PostgresCompanies(app_db)
    for key in ("friseur-eins", "salon-kupferkamm"):
        file = parse_company_file(demo_company_text(key), source=key)
        await load_company(file, store=store, seal=SecretBox([old]), environment={})
    with pytest.raises(KeyboardInterrupt):
        await rotate_secrets(store=store, seal=Stops([new, old]))
    report = await rotate_secrets(store=store, seal=SecretBox([new, old]))
    assert (report.rotated, report.current, report.lost) == (1, 1, ())
