"""A salon whose appointments are moved: what stands here and at its simulated Cal.com."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from moved_shop import states

from support.mirrored import Mirrored, open_start
from support.shop import NO_FLAWS
from zusage.app.points import Point, Reach
from zusage.core.scheduling.plan import Plan

MOVE = "bookings.reschedule"
PLACES: tuple[Point, ...] = ("lease_taken", "before_move", "move_answered", "before_record", "recorded")


class KilledError(Exception):
    """The process ended here."""


def killed_at(place: Point, nth: int = 1) -> Reach:
    seen = 0

    async def reach(reached: Point) -> None:
        nonlocal seen
        seen += reached == place
        if reached == place and seen == nth:
            raise KilledError

    return reach


async def booked(salon: Mirrored, plan: Plan | None = None) -> UUID:
    """Book at ten, there as well."""
    appointment = await salon.book(*((plan,) if plan is not None else ()))
    await salon.bring(appointment)
    return appointment


def compound(salon: Mirrored, hour: float, staff: int = 0) -> Plan:
    start = open_start() + timedelta(hours=hour - 10)
    return salon.shop.plan(staff, start=start, minutes=120, gap=(60, 30))


def starts(salon: Mirrored) -> list[datetime]:
    return sorted(booking.period.start for booking in salon.there)


def moves(salon: Mirrored) -> int:
    return len(salon.sim.journal.of(MOVE))


async def stands(salon: Mirrored) -> list[tuple[object, ...]]:
    return await salon.shop.rows("SELECT starts_at, status FROM appointment ORDER BY starts_at")


async def in_step(salon: Mirrored, *at: datetime) -> None:
    """The appointments, their mirrors and Cal.com agree, and nothing is left over."""
    assert await stands(salon) == [(each, "booked") for each in at]
    wanted = await salon.shop.rows("SELECT starts_at FROM mirror WHERE known = 'present' ORDER BY 1")
    assert [row[0] for row in wanted] == starts(salon)
    off = "SELECT count(*) FROM mirror WHERE next_at IS NOT NULL OR (starts_at, ends_at, staff_id) <> (known_starts_at, known_ends_at, known_staff_id)"
    assert await salon.shop.rows(off) == [(0,)]
    assert await salon.shop.rows("SELECT count(*) FROM mirror_former") == [(0,)]
    assert await salon.shop.rows("SELECT count(*) FROM orphan") == [(0,)]
    assert await salon.shop.flaws() == NO_FLAWS
    assert "open" not in await states(salon.shop)


async def in_step_of(salon: Mirrored, appointment: UUID, at: datetime) -> None:
    (row,) = await salon.mirrors(appointment)
    assert salon.sim.world.bookings[row["uid"]].period.start == at
    assert row["settled_at"] is not None


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def mixed(salon: Mirrored, hour: float) -> Plan:
    """The first phase with Anna, the second with Ben."""
    plan = compound(salon, hour)
    ben = salon.shop.staff[1]
    phases = tuple(replace(each, staff_id=ben) if each.ordinal == 2 else each for each in plan.phases)
    first, last = plan.claims
    return replace(plan, phases=phases, claims=(first, replace(last, resource_id=ben)))
