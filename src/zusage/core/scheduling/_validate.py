"""What masters must fulfil before the rules may rely on them; messages are for the person who wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo

from holidays import list_supported_countries

from zusage.core.scheduling._clock import DAY_MINUTES
from zusage.core.scheduling._shape import needs_chair
from zusage.core.scheduling.masters import Branch, BranchBook, Service, Span, Staff

_MAX_ADVANCE_DAYS = 3650
_MAX_MINUTES = DAY_MINUTES


def validate_service(service: Service) -> list[str]:
    """Return what is wrong with a service, in English, in order; empty if nothing is.

    A service starts with an active segment (somebody has to receive the customer), and may end with a gap."""
    return list(_service_faults(service))


def _service_faults(service: Service) -> Iterator[str]:
    if not service.segments:
        yield "a service needs at least one segment"
    elif service.segments[0].kind == "gap":
        yield "a service must not begin with a gap"
    if service.segments and all(segment.kind == "gap" for segment in service.segments):
        yield "a service needs at least one active segment"
    for number, segment in enumerate(service.segments, start=1):
        if not 0 < segment.minutes <= _MAX_MINUTES:
            yield f"segment {number} must take 1 to {_MAX_MINUTES} minutes, not {segment.minutes}"
    limits = {
        "buffer_before": (service.buffer_before, _MAX_MINUTES),
        "buffer_after": (service.buffer_after, _MAX_MINUTES),
        "min_notice_minutes": (service.min_notice_minutes, _MAX_ADVANCE_DAYS * DAY_MINUTES),
        "max_advance_days": (service.max_advance_days, _MAX_ADVANCE_DAYS),
    }
    for name, (value, most) in limits.items():
        if not 0 <= value <= most:
            yield f"{name} must be 0 to {most}, not {value}"
    if service.price.cents < 0:
        yield "a price must not be negative"


def validate_book(book: BranchBook) -> list[str]:
    """Return what is wrong with a branch and everything in it, each line naming what it speaks of; empty if nothing is."""
    return [*_branch_faults(book.branch), *_services_faults(book), *_staff_faults(book)]


def _branch_faults(branch: Branch) -> Iterator[str]:
    try:
        ZoneInfo(branch.zone)
    except (KeyError, ValueError, OSError):
        yield f"branch {branch.key}: unknown time zone {branch.zone!r}"
    regions = list_supported_countries().get(branch.country)
    if regions is None:
        yield f"branch {branch.key}: no public holidays known for country {branch.country!r}"
    elif branch.region is not None and branch.region not in regions:
        yield f"branch {branch.key}: unknown region {branch.region!r} of {branch.country}"
    if not 0 < branch.grid_minutes <= DAY_MINUTES:
        yield f"branch {branch.key}: grid_minutes must be 1 to {DAY_MINUTES}, not {branch.grid_minutes}"
    if branch.hold_seconds <= 0:
        yield f"branch {branch.key}: hold_seconds must be positive, not {branch.hold_seconds}"
    if branch.hold_cap_seconds < branch.hold_seconds:
        yield f"branch {branch.key}: hold_cap_seconds must not be less than hold_seconds"
    yield from _week_faults(f"branch {branch.key}", branch.week)
    for day, exception in sorted(branch.exceptions.items()):
        if _overlapping(exception.spans):
            yield f"branch {branch.key}: spans of {day.isoformat()} overlap or are not in order"


def _week_faults(owner: str, week: tuple[tuple[Span, ...], ...]) -> Iterator[str]:
    if len(week) != 7:  # noqa: PLR2004
        yield f"{owner}: a week has 7 days, not {len(week)}"
    for number, spans in enumerate(week, start=1):
        if _overlapping(spans):
            yield f"{owner}: spans of weekday {number} overlap or are not in order"


def _overlapping(spans: tuple[Span, ...]) -> bool:
    return any(later.opens < earlier.closes for earlier, later in pairwise(spans))


def _services_faults(book: BranchBook) -> Iterator[str]:
    for service in book.services:
        for fault in validate_service(service):
            yield f"service {service.key}: {fault}"
        if needs_chair(service.segments) and not book.chairs:
            yield f"service {service.key}: needs a chair, but the branch has none"
        if not any(service.id in member.skills for member in book.staff):
            yield f"service {service.key}: nobody does it"


def _staff_faults(book: BranchBook) -> Iterator[str]:
    for member in book.staff:
        if member.week is not None:
            yield from _week_faults(f"staff {member.name}", member.week)
        yield from _skill_faults(member, book.services)


def _skill_faults(member: Staff, services: Iterable[Service]) -> Iterator[str]:
    for service in services:
        own = member.skills.get(service.id)
        if own is None:
            continue
        if len(own) != len(service.segments):
            yield f"staff {member.name}: {service.key} has {len(service.segments)} segments, not {len(own)}"
        elif not all(0 < minutes <= _MAX_MINUTES for minutes in own):
            yield f"staff {member.name}: own minutes of {service.key} must be 1 to {_MAX_MINUTES} each"
