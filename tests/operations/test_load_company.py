"""Loading companies into the real database."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from ledger_rows import Rows

from support.database import DatabaseUrls
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.masters import read_book
from zusage.app.operations.company_file import CompanyFile, parse_company_file, stable_id
from zusage.app.operations.list_companies import list_companies
from zusage.app.operations.load_company import LoadReport, load_company
from zusage.app.operations.ports import LoadError
from zusage.app.operations.rotate_secrets import rotate_secrets
from zusage.core.scheduling.masters import BranchBook
from zusage.sandbox.demo import DEMO_COMPANIES, demo_company_text, load_demo_companies

BOX = SecretBox([generate_key()])
DEMO = demo_company_text("friseur-eins")
COMPANY = stable_id("friseur-eins", "company", "friseur-eins")
ANNA = stable_id("friseur-eins", "staff", "anna-weber")
HOLIDAY = 'from = 2026-12-28\nto = 2027-01-02\nreason = "Urlaub"\n'

Change = tuple[str, str]


def demo(*changes: Change) -> CompanyFile:
    text = DEMO
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return parse_company_file(text, source="demo.toml")


@pytest.fixture
def store(app_db: Database) -> PostgresCompanies:
    return PostgresCompanies(app_db)


async def load(store: PostgresCompanies, file: CompanyFile, **environment: str) -> LoadReport:
    return await load_company(file, store=store, seal=BOX, environment=environment)


async def book_of(database: Database, file: CompanyFile, branch: int = 0) -> BranchBook:
    async with database.transaction(file.id) as connection:
        return await read_book(connection, file.id, file.branches[branch].branch.id)


def everything(urls: DatabaseUrls, *, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Read all rows of all tables as a superuser, whom row-level security does not bind."""
    with psycopg.connect(urls.admin) as connection:
        tables = connection.execute(
            "SELECT schemaname || '.' || quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname IN ('public', 'directory')"
        ).fetchall()
        return {
            table: sorted(connection.execute(f"SELECT t::text FROM {table} AS t").fetchall())
            for (table,) in tables
            if table not in but
        }


async def test_both_demo_companies_come_back_as_their_files_say(
    store: PostgresCompanies, app_db: Database
) -> None:
    for file in load_demo_companies():
        report = await load(store, file)
        assert (report.outcome, report.catalogue_version, report.stranded) == ("created", 1, ())
        for position, record in enumerate(file.branches):
            book = await book_of(app_db, file, position)
            assert book.branch == record.branch
            here = {r.service.id for r in file.services if record.branch.id in r.branch_ids}
            assert list(book.services) == [r.service for r in file.services if r.service.id in here]
            assert list(book.staff) == [r.staff for r in file.staff if r.branch_id == record.branch.id]
            assert book.chairs == record.chairs
            assert book.version == 1


async def test_the_rehearsal_branch_lets_go_after_two_seconds(
    store: PostgresCompanies, app_db: Database
) -> None:
    await load(store, demo())
    branch = (await book_of(app_db, demo(), 1)).branch
    assert (branch.key, branch.hold_seconds, branch.hold_cap_seconds) == ("probe", 2, 2)


