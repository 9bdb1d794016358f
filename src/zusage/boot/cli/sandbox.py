"""`zusage sandbox …`: what a user rehearses with."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from zusage.adapters.private_files import read_private, replace_private
from zusage.boot.cli._frame import aside
from zusage.boot.cli._late import late
from zusage.boot.cli._problems import ProblemError, UsageError
from zusage.boot.cli.call import known_companies

EXAMPLE = "Example: zusage sandbox calcom --company friseur-eins --latency-ms 300 --rate 0"

_KEEP_EVERY = 1.0

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
    or_any_port: bool = typer.Option(
        False, "--or-any-port", help="Take any ports where one of these is taken."
    ),
    folder: Path = typer.Option(
        Path(".zusage/sandbox-calcom"), help="Where the throw-away authority is written."
    ),
    company: str = typer.Option(
        "", metavar="KEY|FILE", help="The account a company would have: a demo's key or a company file."
    ),
    world: Path | None = typer.Option(None, metavar="FILE", help="Accounts as JSON (a small salon)."),
    keep: Path | None = typer.Option(
        None, metavar="FILE", help="Go on with what is kept there, and keep it there; else all is forgotten."
    ),
    now: str = typer.Option("", metavar="TIME", help="Let its clock stand at this moment (ISO with offset)."),
    rate: int = typer.Option(120, min=0, help="Requests a minute and key; 0 counts nothing."),
    latency_ms: float = typer.Option(0, min=0, help="How long each answer takes."),
    seed: int = typer.Option(1, help="Same seed, same ids and dice."),
    while_input: bool = typer.Option(
        False, "--while-input", help="End when the input ends: for whoever starts it as a part of something."
    ),
    as_json: bool = typer.Option(False, "--json", help="Say where it serves as one line of JSON."),
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
        "world": _kept(keep)
        or (_world(world, seed) if world else _of_company(company, seed) if company else None),
    }
    manner = _Manner(keep, while_input=while_input, as_json=as_json)
    try:
        _run_on_ports(settings, manner, or_any_port=or_any_port)
    except OSError as error:
        raise ProblemError(f"The simulator cannot listen there: {error.strerror or error}.") from error


@dataclass(frozen=True, slots=True)
class _Manner:
    """How it runs, whatever it serves."""

    keep: Path | None
    while_input: bool
    as_json: bool


def _run_on_ports(settings: dict[str, Any], manner: _Manner, *, or_any_port: bool) -> None:
    running = late("zusage.sandbox.calcom", "running_simulator")
    try:
        _run(running(**settings), manner)
    except OSError as error:
        if not or_any_port or error.errno != errno.EADDRINUSE:
            raise
        _run(running(**settings | {"port": 0, "tls_port": 0, "admin_port": 0}), manner)


def _run(running: Any, manner: _Manner) -> None:  # noqa: ANN401 - the simulator is imported late
    # Its own loop where there is a faster one: load is measured against it.
    factory = None if sys.platform == "win32" else late("uvloop", "new_event_loop")
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_serve(running, manner))


async def _serve(running: Any, manner: _Manner) -> None:  # noqa: ANN401 - the simulator is imported late
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows knows no such handlers; there Ctrl-C ends it as it ends every program.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, over.set)
    if manner.while_input:
        threading.Thread(target=_wait_for_end, args=(loop, over), daemon=True).start()
    async with running as simulator:
        _announce(simulator, as_json=manner.as_json)
        if manner.keep is None:
            await over.wait()
        else:
            await _keep(simulator, manner.keep, over)
    if not manner.as_json:
        aside.print("stopped")


def _wait_for_end(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    sys.stdin.read()
    with suppress(RuntimeError):
        # Closed already: it has ended for another reason.
        loop.call_soon_threadsafe(over.set)


async def _keep(simulator: Any, path: Path, over: asyncio.Event) -> None:  # noqa: ANN401 - imported late
    """Write what it knows whenever that has changed, each second and in the end."""
    dump, kept = late("zusage.sandbox.calcom.kept", "dump_world"), ""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        ending = over.is_set()
        known = dump(simulator.world)
        if known != kept:
            replace_private(path, known)
            kept = known
        if ending:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), _KEEP_EVERY)


def _announce(simulator: Any, *, as_json: bool) -> None:  # noqa: ANN401 - the simulator is imported late
    keys = simulator.world.keys.values()
    if as_json:
        told = {
            "base_url": simulator.base_url,
            "plain_url": simulator.plain_url,
            "admin_url": simulator.admin_url,
            "authority": str(simulator.authority),
            "keys": {key.account: key.token for key in keys if key.admin},
        }
        print(json.dumps(told), flush=True)
        return
    print(f"Cal.com simulator serves at {simulator.base_url} (HTTP/2), {simulator.plain_url}", flush=True)
    print(f"page and admin door: {simulator.admin_url}")
    print(f"authority to trust: {simulator.authority}")
    for key in keys:
        print(f"key of {key.account}: {key.token}", flush=True)


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


def _kept(path: Path | None) -> Any:  # noqa: ANN401 - the simulator is imported late
    """:raises UsageError: what stands in the file was not kept by a simulator."""
    text = read_private(path) if path is not None else None
    if text is None:
        return None
    try:
        return late("zusage.sandbox.calcom.kept", "read_world")(text)
    except ValueError as error:
        raise UsageError(f"{path}: {error}. Name another file, or remove it to begin anew.") from error


def _world(path: Path, seed: int) -> Any:  # noqa: ANN401 - the simulator is imported late
    """:raises UsageError: the file holds no world."""
    try:
        return late("zusage.sandbox.calcom", "world_from")(json.loads(path.read_text(encoding="utf-8")), seed)
    except ValueError as error:
        raise UsageError(f"{path}: {error}.") from error
