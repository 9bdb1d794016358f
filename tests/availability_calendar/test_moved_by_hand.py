"""`zusage appointments move` asks the calendar first, as a caller's wish is asked about."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, next_open, said
from support.zusage_command import Zusage, zusage_on
from zusage.adapters.crypto import format_keys

_ASKED = "Cal.com shows the new time free."
_UNASKED = "Cal.com could not be asked about the new time, so it may still refuse."


async def booked(salon: FreeSalon, start: datetime) -> str:
    """Book with Anna Schmidt by phone; gives the appointment's id."""
    phone = salon.phone()
    held = await salon.check(said(start), phone=phone, staff="Anna Schmidt")
    assert held["status"] == "held", held
    answer = await phone.tool(
        "book_appointment", {"name": "Erika Sommer", "hold": held["data"]["hold"]["token"]}
    )
    return str(answer["data"]["appointment"]["id"])


def commands(salon: FreeSalon, database: DatabaseUrls, folder: Path) -> Zusage:
    return zusage_on(database, folder, ZUSAGE_SECRET_KEYS=format_keys([salon.secret]))


@pytest.fixture
def zusage(salon: FreeSalon, database: DatabaseUrls, tmp_path: Path) -> Zusage:
    return commands(salon, database, tmp_path)


async def test_a_time_that_is_taken_there_is_refused_with_others_before_anything_is_moved(
    salon: FreeSalon, zusage: Zusage
) -> None:
    start = next_open()
    found = await booked(salon, start)
    taken, free = start.replace(hour=16), start.replace(hour=11)
    salon.busy("anna-schmidt", taken, 60)
    move = "appointments", "move", found, f"{taken:%Y-%m-%dT%H:%M}", "--company", "friseur-eins"
    for more in ((), ("--apply",)):
        code, out = await zusage(*move, *more)
        assert (code, "It stays where it is: that is taken, here or in the calendar." in out) == (1, True)
        assert "Free near that: " in out
    code, out = await zusage(*move[:3], f"{free:%Y-%m-%dT%H:%M}", *move[4:], "--apply", "--json")
    told = json.loads(out)
    assert (code, told["applied"], _ASKED in told["said"]) == (0, True, True)
    (state,) = json.loads((await zusage("appointments", "list", "--day", f"{free:%Y-%m-%d}", "--json"))[1])
    assert datetime.fromisoformat(state["start"]) == free


async def test_what_is_written_into_the_calendar_just_now_counts_though_the_day_is_kept(
    salon: FreeSalon, zusage: Zusage
) -> None:
    start = next_open()
    found = await booked(salon, start)
    to = start.replace(hour=16)
    move = "appointments", "move", found, f"{to:%Y-%m-%dT%H:%M}", "--company", "friseur-eins"
    assert _ASKED in (await zusage(*move))[1]
    salon.busy("anna-schmidt", to, 60)
    assert (await zusage(*move))[0] == 1


async def test_where_the_calendar_is_silent_it_is_said_that_it_may_still_refuse(
    salon: FreeSalon, zusage: Zusage
) -> None:
    start = next_open()
    found = await booked(salon, start)
    await salon.sim.outage("error")
    to = f"{start.replace(hour=16):%Y-%m-%dT%H:%M}"
    code, out = await zusage("appointments", "move", found, to, "--company", "friseur-eins")
    assert (code, _UNASKED in out, _ASKED in out) == (0, True, False)


async def test_where_nothing_unseen_is_offered_nothing_is_moved_there_either(
    hiding: FreeSalon, database: DatabaseUrls, tmp_path: Path
) -> None:
    start = next_open()
    found = await booked(hiding, start)
    await hiding.sim.outage("error")
    to = f"{start.replace(hour=16):%Y-%m-%dT%H:%M}"
    code, out = await commands(hiding, database, tmp_path)(
        "appointments", "move", found, to, "--company", "friseur-eins", "--apply"
    )
    assert (code, "the calendar cannot be asked about that day" in out) == (1, True)
