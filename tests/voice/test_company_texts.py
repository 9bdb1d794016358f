"""How a company wants to be spoken for, from its file to the phone."""

from __future__ import annotations

from support.voice import Salon, open_day
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.app.operations.company_file import parse_company_file
from zusage.app.operations.load_company import load_company
from zusage.sandbox.demo import demo_company_text

SPEECH = """
[speech]
address = "du"

[speech.texts]
greeting.welcome = "Moin, hier ist der Salon am Wall. Was darf's denn sein?"
"booking.booked" = "Prima, {when} ist für dich gebucht: {service}. Bis dann!"
"""


async def with_speech(salon: Salon) -> None:
    file = parse_company_file(demo_company_text("friseur-eins") + SPEECH, source="friseur-eins.toml")
    store = PostgresCompanies(salon.parts.app)
    await load_company(file, store=store, seal=salon.box, environment={})


async def test_a_company_is_spoken_for_in_its_address_and_its_words(salon: Salon) -> None:
    await with_speech(salon)
    phone = salon.phone()
    when = f"{open_day():%d.%m.%Y} 14 Uhr"
    welcome = await phone.tool("initialize_call")
    assert welcome["say"] == "Moin, hier ist der Salon am Wall. Was darf's denn sein?"
    held = await phone.tool("check_availability", {"service": "Herrenschnitt", "when": when})
    assert "Ich halte dir die Zeit" in held["say"]
    assert held["say"].endswith("Soll ich den Termin fest für dich eintragen?")
    booked = await phone.tool("book_appointment", {"name": "Sabine Müller"})
    assert booked["status"] == "booked"
    assert booked["say"].startswith("Prima, am Mittwoch, dem ")
    assert booked["say"].endswith(" ist für dich gebucht: Herrenschnitt. Bis dann!")


async def test_every_question_back_is_asked_in_the_company_s_address(salon: Salon) -> None:
    await with_speech(salon)
    phone, cut = salon.phone(caller=None), {"service": "Herrenschnitt"}
    asked = [
        await phone.tool("check_availability", {"service": "Schnitt", "when": "morgen"}),
        await phone.tool("check_availability", cut),
        *[
            await phone.tool("check_availability", cut | {"when": when})
            for when in (
                "gestern um zehn",
                "31. November",
                "um 25 Uhr",
                "am 3. um 14 Uhr, am 5. um 10 Uhr",
            )
        ],
        await phone.tool(
            "book_appointment", cut | {"when": f"{open_day():%d.%m.%Y} 10 Uhr", "name": "mir nicht"}
        ),
    ]
    for answer in asked:
        assert not answer["success"], answer
        words = set(answer["say"].replace(",", " ").replace("?", " ").replace(".", " ").split())
        assert words.isdisjoint({"Sie", "Ihnen", "Ihr", "Ihren"}), answer["say"]


async def test_other_companies_keep_the_common_texts(salon: Salon) -> None:
    await with_speech(salon)
    other = salon.phone(
        to_number="+498999998110", agent_id="agent_demo_wien", key="key_demo_salon_kupferkamm"
    )
    welcome = await other.tool("initialize_call")
    assert "Was kann ich für Sie tun?" in welcome["say"]
