"""`zusage jobs`: what the workers have to do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.table import Table

from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import JobSight, count_jobs, list_jobs
from zusage.boot.cli._frame import JSON, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers
from zusage.boot.settings import SettingsError

app = typer.Typer(
    help="What the workers have to do. Jobs only wake: what is to be mirrored stands in the mirrors.",
    epilog="Example: zusage jobs list --status failed --json",
    no_args_is_help=True,
)


@app.callback()
def _root() -> None:
    """What the workers have to do. Jobs only wake: what is to be mirrored stands in the mirrors."""


@app.command("list", epilog="Example: zusage jobs list --status failed")
def list_(
    status: str | None = typer.Option(None, "--status", help="Only those: todo, doing, failed, aborted …"),
    limit: int = typer.Option(50, "--limit", min=1, max=10_000, help="How many, the newest first."),
    as_json: bool = JSON,
) -> None:
    """List jobs, the newest first; those that went well are gone already."""
    with ready_servers(prepare()) as servers:
        jobs, counts = asyncio.run(_read(servers, status, limit))
    if as_json:
        print_json({"counts": counts, "jobs": [asdict(job) for job in jobs]})
        return
    table = Table("id", "queue", "task", "status", "attempts", "since", "arguments")
    for job in jobs:
        since = f"{job.changed_at:%d.%m. %H:%M:%S}" if job.changed_at else ""
        said = " ".join(f"{name}={value}" for name, value in job.args.items())
        table.add_row(str(job.job_id), job.queue, job.task, job.status, str(job.attempts), since, said)
    screen.print(table)
    screen.print(", ".join(f"{count} {name}" for name, count in counts.items()) or "no jobs")


async def _read(
    servers: Servers, status: str | None, limit: int
) -> tuple[Sequence[JobSight], dict[str, int]]:
    if servers.jobs is None:
        raise SettingsError("ZUSAGE_JOBS_URL is not set; the jobs are read as the worker's role.")
    database = Database(servers.jobs, size=1, lock_ms=5_000, statement_ms=30_000, name="zusage-cli")
    await database.open()
    try:
        return await list_jobs(database, status=status, limit=limit), await count_jobs(database)
    finally:
        await database.close()
