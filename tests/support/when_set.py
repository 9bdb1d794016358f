"""The labelled sentences about time in tests/data/when: loading, comparing, and a command that shows what fails.

One JSON object a line: `text`, optionally `now`, `zone`, `region`, `anchor`, `policy` and `why`, and `expect`. Only
the keys that `expect` names are compared; a time without offset is wall-clock time of `zone`, `to` is exclusive.
`wishes` and `exclude` must be complete and in order; `alternative` must be among the readings nobody named, `assumed`
among what was filled in. From the directory above: `python -m support.when_set [FILE ...]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zusage.core.scheduling.masters import Span
from zusage.language.german.when import understand_when
from zusage.language.policies import Policies
from zusage.language.reading import Unclear, When

SETS = Path(__file__).parents[1] / "data" / "when"
NOW, ZONE = "2026-11-18T10:00", "Europe/Berlin"

Json = Mapping[str, Any]
Reader = Callable[..., When | Unclear]

_LINE_KEYS = {"text", "now", "zone", "region", "anchor", "policy", "expect", "why"}
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled sentence; `asked` are the keyword arguments of `understand_when`."""

    place: str
    text: str
    zone: ZoneInfo
    asked: Json
    expect: Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one sentence was read; `wrong` names the keys that differ, none when it is right."""

    case: Case
    read: When | Unclear
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        case = self.case
        return (
            f"{case.place} {case.text!r} ({', '.join(self.wrong)})\n"
            f"    expected {json.dumps(case.expect, ensure_ascii=False)}\n    read     {show(self.read)}"
        )


def load(path: Path) -> list[Case]:
    """The sentences of one file, in order.

    :raises ValueError: a line is no JSON object, or has a key that the format does not know."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_case(f"{path.stem}:{number}", line) for number, line in enumerate(lines, 1) if line.strip()]


def score(cases: Sequence[Case], reader: Reader = understand_when) -> list[Outcome]:
    """Read each sentence and compare it with its label."""
    outcomes = []
    for case in cases:
        read = reader(case.text, **case.asked)
        outcomes.append(Outcome(case, read, _differences(case, read)))
    return outcomes


def show(read: When | Unclear) -> str:
    """A reading in one line, for people."""
    if isinstance(read, Unclear):
        return " ".join(["unclear", read.reason, *(_show_one(other) for other in read.alternatives)])
    parts = [*map(_show_one, (read, *read.wishes))]
    parts += [f"not {_show_one(other)}" for other in read.exclude]
    parts += [f"or {_show_one(other)}" for other in read.alternatives]
    parts += [f"assumed {name}" for name in read.assumed]
    return "; ".join(parts)


def _show_one(when: When) -> str:
    end = f" to {when.end:%Y-%m-%dT%H:%M}" if when.end else ""
    marks = [name for name in ("weekly", "approximate", "soonest") if getattr(when, name)]
    marks += [f"daily {when.daily.opens}-{when.daily.closes}"] if when.daily else []
    marks += [f"limit {when.limit:%Y-%m-%dT%H:%M}"] if when.limit else []
    marks += [f"{when.duration_min} min"] if when.duration_min else []
    return " ".join([when.kind, when.grain, f"{when.start:%a %Y-%m-%dT%H:%M}{end}", *marks])


def _case(place: str, line: str) -> Case:
    raw: Json = json.loads(line)
    zone = ZoneInfo(raw.get("zone", ZONE))
    asked: dict[str, Any] = {"now": instant(raw.get("now", NOW), zone), "zone": zone.key}
    if "region" in raw:
        asked["region"] = raw["region"]
    if "anchor" in raw:
        asked["anchor"] = instant(raw["anchor"], zone)
    if "policy" in raw:
        asked["policies"] = policies(raw["policy"])
    unknown = (raw.keys() - _LINE_KEYS) | (raw["expect"].keys() - {"status", *_UNCLEAR, *_READING})
    if unknown:
        raise ValueError(f"{place}: unknown keys {sorted(unknown)}")
    return Case(place, raw["text"], zone, asked, raw["expect"])


