"""The contract with Cal.com: who we are, what there is to book, and how a request must be made."""

from __future__ import annotations

import pytest

from contract_calcom.account import GRID, MINUTES, ContractAccount, refused
from zusage.app.mirror.ports import EventTypeWanted

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOBODYS = 2_000_000_000
BOOKINGS, SLOTS = "2024-08-13", "2024-09-04"


async def test_a_key_says_whose_it_is_and_a_wrong_one_is_refused(account: ContractAccount) -> None:
    error = await refused(account.target.stranger.me(account.target.soon))
    assert account.me.user_id > 0
    assert account.me.username
    assert "/" in account.me.zone or account.me.zone == "UTC"
    assert (error.kind, error.status) == ("auth", 401)


async def test_working_hours_have_a_default_and_a_zone(account: ContractAccount) -> None:
    schedules = await account.target.calendar.list_schedules(account.target.soon)
    default = [each for each in schedules if each.is_default]
    assert len(default) == 1
    assert default[0].zone
    assert default[0].week


async def test_a_hidden_event_type_is_made_as_wished_and_its_owner_sees_it(account: ContractAccount) -> None:
    calendar, soon = account.target.calendar, account.target.soon
    read = await calendar.get_event_type(account.kind.event_type_id, soon)
    listed = await calendar.list_event_types(account.me.username, soon)
    assert (read.length_min, read.slot_interval, read.notice_min) == (MINUTES, GRID, 0)
    assert (read.hidden, read.seated, read.recurring, read.needs_confirmation) == (True, False, False, False)
    assert (read.host_ids, read.scheduling, read.is_managed_parent) == ((account.me.user_id,), "", False)
    assert read.slug in {each.slug for each in listed}


async def test_a_slug_can_be_had_once_and_what_is_not_there_is_gone(account: ContractAccount) -> None:
    calendar, soon = account.target.calendar, account.target.soon
    twice = await refused(
        calendar.create_event_type(EventTypeWanted("Noch einmal", account.kind.slug, MINUTES), soon)
    )
    nothing = await refused(calendar.get_event_type(NOBODYS, soon))
    no_team = await refused(calendar.list_team_event_types(NOBODYS, soon))
    assert (twice.kind, twice.status) == ("invalid", 400)
    assert (nothing.kind, nothing.status) == ("gone", 404)
    assert no_team.kind in ("gone", "auth")


async def test_the_version_header_decides_the_shape_and_another_resources_is_404(
    account: ContractAccount,
) -> None:
    other = await account.target.send("GET", "/v2/bookings", SLOTS, params={"take": "1"})
    none = await account.target.send("GET", "/v2/bookings", None, params={"take": "1"})
    right = await account.target.send("GET", "/v2/bookings", BOOKINGS, params={"take": "1"})
    assert other.status_code == 404
    assert "Cannot GET /v2/bookings" in other.text
    assert none.status_code != 200 or "bookings" in none.json()["data"]
    assert right.status_code == 200
    assert isinstance(right.json()["data"], list)
    assert {"totalItems", "hasNextPage"} <= right.json()["pagination"].keys()


async def test_each_answer_says_how_much_may_still_be_asked(account: ContractAccount) -> None:
    answer = await account.target.send("GET", "/v2/me")
    if not account.target.hosted and "x-ratelimit-limit-default" not in answer.headers:
        pytest.skip("this Cal.com counts no requests, as its community edition does not")
    limit, remaining, reset = (
        int(answer.headers[f"x-ratelimit-{each}-default"]) for each in ("limit", "remaining", "reset")
    )
    assert limit >= 120
    assert 0 <= remaining < limit
    assert 0 <= reset <= 60


async def test_a_webhook_is_made_once_per_address_and_deleted(account: ContractAccount) -> None:
    calendar, soon = account.target.calendar, account.target.soon
    # Of this trigger nothing is ever sent during a run; the address is nobody's.
    url, triggers = f"https://hooks.example.org/{account.kind.slug}", ["BOOKING_NO_SHOW_UPDATED"]
    made = await calendar.create_webhook(url, "s3cret-of-the-contract", triggers, soon)
    account.hooks.append(made.webhook_id)
    twice = await refused(calendar.create_webhook(url, "s3cret-of-the-contract", triggers, soon))
    listed = {each.webhook_id: each for each in await calendar.list_webhooks(soon)}
    await calendar.delete_webhook(made.webhook_id, soon)
    after = {each.webhook_id for each in await calendar.list_webhooks(soon)}
    gone = await refused(calendar.delete_webhook(made.webhook_id, soon))
    assert (twice.kind, twice.hint, twice.status) == ("invalid", "already_exists", 409)
    assert listed[made.webhook_id] == made
    assert (made.url, made.triggers, made.active) == (url, tuple(triggers), True)
    assert made.webhook_id not in after
    assert gone.kind == "gone"
