"""`zusage worker`: only work in the background, for installations whose servers shall not."""

from __future__ import annotations

import asyncio
import signal

from zusage.boot.calendars import open_calendars
from zusage.boot.cli._frame import aside, prepare, ready_servers
from zusage.boot.free_times import open_free_times
from zusage.boot.servers import Servers, secret_box
from zusage.boot.settings import Settings, SettingsError
from zusage.boot.wiring import jobs_database, working

EXAMPLE = "Example: ZUSAGE_WORKER=false zusage serve & zusage worker"


def worker() -> None:
    """Work in the background until Ctrl-C or SIGTERM: mirrors, retries, tidying up; ends within ten seconds."""
    settings = prepare(log_level=None)
    with ready_servers(settings) as servers:
        asyncio.run(_work(settings, servers))
    aside.print("stopped")


async def _work(settings: Settings, servers: Servers) -> None:
    """:raises SettingsError: the jobs role's address, or the key of the secrets, is missing."""
    if servers.jobs is None:
        raise SettingsError("ZUSAGE_JOBS_URL is not set, and the worker needs the jobs role.")
    box = secret_box(settings)
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    jobs = jobs_database(servers.jobs)
    await jobs.open()
    try:
        async with (
            open_calendars(settings, servers, jobs, warm=True) as calendars,
            open_free_times(jobs, box, calendars, deadline_ms=settings.calendar_deadline_ms) as free,
            working(settings, jobs, servers.jobs, calendars, box, free=free),
        ):
            aside.print("Zusage works in the background (Ctrl-C stops it)")
            await over.wait()
    finally:
        await jobs.close()
