"""`zusage sandbox …`: what a user rehearses with."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from zusage.boot.cli._frame import aside
from zusage.boot.cli._late import late
from zusage.boot.cli._problems import ProblemError, UsageError
from zusage.boot.cli.call import known_companies

EXAMPLE = "Example: zusage sandbox calcom --company friseur-eins --latency-ms 300 --rate 0"

app = typer.Typer(
    name="sandbox", help="Rehearse without a real account.", epilog=EXAMPLE, no_args_is_help=True
)


@app.callback()
def _root() -> None:
    """Rehearse without a real account."""


@app.command("calcom", epilog=EXAMPLE)
def calcom(  # noqa: PLR0917 - the command line names each of them
    host: str = typer.Option("127.0.0.1", help="Address to listen on; its admin door has no lock."),
    port: int = typer.Option(8910, min=0, max=65535, help="Port for plain HTTP/1.1; 0 takes any."),
    tls_port: int = typer.Option(8943, min=0, max=65535, help="Port for HTTP/2 over TLS; 0 takes any."),
    admin_port: int = typer.Option(
        8911, min=0, max=65535, help="Port of the admin door and page; 0 takes any."
    ),
    folder: Path = typer.Option(
        Path(".zusage/sandbox-calcom"), help="Where the throw-away authority is written."
    ),
    company: str = typer.Option(
        "", metavar="KEY|FILE", help="The account a company would have: a demo's key or a company file."
    ),
    world: Path | None = typer.Option(None, metavar="FILE", help="Accounts as JSON (a small salon)."),
    now: str = typer.Option("", metavar="TIME", help="Let its clock stand at this moment (ISO with offset)."),
    rate: int = typer.Option(120, min=0, help="Requests a minute and key; 0 counts nothing."),
    latency_ms: float = typer.Option(0, min=0, help="How long each answer takes."),
    seed: int = typer.Option(1, help="Same seed, same ids and dice."),
) -> None:
    """Serve a Cal.com to rehearse with until Ctrl-C; open its page in a browser to see what it knows."""
    module = "zusage.sandbox.calcom"
    settings: dict[str, Any] = {
        "tls": True,
        "host": host,
        "port": port,
        "tls_port": tls_port,
        "admin_port": admin_port,
        "folder": folder,
        "seed": seed,
        "now": _moment(now),
        "rate_per_minute": rate or None,
        "latency": {"*": late(module, "Latency")(ms=latency_ms)},
        "world": _world(world, seed) if world else _of_company(company, seed) if company else None,
    }
    try:
        _run(late(module, "running_simulator")(**settings))
    except OSError as error:
        raise ProblemError(f"The simulator cannot listen there: {error.strerror or error}.") from error


def _run(running: Any) -> None:  # noqa: ANN401 - the simulator is imported late
    # Its own loop where there is a faster one: load is measured against it.
    factory = None if sys.platform == "win32" else late("uvloop", "new_event_loop")
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_serve(running))


async def _serve(running: Any) -> None:  # noqa: ANN401 - the simulator is imported late
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows knows no such handlers; there Ctrl-C ends it as it ends every program.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, over.set)
    async with running as simulator:
        print(f"Cal.com simulator serves at {simulator.base_url} (HTTP/2), {simulator.plain_url}", flush=True)
        print(f"page and admin door: {simulator.admin_url}")
        print(f"authority to trust: {simulator.authority}")
        for key in simulator.world.keys.values():
            print(f"key of {key.account}: {key.token}", flush=True)
        await over.wait()
    aside.print("stopped")


def _moment(text: str) -> datetime | None:
    """:raises UsageError: it is no time with an offset."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now {text}: write it as 2026-11-24T09:00:00+01:00.") from None
    if moment.tzinfo is None:
        raise UsageError(f"--now {text}: it needs an offset, as in 2026-11-24T09:00:00+01:00.")
    return moment


def _of_company(company: str, seed: int) -> Any:  # noqa: ANN401 - the simulator is imported late
    """:raises UsageError: no demo is called so."""
    companies = {each.key: each for each in known_companies(company)}
    key = next(iter(companies)) if company.endswith(".toml") else company
    if key not in companies:
        raise UsageError(f"--company {company}: name {', '.join(companies)} or a company file (….toml).")
    module = "zusage.sandbox.calcom"
    world = late(module, "World")(seed=seed)
    late(f"{module}.company", "add_company")(world, companies[key], key=late(module, "DEMO_KEY"))
    return world


def _world(path: Path, seed: int) -> Any:  # noqa: ANN401 - the simulator is imported late
    """:raises UsageError: the file holds no world."""
    try:
        return late("zusage.sandbox.calcom", "world_from")(json.loads(path.read_text(encoding="utf-8")), seed)
    except ValueError as error:
        raise UsageError(f"{path}: {error}.") from error