def instant(text: str, zone: ZoneInfo) -> datetime:
    """An ISO time as an instant in UTC; without an offset it is wall-clock time of `zone`."""
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def policies(chosen: Json) -> Policies:
    """Policies by name; spans are written "17:00-21:00", minutes of the day "17:00".

    :raises ValueError: there is no such policy."""
    kinds = {field.name: str(field.type) for field in fields(Policies)}
    unknown = chosen.keys() - kinds.keys()
    if unknown:
        raise ValueError(f"there is no policy {sorted(unknown)}")
    return Policies(**{name: _policy(kinds[name], value) for name, value in chosen.items()})


def _policy(kind: str, value: Any) -> Any:
    if kind == "Span":
        opens, closes = value.split("-")
        return Span(_minute(opens), _minute(closes))
    return _minute(value) if kind == "int" else value


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * _HOUR + int(minutes)


def _differences(case: Case, read: When | Unclear) -> tuple[str, ...]:
    unclear = isinstance(read, Unclear)
    if (case.expect["status"] == "unclear") is not unclear:
        return ("status",)
    checks = _UNCLEAR if unclear else _READING
    named = [key for key in case.expect if key != "status"]
    return tuple(key for key in named if not checks[key](read, case.expect[key], case.zone))


def _is_at(when: datetime | None, expected: str | None, zone: ZoneInfo) -> bool:
    if when is None or expected is None:
        return when is None and expected is None
    return when.astimezone(UTC) == instant(expected, zone)


def _is_daily(when: When, expected: Json | None, _: ZoneInfo) -> bool:
    if when.daily is None or expected is None:
        return when.daily is None and expected is None
    return when.daily == Span(_minute(expected["from"]), _minute(expected["to"]))


def _is_like(when: When, expected: Json, zone: ZoneInfo) -> bool:
    return all(_READING[key](when, value, zone) for key, value in expected.items())


def _are_like(readings: Sequence[When], expected: Sequence[Json], zone: ZoneInfo) -> bool:
    return len(readings) == len(expected) and all(
        _is_like(when, one, zone) for when, one in zip(readings, expected, strict=True)
    )


def _has_alternative(read: Any, expected: Json, zone: ZoneInfo) -> bool:
    return any(_is_like(other, expected, zone) for other in read.alternatives)


def _same(name: str) -> Callable[[Any, Any, ZoneInfo], bool]:
    return lambda read, expected, _: bool(getattr(read, name) == expected)


_UNCLEAR: Mapping[str, Callable[[Any, Any, ZoneInfo], bool]] = {
    "reason": _same("reason"),
    "duration_min": _same("duration_min"),
    "alternative": _has_alternative,
}
_READING: Mapping[str, Callable[[Any, Any, ZoneInfo], bool]] = {
    "kind": _same("kind"),
    "grain": _same("grain"),
    "duration_min": _same("duration_min"),
    "weekly": _same("weekly"),
    "approximate": _same("approximate"),
    "soonest": _same("soonest"),
    "from": lambda read, expected, zone: _is_at(read.start, expected, zone),
    "to": lambda read, expected, zone: _is_at(read.end, expected, zone),
    "limit": lambda read, expected, zone: _is_at(read.limit, expected, zone),
    "daily": _is_daily,
    "wishes": lambda read, expected, zone: _are_like((read, *read.wishes), expected, zone),
    "exclude": lambda read, expected, zone: _are_like(read.exclude, expected, zone),
    "alternative": _has_alternative,
    "assumed": lambda read, expected, _: set(expected) <= set(read.assumed),
}


def main(names: Sequence[str]) -> None:
    """Print what fails in these files (all of them when none is named) and the share that is right."""
    right = total = 0
    for path in [Path(name) for name in names] or sorted(SETS.glob("*.jsonl")):
        outcomes = score(load(path))
        failed = [outcome for outcome in outcomes if outcome.wrong]
        for outcome in failed:
            sys.stdout.write(f"{outcome}\n")
        good = len(outcomes) - len(failed)
        sys.stdout.write(f"{path.stem}: {good} of {len(outcomes)} right ({good / len(outcomes):.1%})\n")
        right, total = right + good, total + len(outcomes)
    sys.stdout.write(f"all: {right} of {total} right ({right / max(total, 1):.1%})\n")


if __name__ == "__main__":
    main(sys.argv[1:])
