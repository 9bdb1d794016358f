"""`zusage call`: play scripted calls."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import typer

from zusage.app.operations.company_file import CompanyFile
from zusage.boot.cli._errors import FOUND, ProblemError, UsageError
from zusage.boot.cli._frame import prepare, screen
from zusage.boot.cli.company import read_company_file
from zusage.boot.serving import find_serving
from zusage.boot.settings import Settings
from zusage.sandbox.demo import load_demo_companies
from zusage.sandbox.player import PlayResult, Scenario, Target, TranscriptPrinter, World, play, target_for
from zusage.sandbox.scenarios import load_scenario, scenario_names

EXAMPLE = (
    "Example: zusage call simple slot-taken; zusage call my-call.yaml --base-url https://voice.example.com"
)
_PATIENCE = 15.0
_HERE = ("127.0.0.1", "localhost", "::1")


def call(  # noqa: PLR0917 - the command line names each of them
    names: list[str] = typer.Argument(None, metavar="SCENARIO|FILE...", help="Names (see --list) or files."),
    base_url: str = typer.Option("", help="Where Zusage serves (what runs here)."),
    company: str = typer.Option(
        "", metavar="KEY|FILE", help="Ring this company: a demo's key or a company file."
    ),
    branch: str = typer.Option("", help="Ring this branch instead of the scenario's."),
    signing_key: str = typer.Option("", envvar="ZUSAGE_SIGNING_KEY", help="Sign with this key."),
    list_them: bool = typer.Option(False, "--list", help="List the scenarios that come along."),
) -> None:
    """Play scripted calls, signed as the voice platform signs; ends with 1 when an expectation is broken."""
    if list_them:
        _list()
        return
    if not names:
        raise UsageError("Name a scenario or a file; `zusage call --list` shows what comes along.")
    settings = prepare()
    given = checked_url(base_url) if base_url else None
    companies = known_companies(company)
    scenarios = [load_scenario(name) for name in names]
    aim = partial(aimed, companies=companies, company=company, branch=branch, key=signing_key)
    plays = [aim(scenario) for scenario in scenarios]
    url = given or required_url(settings)
    results = [play_one(scenario, replace(target, base_url=url)) for scenario, target in plays]
    if not all(result.ok for result in results):
        raise typer.Exit(FOUND)


def serving_url(settings: Settings) -> str | None:
    """Where Zusage serves on this machine: by its own note; None when it does not.

    With servers of one's own there are no notes, and the address of the settings is taken."""
    return find_serving(settings.data_dir) if settings.embedded else settings_url(settings)


def settings_url(settings: Settings) -> str:
    """Where Zusage would serve by the settings alone."""
    return f"http://{settings.host}:{settings.port}"


def required_url(settings: Settings) -> str:
    """:raises ProblemError: nothing serves from the data directory."""
    url = serving_url(settings)
    if url is None:
        raise ProblemError(
            f"Nothing serves from {settings.data_dir}; start `zusage serve` or `zusage demo` in another terminal, "
            "or say where with --base-url."
        )
    return url


def checked_url(base_url: str) -> str:
    """:raises UsageError: it is no absolute http(s) address."""
    parts = urlsplit(base_url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"--base-url: not a base URL: {base_url!r}; give one like http://127.0.0.1:8000.")
    return base_url.strip().rstrip("/")


def play_one(scenario: Scenario, target: Target, world: World | None = None) -> PlayResult:
    """Play one scenario and print it as it goes.

    :raises TargetUnreachableError: nothing answers at the target."""
    with open_client(target.base_url) as client:
        return play(scenario, target, client=client, on_event=TranscriptPrinter(screen), world=world)


def open_client(base_url: str) -> httpx2.Client:
    """A client for one call, with more patience than a caller has."""
    # A proxy of the environment is for the world outside, not for this machine.
    outside = urlsplit(base_url).hostname not in _HERE
    return httpx2.Client(timeout=_PATIENCE, trust_env=outside)


def known_companies(company: str) -> list[CompanyFile]:
    """The companies that may be rung: the file that is named, if one is, and the demo's."""
    given = [read_company_file(Path(company))] if company.endswith(".toml") else []
    return [*given, *load_demo_companies()]


def aimed(
    scenario: Scenario, companies: Sequence[CompanyFile], *, company: str, branch: str, key: str
) -> tuple[Scenario, Target]:
    """Find the line to ring; where it is reached is filled in later.

    :raises ScenarioError: no such company or branch, or it has no number or key."""
    wanted = companies[0].key if company.endswith(".toml") else company
    if wanted:
        # Another company has other branches: the scenario's own is meant only where none is asked for.
        scenario = replace(scenario, company=wanted, branch=branch)
    elif branch:
        scenario = replace(scenario, branch=branch)
    environ = {**os.environ, **(dict.fromkeys(_key_names(companies, scenario), key) if key else {})}
    target = target_for(scenario, companies, base_url="", environ=environ)
    return scenario, replace(target, signing_key=key or target.signing_key)


def _key_names(companies: Sequence[CompanyFile], scenario: Scenario) -> list[str]:
    return [name for each in companies if each.key == scenario.company for name in each.signing_key_envs]


def _list() -> None:
    for name in scenario_names():
        screen.print(f"{name:20} {load_scenario(name).description}")
