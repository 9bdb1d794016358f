"""`{{...}}` in a scenario: saved values and days, filled in as the voice platform fills in its variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from zusage.sandbox.player._days import DAY_HELP, FORMATS, format_moment, is_day

_FIELD = re.compile(r"\{\{\s*([^{}|]+?)\s*(?:\|\s*([^{}|]*?)\s*)?\}\}")
_DAY_MARK = "date:"


def fill(value: Any, saved: Mapping[str, str], day: Callable[[str], str]) -> Any:  # noqa: ANN401 (any JSON)
    """Replace each `{{name|format}}` and `{{date:words|format}}` in a JSON value.

    `day` turns words into an ISO date. A name that was never saved stays as it is written, as it does at Retell."""
    if isinstance(value, str):
        return _FIELD.sub(lambda match: _one(match, saved, day), value)
    if isinstance(value, Mapping):
        return {key: fill(item, saved, day) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, saved, day) for item in value]
    return value


def _one(match: re.Match[str], saved: Mapping[str, str], day: Callable[[str], str]) -> str:
    name, form = match[1], match[2]
    if name.startswith(_DAY_MARK):
        text = day(_words(name))
    elif name in saved:
        text = saved[name]
    else:
        return match[0]
    return format_moment(text, form) if form else text


def wrong_fields(value: Any, known: set[str]) -> Iterator[str]:  # noqa: ANN401 (any JSON)
    """Say what is wrong with the fields in a value, when only the names in `known` have been saved."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from wrong_fields(item, known)
    if isinstance(value, str):
        for match in _FIELD.finditer(value):
            yield from _wrong_field(match, known)


def _wrong_field(match: re.Match[str], known: set[str]) -> Iterator[str]:
    name, form = match[1], match[2]
    if name.startswith(_DAY_MARK) and not is_day(_words(name)):
        yield f'"{_words(name)}" is no day; write {DAY_HELP}'
    if not name.startswith(_DAY_MARK) and name not in known:
        yield f'"{name}" has not been saved by a step before this one'
    if form is not None and form not in FORMATS:
        yield f'"{form}" is no format; use one of {", ".join(FORMATS)}'


def _words(name: str) -> str:
    return " ".join(name.removeprefix(_DAY_MARK).split()).lower()
