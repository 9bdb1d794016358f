"""Teams of an account: read and added to, against the simulator and Cal.com's own description."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from calcom_server import COMPANY, FakeCalcom, Kit, Received, Reply, client_kit, serving
from openapi_check import OpenApi

from zusage.adapters.calcom.pool import PoolSettings
from zusage.adapters.calcom.teams import CalcomAccount, CalcomAccounts
from zusage.app.calendar_setup.ports import Member
from zusage.app.mirror.ports import CalendarAccess, CalendarError, EventTypeWanted, Terms
from zusage.sandbox.calcom import DEMO_KEY, Simulator, World, add_account, running_simulator

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "calcom-v2-openapi.json"
SOON = Terms(within=5.0)
PROBE = EventTypeWanted("Frei", "frei-ben", 5, slot_interval=5, notice_min=0)


@pytest.fixture
async def kit() -> AsyncIterator[Kit]:
    async with client_kit(PoolSettings(full_limit=2.0, trust_env=False)) as made:
        yield made


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with running_simulator(rate_per_minute=None) as started:
        yield started


def account_at(sim: Simulator, kit: Kit, key: str = DEMO_KEY) -> CalcomAccount:
    return CalcomAccounts(kit.client).of(CalendarAccess(COMPANY, sim.base_url, key, 60_000))


async def test_a_team_is_read_with_its_people_and_their_hours(sim: Simulator, kit: Kit) -> None:
    account = account_at(sim, kit)
    (team,) = await account.list_teams(SOON)
    people = await account.list_members(team.team_id, SOON)
    assert [each.name for each in people] == ["Anna", "Ben", "Clara"]
    assert people[1] == Member(people[1].user_id, "Ben", "ben", "ben@salon.example")
    schedules = await account.list_team_schedules(team.team_id, SOON)
    assert {each.owner_id for each in schedules} == {each.user_id for each in people}


async def test_an_event_type_of_a_team_is_with_the_one_host_named(sim: Simulator, kit: Kit) -> None:
    account = account_at(sim, kit)
    (team,) = await account.list_teams(SOON)
    ben = (await account.list_members(team.team_id, SOON))[1]
    made = await account.create_team_event_type(team.team_id, ben.user_id, PROBE, SOON)
    assert (made.host_ids, made.slot_interval, made.notice_min, made.hidden) == ((ben.user_id,), 5, 0, True)
    assert made in await account.list_team_event_types(team.team_id, SOON)


async def test_the_members_of_a_team_are_for_those_who_run_it(kit: Kit) -> None:
    world = World()
    salon = add_account(world, "salon", key="cal_live_of_all")
    salon.key_of("ben", "cal_live_bens")
    async with running_simulator(world=world) as sim:
        account = account_at(sim, kit, "cal_live_bens")
        with pytest.raises(CalendarError) as refused:
            await account.list_members(salon.team.id, SOON)
    assert refused.value.kind == "auth"


async def test_who_has_not_accepted_is_no_member_and_an_organization_no_team(kit: Kit) -> None:
    person = {"name": "Eva", "email": "eva@salon.example"}
    members = [
        {"userId": 1, "accepted": True, "user": person},
        {"userId": 2, "accepted": False, "user": person},
    ]
    teams = [
        {"id": 5, "name": "Salon", "isOrganization": False},
        {"id": 6, "name": "Alle", "isOrganization": True},
    ]
    replies = [Reply(200, each) for each in (members, teams)]
    async with serving(FakeCalcom(replies=replies)) as fake:
        account = CalcomAccounts(kit.client).of(fake.access())
        assert [each.user_id for each in await account.list_members(5, SOON)] == [1]
        assert [each.team_id for each in await account.list_teams(SOON)] == [5]


async def sent(kit: Kit) -> list[Received]:
    async with serving(FakeCalcom(replies=[Reply(200, {})])) as fake:
        account = CalcomAccounts(kit.client).of(fake.access())
        for request in (
            lambda: account.list_teams(SOON),
            lambda: account.list_members(5, SOON),
            lambda: account.list_team_schedules(5, SOON),
            lambda: account.create_team_event_type(5, 7, PROBE, SOON),
            lambda: account.list_organization_webhooks(3, SOON),
            lambda: account.create_organization_webhook(
                3, "https://z.example/h", "s", ["BOOKING_CREATED"], SOON
            ),
            lambda: account.delete_organization_webhook(3, "w", SOON),
        ):
            with suppress(CalendarError):
                await request()
        return fake.asked


async def test_requests_about_teams_are_as_cal_com_describes_them(kit: Kit) -> None:
    if not DOCUMENT.exists():
        pytest.skip("../shared/data/calcom-v2-openapi.json is not here: no request was checked against it")
    openapi = OpenApi(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    requests = await sent(kit)
    assert len(requests) == 7
    assert [openapi.problems(each) for each in requests] == [[]] * 7
