"""What a company's file says about understanding is what its callers meet."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from support.voice import Salon

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
    await understand(salon, threshold=0.95)
    careful = await statuses(salon)
    assert bold.count("ask_when") > careful.count("ask_when")
    assert set(careful) <= {"ask_when", "ask_service"}
