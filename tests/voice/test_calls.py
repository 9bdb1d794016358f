"""Whole calls through the voice door: signed HTTP in, German out, the ledger behind."""

from __future__ import annotations

from support.voice import Salon, open_day


async def test_a_call_from_question_to_booking(salon: Salon) -> None:
    phone, day = salon.phone(), open_day()
    asked = await phone.tool(
        "check_availability", {"service": "Damenschnitt", "when": f"am {day:%d.%m.%Y} um 14 Uhr"}
    )
    assert asked["status"] == "held", asked
    assert asked["success"] is True
    booked = await phone.tool(
        "book_appointment", {"name": "Sabine Müller", "hold": asked["data"]["hold"]["token"]}
    )
    assert booked["status"] == "booked", booked
    assert booked["data"]["appointment"]["start"] == f"{day.isoformat()}T14:00:00+01:00"
    assert await salon.rows("SELECT count(*) FROM claim WHERE appointment_id IS NOT NULL") == [(2,)]
