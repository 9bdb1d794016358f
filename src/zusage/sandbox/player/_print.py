"""A call as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from zusage.sandbox.player._events import (
    Answered,
    Ended,
    EventSent,
    Missed,
    PlayEvent,
    Said,
    Started,
    ToolCalled,
    Waited,
)
from zusage.sandbox.player._scenario import MAIN

_NAME_WIDTH = 10
_LONGEST_VALUE = 60


class TranscriptPrinter:
    """Writes each event of a play to a console, as it happens; hand it to `play` as `on_event`.

    `tools` is the style of what happens behind the talk: the tool calls and the events."""

    def __init__(self, console: Console, *, tools: str = "yellow") -> None:
        self._console = console
        self._tools = tools
        self._writers: dict[type, Callable[[Any], None]] = {
            Started: self._started,
            Waited: self._waited,
            Said: self._said,
            ToolCalled: self._tool_called,
            Answered: self._answered,
            EventSent: self._event_sent,
            Missed: self._missed,
            Ended: self._ended,
        }

    def __call__(self, event: PlayEvent) -> None:
        self._writers[type(event)](event)

    def _line(self, name: str, text: str, style: str) -> None:
        """Write a name and what belongs to it; what is too long goes on below the text, not below the name."""
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(width=_NAME_WIDTH, justify="right")
        line.add_column(overflow="fold")
        line.add_row(Text(name, style="bold " + style), Text(text, style=style))
        self._console.print(line)

    def _started(self, event: Started) -> None:
        self._console.print()
        self._console.print(
            Text(event.name, style="bold").append(f"  {event.description}", style="not bold dim")
        )

    def _waited(self, event: Waited) -> None:
        self._line("…", f"{event.seconds:g} s pass", "dim")

    def _said(self, event: Said) -> None:
        style = "green" if event.speaker == "agent" else "cyan"
        self._line(_who(event.speaker, event.line_of), f"„{event.text}“", style)

    def _tool_called(self, event: ToolCalled) -> None:
        again = " (the same request again)" if event.repeat else ""
        self._line("→", f"{event.tool}({_arguments(event.args)}){again}", self._tools)

    def _answered(self, event: Answered) -> None:
        status = event.answer.get("status", "no status")
        self._line("←", f"{status}  [HTTP {event.http or 'none'}, {event.ms:.0f} ms]", self._tools)
        if event.say:
            self._line(_who("agent", event.speaker), f"„{event.say}“", "green")

    def _event_sent(self, event: EventSent) -> None:
        self._line("→", f"{event.event}  [HTTP {event.http or 'none'}, {event.ms:.0f} ms]", self._tools)

    def _missed(self, event: Missed) -> None:
        broken = event.broken
        self._line(
            "✗", f"line {broken.line}: {broken.path}: expected {broken.expected}, got {broken.actual}", "red"
        )

    def _ended(self, event: Ended) -> None:
        result = event.result
        if result.ok:
            self._line("✓", f"{_count(len(result.answers), 'answer')}, all as expected", "bold green")
        else:
            self._line("✗", f"{_count(len(result.broken), 'expectation')} broken", "bold red")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _who(speaker: str, line_of: str) -> str:
    """Name the agent after the line it speaks on, when there is more than the main caller."""
    if speaker != "agent":
        return speaker
    return "agent" if line_of == MAIN else f"→ {line_of}"


def _arguments(args: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in args.items())


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}… ({len(text)} characters)"
