"""A scripted phone call as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zusage.app.operations.company_file import Problem

MAIN = "caller"
"""The name of the first caller, whose steps need no `as`."""


class ScenarioError(Exception):
    """A scenario cannot be played; `problems` holds all that is wrong, each with line, field and how to mend it."""

    def __init__(self, problems: Iterable[Problem], *, source: str) -> None:
        self.problems = sorted(problems)
        self.source = source
        lines = [f"{source}:{p.line}: {p.field + ': ' if p.field else ''}{p.message}" for p in self.problems]
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Step:
    """One step: wait, then what is said, then one tool call, repeat or event, then what is expected of the answer.

    `expect` maps a path into the answer to a value or operators, `save` a name to a path. `line` is the file's."""

    line: int
    speaker: str = MAIN
    wait: float = 0.0
    agent: str = ""
    caller: str = ""
    tool: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    repeat: bool = False
    event: str = ""
    expect: Mapping[str, Any] = field(default_factory=dict)
    save: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A call, and who takes part: `callers` maps each speaker to a number, None for an anonymous caller.

    `company` and `branch` are keys of a company file; `to_number` and `agent` win over what they lead to."""

    name: str
    description: str
    company: str
    branch: str
    to_number: str | None
    agent: str | None
    callers: Mapping[str, str | None]
    steps: tuple[Step, ...]
