"""How well what is kept serves the calls: hit rate, metrics, and the commands."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from pathlib import Path

import httpx2

from support.database import DatabaseUrls
from support.free_salon import FreeSalon, free_salon, next_open, today, warmed
from support.voice import open_day
from support.voice import served as served_app
from support.zusage_command import Zusage, zusage_on
from zusage.adapters.crypto import format_keys
from zusage.adapters.embedded import EmbeddedServers
from zusage.app.free_times.status import cache_status
from zusage.boot.http import create_app


async def test_the_hit_rate_counts_who_waited(database: DatabaseUrls, servers: EmbeddedServers) -> None:
    async with free_salon(database, valkey_url=servers.urls.valkey) as salon:
        when = next_open()
        window = {"service": "Damenschnitt", "when": f"{when:%d.%m.%Y}"}
        await salon.phone().tool("get_alternatives", window)
        for _ in range(3):
            await salon.phone().tool("get_alternatives", window)
        await salon.settled()
        parts = salon.salon.parts.free_times
        (status,) = await cache_status(await parts.hosts.companies(), kept=parts.kept, now=time.time())
        assert (status.company, status.hits, status.stale, status.misses) == ("friseur-eins", 3, 0, 1)
        assert status.hit_rate == 0.75
        assert status.reads == len(salon.people)
        assert status.days > 0


async def test_in_a_warm_week_more_than_ninety_five_of_a_hundred_wait_for_nothing(salon: FreeSalon) -> None:
    """Exact times and windows of all its open days, in parallel, holds and refusals among them."""
    await warmed(salon)
    parts = salon.salon.parts.free_times
    days = [today() + timedelta(days=n) for n in range(1, 7)]
    wishes = [
        f"{day:%d.%m.%Y} {more}".strip() for day in days for more in ("", "10 Uhr", "11 Uhr 30", "15 Uhr")
    ]
    tools = [("get_alternatives" if len(when) == 10 else "check_availability", when) for when in wishes]
    for n in range(0, len(tools), 8):
        await asyncio.gather(
            *(
                salon.phone().tool(tool, {"service": "Damenschnitt", "when": when})
                for tool, when in tools[n : n + 8]
            )
        )
    await salon.settled()
    (status,) = await cache_status(await parts.hosts.companies(), kept=parts.kept, now=time.time())
    assert status.hits + status.stale + status.misses >= len(tools) - 8
    assert status.hit_rate is not None
    assert status.hit_rate > 0.95, status


async def test_metrics_count_without_names_what_this_process_answered(salon: FreeSalon) -> None:
    window = {"service": "Damenschnitt", "when": f"{open_day():%d.%m.%Y}"}
    for _ in range(2):
        await salon.phone().tool("get_alternatives", window)
    app = create_app(salon.salon.parts)
    async with served_app(app) as url, httpx2.AsyncClient(trust_env=False) as client:
        page = await client.get(url + "/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    counted = dict(line.split(" ") for line in page.text.splitlines() if not line.startswith("#"))
    assert counted == {
        'zusage_free_times_questions_total{answered="at_once"}': "1",
        'zusage_free_times_questions_total{answered="refreshed_behind"}': "0",
        'zusage_free_times_questions_total{answered="waited"}': "1",
        "zusage_free_times_requests_total": str(len(salon.people)),
    }
    assert "friseur" not in page.text


async def test_commands_warm_show_and_clear(
    database: DatabaseUrls, servers: EmbeddedServers, tmp_path: Path
) -> None:
    async with free_salon(database, valkey_url=servers.urls.valkey) as salon:

        def on(valkey: str) -> Zusage:
            keys = format_keys([salon.secret])
            return zusage_on(database, tmp_path, ZUSAGE_SECRET_KEYS=keys, ZUSAGE_VALKEY_URL=valkey)

        zusage = on(servers.urls.valkey)
        code, out = await zusage("cache", "warm", "--company", "friseur-eins", "--days", "3", "--json")
        (done,) = json.loads(out)
        assert (code, done["company"], done["read"]) == (0, "friseur-eins", 3 * len(salon.people))
        assert salon.requests() == len(salon.people)
        code, out = await zusage("cache", "status", "--json")
        (status,) = json.loads(out)
        assert (code, status["days"], status["reads"]) == (0, 3 * len(salon.people), len(salon.people))
        assert status["hit_rate"] is None
        code, out = await zusage("cache", "status")
        assert "friseur-eins" in out
        code, out = await zusage("cache", "clear")
        assert (code, out.strip()) == (0, f"friseur-eins: {3 * len(salon.people)} days forgotten")
        code, out = await zusage("cache", "warm", "--company", "niemand")
        assert code == 2
        assert "connected are: friseur-eins" in out
        await salon.sim.outage("error")
        code, out = await zusage("cache", "warm", "--company", "friseur-eins")
        assert code == 1
        assert "could not be read" in out
        code, out = await on(valkey="valkey://127.0.0.1:9")("cache", "status")
        assert (code, "does not answer" in out) == (2, True)
