"""The page: what it shows, and what it never shows."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import httpx2

from support.database import Databases, DatabaseUrls
from support.voice import Salon, open_day, served
from zusage.boot.http import create_app
from zusage.boot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CALLER = "+4915112345678"


async def book(salon: Salon, name: str) -> str:
    """Play a whole booking; returns the agent's last sentence."""
    phone = salon.phone(caller=CALLER)
    day = open_day().isoformat()
    await phone.tool("check_availability", {"service": "Damenschnitt", "date": day, "time": "10:00"})
    answer = await phone.tool("book_appointment", {"name": name})
    assert answer["status"] == "booked", answer
    return str(answer["say"])


async def test_calls_are_shown_without_names_words_and_whole_numbers(
    salon: Salon, site: httpx2.AsyncClient
) -> None:
    said = await book(salon, "Erika Sommer")
    html = (await site.get("/")).text
    assert "+49 151 ••••678" in html
    assert "Friseur Eins Mitte" in html
    assert "book_appointment → booked" in html
    assert re.search(r"<b>1</b><small>calls in 24 hours", html)
    assert re.search(r"<b>1</b><small>appointments ahead", html)
    for hidden in ("Erika", "Sommer", CALLER, "12345678", said):
        assert hidden not in html


async def test_what_is_shown_is_text_and_never_markup(salon: Salon, site: httpx2.AsyncClient) -> None:
    await book(salon, "Erika Sommer")
    async with salon.parts.app.transaction(salon.company.id) as connection:
        await connection.execute("UPDATE branch SET name = '<script>alert(1)</script>'")
        await connection.execute("COMMIT")
    html = (await site.get("/")).text
    assert "<script" not in html
    assert "&lt;script&gt;" in html


async def test_the_page_needs_nothing_but_itself(site: httpx2.AsyncClient) -> None:
    response = await site.get("/")
    style = re.search(r"<style>(.*?)</style>", response.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.findall(r'(?:src|href)="(?!/health|data:,)', response.text)


async def test_the_page_leads_to_the_health_checks_and_to_the_files_that_explain_it(
    site: httpx2.AsyncClient,
) -> None:
    html = (await site.get("/")).text
    links = re.findall(r'<a href="([^"]+)"', html)
    assert links == ["/health/live", "/health/ready"]
    assert {(await site.get(link)).headers["content-type"] for link in links} == {"application/json"}
    named = re.findall(r"<code>(README\.md|docs/[^<]*)</code>", html)
    assert {"README.md", "docs/"} < set(named)
    assert [name for name in named if not (ROOT / name).exists()] == []


async def test_the_page_says_that_the_database_is_gone(
    site: httpx2.AsyncClient, databases: Databases, database: DatabaseUrls
) -> None:
    databases.drop(database)
    response = await site.get("/")
    assert response.status_code == 200
    assert "does not answer" in response.text
    assert "as soon as the database answers again" in response.text


async def test_a_page_without_calls_says_how_to_play_one(site: httpx2.AsyncClient) -> None:
    assert "zusage call simple" in (await site.get("/")).text


async def test_the_page_can_be_turned_off(salon: Salon) -> None:
    parts = replace(salon.parts, settings=Settings(worker=False, page=False))
    async with served(create_app(parts)) as url, httpx2.AsyncClient(trust_env=False) as client:
        response = await client.get(url + "/")
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})
        assert (await client.get(url + "/health/live")).status_code == 200
