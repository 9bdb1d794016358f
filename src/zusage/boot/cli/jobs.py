"""`zusage jobs`: what the workers have to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict

import typer
from procrastinate.jobs import Status
from rich.markup import escape

from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import JobSight, count_jobs, list_jobs, retry_jobs
from zusage.boot.cli._errors import UsageError
from zusage.boot.cli._frame import JSON, prepare, print_json, ready_servers, screen, table
from zusage.boot.servers import Servers
from zusage.boot.settings import SettingsError

app = typer.Typer(
    help="What the workers have to do. Jobs only wake: what is to be mirrored stands in the mirrors.",
    epilog="Example: zusage jobs list --status failed --json",
    no_args_is_help=True,
)

_MOST = 10_000


@app.command("list", epilog="Example: zusage jobs list --status failed")
def list_(
    status: Status | None = typer.Option(None, "--status", help="Only those."),
    limit: int = typer.Option(50, "--limit", min=1, max=10_000, help="How many, the newest first."),
    as_json: bool = JSON,
) -> None:
    """List jobs, the newest first; those that went well are gone already."""
    with ready_servers(prepare()) as servers:
        jobs, counts = asyncio.run(_read(servers, status.value if status else None, limit))
    if as_json:
        print_json({"counts": counts, "jobs": [asdict(job) for job in jobs]})
        return
    shown = table("id", "queue", "task", "status", "attempts", "since", "arguments")
    for job in jobs:
        since = f"{job.changed_at:%d.%m. %H:%M:%S}" if job.changed_at else ""
        shown.add_row(
            str(job.job_id), job.queue, job.task, job.status, str(job.attempts), since, escape(_said(job))
        )
    screen.print(shown)
    screen.print(", ".join(f"{count} {name}" for name, count in counts.items()) or "no jobs")


@app.command("retry", epilog="Example: zusage jobs retry --apply; zusage jobs retry 4711 --apply")
def retry(
    ids: list[int] = typer.Argument(None, help="Only these; else all that failed."),
    apply: bool = typer.Option(False, "--apply", help="Do it; without it, only tell what would be done."),
    as_json: bool = JSON,
) -> None:
    """Run failed jobs again; a dry run unless --apply is given."""
    with ready_servers(prepare()) as servers:
        found, done = asyncio.run(_retry(servers, ids or [], apply=apply))
    if as_json:
        print_json({"failed": [asdict(job) for job in found], "applied": apply, "retried": done})
        return
    if found:
        shown = table("id", "task", "arguments")
        for job in found:
            shown.add_row(str(job.job_id), job.task, escape(_said(job)))
        screen.print(shown)
    again = f"{len(found)} jobs; --apply runs them again." if found else "No job has failed."
    screen.print(f"{done} jobs run again." if apply else again)


def _said(job: JobSight) -> str:
    return " ".join(f"{name}={value}" for name, value in job.args.items())


async def _read(
    servers: Servers, status: str | None, limit: int
) -> tuple[Sequence[JobSight], dict[str, int]]:
    async with _jobs_role(servers) as database:
        return await list_jobs(database, status=status, limit=limit), await count_jobs(database)


async def _retry(servers: Servers, ids: Sequence[int], *, apply: bool) -> tuple[Sequence[JobSight], int]:
    """:raises UsageError: one that is named has not failed, or is not there."""
    async with _jobs_role(servers) as database:
        failed = await list_jobs(database, status="failed", limit=_MOST)
        found = [job for job in failed if not ids or job.job_id in ids]
        others = set(ids) - {job.job_id for job in found}
        if others:
            numbers = ", ".join(map(str, sorted(others)))
            raise UsageError(f"No failed jobs: {numbers}; `zusage jobs list --status failed` lists them.")
        return found, await retry_jobs(database, [job.job_id for job in found]) if apply else 0


@asynccontextmanager
async def _jobs_role(servers: Servers) -> AsyncIterator[Database]:
    """:raises SettingsError: no address of the worker's role is known."""
    if servers.jobs is None:
        raise SettingsError("ZUSAGE_JOBS_URL is not set; the jobs are read as the worker's role.")
    database = Database(servers.jobs, size=1, lock_ms=5_000, statement_ms=30_000, name="zusage-cli")
    await database.open()
    try:
        yield database
    finally:
        await database.close()
