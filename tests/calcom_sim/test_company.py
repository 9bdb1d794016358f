"""The account a company of a company file would have: its people, hours and event types."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from calcom_sim.salon import NOW, Salon, at_the_salon
from zusage.sandbox.calcom import Account, World, running_simulator
from zusage.sandbox.calcom.company import add_company
from zusage.sandbox.demo import load_demo_companies

_KEY = "cal_live_friseur"


@pytest.fixture
def account() -> Account:
    return add_company(World(), load_demo_companies()[0], key=_KEY)


@pytest.fixture
async def friseur(account: Account) -> AsyncIterator[Salon]:
    async with running_simulator(now=NOW, world=account.world) as sim, at_the_salon(sim, key=_KEY) as client:
        yield client


async def test_one_event_type_per_active_segment_and_person(account: Account) -> None:
    anna = account.people["anna-schmidt"]
    kinds = [each for each in account.world.event_types.values() if each.owner_id == anna.id]
    perm = [(each.slug, each.title, each.length) for each in kinds if each.slug.startswith("dauerwelle")]

    assert anna.name == "Anna Schmidt"
    assert perm == [
        ("dauerwelle-1", "Dauerwelle: Haare wickeln", 50),
        ("dauerwelle-2", "Dauerwelle: Fixierung auftragen", 5),
        ("dauerwelle-3", "Dauerwelle: Auswaschen und Pflege", 15),
        ("dauerwelle-4", "Dauerwelle: Schneiden und Styling", 40),
    ]
    assert len({each.slug for each in kinds}) == len(kinds)


async def test_hours_and_exceptions_are_those_of_the_branch(account: Account, friseur: Salon) -> None:
    kind = friseur.kind("dauerwelle-3", owner="anna-schmidt")
    days = {"start": "2026-12-24", "end": "2026-12-31", "timeZone": "Europe/Berlin"}
    found = (await friseur.slots(kind, **days)).json()["data"]

    assert found["2026-12-24"][0]["start"] == "2026-12-24T09:00:00.000+01:00"
    assert found["2026-12-24"][-1]["start"] == "2026-12-24T11:45:00.000+01:00"
    assert "2026-12-31" not in found
    assert (await friseur.booked("2026-12-24T08:00:00Z", kind))["hosts"][0]["name"] == "Anna Schmidt"
