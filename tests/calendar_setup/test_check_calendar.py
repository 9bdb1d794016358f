"""What is wrong with a connected calendar is said, with how to mend it, before a caller finds out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from calendar_setup.salon import COMPANY, Salon
from zusage.app.calendar_setup.account import AccountPicture
from zusage.app.calendar_setup.findings import Examined, Finding, find_problems
from zusage.app.calendar_setup.ports import CalendarSetupError, CalendarUnusable
from zusage.app.mirror.ports import EventType

PUBLIC = "https://telefon.salon-drei.example"
FREE_TEXT = {"type": "text", "slug": "haarlaenge", "required": True}
TITLE = {"type": "text", "slug": "title", "required": True}
PHONE = {"type": "phone", "slug": "attendeePhoneNumber", "required": True}


@pytest.fixture
async def mapped(salon: Salon) -> Salon:
    """A salon in which nothing is wrong."""
    await salon.connect(public_url=PUBLIC)
    await salon.apply(with_probes=True)
    return salon


async def test_nothing_is_wrong_with_what_was_just_mapped(mapped: Salon) -> None:
    report = await mapped.check()
    assert (report.findings, report.notes, report.state, report.branches) == ((), (), "well", ("mitte",))


async def test_checking_writes_nothing_anywhere(mapped: Salon) -> None:
    mapped.sim.journal.clear()
    version = (await mapped.book()).version
    await mapped.check()
    assert {each.method for each in mapped.sim.journal.requests} == {"GET"}
    assert (await mapped.book()).version == version


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ({"length": 20}, "length", "error"),
        ({"lengths": [30, 45]}, "length_choice", "error"),
        ({"confirmation": True}, "confirmation", "error"),
        ({"login_required": True}, "login", "error"),
        ({"cancelling_off": True}, "cancelling", "error"),
        ({"booking_fields": [FREE_TEXT]}, "required_field", "error"),
        ({"booking_fields": [FREE_TEXT | {"hidden": True}]}, "required_field", "error"),
        ({"booking_fields": [TITLE]}, "required_field", "error"),
        ({"booking_fields": [TITLE | {"hidden": True}]}, None, None),
        ({"booking_fields": [PHONE | {"slug": "rueckruf"}]}, "required_field", "error"),
        (
            {"booking_fields": [PHONE | {"slug": "smsReminderNumber", "hidden": True}]},
            "phone_required",
            "warning",
        ),
        ({"booking_fields": [FREE_TEXT | {"required": False}]}, None, None),
        ({"booking_fields": [PHONE]}, "phone_required", "warning"),
        ({"minimum_notice": 120}, "notice", "error"),
        ({"horizon_days": 30}, "horizon", "error"),
        ({"horizon_days": 365}, None, None),
        ({"before_buffer": 10}, "buffers", "warning"),
    ],
)
async def test_what_was_changed_at_cal_com_is_found(
    mapped: Salon, change: dict[str, Any], code: str | None, level: str | None
) -> None:
    kind = mapped.kind("herrenschnitt")
    for name, value in change.items():
        setattr(kind, name, value)
    report = await mapped.check()
    expected = [] if code is None else [(code, level)]
    assert [(each.code, each.level) for each in report.findings] == expected
    assert report.state == {None: "well", "warning": "to_look_at", "error": "failing"}[level]
    for each in report.findings:
        assert "Herrenschnitt" in each.about
        assert each.sentence.endswith(".")
        assert each.mend


async def test_an_event_type_that_is_gone_is_found(mapped: Salon) -> None:
    gone = mapped.kind("farbe-auswaschen").id
    del mapped.sim.world.event_types[gone]
    (finding,) = (await mapped.check()).findings
    assert (finding.code, finding.about) == ("event_type_gone", "Farbe, Auswaschen with Anna")
    assert str(gone) in finding.sentence
    assert finding.mend == 'zusage calcom map salon-drei --set "farbe.2@Anna=ID" --apply'


async def test_a_host_who_left_is_found(mapped: Salon) -> None:
    world = mapped.sim.world
    ben = mapped.account.people["ben"]
    del world.users[ben.id]
    for kind in [each for each in world.event_types.values() if each.hosts() == [ben.id]]:
        del world.event_types[kind.id]
    assert await mapped.codes() == {"host_gone", "event_type_gone", "probe_gone"}


async def test_an_event_type_that_others_share_is_found(mapped: Salon) -> None:
    kind = mapped.kind("herrenschnitt")
    people = mapped.account.people
    kind.owner_id, kind.team_id = None, mapped.account.team.id
    kind.scheduling, kind.host_ids = "roundRobin", [people["anna"].id, people["ben"].id]
    assert await mapped.codes() == {"host"}


async def test_a_mapping_to_the_parent_of_a_managed_type_is_refused(mapped: Salon) -> None:
    parent, _ = mapped.account.managed(["anna", "ben"], "schnitt", 30)
    await relink(mapped, mapped.kind("herrenschnitt").id, parent.id)
    (finding,) = (await mapped.check()).findings
    assert (finding.code, finding.level) == ("managed_parent", "error")


async def test_working_hours_in_another_zone_are_found(mapped: Salon) -> None:
    ben = mapped.account.people["ben"]
    schedule = mapped.sim.world.schedules[ben.schedule_id]
    schedule.time_zone = "Europe/Vienna"
    assert await mapped.codes() == set(), "the clock is the same there"
    schedule.time_zone = "Europe/London"
    (finding,) = (await mapped.check()).findings
    assert (finding.code, finding.about) == ("zone", 'working hours "Arbeitszeit" of Ben')
    assert "Europe/London" in finding.sentence


async def test_two_people_with_one_calendar_are_found(mapped: Salon) -> None:
    anna = mapped.account.people["anna"].id
    kind = mapped.kind("herrenschnitt").id
    await mapped.apply(hosts=[f"Ben={anna}"], pieces=[f"herrenschnitt@Ben={kind}"])
    findings = [each for each in (await mapped.check()).findings if each.code == "host_shared"]
    assert {(each.about, each.level) for each in findings} == {("Anna, Ben", "error")}
    assert len(findings) == 1


async def test_what_is_mapped_with_nobody_is_an_error_and_with_few_a_warning(mapped: Salon) -> None:
    world = mapped.sim.world
    del world.event_types[mapped.kind("maennerschnitt").id]
    await mapped.apply()
    (finding,) = (await mapped.check()).findings
    assert (finding.code, finding.level) == ("unmapped", "warning")
    assert "Ben is never offered" in finding.sentence

    del world.event_types[mapped.kind("damenhaarschnitt").id]
    await mapped.apply()
    codes = {(each.code, each.level) for each in (await mapped.check()).findings}
    assert codes == {("service_unmapped", "error"), ("unmapped", "warning")}


async def test_other_minutes_than_mapped_are_found(mapped: Salon) -> None:
    async with mapped.database.transaction(await mapped.company_id()) as connection:
        await connection.execute("UPDATE segment SET minutes = 50 WHERE minutes = 60")
        await connection.execute("COMMIT")
    findings = (await mapped.check()).findings
    assert {each.code for each in findings} == {"length_changed", "service_unmapped", "unmapped"}
    assert "50 min now, and was mapped with 60" in findings[0].sentence


async def test_probes_that_are_missing_gone_or_limited_are_found(mapped: Salon) -> None:
    await mapped.connect()
    probe = next(
        each for each in mapped.sim.world.event_types.values() if each.slug.startswith("zusage-frei")
    )
    probe.minimum_notice = 120
    assert await mapped.codes() == {"probe_limited"}
    del mapped.sim.world.event_types[probe.id]
    assert await mapped.codes() == {"probe_gone"}
    await mapped.apply(with_probes=False)
    assert await mapped.codes() == {"probe_missing"}
    await mapped.apply(with_probes=True)
    assert await mapped.codes() == set()


async def test_a_webhook_that_is_gone_is_found(mapped: Salon) -> None:
    mapped.sim.world.webhooks.clear()
    (finding,) = (await mapped.check()).findings
    assert (finding.code, finding.level) == ("no_webhook", "warning")


async def test_a_webhook_for_one_of_several_is_found(mapped: Salon) -> None:
    (hook,) = mapped.sim.world.webhooks.values()
    hook.organization_id, hook.user_id = None, mapped.account.people["anna"].id
    (finding,) = (await mapped.check()).findings
    assert (finding.code, "with anna only" in finding.sentence) == ("webhook_of_one", True)


async def test_a_key_of_another_account_is_found(mapped: Salon) -> None:
    world, people = mapped.sim.world, mapped.account.people
    key = next(iter(world.keys.values()))
    key.user_id = people["ben"].id
    assert "account_changed" in await mapped.codes()


async def test_what_is_connected_and_not_mapped_is_said(salon: Salon) -> None:
    await salon.connect(public_url=PUBLIC)
    (finding,) = (await salon.check()).findings
    assert (finding.code, finding.mend) == ("not_mirrored", f"zusage calcom map {COMPANY} --apply")


async def test_what_a_key_may_not_see_is_said(mapped: Salon) -> None:
    for key in mapped.sim.world.keys.values():
        key.admin = False
    report = await mapped.check()
    assert report.state == "failing"
    assert any("may not see who is in the team" in note for note in report.notes)


async def test_a_key_that_was_revoked_is_said(mapped: Salon) -> None:
    mapped.sim.world.keys.clear()
    with pytest.raises(CalendarUnusable, match="refuses this API key"):
        await mapped.check()


async def test_without_a_connection_there_is_nothing_to_check(salon: Salon) -> None:
    with pytest.raises(CalendarUnusable, match="has no calendar yet"):
        await salon.check()
    with pytest.raises(CalendarSetupError, match="There is no company"):
        await salon.connect(company="nobody")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seated": True}, "seats"),
        ({"recurring": True}, "recurring"),
        ({"price": 20.0}, "price"),
        ({"needs_verified_email": True}, "email_verification"),
        ({"limited": True}, "limited"),
    ],
)
async def test_rules_of_event_types_that_no_caller_can_keep(
    mapped: Salon, change: dict[str, Any], code: str
) -> None:
    assert await problems(mapped, change) == []
    found = await problems(mapped, change, on="herrenschnitt")
    assert [each.code for each in found] == [code]


async def problems(mapped: Salon, change: dict[str, Any], on: str = "") -> list[Finding]:
    """Check the account with one event type changed."""
    view = await mapped.view()
    kinds = {
        number: replace(kind, **change) if kind.slug == on else kind
        for number, kind in view.picture.event_types.items()
    }
    seen = Examined(COMPANY, view.books, with_kinds(view.picture, kinds), view.proposal.mapping)
    return find_problems(seen)


def with_kinds(picture: AccountPicture, kinds: dict[int, EventType]) -> AccountPicture:
    return replace(picture, event_types=kinds)


async def relink(mapped: Salon, old: int, new: int) -> None:
    """Store a mapping as an older version or a hand would."""
    company = await mapped.company_id()
    mapping = await mapped.store.load_mapping(company)
    links = [
        replace(each, event_type_id=new) if each.event_type_id == old else each for each in mapping.segments
    ]
    await mapped.store.save_mapping(company, replace(mapping, segments=links))


async def test_incident_30_a_question_that_nobody_is_asked_is_found_before_a_caller_is_refused(
    mapped: Salon,
) -> None:
    """Every booking was refused with 400, for an answer that the event type demanded."""
    kind = mapped.kind("herrenschnitt")
    assert (await mapped.try_booking(kind)) == 201
    for asked in (FREE_TEXT, FREE_TEXT | {"hidden": True}):
        kind.booking_fields = [asked]
        assert (await mapped.try_booking(kind)) == 400
        assert await mapped.codes() == {"required_field"}


async def test_hole_51_buffers_of_cal_com_beside_ours_are_flagged(mapped: Salon) -> None:
    """Claims hold our buffers, phases none: an event type with its own would refuse what is free here."""
    assert await mapped.codes() == set()
    mapped.kind("herrenschnitt").after_buffer = 10
    (finding,) = (await mapped.check()).findings
    assert (finding.code, "buffers of its own" in finding.sentence) == ("buffers", True)
