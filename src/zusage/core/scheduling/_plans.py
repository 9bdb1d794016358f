"""From an option to a plan with named resources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from zusage.core.scheduling._ranges import Range
from zusage.core.scheduling._shape import Shape, minutes_of, needs_chair, shape_of
from zusage.core.scheduling.masters import BranchBook, Service
from zusage.core.scheduling.plan import ClaimPlan, Option, PhasePlan, Plan
from zusage.core.values import Period


def make_plan(book: BranchBook, service: Service, option: Option, chair_id: UUID | None) -> Plan:
    """Place every segment of a service; price, names and times are the snapshot that is promised.

    Claims come one resource after the other, the staff member first, each in order; buffers are inside, and claims
    of one resource never touch (hole 40).

    :raises ValueError: the option's member does not do the service, or a chair is given or missing against
    what the service needs."""
    member = book.member(option.staff_id)
    minutes = minutes_of(member, service) if member is not None else None
    if member is None or minutes is None:
        raise ValueError(f"{option.staff_id} does not do {service.key}")
    if (chair_id is not None) != needs_chair(service.segments):
        raise ValueError(f"{service.key} {'needs no' if chair_id else 'needs a'} chair")
    shape = shape_of(service, minutes)
    return Plan(
        service_id=service.id,
        service_name=service.name,
        staff_id=member.id,
        staff_name=member.name,
        period=_period(option.start, (0, shape.length)),
        price=service.price,
        phases=tuple(_phases(service, shape, option, chair_id)),
        claims=tuple(_claims(shape, option, chair_id)),
    )


def _period(start: datetime, part: Range) -> Period:
    return Period(start + timedelta(minutes=part[0]), start + timedelta(minutes=part[1]))


def _phases(service: Service, shape: Shape, option: Option, chair_id: UUID | None) -> Iterator[PhasePlan]:
    for ordinal, (segment, part) in enumerate(zip(service.segments, shape.parts, strict=True)):
        yield PhasePlan(
            ordinal=ordinal,
            kind=segment.kind,
            name=segment.name,
            period=_period(option.start, part),
            staff_id=option.staff_id if segment.kind == "active" else None,
            chair_id=chair_id if segment.needs_chair else None,
        )


def _claims(shape: Shape, option: Option, chair_id: UUID | None) -> Iterator[ClaimPlan]:
    for part in shape.staff_claims:
        yield ClaimPlan(option.staff_id, _period(option.start, part))
    if chair_id is not None:
        for part in shape.chair_claims:
            yield ClaimPlan(chair_id, _period(option.start, part))


def _pairs(options: Sequence[Option]) -> Iterator[tuple[Option, UUID | None]]:
    """Yield every option with every chair of its own, in rounds that pair each member with another chair."""
    for turn in range(max((len(option.chair_ids) for option in options), default=0) or 1):
        for place, option in enumerate(options):
            chairs = option.chair_ids
            if not chairs and turn == 0:
                yield option, None
            if turn < len(chairs):
                yield option, chairs[(place + turn) % len(chairs)]


def candidate_plans(
    book: BranchBook, service: Service, options: Sequence[Option], *, limit: int = 32
) -> list[Plan]:
    """Build the plans to try one after the other for options at one start: every member with every free chair.

    Interleaved: in the first round each member, best first, takes a different chair, so that the loser of one pair
    finds the next one untouched; at most `limit` plans.

    :raises ValueError: as `make_plan`."""
    return [make_plan(book, service, option, chair) for option, chair in islice(_pairs(options), limit)]
