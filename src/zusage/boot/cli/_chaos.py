"""A bad minute for the demo salon: callers book while everything is killed in turn and Cal.com is ill; then the proof."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_all
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from zusage.adapters.embedded import erase, prepare_data_dir
from zusage.adapters.postgres.migrate import upgrade
from zusage.app.operations.company_file import CompanyFile
from zusage.boot.cli._chaos_deeds import Stage, do_deed, end_faults
from zusage.boot.cli._chaos_proof import SETTLED_WITHIN, Rehearsed, print_proof, print_rehearsed, settle
from zusage.boot.cli._demo_calendar import SALON, connect_salon
from zusage.boot.cli._fleet import Fleet, running_fleet, wait_until_answering
from zusage.boot.cli._frame import any_servers, aside, migrate_url, screen
from zusage.boot.cli._simulated import pass_proxies_by, simulator_beside
from zusage.boot.cli.company import load_all
from zusage.boot.servers import Servers, secret_box
from zusage.boot.serving import base_url, bind, kept_alive
from zusage.boot.settings import Settings
from zusage.sandbox.chaos import CallEnded, HungUp, PartyLine, make_callers, place_call, write_script
from zusage.sandbox.demo import load_demo_companies
from zusage.sandbox.player import Target, target_for
from zusage.sandbox.scenarios import load_scenario

_SERVERS = ("server 1", "server 2")
_CALLERS_PATIENCE = 10.0
_TELL_EVERY = 15.0
_LAST_CALLS, _TICK = 40.0, 0.25


@dataclass(frozen=True, slots=True)
class ChaosWish:
    """How many call, for how many seconds things go wrong, and the seed that decides what and when."""

    callers: int
    seconds: float
    seed: int


def chaos_home(settings: Settings) -> Path:
    """Name the data directory of the rehearsal: its own, since servers are killed in it."""
    return settings.data_dir.with_name(f"{settings.data_dir.name}-chaos")


def run_chaos(settings: Settings, wish: ChaosWish) -> bool:
    """Rehearse, print the proof, and say whether ledger and Cal.com agree; begins with an empty data directory.

    It ends by itself, and ends every process that it started, after Ctrl-C too."""
    home = chaos_home(settings)
    erase(home)
    prepare_data_dir(home)
    settings = settings.model_copy(update={"data_dir": home})
    pass_proxies_by()
    screen.print(
        f"{wish.callers} callers in {wish.seconds:.0f} s at two servers, while each server, the worker, Postgres and Valkey "
        f"are killed, and Cal.com fails. Then the proof. Seed {wish.seed} (--seed {wish.seed} does the same again).",
        markup=False,
    )
    with ExitStack() as stack:
        simulator = stack.enter_context(simulator_beside(SALON, home, "--seed", str(wish.seed)))
        servers = stack.enter_context(any_servers(settings))
        stack.enter_context(kept_alive(servers))
        companies = _load(settings, servers)
        fleet = stack.enter_context(running_fleet(home, _environment(home)))
        urls = _serve(fleet)
        simulated = simulator()
        asyncio.run(connect_salon(settings, servers, simulated, urls[0]))
        wait_until_answering(urls, home)
        salon = next(each for each in companies if each.key == SALON)
        stage = Stage(settings, servers, fleet, simulated, salon.id)
        progress = stack.enter_context(_progress())
        rehearsed = _bad_minute(stage, _targets(companies, urls), wish, progress)
        task = progress.add_task("settling", total=SETTLED_WITHIN)
        verdict = settle(stage, rehearsed, _telling(progress, task))
        progress.stop()
        print_rehearsed(rehearsed)
        print_proof(verdict)
    screen.print(
        f"Look at it with ZUSAGE_DATA_DIR={home} and `zusage verify` or `zusage mirror status`; `zusage demo erase` "
        "with that setting forgets it.",
        markup=False,
    )
    return verdict.ok


def _telling(progress: Progress, task: TaskID) -> Callable[[float, str], None]:
    """Tell how it settles: in the bar, and where there is no terminal to draw one, in a line now and then."""
    last = -_TELL_EVERY

    def tell(waited: float, said: str) -> None:
        nonlocal last
        progress.update(task, completed=waited, description=said)
        if not progress.console.is_terminal and waited - last >= _TELL_EVERY:
            last = waited
            progress.console.print(f"[dim]settling for {waited:.0f} s[/dim]  {said}", soft_wrap=True)

    return tell


def _load(settings: Settings, servers: Servers) -> list[CompanyFile]:
    upgrade(migrate_url(servers))
    companies = load_demo_companies()
    asyncio.run(load_all(companies, servers, secret_box(settings)))
    return companies


def _environment(home: Path) -> dict[str, str]:
    return {"ZUSAGE_DATA_DIR": str(home.resolve()), "ZUSAGE_WORKER": "false", "ZUSAGE_LOG": "console"}


def _serve(fleet: Fleet) -> list[str]:
    """Start two servers and a worker; gives the servers' addresses."""
    urls = []
    for name in _SERVERS:
        with bind("127.0.0.1", 0, search=False) as listening:
            urls.append(base_url(listening))
        # Its port is known before: the webhooks and the callers find it there again after it was killed.
        fleet.start(name, "serve", "--port", urls[-1].rpartition(":")[2])
    fleet.start("worker", "worker")
    return urls


