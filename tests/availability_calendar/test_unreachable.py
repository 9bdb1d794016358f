"""A calendar that does not answer: what is offered then, how sure it is said to be, and how long a caller waits."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, said, starts
from support.voice import open_day
from zusage.core.scheduling.calendar import CERTAIN_SECONDS, SEEN_SECONDS
from zusage.sandbox.calcom import Fault, Latency

TWO = at(14)
WINDOW = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y} nachmittags"}
LOCAL = {"ledger": "held", "calendar": "local"}


async def age_all(salon: FreeSalon, seconds: float) -> None:
    """Let all that is kept be read so long ago."""
    filler = salon.salon.parts.free_times.filler
    real = filler.clock
    filler.clock = lambda: real() + seconds


@pytest.mark.parametrize("mode", ["refuse", "error"])
async def test_out_of_reach_the_ledger_alone_decides_and_says_so(salon: FreeSalon, mode: str) -> None:
    await salon.sim.outage(mode)  # type: ignore[arg-type]
    answer = await salon.check(said(TWO))
    assert answer["status"] == "held"
    assert answer["data"]["certainty"] == LOCAL
    assert answer["say"].startswith("Für Damenschnitt sieht es am ")
    assert "Der Kalender antwortet gerade nicht" in answer["say"]
    offers = await salon.phone().tool("get_alternatives", WINDOW)
    assert offers["status"] == "offers"
    assert offers["say"].startswith("Der Kalender antwortet gerade nicht, deshalb noch unter Vorbehalt. Für ")
    assert {offer["certainty"]["calendar"] for offer in offers["data"]["offers"]} == {"local"}


async def test_a_company_may_hide_what_its_calendar_cannot_confirm(hiding: FreeSalon) -> None:
    await hiding.sim.outage("refuse")
    answer = await hiding.check(said(TWO))
    assert (answer["status"], answer["data"]["reason"]) == ("not_free", "unseen")
    assert answer["data"]["offers"] == []
    assert answer["say"] == (
        "Ich kann gerade leider nicht in unseren Kalender sehen und deshalb für diese Zeit nichts zusagen. "
        "Können Sie es bitte in ein paar Minuten noch einmal versuchen?"
    )
    offers = await hiding.phone().tool("get_alternatives", WINDOW)
    assert (offers["status"], offers["data"]["reason"]) == ("not_free", "unseen")
    booked = await hiding.phone().tool(
        "book_appointment", {"service": "Damenschnitt", "when": said(TWO), "name": "Jan Klein"}
    )
    assert booked["status"] == "not_free"
    assert await hiding.salon.rows("SELECT 1 FROM appointment") == []


async def test_hidden_or_not_what_is_not_free_here_is_said_as_that(hiding: FreeSalon) -> None:
    """The silence of the calendar is named only where it decides."""
    await hiding.sim.outage("refuse")
    closed = await hiding.check(said(at(22)))
    assert closed["status"] == "closed"
    past = await hiding.check("gestern um 14 Uhr")
    assert past["status"] in ("past", "ask_when")


async def test_days_that_were_read_are_offered_when_others_are_hidden(hiding: FreeSalon) -> None:
    """Only the wished day is out of reach: a neighbour that was read before is named instead."""
    seen = await hiding.check(said(TWO))
    assert seen["status"] == "held"
    await hiding.settled()
    filler = hiding.salon.parts.free_times.filler
    for key in hiding.people:
        await filler.kept.drop(hiding.company_id, hiding.staff(key), [open_day()])
    await hiding.sim.outage("refuse")
    answer = await hiding.check(said(at(16)))
    assert answer["data"]["reason"] == "unseen"
    assert starts(answer)
    assert all(start.date() != open_day() for start in starts(answer))
    assert "Ich könnte Ihnen" in answer["say"]


@pytest.mark.parametrize(
    ("age", "reachable", "calendar", "certain"),
    [
        (0.0, False, "seen", True),
        (CERTAIN_SECONDS + 60, True, "seen", True),
        (CERTAIN_SECONDS + 60, False, "seen", False),
        (SEEN_SECONDS + 60, False, "local", False),
    ],
)
async def test_hole_36_only_what_is_held_and_was_read_just_now_is_said_as_certain(
    salon: FreeSalon, age: float, reachable: bool, calendar: str, certain: bool
) -> None:
    """A hold binds us, not a web booker: what was read a while ago is read anew, or not said as certain."""
    assert (await salon.check(said(TWO)))["data"]["certainty"]["calendar"] == "seen"
    await salon.settled()
    await age_all(salon, age)
    if not reachable:
        await salon.sim.outage("refuse")
    answer = await salon.check(said(at(16)))
    sure = answer["data"]["certainty"]
    assert (answer["status"], sure["ledger"], sure["calendar"]) == ("held", "held", calendar)
    assert ("passt es" in answer["say"]) is certain
    assert ("Der Kalender antwortet gerade nicht" in answer["say"]) is not certain


async def test_hole_36_the_control_says_no_more_than_the_ledger_knows(salon: FreeSalon) -> None:
    """Without the calendar's half a web booking is promised away: this is what `held` alone is worth."""
    salon.all_busy(TWO, 60)
    await salon.sim.outage("refuse")
    answer = await salon.check(said(TWO))
    assert answer["status"] == "held"
    assert answer["data"]["certainty"] == LOCAL
    await salon.sim.outage(None)
    await age_all(salon, 60)
    again = await salon.check(said(TWO))
    assert again["status"] == "not_free"


