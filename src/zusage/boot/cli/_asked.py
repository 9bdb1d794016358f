"""What a question to the understanding consists of, read from options or from the fields of a JSON line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zusage.core.scheduling.masters import Span, Week
from zusage.language.german.states import GERMANY, STATES
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.policy_words import PolicyError, read_policies, read_span
from zusage.language.reading import ServiceEntry

ZONE = "Europe/Berlin"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEARS = range(1900, 2300)
_MOST_SERVICES = 2_000


class AskedError(Exception):
    """A question that cannot be answered as it is put; the message is a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class WhenAsked:
    """All but the text of a question about a time; `now` None is the moment of asking."""

    now: datetime | None = None
    zone: str = ZONE
    region: str | None = None
    anchor: datetime | None = None
    policies: Policies = DEFAULTS
    week: Week | None = None

    @property
    def moment(self) -> datetime:
        return self.now or datetime.now(UTC)


def when_asked(given: Mapping[str, Any], base: WhenAsked) -> WhenAsked:
    """Read the fields that are given, and take those that are not (or null) from `base`.

    A `now` or `anchor` without an offset is wall-clock time of the zone.

    :raises AskedError: a field cannot be used; the message says which and how to write it."""
    zone = _given(given, "zone", str, base.zone)
    check_zone(zone)
    asked = base if zone == base.zone else replace(base, zone=zone)
    read: dict[str, Any] = {}
    for name in ("now", "anchor"):
        if given.get(name) is not None:
            read[name] = moment(_given(given, name, str, ""), zone, name)
    if given.get("region") is not None:
        read["region"] = region(_given(given, "region", str, ""))
    if given.get("policy") is not None:
        read["policies"] = _policies(given["policy"], base.policies)
    if given.get("week") is not None:
        read["week"] = _week(given["week"])
    return replace(asked, **read) if read else asked


def text_of(given: Mapping[str, Any]) -> str:
    """:raises AskedError: there is no text."""
    text = given.get("text")
    if not isinstance(text, str):
        raise AskedError('"text" is missing; it is what was said')
    return text


def _given(given: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:  # noqa: ANN401 - any JSON
    value = given.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise AskedError(f'"{name}" must be {_NAMES[kind]}')
    return value


_NAMES: Mapping[type, str] = {str: "a text", list: "a list", dict: "an object"}


@lru_cache(maxsize=256)
def check_zone(name: str) -> None:
    """:raises AskedError: there is no such time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A path, a folder or a name with a null byte raise the other two.
        raise AskedError(f'there is no time zone "{name}"; write one like Europe/Berlin') from None


@lru_cache(maxsize=1024)
def moment(text: str, zone: str, name: str) -> datetime:
    """Read an ISO moment; without an offset it is wall-clock time of the zone.

    :raises AskedError: it is no ISO moment of a year from 1900 to 2299."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None:
        raise AskedError(f'{name} "{text}" is no ISO time; write one like 2026-11-18T10:00')
    if at.year not in _YEARS:
        years = f"{_YEARS.start} to {_YEARS.stop - 1}"
        raise AskedError(f'{name} "{text}" is too far away; give a time of the years {years}')
    local = ZoneInfo(zone)
    return at.replace(tzinfo=local) if at.tzinfo is None else at.astimezone(local)


def region(text: str) -> str | None:
    """Read a federal state, "BE" or "DE-BE" in any case; "" is none.

    :raises AskedError: Germany has no such state."""
    code = text.strip().upper()
    state = code.removeprefix(f"{GERMANY}-")
    if code and state not in STATES:
        raise AskedError(f'region "{text}" is no code of a federal state; write one of {", ".join(STATES)}')
    return state or None


def _policies(value: object, base: Policies) -> Policies:
    try:
        return read_policies(_policy(value), base=base)
    except PolicyError as error:
        raise AskedError(str(error)) from None


def _policy(value: object) -> Mapping[str, str]:
    if isinstance(value, str):
        return policy_words(value)
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return value
    raise AskedError('"policy" must be an object of names and texts, or a text like "next_weekday=next"')


def policy_words(text: str) -> dict[str, str]:
    """Take "name=value,name=value" apart.

    :raises AskedError: a part has no value."""
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    for name, equals, _ in parts:
        if not equals:
            raise AskedError(f'policy "{name.strip()}" has no value; write name=value,name=value')
    return {name.strip(): value.strip() for name, _, value in parts}


def _week(value: object) -> Week:
    """Opening hours: an object of days, or a list of seven from Monday on; each day a list of "09:00-18:00"."""
    if isinstance(value, dict) and set(value) <= set(DAYS):
        value = [value.get(day, []) for day in DAYS]
    if not isinstance(value, list) or len(value) != len(DAYS):
        raise AskedError(
            f'"week" must be an object of {", ".join(DAYS)}, or a list of seven days from Monday on'
        )
    return tuple(_day(spans) for spans in value)


def _day(spans: object) -> tuple[Span, ...]:
    if not isinstance(spans, list) or not all(isinstance(span, str) for span in spans):
        raise AskedError('a day of "week" must be a list of hours like "09:00-18:00"')
    return tuple(sorted(_hours(span) for span in spans))


def _hours(text: str) -> Span:
    span = read_span(text)
    if span is None:
        raise AskedError(f'"{text}" are no hours; write them like "09:00-18:00"')
    return span


def entries_of(catalogue: Sequence[object]) -> tuple[ServiceEntry, ...]:
    """Read a catalogue: objects with `name`, and `synonyms` and `category` where they have them.

    :raises AskedError: one of them cannot be used, or there are none, or over 2,000."""
    if not 0 < len(catalogue) <= _MOST_SERVICES:
        raise AskedError(f"a catalogue holds from 1 to {_MOST_SERVICES} services, this one {len(catalogue)}")
    return tuple(_entry(number, each) for number, each in enumerate(catalogue, 1))


def _entry(number: int, value: object) -> ServiceEntry:
    given = {"name": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not isinstance(given.get("name"), str) or not given["name"].strip():
        raise AskedError(f'service {number} of the catalogue needs a "name"')
    synonyms = _given(given, "synonyms", list, [])
    if not all(isinstance(synonym, str) for synonym in synonyms):
        raise AskedError(f'the "synonyms" of service {number} must be texts')
    category = _given(given, "category", str, "")
    return ServiceEntry(f"{number}", given["name"], category, tuple(synonyms))
