"""What happens while a scenario is played, told as it happens, and what came of it in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zusage.sandbox.player._expect import Broken


@dataclass(frozen=True, slots=True)
class Started:
    name: str
    description: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Waited:
    seconds: float


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the script; `speaker` is a caller's name, or "agent" for the agent on `line_of`'s phone."""

    speaker: str
    text: str
    line_of: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    speaker: str
    tool: str
    args: Mapping[str, Any]
    repeat: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a tool call; `http` is 0 where none came. `answer` is empty where it was no JSON object."""

    speaker: str
    tool: str
    http: int
    answer: Mapping[str, Any]
    say: str
    ms: float


@dataclass(frozen=True, slots=True)
class EventSent:
    speaker: str
    event: str
    http: int
    ms: float


@dataclass(frozen=True, slots=True)
class Missed:
    """An expectation that did not hold."""

    broken: Broken


@dataclass(frozen=True, slots=True)
class PlayResult:
    """The outcome of one scenario: `answers` in the order of the calls, `broken` in the order of the file."""

    scenario: str
    answers: tuple[Answered, ...]
    broken: tuple[Broken, ...]

    @property
    def ok(self) -> bool:
        return not self.broken


@dataclass(frozen=True, slots=True)
class Ended:
    result: PlayResult


PlayEvent = Started | Waited | Said | ToolCalled | Answered | EventSent | Missed | Ended
OnEvent = Callable[[PlayEvent], None]