async def test_loading_again_changes_nothing_not_even_ciphertexts(
    store: PostgresCompanies, database: DatabaseUrls
) -> None:
    await load(store, demo())
    before = everything(database)
    report = await load(store, demo())
    assert (report.outcome, report.changed, report.catalogue_version) == ("unchanged", (), 1)
    assert everything(database) == before


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (('price = "35.00"', 'price = "36.00"'), "catalogue"),
        (('name = "Friseur Eins"\n', 'name = "Friseur Zwei"\n'), "catalogue"),
        (('tuesday = ["09:00-18:30"]', 'tuesday = ["09:00-18:00"]'), "catalogue"),
        (("hold_cap_seconds = 2", "hold_cap_seconds = 3"), "catalogue"),
        (('"+49 30 23125 101"', '"+49 30 23125 102"'), "lines"),
        (('["agent_demo_probe"]', '["agent_demo_probe", "agent_two"]'), "lines"),
        (('["key_demo_friseur_eins"]', '["key_demo_new", "key_demo_friseur_eins"]'), "signing keys"),
        (("from = 2026-12-28", "from = 2026-12-29"), "absences"),
        (('reason = "Urlaub"', 'reason = "Reise"'), "absences"),
    ],
)
async def test_one_change_touches_its_part_alone(store: PostgresCompanies, change: Change, part: str) -> None:
    await load(store, demo())
    report = await load(store, demo(change))
    assert (report.outcome, report.changed) == ("changed", (part,))
    assert report.catalogue_version == (2 if part == "catalogue" else 1)
    assert (await load(store, demo(change))).outcome == "unchanged"


async def test_what_the_file_names_no_more_rests_but_stays(
    store: PostgresCompanies, app_db: Database
) -> None:
    await load(store, demo())
    member = 'key = "elif-yildiz"\nname = "Elif Yıldız"'
    file = demo(
        (member, 'key = "neu"\nname = "Nora Neu"'),
        ('key = "rasur"\nname = "Nassrasur"', 'key = "rasur-neu"\nname = "Rasur neu"'),
        (
            'chairs = ["Platz am Fenster", "Platz am Spiegel", "Platz hinten"]',
            'chairs = ["Platz am Fenster"]',
        ),
    )
    await load(store, file)
    book = await book_of(app_db, file)
    assert list(book.services) == [record.service for record in file.services]
    assert {m.name for m in book.staff} >= {"Nora Neu"}
    assert "Elif Yıldız" not in {m.name for m in book.staff}
    assert [chair.name for chair in book.chairs] == ["Platz am Fenster"]
    async with app_db.transaction(file.id) as connection:
        rows = await connection.execute(
            "SELECT key FROM resource WHERE NOT active UNION ALL SELECT key FROM service WHERE NOT active ORDER BY 1"
        )
        resting = [row[0] for row in await rows.fetchall()]
    assert resting == ["Platz am Spiegel", "Platz hinten", "elif-yildiz", "rasur"]

    assert (await load(store, demo())).catalogue_version == 3
    assert (await book_of(app_db, demo())).staff == tuple(
        r.staff for r in demo().staff if r.branch_id == demo().branches[0].branch.id
    )


async def test_a_service_that_is_booked_rests_and_its_appointment_stands(
    store: PostgresCompanies, app_db: Database
) -> None:
    await load(store, demo())
    rows = await Rows.of(app_db, "mitte")
    appointment = await rows.book(await rows.hold(rows.staff["jonas-keller"], hours=50, service="rasur"))
    await load(store, demo(('key = "rasur"\nname = "Nassrasur"', 'key = "rasur-neu"\nname = "Rasur neu"')))
    assert (
        await rows.value("SELECT status FROM appointment WHERE appointment_id = %s", appointment) == "booked"
    )
    assert await rows.value("SELECT count(*) FROM claim WHERE appointment_id = %s", appointment) == 1


async def test_an_absence_entered_elsewhere_is_not_the_files_to_remove(
    store: PostgresCompanies, app_db: Database
) -> None:
    await load(store, demo())
    rows = await Rows.of(app_db, "mitte")
    sick = rows.new_id()
    await rows.value(
        "SELECT count(*) FROM ledger_block(%s, %s, %s, now(), now() + interval '2 hours', 'krank')",
        COMPANY, sick, ANNA,
    )  # fmt: skip
    await load(store, demo((HOLIDAY, "from = 2026-12-30\nto = 2027-01-02\n")))
    assert await rows.value("SELECT count(*) FROM absence WHERE absence_id = %s", sick) == 1
    assert await rows.value("SELECT count(*) FROM absence") == 2


