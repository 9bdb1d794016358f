"""A salon with hundreds of services: answers stay below the platform's cap and are still useful."""

from __future__ import annotations

from support.voice import Salon
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.app.operations.company_file import parse_company_file
from zusage.app.operations.load_company import load_company

CAP = 15_000
HEAD = """
[company]
key = "gross"
name = "Salon Groß"

[voice]
signing_keys = ["key_gross"]

[[branch]]
key = "haus"
name = "Haus"
zone = "Europe/Berlin"
phone_numbers = ["+49 30 23125 300"]
chairs = 2
[branch.hours]
tuesday = ["09:00-18:00"]

[[staff]]
key = "a"
name = "Aylin"
branch = "haus"
does = "all"
"""
SERVICE = """
[[service]]
key = "s{n}"
name = "Leistung {word}"
category = "Gruppe {group}"
minutes = 30
price = "20.00"
description = "{text}"
"""


async def test_hundreds_of_services_stay_below_the_cap_of_an_answer(salon: Salon) -> None:
    words = [first + second for first in "ABCDEFGHIJKLMNOPQRST" for second in "abcdefghijklmno"]
    text = HEAD + "".join(
        SERVICE.format(n=n, word=f"Zet{word}", group="I" * (n % 5 + 1), text="x" * 80)
        for n, word in enumerate(words)
    )
    store = PostgresCompanies(salon.parts.app)
    file = parse_company_file(text, source="gross.toml")
    await load_company(file, store=store, seal=salon.box, environment={})
    phone = salon.phone(to_number="+493023125300", agent_id=None, key="key_gross")
    body = phone.body("get_available_services", {}, "t1")
    response = await phone.post("/api/retell/function-call", body)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert len(response.text) < CAP
    assert answer["data"]["complete"] is False
    assert len(answer["data"]["categories"]) == 5
    unknown = await phone.post(
        "/api/retell/function-call",
        phone.body("check_availability", {"service": "Maniküre", "when": "morgen"}, "t2"),
    )
    assert len(unknown.text) < CAP
    assert unknown.json()["status"] == "unknown_service"
