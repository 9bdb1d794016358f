"""How a connected calendar is used can be changed without its key, and stays as it was said."""

from __future__ import annotations

from typing import Any

import pytest

from calendar_setup.salon import COMPANY, KEY, Salon
from zusage.app.calendar_setup.adjust_calendar import Adjusted, AdjustWish, adjust_calendar
from zusage.app.calendar_setup.ports import CalendarSetupError, CalendarUnusable
from zusage.app.mirror.connection import BranchCalendar, CalendarConnection


async def adjust(salon: Salon, **wish: Any) -> Adjusted:
    return await adjust_calendar(AdjustWish(COMPANY, **wish), store=salon.store)


async def stored(salon: Salon) -> CalendarConnection:
    found = await salon.store.load_connection(await salon.company_id())
    assert found is not None
    return found


@pytest.fixture
async def mirrored(salon: Salon) -> Salon:
    await salon.connect()
    await salon.apply()
    return salon


async def test_a_branch_confirms_in_the_call_once_it_is_said(mirrored: Salon) -> None:
    assert list((await adjust(mirrored)).branches.values()) == [BranchCalendar("background", 4000)]
    said = await adjust(mirrored, confirm="inline", wait_ms=2500)
    assert list(said.branches.values()) == [BranchCalendar("inline", 2500)]
    assert (await adjust(mirrored)) == said


async def test_mapping_and_renewing_the_key_leave_it_as_it_was_said(mirrored: Salon) -> None:
    await adjust(mirrored, confirm="inline", unreachable="hide", courtesy=True, per_minute=130)
    before = await stored(mirrored)
    await mirrored.connect()
    await mirrored.apply()
    after = await stored(mirrored)
    assert after == before
    assert (after.unreachable, after.courtesy_holds, after.per_minute) == ("hide", True, 130)
    assert after.api_key == KEY


async def test_what_is_not_said_stays(mirrored: Salon) -> None:
    await adjust(mirrored, courtesy=True, per_minute=60)
    await adjust(mirrored, wait_ms=900)
    after = await stored(mirrored)
    assert (after.courtesy_holds, after.per_minute, after.unreachable) == (True, 60, "offer")
    assert list(after.branches.values()) == [BranchCalendar("background", 900)]


async def test_only_the_named_branch_changes(mirrored: Salon) -> None:
    key = next(iter((await adjust(mirrored)).branches))
    assert (await adjust(mirrored, branches=(key,), confirm="inline")).branches[key].confirm == "inline"
    with pytest.raises(CalendarSetupError, match=f'No branch "nord" is mirrored; there are: {key}'):
        await adjust(mirrored, branches=("nord",), confirm="background")
    assert (await adjust(mirrored)).branches[key].confirm == "inline"


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"wait_ms": 99}, "100 to 20000 ms, not 99"),
        ({"wait_ms": 20_001}, "not 20001"),
        ({"per_minute": 0}, "1 to 10000 requests a minute, not 0"),
    ],
)
async def test_numbers_that_make_no_sense_change_nothing(
    mirrored: Salon, wish: dict[str, int], says: str
) -> None:
    before = await stored(mirrored)
    with pytest.raises(CalendarSetupError, match=says):
        await adjust(mirrored, **wish)
    assert await stored(mirrored) == before


async def test_before_a_branch_is_mirrored_nothing_can_be_confirmed_there(salon: Salon) -> None:
    with pytest.raises(CalendarUnusable, match="zusage calcom connect"):
        await adjust(salon)
    await salon.connect()
    with pytest.raises(CalendarSetupError, match="--apply` comes first"):
        await adjust(salon, confirm="inline")
    assert (await adjust(salon, unreachable="hide")).branches == {}
