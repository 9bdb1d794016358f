"""What our own courtesies hide from web bookers at Cal.com stays free for our own callers."""

from __future__ import annotations

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, said
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.app.courtesy.tend_courtesies import Tending, tend_courtesies
from zusage.app.mirror.ports import Terms

TWO, WHO = at(14), {"staff": "Anna Schmidt"}


async def tend(salon: FreeSalon) -> None:
    parts = salon.salon.parts
    store = PostgresCourtesies(parts.app, salon.salon.box)
    await tend_courtesies(salon.company_id, Tending(store, parts.calendars.client))


async def forget_days(salon: FreeSalon) -> None:
    """The next question reads Cal.com anew."""
    await salon.settled()
    await salon.salon.parts.free_times.kept.clear(salon.company_id)


async def test_a_caller_keeps_what_is_hidden_for_them_and_the_next_gets_it_at_once(
    database: DatabaseUrls,
) -> None:
    async with free_salon(database, courtesy=True) as salon:
        phone = salon.phone()
        assert (await salon.check(said(TWO), phone=phone, **WHO))["status"] == "held"
        await tend(salon)
        assert len(salon.sim.world.reservations) == 1

        await forget_days(salon)
        again = await salon.check(said(TWO), phone=phone, **WHO)
        assert (again["status"], again["data"]["certainty"]["calendar"]) == ("held", "seen")
        rival = await salon.check(said(TWO), **WHO)
        assert rival["status"] == "not_free", "the ledger says so"

        await phone.tool("release_hold", {})
        await forget_days(salon)
        assert len(salon.sim.world.reservations) == 1, "the worker has not come yet"
        assert (await salon.check(said(TWO), **WHO))["status"] == "held"


async def test_what_was_given_back_while_cal_com_still_answers_as_before_is_free(
    database: DatabaseUrls,
) -> None:
    """Its answers are two seconds old at worst; whoever reads in them must not keep the time as taken."""
    async with free_salon(database, courtesy=True, simulate={"slots_cache_s": 30.0}) as salon:
        phone = salon.phone()
        await salon.check(said(TWO), phone=phone, **WHO)
        await tend(salon)
        salon.sim.state.slots.answers.clear()
        await forget_days(salon)
        assert (await salon.check(said(TWO), **WHO))["status"] == "not_free"
        await phone.tool("release_hold", {})
        await tend(salon)
        assert salon.sim.world.reservations == {}
        await forget_days(salon)
        assert (await salon.check(said(TWO), **WHO))["status"] == "held"


async def test_control_what_somebody_else_has_reserved_is_not_free(database: DatabaseUrls) -> None:
    async with free_salon(database, courtesy=True) as salon:
        found = await salon.salon.parts.free_times.hosts.hosts(salon.company_id)
        assert found is not None
        assert found.access is not None
        calendar = salon.salon.parts.calendars.client.of(found.access)
        await calendar.reserve_slot(salon.kind("anna-schmidt", "damenschnitt").id, TWO, 10, Terms(5.0))
        assert (await salon.check(said(TWO), **WHO))["status"] == "not_free"


async def test_without_the_setting_nothing_is_asked_of_the_database(database: DatabaseUrls) -> None:
    async with free_salon(database) as salon:
        found = await salon.salon.parts.free_times.hosts.hosts(salon.company_id)
        assert found is not None
        assert not found.courtesies
        assert (await salon.check(said(TWO), **WHO))["status"] == "held"
        await tend(salon)
        assert salon.sim.world.reservations == {}
