"""The call player: scripted phone calls, signed and sent as the voice platform would, and checked."""

from zusage.sandbox.player._call import PhoneCall, ToolRequest
from zusage.sandbox.player._days import resolve_day
from zusage.sandbox.player._events import (
    Answered,
    Ended,
    EventSent,
    Missed,
    OnEvent,
    PlayEvent,
    PlayResult,
    Said,
    Started,
    ToolCalled,
    Waited,
)
from zusage.sandbox.player._expect import Broken
from zusage.sandbox.player._phone import Phone, TargetUnreachableError, World
from zusage.sandbox.player._play import play
from zusage.sandbox.player._print import TranscriptPrinter
from zusage.sandbox.player._reading import parse_scenario
from zusage.sandbox.player._scenario import Scenario, ScenarioError, Step
from zusage.sandbox.player._target import Target, target_for

__all__ = [
    "Answered",
    "Broken",
    "Ended",
    "EventSent",
    "Missed",
    "OnEvent",
    "Phone",
    "PhoneCall",
    "PlayEvent",
    "PlayResult",
    "Said",
    "Scenario",
    "ScenarioError",
    "Started",
    "Step",
    "Target",
    "TargetUnreachableError",
    "ToolCalled",
    "ToolRequest",
    "TranscriptPrinter",
    "Waited",
    "World",
    "parse_scenario",
    "play",
    "resolve_day",
    "target_for",
]
