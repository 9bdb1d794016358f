"""What a company's file says about understanding is what its callers meet."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from support.voice import Salon, open_day

_GARBLED = ("Dammen schnid", "Strehnen", "Ansatz ferbung", "Dauerwälle", "Damnschnit")


async def understand(salon: Salon, **named: object) -> None:
    """Write settings as a load does: the next tool call knows them."""
    async with salon.parts.app.transaction(salon.company.id) as connection:
        await connection.execute(
            "UPDATE company SET understanding = %s, catalogue_version = catalogue_version + 1", [Jsonb(named)]
        )
        await connection.execute("COMMIT")


async def statuses(salon: Salon) -> list[str]:
    wishes = [{"service": said} for said in _GARBLED]
    return [(await salon.phone().tool("check_availability", wish))["status"] for wish in wishes]


async def test_a_higher_threshold_asks_where_a_lower_one_takes(salon: Salon) -> None:
    """Without a time the next question is for it, once the service is taken."""
    await understand(salon, threshold=0.3)
    bold = await statuses(salon)
    await understand(salon, threshold=1.0)
    careful = await statuses(salon)
    assert bold.count("ask_when") > careful.count("ask_when")
    assert set(careful) <= {"ask_when", "ask_service"}


async def test_what_ambiguous_words_mean_is_the_companys_to_say(salon: Salon) -> None:
    wish = {"service": "Damenschnitt", "when": "vormittags in den nächsten vierzehn Tagen"}
    await understand(salon, policies={"forenoon": "09:00-10:00"})
    early = await salon.phone().tool("check_availability", wish)
    await understand(salon, policies={"forenoon": "11:00-13:00"})
    late = await salon.phone().tool("check_availability", wish)
    assert {offer["start"][11:13] for offer in early["data"]["offers"]} == {"09"}
    assert {offer["start"][11:13] for offer in late["data"]["offers"]} <= {"11", "12"}


async def test_a_wish_may_count_from_what_is_held(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    held = await phone.tool(
        "check_availability", {"service": "Damenschnitt", "when": f"{day:%d.%m.%Y} 14 Uhr"}
    )
    later = await phone.tool("check_availability", {"service": "Damenschnitt", "when": "eine Stunde später"})
    assert (held["status"], later["status"]) == ("held", "held")
    assert later["data"]["start"][:16] == f"{day}T15:00"
