"""The scripted calls that come with Zusage."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from zusage.app.operations.company_file import Problem
from zusage.sandbox.player import Scenario, ScenarioError, parse_scenario

__all__ = ["load_scenario", "scenario_names"]

_SUFFIX = ".yaml"


def scenario_names() -> tuple[str, ...]:
    """Name the scenarios that come with Zusage, sorted."""
    entries = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in entries if name.endswith(_SUFFIX)))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Read one of `scenario_names()`, or else the file at that path.

    :raises ScenarioError: it does not exist, cannot be read, or is no valid scenario."""
    name = str(name_or_path)
    if name in scenario_names():
        text = files(__name__).joinpath(name + _SUFFIX).read_text(encoding="utf-8")
        return parse_scenario(text, source=name + _SUFFIX)
    return parse_scenario(_read(name), source=name)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(1, "", "the file is not UTF-8 text")], source=path) from error
    except OSError as error:
        known = ", ".join(scenario_names())
        message = f"there is no such file, nor a scenario of this name; those that come along are: {known}"
        raise ScenarioError([Problem(1, "", message)], source=path) from error