async def test_hole_28_a_signing_key_of_another_company_is_refused_whole(
    store: PostgresCompanies, database: DatabaseUrls
) -> None:
    """With A's key over B's number anyone who knows A's key would sign for B."""
    await load(store, demo())
    before = everything(database)
    text = demo_company_text("salon-kupferkamm").replace(
        'signing_keys = ["', 'signing_keys = ["key_own_of_wien", "key_demo_friseur_eins", "', 1
    )
    with pytest.raises(LoadError, match="Signing key 2 belongs to another company already; nothing") as no:
        await load(store, parse_company_file(text, source="x.toml"))
    assert "key_demo" not in str(no.value)
    assert everything(database) == before


async def test_hole_28_keys_are_told_apart_while_the_operators_key_is_exchanged(
    store: PostgresCompanies, database: DatabaseUrls
) -> None:
    old, new = generate_key(), generate_key()
    thief = parse_company_file(
        demo_company_text("salon-kupferkamm").replace("key_demo_salon_kupferkamm", "key_demo_friseur_eins"),
        source="x.toml",
    )

    async def is_refused(*keys: bytes) -> bool:
        try:
            await load_company(thief, store=store, seal=SecretBox(keys), environment={})
        except LoadError:
            return True
        return False

    await load_company(demo(), store=store, seal=SecretBox([old]), environment={})
    assert await is_refused(old, new)
    assert await is_refused(new, old)
    await rotate_secrets(store=store, seal=SecretBox([new, old]))
    assert await is_refused(new, old)
    assert await is_refused(new)
    with psycopg.connect(database.admin) as connection:
        prints = connection.execute("SELECT fingerprint FROM directory.secret").fetchall()
    assert prints == [(SecretBox([new]).fingerprints("key_demo_friseur_eins", store.signing_kind)[0],)]


