"""Which event type is what: found by name, length and host, said by a person, never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calendar_setup.salon import Salon, salon_at, salon_world
from zusage.adapters.postgres.database import Database
from zusage.app.calendar_setup.account import Asking, read_account
from zusage.app.calendar_setup.map_calendar import MapView
from zusage.app.calendar_setup.ports import CalendarSetupError, CalendarUnusable
from zusage.app.calendar_setup.wishes import read_wishes
from zusage.sandbox.calcom import EventType, Fault, running_simulator

ALL = {"Anna": {"herrenschnitt", "damenschnitt", "farbe"}, "Ben": {"herrenschnitt"}}


@pytest.fixture
async def connected(salon: Salon) -> Salon:
    await salon.connect()
    return salon


def chosen(view: MapView) -> dict[str, str]:
    """What was proposed: the piece as `--set` takes it, to the slug."""
    return {each.piece.said: each.chosen.kind.slug if each.chosen else "" for each in view.proposal.pieces}


def missing(view: MapView, said: str) -> str:
    return next(each.missing for each in view.proposal.pieces if each.piece.said == said)


async def test_everything_is_found_by_name_length_and_host(connected: Salon) -> None:
    view = await connected.view()
    assert chosen(view) == {
        "herrenschnitt@Anna": "herrenschnitt",
        "damenschnitt@Anna": "damenhaarschnitt",
        "farbe.1@Anna": "farbe-auftragen",
        "farbe.2@Anna": "farbe-auswaschen",
        "herrenschnitt@Ben": "maennerschnitt",
    }
    assert view.unbookable == ()
    first = view.proposal.pieces[0].chosen
    assert first is not None
    assert (first.score, first.reasons) == (100, ('like "Herrenschnitt"', "30 min"))
    by_synonym = view.proposal.pieces[-1].chosen
    assert by_synonym is not None
    assert (by_synonym.score, by_synonym.reasons[0]) == (97, 'like "Männerschnitt"')


async def test_an_account_is_read_with_few_requests(connected: Salon) -> None:
    connected.sim.journal.clear()
    await connected.view()
    people, teams = len(connected.account.people), 1
    assert len(connected.sim.journal.requests) == 5 + 3 * teams + people


async def test_looking_changes_nothing_and_storing_makes_bookable(connected: Salon) -> None:
    company = await connected.company_id()
    await connected.view()
    assert (await connected.store.load_mapping(company)).hosts == ()
    assert await connected.offered() == ALL, "a branch that is not mirrored is booked as before"

    applied = await connected.apply()
    assert (applied.branches, len(applied.mapping.segments)) == (("mitte",), 5)
    stored = await connected.store.load_connection(company)
    assert stored is not None
    assert len(stored.branches) == 1
    assert await connected.offered() == ALL


async def test_incident_31_who_is_not_mapped_whole_is_never_offered(connected: Salon) -> None:
    del connected.sim.world.event_types[connected.kind("farbe-auswaschen").id]
    connected.kind("maennerschnitt").title = connected.kind("maennerschnitt").slug = "bart"
    view = await connected.view()
    assert view.unbookable == (("mitte", "Anna", "Farbe"), ("mitte", "Ben", "Herrenschnitt"))
    before = (await connected.book()).version
    await connected.apply()
    # One segment of two is not enough: the other could not be shown there.
    assert await connected.offered() == {"Anna": {"herrenschnitt", "damenschnitt"}, "Ben": set()}
    assert (await connected.book()).version > before, "processes that run hear of it"


async def test_other_minutes_than_mapped_are_not_offered_any_more(connected: Salon) -> None:
    await connected.apply()
    async with connected.database.transaction(await connected.company_id()) as connection:
        await connection.execute("UPDATE segment SET minutes = 40 WHERE minutes = 30 AND kind = 'active'")
        await connection.execute("COMMIT")
    assert await connected.offered() == {"Anna": {"damenschnitt", "farbe"}, "Ben": set()}


async def test_a_length_nobody_offers_is_named(connected: Salon) -> None:
    connected.kind("damenhaarschnitt").length = 45
    view = await connected.view()
    assert chosen(view)["damenschnitt@Anna"] == ""
    assert "takes 45 min" in missing(view, "damenschnitt@Anna")
    assert '"Damenschnitt" of 60 min with Anna' in missing(view, "damenschnitt@Anna")


async def test_a_length_among_several_is_named_with_each_booking(connected: Salon) -> None:
    kind = connected.kind("damenhaarschnitt")
    kind.length, kind.lengths = 45, [45, 60]
    applied = await connected.apply()
    (link,) = [each for each in applied.mapping.segments if each.event_type_id == kind.id]
    assert (link.length_min, link.send_length) == (60, True)
    assert {each.send_length for each in applied.mapping.segments if each is not link} == {False}


async def test_two_that_could_be_it_are_not_guessed_between(connected: Salon) -> None:
    twin = connected.account.event_type("anna", "herren-schnitt", 30, title="Herrenschnitt")
    view = await connected.view()
    assert chosen(view)["herrenschnitt@Anna"] == ""
    assert "several could be it" in missing(view, "herrenschnitt@Anna")
    said = await connected.view(pieces=[f"herrenschnitt@Anna={twin.id}"])
    assert chosen(said)["herrenschnitt@Anna"] == "herren-schnitt"
    assert said.proposal.pieces[0].origin == "said"


async def test_what_was_stored_stays_until_it_fits_no_more(connected: Salon) -> None:
    twin = connected.account.event_type("anna", "herren-schnitt", 30, title="Herrenschnitt")
    await connected.apply(pieces=[f"herrenschnitt@Anna={twin.id}"])
    again = await connected.view()
    assert (chosen(again)["herrenschnitt@Anna"], again.proposal.pieces[0].origin) == (
        "herren-schnitt",
        "kept",
    )
    assert {each.origin for each in again.proposal.hosts} == {"kept"}
    twin.length = 20
    assert chosen(await connected.view())["herrenschnitt@Anna"] == "herrenschnitt"


async def test_incident_31_parents_of_managed_types_are_never_mapped(connected: Salon) -> None:
    world = connected.sim.world
    del world.event_types[connected.kind("herrenschnitt").id]
    parent, children = connected.account.managed(["anna", "ben"], "herrenschnitt", 30)
    view = await connected.view()
    mine = view.proposal.pieces[0].chosen
    assert mine is not None
    assert mine.kind.event_type_id == children[0].id
    refused = await connected.view(pieces=[f"herrenschnitt@Anna={parent.id}"])
    assert "template of a managed event type" in missing(refused, "herrenschnitt@Anna")


@pytest.mark.parametrize("scheduling", ["roundRobin", "collective"])
async def test_what_several_hosts_share_is_nobody_s(connected: Salon, scheduling: str) -> None:
    del connected.sim.world.event_types[connected.kind("herrenschnitt").id]
    shared: EventType = connected.account.team_event_type(scheduling, ["anna", "ben"], "herrenschnitt", 30)  # type: ignore[arg-type]
    view = await connected.view(pieces=[f"herrenschnitt@Ben={shared.id}"])
    assert chosen(view)["herrenschnitt@Anna"] == ""
    assert "not with Ben" in missing(view, "herrenschnitt@Ben")


async def test_hidden_event_types_of_the_key_s_own_are_seen(connected: Salon) -> None:
    connected.kind("herrenschnitt").hidden = True
    kind = (await connected.view()).proposal.pieces[0].chosen
    assert kind is not None
    assert kind.reasons[-1] == "hidden"


async def test_a_host_can_be_said_where_names_differ(connected: Salon) -> None:
    ben = connected.account.people["ben"]
    ben.name, ben.username, ben.email = "Chef", "chef", "chef@salon.example"
    view = await connected.view()
    host = view.proposal.hosts[1]
    assert (host.host, host.origin) == (None, "none")
    assert "nobody there is called Ben" in host.reason
    assert f"Chef ({ben.id})" in host.reason
    said = await connected.view(hosts=[f"Ben={ben.id}"])
    assert chosen(said)["herrenschnitt@Ben"] == "maennerschnitt"


async def test_a_host_that_nobody_there_has_is_refused_with_those_who_are_there(connected: Salon) -> None:
    host = (await connected.view(hosts=["Ben=99"])).proposal.hosts[1]
    people = ", ".join(f"{each.name} ({each.id})" for each in connected.account.people.values())
    assert (host.host, host.reason) == (None, f"99 is nobody that this key can see; there are {people}")


async def test_staff_may_be_said_by_a_part_of_their_name_that_nobody_else_has(connected: Salon) -> None:
    book = await connected.book()
    anna, ben = book.staff
    staff = (replace(anna, name="Anna Grünwald"), replace(ben, name="Anna Maß"))
    books = [replace(book, staff=staff)]
    read = read_wishes(["Maß=7"], ["herrenschnitt@Grünwald=8"], books)
    assert (read.hosts, list(read.pieces.values())) == ({ben.id: 7}, [8])
    assert [staff_id for _, _, staff_id in read.pieces] == [anna.id]
    with pytest.raises(
        CalendarSetupError, match='Several are called "Anna"; there are: Anna Grünwald, Anna Maß'
    ):
        read_wishes(["Anna=7"], [], books)
    with pytest.raises(CalendarSetupError, match="there are: herrenschnitt@Anna Grünwald"):
        read_wishes([], ["herrenschnitt@Anna=8"], books)


async def test_incident_54_two_of_one_name_are_not_guessed_between(app_db: Database) -> None:
    world, account = salon_world(people=("anna", "ben", "anna-lang"))
    account.people["anna-lang"].name = "Anna Lang"
    async with running_simulator(world=world) as sim, salon_at(sim, account, app_db) as salon:
        await salon.connect()
        host = (await salon.view()).proposal.hosts[0]
    assert (host.host, "several people have that name" in host.reason) == (None, True)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"hosts": ["Ben"]}, "cannot be read"),
        ({"hosts": ["Zoe=1"]}, "Nobody is called"),
        ({"pieces": ["herrenschnitt=1"]}, "cannot be read"),
        ({"pieces": ["bart@Anna=1"]}, "names nothing of this company; there are: herrenschnitt@Anna"),
        ({"pieces": ["farbe@Anna=1"]}, "farbe.1@Anna"),
        ({"branches": ["west"]}, 'no branch "west"; there are: mitte'),
    ],
)
async def test_what_cannot_be_meant_is_said_with_what_can(
    connected: Salon, said: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(CalendarSetupError, match=words.replace("(", r"\(")):
        await connected.view(**said)


async def test_an_event_type_of_another_account_cannot_be_said(connected: Salon) -> None:
    assert "no event type 99" in missing(
        await connected.view(pieces=["herrenschnitt@Anna=99"]), "herrenschnitt@Anna"
    )


async def test_nothing_mapped_stores_nothing(connected: Salon) -> None:
    connected.sim.world.event_types.clear()
    with pytest.raises(CalendarSetupError, match="Nothing could be mapped"):
        await connected.apply()
    stored = await connected.store.load_connection(await connected.company_id())
    assert stored is not None
    assert stored.branches == {}


async def test_without_a_connection_there_is_nothing_to_map(salon: Salon) -> None:
    with pytest.raises(CalendarUnusable, match="zusage calcom connect salon-drei"):
        await salon.view()


async def test_probes_are_made_once_for_every_host(connected: Salon) -> None:
    applied = await connected.apply(with_probes=True)
    assert [each.problem for each in applied.probes] == ["", ""]
    probes = {each.staff_id: each.probe_event_type_id for each in applied.mapping.hosts}
    made = [connected.sim.world.event_types[number] for number in probes.values() if number]
    people = connected.account.people
    assert [kind.hosts() for kind in made] == [[people["anna"].id], [people["ben"].id]]
    assert {(kind.length, kind.slot_interval, kind.minimum_notice, kind.hidden) for kind in made} == {
        (5, 5, 0, True)
    }

    again = await connected.apply(with_probes=True)
    assert again.probes == ()
    assert {each.staff_id: each.probe_event_type_id for each in again.mapping.hosts} == probes


async def test_a_probe_that_was_made_and_not_stored_is_found_again(connected: Salon) -> None:
    view = await connected.view()
    await connected.apply(with_probes=True)
    await connected.store.save_mapping(view.connection.company_id, view.proposal.mapping)
    assert {each.probe_event_type_id for each in view.proposal.mapping.hosts} == {None}
    assert (await connected.view()).proposal.unprobed == ()


async def test_a_probe_that_cannot_be_made_is_said_and_the_mapping_stored(app_db: Database) -> None:
    world, account = salon_world()
    account.key_of("anna", "cal_live_annas_own")
    async with running_simulator(world=world) as sim, salon_at(sim, account, app_db) as salon:
        await salon.connect(api_key="cal_live_annas_own")
        view = await salon.view()
        assert ["This key may not see who is in the team" in note for note in view.picture.notes] == [True]
        ben = account.people["ben"].id
        applied = await salon.apply(with_probes=True, hosts=[f"Ben={ben}"])
    assert [bool(each.problem) for each in applied.probes] == [False, True]
    assert "in no team" in applied.probes[1].problem
    assert len(applied.mapping.segments) == 4


async def test_a_used_up_rate_is_waited_for(connected: Salon) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        connected.clock.now += seconds
        connected.sim.clock.advance(seconds)

    stored = await connected.store.load_connection(await connected.company_id())
    assert stored is not None
    connected.sim.add_fault(Fault("rate_limited", op="teams.members", times=1))
    picture = await read_account(Asking(connected.accounts.of(stored.access), sleep))
    assert len(waits) == 1
    assert 50 < waits[0] <= 60
    assert set(picture.event_types) == set(connected.sim.world.event_types)
    assert picture.notes == ()


async def test_incident_32_reading_an_account_writes_nothing_to_the_catalogue(connected: Salon) -> None:
    """A composite service lost its segments when event types were imported."""
    before = await connected.book()
    connected.kind("farbe-auftragen").title, connected.kind("farbe-auftragen").length = "Farbe", 90
    await connected.apply()
    after = await connected.book()
    assert (after.services, after.staff) == (before.services, before.staff)