async def test_the_deadline_holds_however_long_the_calendar_is_silent(database: DatabaseUrls) -> None:
    """Fifteen seconds of silence: the caller waits for the deadline once, and the next question for nothing."""
    async with free_salon(database, deadline_ms=2000) as salon:
        await salon.sim.outage("hang")
        before = time.monotonic()
        answer = await salon.check(said(TWO))
        first = time.monotonic() - before
        assert answer["data"]["certainty"] == LOCAL
        assert 1.9 < first < 6
        before = time.monotonic()
        offers = await salon.phone().tool("get_alternatives", WINDOW)
        assert offers["status"] == "offers"
        assert time.monotonic() - before < 1.9, "nobody waits for the same silence twice"


async def test_a_deadline_is_of_the_whole_tool_call(database: DatabaseUrls) -> None:
    """Full near the wish, so that further days are asked about as well: for them little of the time is left."""
    async with free_salon(database, deadline_ms=1800) as salon:
        day = open_day(2)
        for n in range(-5, 6):
            salon.all_busy(at(0, day=day + timedelta(days=n)), 24 * 60)
        salon.sim.add_fault(Fault("latency", op="slots.list", latency=Latency(ms=1300), times=None))
        answer = await salon.check(said(at(14, day=day)))
        assert answer["status"] == "not_free"
        assert starts(answer)
        assert {offer["certainty"]["calendar"] for offer in answer["data"]["offers"]} == {"local"}


async def test_one_broken_key_is_not_asked_with_every_question(salon: FreeSalon) -> None:
    fault = Fault(
        "error_before_commit",
        op="slots.list",
        status=401,
        message="ApiAuthStrategy - api key - Your api key is not valid",
        times=None,
    )
    salon.sim.add_fault(fault)
    for hour in (14, 15, 16):
        answer = await salon.check(said(at(hour)), phone=salon.phone())
        assert answer["data"]["certainty"] == LOCAL
    assert salon.requests() == len(salon.people)


async def test_a_replayed_answer_is_as_old_as_it_is(salon: FreeSalon) -> None:
    """The same tool call again: what was read of the calendar has aged by as many seconds as the hold has lost."""
    phone, when = salon.phone(), said(TWO)
    args = {"service": "Damenschnitt", "when": when}
    first = await phone.tool("check_availability", args, tool_call_id="again")
    second = await phone.tool("check_availability", args, tool_call_id="again")
    assert second["data"]["hold"]["token"] == first["data"]["hold"]["token"]
    aged = second["data"]["certainty"]["age_seconds"] - first["data"]["certainty"]["age_seconds"]
    assert aged == first["data"]["hold"]["seconds_left"] - second["data"]["hold"]["seconds_left"]


async def test_a_closed_day_is_said_and_what_is_offered_instead_is_not_called_sure(salon: FreeSalon) -> None:
    await salon.sim.outage("refuse")
    sunday = open_day(weekday=6)
    wish = {"service": "Damenschnitt", "when": f"{sunday:%d.%m.%Y}"}
    answer = await salon.phone().tool("get_alternatives", wish)
    assert answer["data"]["reason"] == "closed"
    assert answer["say"].startswith("Der Kalender antwortet gerade nicht, deshalb noch unter Vorbehalt. ")
    assert "geschlossen" in answer["say"]