async def test_hole_28_of_two_companies_that_load_one_key_at_once_one_wins(store: PostgresCompanies) -> None:
    thief = parse_company_file(
        demo_company_text("salon-kupferkamm").replace("key_demo_salon_kupferkamm", "key_demo_friseur_eins"),
        source="x.toml",
    )
    done = await asyncio.gather(load(store, demo()), load(store, thief), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["LoadError", "LoadReport"]
    assert "belongs to another company" in "".join(str(each) for each in done)


async def test_a_file_with_the_key_of_another_company_is_refused_by_that(
    store: PostgresCompanies, database: DatabaseUrls
) -> None:
    await load(store, demo())
    before = everything(database)
    text = demo_company_text("salon-kupferkamm").replace('"salon-kupferkamm"', '"friseur-eins"', 1)
    with pytest.raises(LoadError, match='The key "friseur-eins" belongs to another company already'):
        await load(store, parse_company_file(text, source="x.toml"))
    assert everything(database) == before


TAKE_NUMBER = ('"+49 89 99998 110"', '"+49 30 23125 100"')
TAKE_AGENT = ("agent_demo_wien", "agent_demo_mitte")


@pytest.mark.parametrize(
    ("theft", "named"),
    [(TAKE_NUMBER, "phone number +493023125100"), (TAKE_AGENT, "agent agent_demo_mitte")],
)
async def test_a_line_of_another_company_is_refused_whole_and_by_its_own_name_only(
    store: PostgresCompanies, database: DatabaseUrls, theft: Change, named: str
) -> None:
    await load(store, demo())
    before = everything(database)
    text = demo_company_text("salon-kupferkamm").replace(*theft, 1)
    with pytest.raises(LoadError, match="another company") as refused:
        await load(store, parse_company_file(text, source="x.toml"))
    assert named in str(refused.value).replace("\n", " ")
    assert "Friseur" not in str(refused.value)
    assert everything(database) == before


async def test_a_line_may_go_from_one_branch_to_another(store: PostgresCompanies) -> None:
    await load(store, demo())
    swapped = demo(("agent_demo_mitte", "x_x"), ("agent_demo_probe", "agent_demo_mitte"))
    assert (await load(store, swapped)).changed == ("lines",)


def forget_key(file: CompanyFile) -> CompanyFile:
    return demo(('signing_keys = ["key_demo_friseur_eins"]', 'signing_key_env = "SALON_KEY"'))


async def test_a_key_may_stand_in_the_environment(store: PostgresCompanies, database: DatabaseUrls) -> None:
    file = forget_key(demo())
    with pytest.raises(LoadError, match="SALON_KEY"):
        await load(store, file)
    assert await store.companies() == []
    report = await load(store, file, SALON_KEY="key_demo_friseur_eins")
    assert report.created
    assert (await load(store, demo())).outcome == "unchanged"  # the same key, from elsewhere
    assert (await load(store, file, SALON_KEY="key_other_one")).changed == ("signing keys",)
    assert "key_other_one" not in str(everything(database))


async def test_keys_nobody_can_open_are_sealed_anew(store: PostgresCompanies) -> None:
    await load(store, demo())
    box = SecretBox([generate_key()])
    report = await load_company(demo(), store=store, seal=box, environment={})
    assert report.changed == ("signing keys",)


@pytest.mark.parametrize(
    "breakage",
    ["ALTER TABLE segment ADD CONSTRAINT broken CHECK (ordinal < 3)", "ALTER TABLE absence ADD CONSTRAINT broken CHECK (reason <> 'Urlaub')"],
)  # fmt: skip
async def test_whatever_the_database_refuses_nothing_of_the_file_stays(
    store: PostgresCompanies, database: DatabaseUrls, breakage: str
) -> None:
    with psycopg.connect(database.migrate) as owner:
        owner.execute(breakage.encode())
    with pytest.raises(LoadError, match="rule broken") as refused:
        await load(store, demo())
    assert "Urlaub" not in str(refused.value)
    assert await store.companies() == []
    assert not any(everything(database, but=("public.alembic_version",)).values())


async def test_the_overview_names_branches_and_lines_and_no_key(store: PostgresCompanies) -> None:
    for file in load_demo_companies():
        await load(store, file)
    first, second = await list_companies(store=store)
    assert (first.key, second.key) == DEMO_COMPANIES
    assert (first.company_id, first.name, first.catalogue_version) == (COMPANY, "Friseur Eins", 1)
    branch = first.branches[0]
    assert (branch.key, branch.zone, branch.active) == ("mitte", "Europe/Berlin", True)
    assert branch.numbers == ("+493023125100", "+493023125101")
    assert branch.agents == ("agent_demo_mitte",)
    assert "key_demo" not in repr((first, second))


async def test_two_loads_at_once_take_turns(store: PostgresCompanies) -> None:
    reports = await asyncio.gather(*(load(store, demo()) for _ in range(3)))
    assert sorted(report.outcome for report in reports) == ["created", "unchanged", "unchanged"]


async def test_loading_waits_for_a_caller_and_callers_for_it(
    store: PostgresCompanies, app_db: Database
) -> None:
    """Callers hold and let go while the file is loaded again and again: nobody meets a deadlock."""
    files = [demo(), demo((HOLIDAY, "from = 2026-12-24\nto = 2027-01-02\n"), ("price = 0", "price = 1"))]
    await load(store, files[0])
    rows = await Rows.of(app_db, "mitte")

    async def caller(key: str) -> list[str]:
        return [(await rows.hold(rows.staff[key], hours=n, service="rasur")).outcome for n in range(12)]

    async def owner() -> list[str]:
        return [(await load(store, files[n % 2])).outcome for n in range(1, 7)]

    *calls, loads = await asyncio.gather(caller("anna-weber"), caller("jonas-keller"), owner())
    assert loads == ["changed"] * 6
    assert calls == [["held"] * 12] * 2
