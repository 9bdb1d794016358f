"""Who can be booked in a company whose appointments are mirrored in an outside calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from zusage.core.scheduling._shape import minutes_of
from zusage.core.scheduling.masters import Service, Staff

MirroredMinutes = Mapping[tuple[UUID, int, UUID], int]
"""How long the calendar books a segment: (service, ordinal of the segment, staff member) to minutes."""


def is_mapped(service: Service, member: Staff, mirrored: MirroredMinutes) -> bool:
    """Say whether the calendar can show this service with this member: each active segment, at exactly its length.

    A booking of another length would not be ours there, so a mapping that no longer fits counts as none."""
    minutes = minutes_of(member, service)
    return minutes is not None and all(
        mirrored.get((service.id, ordinal, member.id)) == length
        for ordinal, (segment, length) in enumerate(zip(service.segments, minutes, strict=True))
        if segment.kind == "active"
    )


def mapped_staff(service: Service, staff: Iterable[Staff], mirrored: MirroredMinutes) -> tuple[Staff, ...]:
    """Keep who may be offered for a service in a company with a calendar, in the given order."""
    return tuple(member for member in staff if is_mapped(service, member, mirrored))


def with_mapped_skills(
    staff: Iterable[Staff], services: Iterable[Service], mirrored: MirroredMinutes
) -> tuple[Staff, ...]:
    """Take from everybody what the calendar cannot show of them; who is left without a skill stays, unbookable."""
    known = tuple(services)
    return tuple(
        replace(
            member,
            skills={each.id: member.skills[each.id] for each in known if is_mapped(each, member, mirrored)},
        )
        for member in staff
    )
