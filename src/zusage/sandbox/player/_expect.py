"""What a step expects of an answer, and what was different."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Broken:
    """An expectation that did not hold: the file's line, the path into the answer, both sides as text."""

    line: int
    path: str
    expected: str
    actual: str


def check(expect: Mapping[str, Any], answer: Mapping[str, Any], *, line: int) -> list[Broken]:
    """Compare an answer with what is expected of it; nothing broken gives an empty list."""
    broken = []
    for path, wanted in expect.items():
        where, rules = _rules(path, wanted)
        actual = find(answer, where)
        broken += [
            Broken(line, where, f"{name} {_show(operand)}".strip(), _show(actual))
            for name, operand in rules
            if not OPERATORS[name](actual, operand)
        ]
    return broken


def find(answer: Any, path: str) -> Any:  # noqa: ANN401 (any JSON)
    """Follow a dotted path (`data.offers.0.token`, `data.offers.length`); what is not there is `MISSING`."""
    value = answer
    for part in path.split("."):
        value = _into(value, part)
    return value


def is_missing(value: object) -> bool:
    return value is _MISSING or value is None


def _into(value: Any, part: str) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, Mapping) and part in value:
        return value[part]
    if part == "length" and isinstance(value, Mapping | list | str):
        return len(value)
    if isinstance(value, list) and re.fullmatch(r"-?\d+", part) and -len(value) <= int(part) < len(value):
        return value[int(part)]
    return _MISSING


def _rules(path: str, wanted: Any) -> tuple[str, list[tuple[str, Any]]]:  # noqa: ANN401 (any JSON)
    if path == "say_contains":
        return "say", [("contains", wanted)]
    if wanted in ("present", "absent"):
        return path, [(str(wanted), "")]
    if isinstance(wanted, Mapping):
        return path, list(wanted.items())
    return path, [("equals", wanted)]


def wrong_rules(expect: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name each path whose expectation cannot be checked, and why."""
    for path, wanted in expect.items():
        _, rules = _rules(path, wanted)
        for name, operand in rules:
            if name not in OPERATORS:
                yield path, f'"{name}" is no operator; use one of {", ".join(OPERATORS)}'
            elif name == "matches" and not _is_pattern(operand):
                yield path, "matches needs a regular expression"
            elif name == "in" and not isinstance(operand, list):
                yield path, "in needs a list"
            elif name in ("min", "max") and not isinstance(operand, int | float):
                yield path, f"{name} needs a number"


def _is_pattern(operand: object) -> bool:
    try:
        re.compile(str(operand))
    except re.error:
        return False
    return isinstance(operand, str)


def _contains(actual: object, operand: object) -> bool:
    """All operands must be in a text (letter case aside) or among the items of a list."""
    wanted = operand if isinstance(operand, list) else [operand]
    if isinstance(actual, str):
        return all(str(item).casefold() in actual.casefold() for item in wanted)
    return isinstance(actual, Sequence) and all(item in actual for item in wanted)


def _is_number(actual: object) -> bool:
    return isinstance(actual, int | float) and not isinstance(actual, bool)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda actual, operand: (
        isinstance(actual, bool) == isinstance(operand, bool) and actual == operand
    ),
    "not": lambda actual, operand: actual != operand,
    "in": lambda actual, operand: actual in operand,
    "contains": _contains,
    "matches": lambda actual, operand: isinstance(actual, str) and re.search(operand, actual) is not None,
    "min": lambda actual, operand: _is_number(actual) and actual >= operand,
    "max": lambda actual, operand: _is_number(actual) and actual <= operand,
    "present": lambda actual, _: not is_missing(actual),
    "absent": lambda actual, _: is_missing(actual),
}


def _show(value: object) -> str:
    if value is _MISSING:
        return "nothing"
    return repr(value) if value != "" else ""
