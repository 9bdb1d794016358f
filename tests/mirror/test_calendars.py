"""Connections and mappings: what was stored comes back, secrets rest sealed, nobody else's can be taken."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from support.database import DatabaseUrls
from support.shop import Shop, make_shop
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.calendars import PostgresCalendars
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.app.mirror.connection import (
    BranchCalendar,
    CalendarConnection,
    CalendarMapping,
    ConnectionRefused,
    HostMapping,
    SegmentMapping,
)
from zusage.app.operations.ports import SecretUnreadable
from zusage.app.operations.rotate_secrets import rotate_secrets

KEY, HOOK = "cal_live_7f1e0c", "whsec-94bc1d"


def connection_of(shop: Shop, **changes: object) -> CalendarConnection:
    wanted = CalendarConnection(
        shop.company_id,
        "https://api.cal.example",
        KEY,
        12,
        "salon-eins",
        "anrufer.salon.example",
        {shop.branch_id: BranchCalendar("inline", 2500)},
        hook_secret=HOOK,
        hook_address="a" * 40,
        unreachable="hide",
    )
    return replace(wanted, **changes)  # type: ignore[arg-type]


async def directory_knows(shop: Shop) -> None:
    async with shop.database.transaction(shop.company_id) as connection:
        await connection.execute(
            "SELECT directory.put_company(%s, %s, 'Laden')", (shop.company_id, shop.company_id.hex)
        )
        await connection.execute("COMMIT")


@pytest.fixture
async def shop(app_db: Database) -> Shop:
    made = await make_shop(app_db, staff=2)
    await directory_knows(made)
    return made


def calendars(database: Database, *keys: bytes) -> PostgresCalendars:
    return PostgresCalendars(database, SecretBox(keys or (generate_key(),)))


async def test_a_connection_comes_back_whole_and_its_secrets_rest_sealed(
    shop: Shop, app_db: Database, database: DatabaseUrls
) -> None:
    store = calendars(app_db)
    assert await store.load_connection(shop.company_id) is None
    wanted = connection_of(shop)
    await store.save_connection(wanted)
    assert await store.load_connection(shop.company_id) == wanted
    assert KEY not in repr(wanted)
    assert HOOK not in repr(wanted)
    with psycopg.connect(database.admin) as admin:
        sealed = b"".join(row[0] for row in admin.execute("SELECT sealed FROM directory.secret"))
        found = admin.execute("SELECT company_id FROM directory.find_hook(%s)", ["a" * 40]).fetchone()
    assert KEY.encode() not in sealed
    assert HOOK.encode() not in sealed
    assert found == (shop.company_id,)


async def test_storing_again_replaces_and_other_keys_do_not_open_it(shop: Shop, app_db: Database) -> None:
    old, new = generate_key(), generate_key()
    await calendars(app_db, old).save_connection(connection_of(shop))
    changed = connection_of(shop, api_key="cal_live_other", hook_secret=None, hook_address=None, branches={})
    await calendars(app_db, old).save_connection(changed)
    assert await calendars(app_db, old).load_connection(shop.company_id) == changed
    with pytest.raises(SecretUnreadable):
        await calendars(app_db, new).load_connection(shop.company_id)
    report = await rotate_secrets(store=PostgresCompanies(app_db), seal=SecretBox([new, old]))
    assert (report.rotated, report.lost) == (1, ())
    assert await calendars(app_db, new).load_connection(shop.company_id) == changed


async def test_a_key_of_another_company_is_refused_without_naming_it(shop: Shop, app_db: Database) -> None:
    key = generate_key()
    await calendars(app_db, key).save_connection(connection_of(shop))
    other = await make_shop(app_db)
    await directory_knows(other)
    with pytest.raises(ConnectionRefused, match="belongs to another company") as refused:
        await calendars(app_db, key).save_connection(connection_of(other, hook_address="b" * 40))
    assert KEY not in str(refused.value)
    assert await calendars(app_db, key).load_connection(other.company_id) is None


async def test_a_mapping_comes_back_whole_and_needs_its_hosts(shop: Shop, app_db: Database) -> None:
    store = calendars(app_db)
    first, second = shop.staff
    segment = SegmentMapping(shop.service_id, 0, first, 77, 60, send_length=True)
    mapping = CalendarMapping((HostMapping(first, 5, 901),), (segment,))
    with pytest.raises(ConnectionRefused):
        await store.save_mapping(shop.company_id, mapping)
    await store.save_connection(connection_of(shop))
    await store.save_mapping(shop.company_id, mapping)
    assert await store.load_mapping(shop.company_id) == mapping
    with pytest.raises(ConnectionRefused):
        await store.save_mapping(
            shop.company_id, replace(mapping, segments=(replace(segment, staff_id=second),))
        )
    assert await store.load_mapping(shop.company_id) == mapping
    await store.save_mapping(shop.company_id, CalendarMapping())
    assert await store.load_mapping(shop.company_id) == CalendarMapping()


async def test_what_the_database_refuses_is_said_in_a_sentence(shop: Shop, app_db: Database) -> None:
    with pytest.raises(ConnectionRefused, match="email_domain"):
        await calendars(app_db).save_connection(connection_of(shop, email_domain="not a domain"))
    with pytest.raises(ConnectionRefused, match="branch"):
        await calendars(app_db).save_connection(connection_of(shop, branches={uuid4(): BranchCalendar()}))


async def test_an_installation_keeps_its_first_id(app_db: Database) -> None:
    ids: list[UUID] = []
    for _ in range(2):
        async with app_db.connection() as connection:
            row = await (await connection.execute("SELECT directory.installed(%s)", [uuid4()])).fetchone()
        assert row is not None
        ids.append(row[0])
    assert ids[0] == ids[1]