def _targets(companies: Sequence[CompanyFile], urls: Sequence[str]) -> list[Target]:
    target = target_for(load_scenario("simple"), companies, base_url=urls[0], environ={})
    return [replace(target, base_url=url) for url in urls]


def _bad_minute(stage: Stage, targets: Sequence[Target], wish: ChaosWish, progress: Progress) -> Rehearsed:
    """Let them call while the script is carried out; afterwards nothing is broken on purpose any more."""
    script = write_script(wish.seed, wish.seconds)
    bar = progress.add_task("everything goes wrong", total=wish.seconds)
    began = time.monotonic()
    with _calling(targets, wish, progress) as calls:
        for deed in script:
            _wait_until(began + deed.at, lambda: progress.update(bar, completed=time.monotonic() - began))
            came = do_deed(deed, stage)
            progress.console.print(
                f"[dim]{deed.at:5.1f} s[/dim]  {deed.text}{f' ({came})' if came else ''}", soft_wrap=True
            )
        _wait_until(began + wish.seconds, lambda: progress.update(bar, completed=time.monotonic() - began))
        met = end_faults(stage)
        progress.console.print(f"[dim]{wish.seconds:5.1f} s[/dim]  nothing is broken on purpose any more")
        progress.update(bar, description="the last calls end", completed=wish.seconds)
        wait_for_all(calls, timeout=_LAST_CALLS)
    progress.remove_task(bar)
    return Rehearsed(tuple(call.result() for call in calls), met, stage.fleet.starts())


@contextmanager
def _calling(
    targets: Sequence[Target], wish: ChaosWish, progress: Progress
) -> Iterator[list[Future[CallEnded]]]:
    """Let all callers call, each in a thread of its own; they hang up when the block is left early."""
    over, began = threading.Event(), time.monotonic()

    def sleep(seconds: float) -> None:
        if over.wait(seconds):
            raise HungUp

    callers = make_callers(wish.seed, wish.callers, wish.seconds)
    limits = httpx2.Limits(max_connections=2 * len(callers))
    with httpx2.Client(timeout=_CALLERS_PATIENCE, trust_env=False, limits=limits) as client:
        line = PartyLine(targets, client, sleep)

        def call(number: int) -> CallEnded:
            caller = callers[number]
            try:
                sleep(max(began + caller.starts - time.monotonic(), 0))
                ended = place_call(caller, line, number)
            except HungUp:
                # On a machine that is too busy to answer in time: the caller has heard nothing.
                ended = CallEnded(caller.name, "no answer", None, 0, 0, 0.0)
            progress.console.print(
                f"[dim]{time.monotonic() - began:5.1f} s[/dim]  [cyan]{ended.caller}[/cyan], {caller.service}: {ended.outcome}",
                soft_wrap=True,
            )
            return ended

        with ThreadPoolExecutor(len(callers), thread_name_prefix="caller") as pool:
            try:
                yield [pool.submit(call, number) for number in range(len(callers))]
            finally:
                over.set()


def _wait_until(moment: float, tick: Callable[[], None]) -> None:
    while (left := moment - time.monotonic()) > 0:
        time.sleep(min(left, _TICK))
        tick()


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (BarColumn(20), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=aside, transient=True) as progress:
        yield progress
