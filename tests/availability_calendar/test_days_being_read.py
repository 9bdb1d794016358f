"""Days that are read while something happens to them: a drop, a second question, the end of Valkey."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from support.breakable import breakable
from support.database import DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, said
from support.voice import open_day
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.postgres.courtesies import PostgresCourtesies
from zusage.adapters.process_free_days import ProcessFreeDays
from zusage.app.free_times.fill import Filler, Wanted
from zusage.app.free_times.ports import FreeDays, KeptDay, Place
from zusage.sandbox.calcom import Fault

TWO = at(14)


class Forgetful:
    """The control: days kept without generations, as a plain cache does it."""

    def __init__(self) -> None:
        self.days: dict[Place, KeptDay] = {}

    async def read(self, places: Collection[Place]) -> Mapping[Place, KeptDay]:
        return {each: self.days[each] for each in places if each in self.days}

    async def generations(self, places: Sequence[Place]) -> Sequence[str]:
        return [""] * len(places)

    async def write(self, days: Mapping[Place, KeptDay], generations: Mapping[Place, str]) -> bool:
        assert set(generations) == set(days)
        self.days |= days
        return True

    async def drop(self, company_id: UUID, staff_id: UUID, days: Collection[date]) -> None:
        for each in [p for p in self.days if (p.company_id, p.staff_id) == (company_id, staff_id)]:
            if each.day in days:
                del self.days[each]

    async def count(self, company_id: UUID, day: date, counts: Mapping[str, int]) -> None:
        pass


@asynccontextmanager
async def reading(salon: FreeSalon, kept: object) -> AsyncIterator[tuple[Filler, Wanted]]:
    """A request for a day that is answered a second after the calendar has looked, and is under way in the block."""
    parts = salon.salon.parts
    company = await parts.free_times.hosts.hosts(salon.company_id)
    assert company is not None
    host = company.hosts[salon.staff("anna-schmidt")]
    assert host.probe is not None
    filler = Filler(kept, parts.calendars.client, PostgresCourtesies(parts.app, salon.salon.box), time.time)  # type: ignore[arg-type]
    wanted = Wanted(company, host, host.probe, open_day(), open_day())
    salon.sim.add_fault(Fault("timeout_after_commit", op="slots.list", seconds=1.0))
    task = filler.start(wanted, "background")
    for _ in range(500):
        await asyncio.sleep(0.02)
        if salon.requests():
            break
    await asyncio.sleep(0.2)
    yield filler, wanted
    await task
    await filler.close()


async def test_hole_35_a_refresh_that_a_cancellation_overtook_does_not_bring_the_old_day_back(
    salon: FreeSalon,
) -> None:
    """The refresh read the day with the web booking; it is cancelled and dropped here before the answer comes."""
    uid = await salon.sim.people.book(salon.kind("anna-schmidt", "damenschnitt").id, TWO, quiet=True)
    days: dict[str, Mapping[Place, KeptDay]] = {}
    kinds: dict[str, FreeDays | Forgetful] = {"ours": ProcessFreeDays(time.time), "control": Forgetful()}
    for name, kept in kinds.items():
        if not salon.sim.world.bookings[uid].live:
            uid = await salon.sim.people.book(salon.kind("anna-schmidt", "damenschnitt").id, TWO, quiet=True)
            salon.sim.journal.clear()
        async with reading(salon, kept) as (_, wanted):
            await salon.sim.people.cancel(uid, quiet=True)
            await kept.drop(salon.company_id, wanted.host.staff_id, [open_day()])
        days[name] = await kept.read([wanted.place(open_day())])
    assert days["ours"] == {}
    (old,) = days["control"].values()
    assert not any(period.start <= TWO < period.end for period in old.free), "the plain cache has it back"


async def test_age_counts_from_the_begin_of_the_request(salon: FreeSalon) -> None:
    kept = ProcessFreeDays(time.time)
    before = time.time()
    async with reading(salon, kept) as (_, wanted):
        under_way = time.time()
    (day,) = (await kept.read([wanted.place(open_day())])).values()
    assert before <= day.read_at <= under_way


async def test_whoever_asks_after_a_drop_does_not_take_the_answer_of_whoever_asked_before(
    salon: FreeSalon,
) -> None:
    kept = ProcessFreeDays(time.time)
    async with reading(salon, kept) as (filler, wanted):
        await kept.drop(salon.company_id, wanted.host.staff_id, [open_day()])
        salon.busy("anna-schmidt", TWO, 60)
        filled = await filler.start(wanted, "live")
    assert not any(period.start <= TWO < period.end for period in filled.days[open_day()].free)


async def test_many_who_ask_for_one_day_at_once_make_one_request_a_host(salon: FreeSalon) -> None:
    when = said(TWO)
    await asyncio.gather(*(salon.check(when, staff="Anna Schmidt", phone=salon.phone()) for _ in range(6)))
    assert salon.requests() == 1


async def test_without_valkey_in_the_middle_of_calls_they_go_on(
    database: DatabaseUrls, servers: EmbeddedServers
) -> None:
    """It is away from one question to the next; the wait for it is short, and comes once in a while only."""
    async with breakable(servers.urls.valkey) as way, free_salon(database, valkey_url=way.url) as salon:
        assert (await salon.check(said(TWO)))["status"] == "held"
        await way.cut()
        asked = salon.requests()
        answer = await salon.check(said(at(16)))
        assert answer["status"] == "held"
        assert answer["data"]["certainty"]["calendar"] == "seen"
        assert salon.requests() > asked, "what the others keep is out of reach, so it is read anew"
        asked = salon.requests()
        assert (await salon.check(said(at(9))))["status"] == "held"
        assert salon.requests() == asked, "and kept here meanwhile"
