"""Somebody books on Cal.com's page between a caller's question and yes: what the caller hears is true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from support.at_work import until
from support.database import DatabaseUrls
from support.free_salon import FreeSalon, at, free_salon, said, starts
from support.voice import Phone
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.postgres.reviews import PostgresReviews
from zusage.app.reviews.advice import needs_callback

TWO = at(14)


@pytest.fixture
async def salon(database: DatabaseUrls, servers: EmbeddedServers) -> AsyncIterator[FreeSalon]:
    async with free_salon(database, valkey_url=servers.urls.valkey, worker=True) as made, made.told():
        yield made


def as_owner(database: DatabaseUrls, statement: str) -> None:
    with psycopg.connect(database.admin, autocommit=True) as admin:
        admin.execute(statement.encode())


async def held(salon: FreeSalon) -> Phone:
    phone = salon.phone()
    answer = await salon.check(said(TWO), staff="Anna Schmidt", phone=phone)
    assert answer["status"] == "held"
    return phone


async def booked_on_the_web(salon: FreeSalon, *, quiet: bool = False) -> str:
    return await salon.sim.people.book(salon.kind("anna-schmidt", "damenschnitt").id, TWO, quiet=quiet)


async def known_here(salon: FreeSalon) -> None:
    """The webhook was heeded: the time is somebody else's in the ledger."""

    async def blocked() -> bool:
        return await salon.salon.rows("SELECT 1 FROM external_booking") != []

    await until(blocked)


async def book(phone: Phone) -> dict[str, Any]:
    return await phone.tool("book_appointment", {"name": "Sabine Müller"})


def refused_with_others(answer: dict[str, Any]) -> None:
    assert (answer["status"], answer["success"]) == ("conflict", False)
    assert "gebucht" not in answer["say"]
    assert answer["data"]["offers"]
    assert TWO not in starts(answer)


async def open_reviews(salon: FreeSalon) -> list[tuple[str, bool, str]]:
    """What a person has to see to, whether the customer is to be called back, and at which number."""
    found = await PostgresReviews(salon.salon.parts.app).reviews(salon.company_id)
    return [
        (each.kind, needs_callback(each.kind, cancelled=each.cancelled), each.phone or "") for each in found
    ]


async def test_what_was_told_meanwhile_is_said_and_the_next_time_is_booked(salon: FreeSalon) -> None:
    phone = await held(salon)
    await booked_on_the_web(salon)
    await known_here(salon)
    answer = await book(phone)
    refused_with_others(answer)
    assert await salon.salon.rows("SELECT status FROM hold") == [("expired",)]
    assert await salon.salon.rows("SELECT 1 FROM appointment") == []
    assert await open_reviews(salon) == []

    again = await phone.tool("book_appointment", {"offer": 1, "name": "Sabine Müller"})
    assert again["status"] == "booked", again

    async def stands() -> bool:
        return await salon.salon.rows("SELECT known FROM mirror") == [("present",)]

    await until(stands)
    assert await open_reviews(salon) == []


async def test_a_repeat_hears_the_same(salon: FreeSalon) -> None:
    phone = await held(salon)
    await booked_on_the_web(salon)
    await known_here(salon)
    first, second = await book(phone), await book(phone)
    assert (first["status"], second["status"]) == ("conflict", "expired")
    assert TWO not in starts(second)
    assert await salon.salon.rows("SELECT 1 FROM appointment") == []


async def test_control_whoever_looks_at_its_hold_alone_promises_what_is_gone(
    salon: FreeSalon, database: DatabaseUrls
) -> None:
    """Then a person has to call back, and is told whom."""
    phone = await held(salon)
    await booked_on_the_web(salon)
    await known_here(salon)
    as_owner(
        database,
        "CREATE OR REPLACE FUNCTION ledger_is_overtaken(p_company uuid, p_hold uuid) RETURNS boolean"
        " LANGUAGE sql STABLE AS 'SELECT false'",
    )
    assert (await book(phone))["status"] == "booked"

    async def refused() -> bool:
        return ("mirror_refused", True, phone.caller or "") in await open_reviews(salon)

    await until(refused)


async def test_inside_the_call_cal_com_itself_says_it_though_nobody_told(
    salon: FreeSalon, database: DatabaseUrls
) -> None:
    as_owner(database, "UPDATE calendar_branch SET confirm = 'inline', wait_ms = 4000")
    phone = await held(salon)
    await booked_on_the_web(salon, quiet=True)
    answer = await book(phone)
    refused_with_others(answer)
    assert await salon.salon.rows("SELECT status FROM appointment") == [("cancelled",)]
    assert await open_reviews(salon) == []


async def test_one_beside_it_is_no_hindrance(salon: FreeSalon) -> None:
    """The control of the rule: a web booking that ends when the held time begins."""
    phone = await held(salon)
    before = TWO - timedelta(minutes=salon.kind("anna-schmidt", "damenschnitt").length)
    await salon.sim.people.book(salon.kind("anna-schmidt", "damenschnitt").id, before)
    await known_here(salon)
    assert (await book(phone))["status"] == "booked"
