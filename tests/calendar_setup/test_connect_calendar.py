"""Connecting a company with its Cal.com: the key is tried, sealed, and never seen again."""

from __future__ import annotations

import pytest

from calendar_setup.salon import COMPANY, DOMAIN, KEY, Salon
from zusage.app.calendar_setup.addresses import calendar_server, mail_domain, public_address
from zusage.app.calendar_setup.ports import CalendarSetupError, CalendarUnusable
from zusage.app.calendar_setup.subscribe import TRIGGERS
from zusage.app.mirror.connection import ConnectionRefused
from zusage.sandbox.calcom import Fault, add_account

PUBLIC = "https://telefon.salon-drei.example"


async def test_a_key_is_tried_and_then_stored_sealed(salon: Salon) -> None:
    connected = await salon.connect()
    assert (connected.account.username, connected.hook, connected.changed_account) == ("anna", "none", False)
    stored = await salon.store.load_connection(await salon.company_id())
    assert stored is not None
    assert (stored.api_key, stored.username, stored.email_domain) == (KEY, "anna", DOMAIN)
    assert stored.branches == {}, "nothing is mirrored before it is known who is whom"
    assert KEY not in repr(stored)
    assert str(stored.hook_secret) not in repr(stored)
    async with salon.database.transaction(stored.company_id) as connection:
        rows = await (
            await connection.execute("SELECT s::text FROM directory.secrets_of(%s) s", [stored.company_id])
        ).fetchall()
        whole = await (await connection.execute("SELECT c::text FROM calendar_connection c")).fetchall()
    said = str(rows) + str(whole)
    assert rows
    assert KEY not in said
    assert KEY.encode().hex() not in said


async def test_what_is_connected_can_be_connected_again(salon: Salon) -> None:
    await salon.connect(public_url=PUBLIC)
    first = await salon.store.load_connection(await salon.company_id())
    again = await salon.connect(server=None, email_domain=None, public_url=PUBLIC)
    assert again.hook == "kept"
    assert await salon.store.load_connection(await salon.company_id()) == first
    assert len(salon.sim.world.webhooks) == 1


async def test_courtesies_are_off_until_they_are_wanted_and_stay_as_they_were_said(salon: Salon) -> None:
    said = [(await salon.connect(courtesy=wish)).courtesy for wish in (None, True, None, False)]
    assert said == [False, True, True, False]
    stored = await salon.store.load_connection(await salon.company_id())
    assert stored is not None
    assert not stored.courtesy_holds


async def test_what_is_offered_while_the_calendar_is_silent_stays_as_it_was_said(salon: Salon) -> None:
    said = [(await salon.connect(unreachable=wish)).unreachable for wish in (None, "hide", None, "offer")]
    assert said == ["offer", "hide", "hide", "offer"]
    await salon.connect(unreachable="hide")
    stored = await salon.store.load_connection(await salon.company_id())
    assert stored is not None
    assert stored.unreachable == "hide"


async def test_the_webhook_is_signed_and_its_address_is_not_to_be_guessed(salon: Salon) -> None:
    connected = await salon.connect(public_url=PUBLIC + "/")
    assert connected.hook == "created"
    (hook,) = salon.sim.world.webhooks.values()
    stored = await salon.store.load_connection(await salon.company_id())
    assert stored is not None
    assert hook.url == f"{PUBLIC}/api/calcom/webhook/{stored.hook_address}"
    assert len(str(stored.hook_address)) >= 32
    assert (hook.secret, set(hook.triggers)) == (stored.hook_secret, set(TRIGGERS))


async def test_who_runs_the_organization_is_told_of_everybody(salon: Salon) -> None:
    connected = await salon.connect(public_url=PUBLIC)
    (hook,) = salon.sim.world.webhooks.values()
    assert (connected.hook_reach, hook.user_id) == ("everybody", None)
    assert hook.organization_id == salon.account.team.organization_id


async def test_who_does_not_is_told_of_their_own(salon: Salon) -> None:
    salon.account.key_of("anna", "cal_live_annas_own")
    connected = await salon.connect(api_key="cal_live_annas_own", public_url=PUBLIC)
    (hook,) = salon.sim.world.webhooks.values()
    assert (connected.hook, connected.hook_reach) == ("created", "own")
    assert (hook.user_id, hook.organization_id) == (salon.account.people["anna"].id, None)

    wider = await salon.connect(public_url=PUBLIC)
    (hook,) = salon.sim.world.webhooks.values()
    assert (wider.hook, wider.hook_reach, hook.user_id) == ("created", "everybody", None), "told once only"


@pytest.mark.parametrize("change", ["inactive", "elsewhere", "deaf"])
async def test_a_webhook_that_does_not_serve_is_made_anew(salon: Salon, change: str) -> None:
    await salon.connect(public_url=PUBLIC)
    (hook,) = salon.sim.world.webhooks.values()
    if change == "inactive":
        hook.active = False
    elif change == "deaf":
        hook.triggers = ["BOOKING_CREATED"]
    url = "https://anders.example" if change == "elsewhere" else PUBLIC
    assert (await salon.connect(public_url=url)).hook == "created"
    (new,) = salon.sim.world.webhooks.values()
    assert (new.id != hook.id, new.url.startswith(url), new.active) == (True, True, True)
    assert set(new.triggers) == set(TRIGGERS)


