"""A real dump that is restored, over its own tables or into another database: the copy looks, and changes nothing there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from support.database import Clock, Databases, DatabaseUrls
from support.dumped import dump, restore
from support.mirrored import open_start
from support.reconciled import HOUR, Reconciled, kinds, reconciled
from zusage.adapters.postgres import migrate
from zusage.adapters.postgres.database import Database
from zusage.app.reconcile.stand_guard import stand_guard


@pytest.fixture
async def desk(app_db: Database, jobs_db: Database, clock: Clock) -> AsyncIterator[Reconciled]:
    async with reconciled(app_db, jobs_db, clock) as made:
        yield made


@pytest.fixture
def empty(databases: Databases) -> Iterator[DatabaseUrls]:
    urls = databases.empty()
    yield urls
    databases.drop(urls)


async def a_night_later(desk: Reconciled, urls: DatabaseUrls, path: Path) -> tuple[str, str]:
    """One stands and one is not sent yet when the dump is made; afterwards that one is, and another is booked.

    Gives the uids of the two that the dump does not know."""
    await desk.booked(open_start(9))
    await desk.compare()
    late = await desk.salon.book(start=open_start(11))
    dump(urls, path)
    await desk.salon.bring(late)
    lost = await desk.booked(open_start(14))
    return await desk.uid(late), await desk.uid(lost)


async def only_looks(desk: Reconciled) -> None:
    """All that a worker does of its own accord, for hours."""
    for _ in range(3):
        desk.later(HOUR)
        await desk.compare()
        await desk.clean_up()
        for row in await desk.salon.shop.rows(
            "SELECT DISTINCT appointment_id FROM mirror WHERE next_at IS NOT NULL"
        ):
            await desk.salon.bring(row[0])  # type: ignore[arg-type]


async def test_hole_01_a_dump_restored_over_its_own_tables_is_another_database(
    desk: Reconciled, database: DatabaseUrls, tmp_path: Path
) -> None:
    late, lost = await a_night_later(desk, database, tmp_path / "night.dump")
    assert not await stand_guard(
        desk.company_id, store=desk.reconciling.store
    )  # the control: as yet it is not
    restore(database, tmp_path / "night.dump", over=True)
    assert await stand_guard(desk.company_id, store=desk.reconciling.store)
    posts = desk.salon.posts()
    await only_looks(desk)
    assert ("unknown_intent", "left") in kinds(await desk.compare())
    assert (len(desk.salon.there), desk.salon.posts(), await desk.orphans()) == (3, posts, [])
    assert {late, lost} <= {each.uid for each in desk.salon.there}
    assert await desk.salon.reviews() == ["calendar_observe_only", "calendar_unknown_intent"]


async def test_hole_01_what_was_sent_and_cancelled_after_the_dump_is_not_sent_again(
    desk: Reconciled, database: DatabaseUrls, tmp_path: Path
) -> None:
    """The dump still wants it there; sent unseen, it would stand in the salon's calendar with nobody coming."""
    late, _ = await a_night_later(desk, database, tmp_path / "night.dump")
    await desk.salon.sim.people.cancel(late, quiet=True)
    restore(database, tmp_path / "night.dump", over=True)
    assert await stand_guard(desk.company_id, store=desk.reconciling.store)
    posts = desk.salon.posts()
    await only_looks(desk)
    assert (len(desk.salon.there), desk.salon.posts()) == (2, posts)
    assert "mirror_cancelled_there" in await desk.salon.reviews()


async def test_hole_01_control_by_cluster_and_database_alone_the_restored_one_is_the_same(
    desk: Reconciled, database: DatabaseUrls, tmp_path: Path
) -> None:
    """As an earlier version told them apart: it sends what was sent and cancelled since."""
    migrate.downgrade(database.migrate, "0013")
    late, _ = await a_night_later(desk, database, tmp_path / "night.dump")
    await desk.salon.sim.people.cancel(late, quiet=True)
    restore(database, tmp_path / "night.dump", over=True)
    assert not await stand_guard(desk.company_id, store=desk.reconciling.store)
    posts = desk.salon.posts()
    await only_looks(desk)
    assert (len(desk.salon.there), desk.salon.posts()) == (3, posts + 1)


async def test_hole_01_a_dump_in_another_database_is_another_database(
    desk: Reconciled, database: DatabaseUrls, empty: DatabaseUrls, tmp_path: Path
) -> None:
    await a_night_later(desk, database, tmp_path / "night.dump")
    restore(empty, tmp_path / "night.dump")
    identities = []
    for urls in (database, empty):
        with psycopg.connect(urls.admin) as connection:
            found = connection.execute("SELECT identity, directory.identity() FROM calendar_pull").fetchone()
            assert found is not None
            identities.append(found)
    original, copy = identities
    assert original[0] == original[1] == copy[0]
    assert copy[1] != copy[0]


async def test_who_it_was_before_the_migration_it_is_afterwards(
    desk: Reconciled, database: DatabaseUrls
) -> None:
    await desk.booked()
    await desk.compare()
    for revision in ("0013", "head"):
        (migrate.downgrade if revision == "0013" else migrate.upgrade)(database.migrate, revision)
        assert not await stand_guard(desk.company_id, store=desk.reconciling.store)
    assert await desk.salon.shop.rows("SELECT identity = directory.identity() FROM calendar_pull") == [
        (True,)
    ]
