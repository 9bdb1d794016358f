"""The policies by name and value as people write them: in a company file, on a command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from zusage.core.scheduling.masters import Span
from zusage.language.policies import DEFAULTS, Policies

MEANINGS: Mapping[str, str] = {
    "next_weekday": "„nächsten Freitag“: the next such day, or the one of the following week",
    "weekend": "„am Wochenende“: Saturday and Sunday, or from Friday 18:00",
    "eight_days": "„in acht Tagen“: in a week, or in eight days",
    "next_days": "„in den nächsten drei Tagen“: begins tomorrow, or now",
    "bare_hour": "„um drei“: when a shop is open (15:00), or as it stands (03:00)",
    "past": "what has passed: asked about, or read as said",
    "after_work": "„nach Feierabend“ begins",
    "morning": "„früh“, „morgens“",
    "forenoon": "„vormittags“",
    "noon": "„mittags“",
    "afternoon": "„nachmittags“",
    "evening": "„abends“",
    "night": "„nachts“",
}
_TIME = "HH:MM, as 17:00"
_STRETCH = "HH:MM-HH:MM, as 09:00-12:00"
_CLOCK = re.compile(r"([01]?\d|2[0-4])(?::([0-5]\d))?", re.ASCII)
_HINTS = get_type_hints(Policies)


class PolicyError(ValueError):
    """No such policy, or it cannot have that value; the message is a sentence that names what there is."""


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """A policy as people see it. `options` are the values it may have, or one line that says how to write one."""

    name: str
    meaning: str
    default: str
    options: tuple[str, ...]


def list_policies() -> list[PolicyWords]:
    """List every policy in the order of `Policies`."""
    return [
        PolicyWords(
            each.name, MEANINGS[each.name], _written(getattr(DEFAULTS, each.name)), _options(each.name)
        )
        for each in fields(Policies)
    ]


def read_policies(chosen: Mapping[str, str], *, base: Policies = DEFAULTS) -> Policies:
    """Give `base` with the chosen values; names and values are written as `list_policies` shows them.

    :raises PolicyError: no such policy, or it cannot have that value."""
    values: dict[str, Any] = {name: read_policy(name, value) for name, value in chosen.items()}
    return replace(base, **values)


def read_policy(name: str, value: str) -> str | int | Span:
    """Read one value of the policy of that name.

    :raises PolicyError: no such policy, or it cannot have that value."""
    kind = _HINTS.get(name)
    if kind is None:
        raise PolicyError(f'there is no policy "{name}"; there are: {", ".join(_HINTS)}')
    read = read_span(value) if kind is Span else _minute(value) if kind is int else value
    if kind is Span and _is_backwards(value):
        raise PolicyError(
            f'{name} cannot be "{value}": the end must be later than the begin, and 24:00 is the latest end'
        )
    if read is None or (get_origin(kind) is Literal and value not in get_args(kind)):
        raise PolicyError(f'{name} cannot be "{value}"; give {" or ".join(_options(name))}')
    return read


def _options(name: str) -> tuple[str, ...]:
    kind = _HINTS[name]
    if get_origin(kind) is Literal:
        return tuple(str(value) for value in get_args(kind))
    return (_STRETCH,) if kind is Span else (_TIME,)


def _minute(text: str) -> int | None:
    found = _CLOCK.fullmatch(text.strip())
    minute = int(found[1]) * 60 + int(found[2] or 0) if found else None
    return minute if minute is not None and minute <= 24 * 60 else None


def read_span(text: str) -> Span | None:
    """Read a stretch of a day, "09:00-12:00"; None where it is none."""
    bounds = _bounds(text)
    return Span(*bounds) if bounds is not None and bounds[0] < bounds[1] else None


def _is_backwards(text: str) -> bool:
    bounds = _bounds(text)
    return bounds is not None and bounds[0] >= bounds[1]


def _bounds(text: str) -> tuple[int, int] | None:
    opens, _, closes = text.partition("-")
    first, last = _minute(opens), _minute(closes)
    return (first, last) if first is not None and last is not None else None


def _written(value: str | int | Span) -> str:
    if isinstance(value, Span):
        return f"{clock(value.opens)}-{clock(value.closes)}"
    return value if isinstance(value, str) else clock(value)


def clock(minute: int) -> str:
    """Write a minute of the day as "HH:MM"; the end of the day, 1440, is "24:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"
