"""An event type that somebody deleted at Cal.com: nothing is promised that can no longer be booked there."""

from __future__ import annotations

from support.free_salon import FreeSalon, at, next_open, said, warmed
from zusage.app.free_times.warm import warm

TWO, FOUR = at(14), at(16)
ANNA = {"staff": "Anna Schmidt"}


def delete(salon: FreeSalon, key: str, *slugs: str) -> None:
    """Delete event types of somebody there; all of them if none is named."""
    types = salon.sim.world.event_types
    for each in list(types.values()):
        if each.owner_id == salon.host(key) and (not slugs or each.slug in slugs):
            del types[each.id]


async def test_without_its_probe_the_event_types_of_the_service_tell_what_is_free(salon: FreeSalon) -> None:
    delete(salon, "anna-schmidt", "freie-zeiten")
    salon.busy("anna-schmidt", TWO, 60)
    assert (await salon.check(said(TWO), **ANNA))["status"] == "not_free"
    answer = await salon.check(said(FOUR), **ANNA)
    assert answer["status"] == "held"
    assert answer["data"]["certainty"]["calendar"] == "seen"


async def test_what_is_gone_with_its_probe_is_not_offered_any_more(salon: FreeSalon) -> None:
    delete(salon, "anna-schmidt")
    assert (await salon.check(said(FOUR), **ANNA))["status"] == "not_free"
    other = await salon.check(said(FOUR))
    assert other["status"] == "held"
    assert "Anna" not in other["say"]


async def test_one_probe_that_is_gone_keeps_nobody_elses_from_being_read_ahead(salon: FreeSalon) -> None:
    delete(salon, "anna-schmidt", "freie-zeiten")
    parts = salon.salon.parts.free_times
    warmed_up = await warm(salon.company_id, hosts=parts.hosts, filler=parts.filler)
    assert (warmed_up.failed, warmed_up.hosts) == (0, len(salon.people))
    assert salon.requests() == len(salon.people)
    others = [key for key in salon.people if key != "anna-schmidt"]
    before = salon.requests()
    await salon.check(said(next_open()), staff=salon.people[others[0]].staff.name)
    assert salon.requests() == before


async def test_a_probe_that_was_made_again_is_asked_again(salon: FreeSalon) -> None:
    types = salon.sim.world.event_types
    probe = salon.kind("anna-schmidt", "freie-zeiten")
    del types[probe.id]
    assert (await salon.check(said(TWO), **ANNA))["status"] == "held"
    types[probe.id] = probe
    filler = salon.salon.parts.free_times.filler
    real = filler.clock
    filler.clock = lambda: real() + 700
    salon.sim.journal.clear()
    await warmed(salon)
    asked = {entry.query["eventTypeId"] for entry in salon.sim.journal.of("slots.list")}
    assert str(probe.id) in asked
