"""The contract with Cal.com: free times, and reservations that hide a time and bind nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contract_calcom.account import GRID, MINUTES, ContractAccount, eventually, refused
from zusage.app.mirror.ours import is_ours
from zusage.app.mirror.ports import SlotsWanted
from zusage.core.values import Period

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOBODYS = 2_000_000_000


def around(start: datetime) -> Period:
    return Period(start - timedelta(minutes=1), start + timedelta(minutes=MINUTES + 1))


async def test_free_slots_lie_within_on_the_grid_and_are_as_long_as_the_event_type(
    account: ContractAccount,
) -> None:
    start = account.hour()
    slots = await account.slots(Period(start, start + timedelta(hours=1)))
    assert [slot.start for slot in slots] == [start + timedelta(minutes=GRID * step) for step in range(3)]
    assert {slot.end - slot.start for slot in slots} == {timedelta(minutes=MINUTES)}


async def test_an_end_at_midnight_is_widened_there_and_cut_off_here(account: ContractAccount) -> None:
    """A day that ends at midnight brings the next day along; who asks by the client gets the day that was meant."""
    some_day = account.hour().replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {
        "eventTypeId": str(account.kind.event_type_id),
        "start": (some_day - timedelta(days=1)).isoformat().replace("+00:00", "Z"),
        "end": some_day.isoformat().replace("+00:00", "Z"),
        "timeZone": "UTC",
    }
    raw = await account.target.send("GET", "/v2/slots", "2024-09-04", params=asked)
    ours = await account.slots(Period(some_day - timedelta(days=1), some_day))
    said = [datetime.fromisoformat(each["start"]) for day in raw.json()["data"].values() for each in day]
    assert max(said) > some_day
    assert all(slot.end <= some_day for slot in ours)


async def test_a_booking_takes_its_time_out_of_the_slots_after_a_while(account: ContractAccount) -> None:
    """Their answers are kept for two seconds, whatever was booked."""
    start = account.hour()
    before = await account.slots(around(start))
    booked = await account.book(account.wanted(start))

    async def hidden() -> bool:
        return not await account.slots(around(start))

    await eventually(hidden, "the booked time is not free any more")
    await account.cancel(booked.uid)
    assert [slot.start for slot in before] == [start]


async def test_free_times_of_an_unknown_event_type_are_gone(account: ContractAccount) -> None:
    start = datetime.now(UTC) + timedelta(days=30)
    asked = SlotsWanted(NOBODYS, Period(start, start + timedelta(days=1)), "Europe/Berlin")
    error = await refused(account.target.calendar.free_slots(asked, account.target.soon))
    assert (error.kind, error.status) == ("gone", 404)


async def test_a_reservation_hides_its_time_refuses_another_and_binds_nothing(
    account: ContractAccount,
) -> None:
    calendar, soon, start = account.target.calendar, account.target.soon, account.hour()
    held = await calendar.reserve_slot(account.kind.event_type_id, start, 10, soon)
    account.holds.append(held.uid)
    second = await refused(calendar.reserve_slot(account.kind.event_type_id, start, 10, soon))

    async def hidden() -> bool:
        return not await account.slots(around(start))

    await eventually(hidden, "the reserved time is hidden")
    wanted = account.wanted(start)
    booked = await account.book(wanted)
    await account.cancel(booked.uid)
    await calendar.drop_reservation(held.uid, soon)
    await calendar.drop_reservation(held.uid, soon)

    async def free_again() -> bool:
        return bool(await account.slots(around(start)))

    await eventually(free_again, "the time is free again")
    assert held.during == Period(start, start + timedelta(minutes=MINUTES))
    assert timedelta(minutes=8) < held.until - datetime.now(UTC) <= timedelta(minutes=11)
    assert (second.kind, second.status) == ("taken", 422)
    assert is_ours(booked, account.expected(wanted))
