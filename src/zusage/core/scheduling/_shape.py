"""A service as one member of staff does it, in minutes relative to its start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zusage.core.scheduling._ranges import Range, Ranges, merge
from zusage.core.scheduling.masters import Segment, Service, Staff


@dataclass(frozen=True, slots=True)
class Shape:
    """Minutes relative to the start: what must be worked (`runs`) and what is taken (`…_claims`, with buffers).

    The buffer before starts the staff member's first claim, and the chair's if the first segment needs it; the
    buffer after ends their last one likewise. After a trailing gap the staff member's buffer follows their last
    active segment."""

    minutes: tuple[int, ...]
    length: int
    parts: tuple[Range, ...]
    runs: tuple[Range, ...]
    staff_claims: tuple[Range, ...]
    chair_claims: tuple[Range, ...]


def minutes_of(staff: Staff, service: Service) -> tuple[int, ...] | None:
    """Return how long each segment takes this member, or None if they do not do the service.

    A service without an active segment, or own minutes that do not fit its segments, count as not done."""
    if service.id not in staff.skills or not any(s.kind == "active" for s in service.segments):
        return None
    own = staff.skills[service.id]
    minutes = own if own is not None else tuple(s.minutes for s in service.segments)
    return minutes if len(minutes) == len(service.segments) and min(minutes) > 0 else None


def shape_of(service: Service, minutes: tuple[int, ...]) -> Shape:
    """Lay the segments end to end; `minutes` has one positive entry per segment."""
    parts, offset = [], 0
    for length in minutes:
        parts.append((offset, offset + length))
        offset += length
    segments = service.segments
    runs = merge(p for p, s in zip(parts, segments, strict=True) if s.kind == "active")
    chair = merge(p for p, s in zip(parts, segments, strict=True) if s.needs_chair)
    before = service.buffer_before if segments[0].needs_chair else 0
    after = service.buffer_after if segments[-1].needs_chair else 0
    return Shape(
        minutes=minutes,
        length=offset,
        parts=tuple(parts),
        runs=tuple(runs),
        staff_claims=_buffered(runs, service.buffer_before, service.buffer_after),
        chair_claims=_buffered(chair, before, after),
    )


def _buffered(claims: Ranges, before: int, after: int) -> tuple[Range, ...]:
    if not claims:
        return ()
    first, last = claims[0], claims[-1]
    # merge() keeps the rule that claims on one resource never touch, whatever the buffers are.
    return tuple(merge([*claims, (first[0] - before, first[1]), (last[0], last[1] + after)]))


def needs_chair(segments: Iterable[Segment]) -> bool:
    return any(segment.needs_chair for segment in segments)
