"""The demo salons with the accounts that the simulator gives them: mapped without a word, and nothing is wrong."""

from __future__ import annotations

import pytest

from calendar_setup.salon import DOMAIN, NOW, accounts_client, new_token
from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.calendar_setup import PostgresCalendarSetup
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.app.calendar_setup.check_calendar import check_calendar
from zusage.app.calendar_setup.connect_calendar import ConnectWish, connect_calendar
from zusage.app.calendar_setup.map_calendar import MapWish, apply_mapping, view_mapping
from zusage.app.operations.load_company import load_company
from zusage.sandbox.calcom import DEMO_KEY, World, running_simulator
from zusage.sandbox.calcom.company import add_company
from zusage.sandbox.demo import DEMO_COMPANIES, load_demo_companies


@pytest.mark.parametrize("key", DEMO_COMPANIES)
async def test_a_demo_salon_is_mapped_whole(app_db: Database, key: str) -> None:
    box = SecretBox([generate_key()])
    file = next(each for each in load_demo_companies() if each.key == key)
    await load_company(file, store=PostgresCompanies(app_db), seal=box, environment={})
    store, world = PostgresCalendarSetup(app_db, box), World(seed=1)
    add_company(world, file, key=DEMO_KEY)
    public = "https://telefon.example"
    async with (
        running_simulator(world=world, now=NOW, rate_per_minute=None) as sim,
        accounts_client() as calendars,
    ):
        wish = ConnectWish(key, DEMO_KEY, sim.base_url, DOMAIN, public)
        await connect_calendar(wish, store=store, calendars=calendars, new_token=new_token)
        view = await view_mapping(MapWish(key), store=store, calendars=calendars)
        found = [(each.piece, each.chosen) for each in view.proposal.pieces]
        titles = [(piece.label, each.kind.title if each else "") for piece, each in found]
        assert titles == [(label, label.replace(",", ":")) for label, _ in titles]
        assert {each.score for _, each in found if each} == {100}
        assert {each.kind.host_ids[0] for _, each in found if each} == {
            each.host.user_id for each in view.proposal.hosts if each.host
        }
        assert view.unbookable == ()
        await apply_mapping(view, with_probes=True, store=store, calendars=calendars)
        report = await check_calendar(key, store=store, calendars=calendars)
    assert [(each.code, each.about) for each in report.findings] == []
