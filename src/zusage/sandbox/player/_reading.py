"""From YAML to a scenario, or to all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from zusage.app.operations.company_file import Problem
from zusage.sandbox.player._expect import wrong_rules
from zusage.sandbox.player._fill import wrong_fields
from zusage.sandbox.player._scenario import MAIN, Scenario, ScenarioError, Step
from zusage.sandbox.player._yaml import NotYamlError, Path, load_marked

_ANONYMOUS = "anonymous"
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
EVENTS = ("call_started", "call_ended", "call_analyzed")
_LONGEST_WAIT = 900
_DEEDS = ("tool", "event", "repeat")
_ANSWERED = ("tool", "repeat")
HEAD_FIELDS = ("name", "description", "company", "branch", "to_number", "agent", "caller", "others", "steps")
STEP_FIELDS = ("as", "wait", "agent", "caller", "tool", "args", "repeat", "event", "expect", "save")
_FALLBACK_NUMBER = "+491713920010"


def parse_scenario(text: str, *, source: str) -> Scenario:
    """Read one scenario from YAML `text`; `source` names the file in messages.

    :raises ScenarioError: with every problem found, in the order of the file; a syntax error stands alone."""
    try:
        data, lines = load_marked(text)
    except NotYamlError as problem:
        raise ScenarioError([Problem(problem.line, "", problem.message)], source=source) from problem
    reading = _Reading(lines)
    scenario = reading.scenario(data)
    if reading.problems:
        raise ScenarioError(reading.problems, source=source)
    return scenario


class _Reading:
    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines
        self._saved: set[str] = set()
        self._has_called: set[str] = set()
        self.problems: list[Problem] = []

    def _problem(self, path: Path, message: str) -> None:
        known = (self._lines.get(path[:length]) for length in range(len(path), -1, -1))
        line = next((line for line in known if line is not None), 1)
        name = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
        self.problems.append(Problem(line, name.removeprefix("."), message))

    def scenario(self, data: object) -> Scenario:
        head = self._mapping(data, (), HEAD_FIELDS)
        callers = self._callers(head)
        return Scenario(
            name=self._text(head, (), "name", required=True),
            description=self._text(head, (), "description"),
            company=self._text(head, (), "company") or "friseur-eins",
            branch=self._text(head, (), "branch"),
            to_number=self._text(head, (), "to_number") or None,
            agent=self._text(head, (), "agent") or None,
            callers=callers,
            steps=self._steps(head, callers),
        )

    def _mapping(self, value: object, path: Path, known: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._problem(path, f"must be a mapping with keys as {', '.join(known[:4])}")
            return {}
        for key in value:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f' (did you mean "{near[0]}"?)' if near else f"; known are {', '.join(known)}"
                self._problem((*path, str(key)), f'"{key}" is not known here{hint}')
        return value

    def _text(self, data: dict[str, Any], path: Path, key: str, *, required: bool = False) -> str:
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value is not None:
            self._problem((*path, key), "must be a text that is not empty")
        elif required:
            self._problem((*path, key), f"is missing; add {key}: ...")
        return ""

    def _callers(self, head: dict[str, Any]) -> dict[str, str | None]:
        callers = {MAIN: self._caller(("caller",), head.get("caller", _FALLBACK_NUMBER))}
        others = head.get("others", {})
        if not isinstance(others, dict):
            self._problem(("others",), "must map the names of other callers to their numbers")
            return callers
        for name, number in others.items():
            callers[str(name)] = self._caller(("others", str(name)), number)
        return callers

    def _caller(self, path: Path, number: object) -> str | None:
        if number != _ANONYMOUS and not (isinstance(number, str) and _NUMBER.fullmatch(number)):
            self._problem(path, f'must be a number as "{_FALLBACK_NUMBER}", or {_ANONYMOUS}')
        return None if number == _ANONYMOUS else str(number)

    def _steps(self, head: dict[str, Any], callers: dict[str, str | None]) -> tuple[Step, ...]:
        steps = head.get("steps")
        if not isinstance(steps, list) or not steps:
            self._problem(("steps",), "must be a list with at least one step")
            return ()
        return tuple(self._step(step, ("steps", i), callers) for i, step in enumerate(steps))

    def _step(self, value: object, path: Path, callers: dict[str, str | None]) -> Step:
        data = self._mapping(value, path, STEP_FIELDS)
        speaker = self._text(data, path, "as") or MAIN
        if speaker not in callers:
            self._problem((*path, "as"), f'"{speaker}" is not among others; add it there with a number')
        self._check_deed(data, path, speaker)
        self._check_fields(data, path)
        step = Step(
            line=self._lines.get(path, 1),
            speaker=speaker,
            wait=self._wait(data, path),
            agent=self._text(data, path, "agent"),
            caller=self._text(data, path, "caller"),
            tool=self._text(data, path, "tool"),
            args=self._args(data, path),
            repeat=self._repeat(data, path),
            event=self._event(data, path),
            expect=self._expect(data, path),
            save=self._save(data, path),
        )
        self._saved.update(step.save)
        return step

    def _check_deed(self, data: dict[str, Any], path: Path, speaker: str) -> None:
        deeds = [deed for deed in _DEEDS if deed in data]
        if len(deeds) > 1:
            self._problem((*path, deeds[1]), f"a step does one thing: {' and '.join(deeds)} need a step each")
        if "repeat" in data and speaker not in self._has_called:
            self._problem((*path, "repeat"), "there is no tool call of this caller to repeat yet")
        if "tool" in data:
            self._has_called.add(speaker)
        elif "args" in data:
            self._problem((*path, "args"), "belongs to a tool; add tool: ... to this step")
        for key in ("expect", "save"):
            if key in data and not any(deed in data for deed in _ANSWERED):
                self._problem((*path, key), "needs an answer; only tool and repeat steps have one")

    def _check_fields(self, data: dict[str, Any], path: Path) -> None:
        for key in ("agent", "caller", "args", "expect"):
            for message in wrong_fields(data.get(key), self._saved):
                self._problem((*path, key), message)

    def _wait(self, data: dict[str, Any], path: Path) -> float:
        value = data.get("wait", 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_WAIT:
            self._problem((*path, "wait"), f"must be seconds from 0 to {_LONGEST_WAIT}")
            return 0.0
        return float(value)

    def _args(self, data: dict[str, Any], path: Path) -> dict[str, Any]:
        value = data.get("args", {})
        if not isinstance(value, dict):
            self._problem((*path, "args"), "must be a mapping of argument names to values")
            return {}
        return value

    def _repeat(self, data: dict[str, Any], path: Path) -> bool:
        if data.get("repeat", True) is not True:
            self._problem((*path, "repeat"), "can only be true; leave it out otherwise")
        return "repeat" in data

    def _event(self, data: dict[str, Any], path: Path) -> str:
        event = self._text(data, path, "event")
        if event and event not in EVENTS:
            self._problem((*path, "event"), f'"{event}" is no event; use one of {", ".join(EVENTS)}')
        return event

    def _expect(self, data: dict[str, Any], path: Path) -> dict[str, Any]:
        value = data.get("expect", {})
        if not isinstance(value, dict):
            self._problem((*path, "expect"), "must map paths into the answer to what is expected there")
            return {}
        expect = {str(where): wanted for where, wanted in value.items()}
        for where, message in wrong_rules(expect):
            self._problem((*path, "expect", where), message)
        return expect

    def _save(self, data: dict[str, Any], path: Path) -> dict[str, str]:
        value = data.get("save", {})
        fits = isinstance(value, dict) and all(
            _NAME.fullmatch(str(name)) and isinstance(where, str) for name, where in value.items()
        )
        if not fits:
            self._problem((*path, "save"), "must map names to paths, as token: data.hold.token")
            return {}
        return {str(name): where for name, where in value.items()}
