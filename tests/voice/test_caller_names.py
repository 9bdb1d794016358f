"""Names on the phone: what is spelled is booked, and what is not understood is asked for, never guessed."""

from __future__ import annotations

import pytest

from support.voice import Salon, open_day

SPELLED = (
    "mein Name ist Müller, ich buchstabiere: M wie Martha, Ö wie Ökonom, L wie Ludwig, L wie Ludwig, E wie Emil, "
    "R wie Richard, Vorname Sabine, das schreibt man S wie Samuel, A wie Anton, B wie Berta, I wie Ida, N wie Nordpol, "
    "E wie Emil"
)


def _wish(hour: int) -> dict[str, str]:
    return {"service": "Bart trimmen", "when": f"{open_day():%d.%m.%Y} {hour} Uhr"}


@pytest.mark.parametrize(
    ("said", "booked"),
    [
        ("Müller, Anna", "Anna Müller"),
        ("ja mein name ist mueller vorname sabine", "Sabine Mueller"),
        ("Frau Schmitt mit dt", "Frau Schmidt"),
        (SPELLED, "Sabine Möller"),
    ],
)
async def test_the_appointment_gets_the_full_name(salon: Salon, said: str, booked: str) -> None:
    answer = await salon.phone().tool("book_appointment", {**_wish(10), "name": said})
    assert (answer["status"], answer["data"]["appointment"]["name"]) == ("booked", booked)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("M wie Martha, Ü wie Nordpol, L wie Ludwig", "noch einmal"),
        ("Schmidt mit d", "buchstabieren"),
        ("guten Tag", "Auf welchen Namen"),
    ],
)
async def test_a_name_that_is_not_understood_is_asked_for_by_its_question(
    salon: Salon, said: str, question: str
) -> None:
    answer = await salon.phone().tool("book_appointment", {**_wish(10), "name": said})
    assert answer["status"] == "ask_name"
    assert question in answer["say"]


async def test_a_garbled_spelling_is_asked_again_even_of_a_known_caller(salon: Salon) -> None:
    await salon.phone().tool("book_appointment", {**_wish(10), "name": "Sabine Müller"})
    garbled = await salon.phone().tool(
        "book_appointment", {**_wish(12), "name": "M wie Martha, Ü wie Nordpol, L"}
    )
    assert garbled["status"] == "ask_name"
    silent = await salon.phone().tool("book_appointment", _wish(12))
    assert silent["data"]["appointment"]["name"] == "Sabine Müller"