async def test_a_webhook_of_somebody_else_is_left_alone(salon: Salon) -> None:
    await salon.connect(public_url=PUBLIC)
    (hook,) = salon.sim.world.webhooks.values()
    hook.url = "https://elsewhere.example/cal"
    assert (await salon.connect(public_url=PUBLIC)).hook == "created"
    assert hook.id in salon.sim.world.webhooks


async def test_a_wrong_key_is_said_to_be_wrong_and_nothing_is_stored(salon: Salon) -> None:
    with pytest.raises(CalendarUnusable, match="refuses this API key") as refused:
        await salon.connect(api_key="cal_live_wrong")
    assert "cal_live_wrong" not in str(refused.value)
    assert await salon.store.load_connection(await salon.company_id()) is None


async def test_a_server_that_is_away_is_said_to_be_away(salon: Salon) -> None:
    await salon.sim.outage("refuse")
    with pytest.raises(CalendarUnusable, match="cannot be asked now"):
        await salon.connect()


async def test_a_broken_answer_stores_nothing(salon: Salon) -> None:
    salon.sim.add_fault(Fault("error_before_commit", op="me.get"))
    with pytest.raises(CalendarUnusable, match="cannot be asked now"):
        await salon.connect()
    assert await salon.store.load_connection(await salon.company_id()) is None


async def test_a_company_that_is_not_there_is_said_with_those_that_are(salon: Salon) -> None:
    with pytest.raises(CalendarSetupError, match=f'no company "nobody"; there are: {COMPANY}'):
        await salon.connect(company="nobody")


async def test_without_a_mail_domain_nothing_is_connected(salon: Salon) -> None:
    with pytest.raises(CalendarSetupError, match="--email-domain"):
        await salon.connect(email_domain=None)


async def test_another_account_takes_the_place_only_when_it_is_meant(salon: Salon) -> None:
    await salon.connect()
    await salon.apply()
    add_account(salon.sim.world, "fremd", key="cal_live_other", people=("dora",))
    with pytest.raises(CalendarSetupError, match="this key belongs to dora"):
        await salon.connect(api_key="cal_live_other")
    before = await salon.store.load_connection(await salon.company_id())
    assert before is not None
    assert (before.api_key, len(before.branches)) == (KEY, 1)

    connected = await salon.connect(api_key="cal_live_other", replace=True)
    assert connected.changed_account
    after = await salon.store.load_connection(before.company_id)
    assert after is not None
    assert (after.username, after.branches) == ("dora", {})
    assert after.hook_address != before.hook_address
    assert (await salon.store.load_mapping(before.company_id)).hosts == ()


async def test_a_key_that_another_company_has_is_refused(salon: Salon) -> None:
    await salon.connect()
    await salon.load_another()
    with pytest.raises(ConnectionRefused, match="another company"):
        await salon.connect(company="salon-vier")
    assert (await salon.connect()).hook == "none"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("cal.com", "https://api.cal.com"),
        ("https://app.cal.com/", "https://api.cal.com"),
        ("Cal.eu", "https://api.cal.eu"),
        ("https://api.cal.eu/v2", "https://api.cal.eu"),
        ("https://Kalender.salon.example/api/v2/", "https://kalender.salon.example/api"),
        ("http://127.0.0.1:5555", "http://127.0.0.1:5555"),
        ("http://calcom:3000", "http://calcom:3000"),
    ],
)
def test_addresses_of_servers_are_read_as_people_write_them(said: str, read: str) -> None:
    assert calendar_server(said) == read


@pytest.mark.parametrize(
    "said",
    [
        "",
        "api.salon.example",
        "ftp://x.example",
        "http://kalender.salon.example",
        "https://u:p@x.example",
        "https://x:99999",
    ],
)
def test_addresses_that_lead_nowhere_or_openly_are_refused(said: str) -> None:
    with pytest.raises(CalendarSetupError):
        calendar_server(said)


@pytest.mark.parametrize("said", ["http://salon.example", "salon.example", "https://salon.example/?a=1"])
def test_public_addresses_must_be_reachable_safely(said: str) -> None:
    with pytest.raises(CalendarSetupError, match="no address that Cal"):
        public_address(said)


@pytest.mark.parametrize("said", ["gmail.com", "@GMX.de", "salon", "a b.de", "x@salon.example"])
def test_a_mail_domain_must_be_the_company_s_own(said: str) -> None:
    with pytest.raises(CalendarSetupError):
        mail_domain(said)
    assert mail_domain("@Anrufer.Salon.example.") == "anrufer.salon.example"


@pytest.mark.parametrize("key", ["", "  ", "cal live", "cal_ü"])
async def test_what_is_no_key_is_not_sent(salon: Salon, key: str) -> None:
    with pytest.raises(CalendarSetupError, match="API key"):
        await salon.connect(api_key=key)
    assert list(salon.sim.journal.requests) == []
