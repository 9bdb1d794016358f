"""One rule says how a calendar stands, and what a person may do about it works."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from support.database import Clock
from support.mirrored import Mirrored, open_start
from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth, read_trouble
from zusage.app.mirror.health import MirrorFigures, action_for, judge, mirror_status, worst
from zusage.sandbox.calcom import Fault

WELL = MirrorFigures(mirrors=100, worked_on=100, succeeded=100)


@pytest.mark.parametrize(
    ("figures", "health"),
    [
        (MirrorFigures(), "healthy"),
        (WELL, "healthy"),
        (replace(WELL, late=10), "healthy"),
        (replace(WELL, late=11), "degraded"),
        (replace(WELL, late=1, paused=True), "degraded"),
        (replace(WELL, succeeded=95), "healthy"),
        (replace(WELL, succeeded=94), "degraded"),
        (replace(WELL, reviews=1), "critical"),
        (replace(WELL, failing_day=1, late=11), "critical"),
        (replace(WELL, orphans=1), "healthy"),
        (replace(WELL, orphans=1, resting_orphans=1), "critical"),
    ],
)
def test_incident_34_the_rule_and_its_edges(figures: MirrorFigures, health: str) -> None:
    assert judge(figures) == health
    assert (action_for("salon", figures) == "") == (health == "healthy")


def test_the_worst_of_several_counts() -> None:
    assert worst([]) == worst(["healthy"]) == "healthy"
    assert worst(["healthy", "critical", "degraded"]) == "critical"
    assert worst(["healthy", "degraded"]) == "degraded"


def health_of(salon: Mirrored) -> PostgresMirrorHealth:
    return PostgresMirrorHealth(salon.shop.database)


async def figures(salon: Mirrored) -> MirrorFigures:
    return await health_of(salon).figures(salon.shop.company_id)


async def test_what_is_counted(salon: Mirrored, clock: Clock) -> None:
    assert await figures(salon) == MirrorFigures()
    appointment = await salon.book()
    clock.advance(4000)
    pending = await figures(salon)
    assert (pending.mirrors, pending.pending, pending.late, pending.worked_on) == (1, 1, 1, 0)
    assert pending.oldest_pending == pytest.approx(4000, abs=20)
    await salon.bring(appointment)
    assert await figures(salon) == MirrorFigures(mirrors=1, worked_on=1, succeeded=1)
    ((company_id, _, found),) = await mirror_status(health_of(salon))
    assert (company_id, found.success) == (salon.shop.company_id, 1.0)
    assert await mirror_status(health_of(salon), company="other") == []


async def test_a_person_sees_why_and_lets_it_be_tried_again(salon: Mirrored) -> None:
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.create", status=401, message="bad key"))
    appointment = await salon.book()
    await salon.bring(appointment)
    found = await figures(salon)
    assert (found.pending, found.reviews, found.success) == (0, 1, 0.0)
    assert judge(found) == "critical"
    (trouble,) = found.troubles
    assert (trouble.failure, trouble.count, trouble.appointments) == ("auth", 1, (appointment,))
    assert "reviews list --company salon" in action_for("salon", found)

    store, company = health_of(salon), salon.shop.company_id
    (stuck,) = await store.stuck(company)
    assert (stuck.appointment_id, stuck.known, stuck.in_review) == (appointment, "none", True)
    assert await store.retry(company, UUID(int=0)) == 0
    assert await store.retry(company, None) == 1
    assert await store.stuck(company) == []
    assert (await salon.bring(appointment)).settled
    assert await salon.reviews() == []
    assert judge(await figures(salon)) == "healthy"
    assert await store.retry(company, None) == 0


async def test_what_was_cancelled_there_is_created_anew_under_a_new_intent_if_a_person_says_so(
    salon: Mirrored, clock: Clock
) -> None:
    """The old intent finds the dead booking for ever (protocols 19)."""
    salon.sim.add_fault(Fault("timeout_after_commit", op="bookings.create"))
    appointment = await salon.book()
    await salon.bring(appointment, write=0.3)
    await salon.sim.people.cancel(salon.there[0].uid, reason="im Salon")
    await salon.settle(appointment, clock)
    assert await salon.reviews() == ["mirror_cancelled_there"]
    (before,) = await salon.mirrors(appointment)
    assert await health_of(salon).retry(salon.shop.company_id, appointment) == 1
    assert (await salon.bring(appointment)).settled
    (after,) = await salon.mirrors(appointment)
    assert after["intent"] != before["intent"]
    assert (after["known"], len(after["uids"]), len(salon.there)) == ("present", 2, 1)


async def test_what_a_pause_holds_back_for_an_hour_is_degraded_and_says_how_to_go_on(
    salon: Mirrored, clock: Clock
) -> None:
    store, company = health_of(salon), salon.shop.company_id
    await store.set_paused(company, paused=True)
    clock.advance(2 * 86_400)
    assert judge(await figures(salon)) == "healthy", "nothing waits"
    waiting = await salon.book()
    clock.advance(3_500)
    assert judge(await figures(salon)) == "healthy"
    clock.advance(200)
    held = await figures(salon)
    assert judge(held) == "degraded"
    assert "`zusage mirror resume --company salon --apply`" in action_for("salon", held)
    await store.set_paused(company, paused=False)
    await salon.bring(waiting)
    assert judge(await figures(salon)) == "healthy"


async def test_pause_and_resume(salon: Mirrored) -> None:
    store, company = health_of(salon), salon.shop.company_id
    assert await store.set_paused(company, paused=False) is False
    assert await store.set_paused(company, paused=True) is True
    await salon.bring(await salon.book(start=open_start(9)))
    assert salon.posts() == 0
    found = await figures(salon)
    assert found.paused
    assert "resume --company salon" in action_for("salon", found)
    assert await store.set_paused(company, paused=False) is True


@pytest.mark.parametrize("kind", ["absence_over_promise", "stranded_promise", "a_kind_of_later"])
async def test_any_open_review_is_critical_and_named(salon: Mirrored, clock: Clock, kind: str) -> None:
    assert judge(await figures(salon)) == "healthy"
    insert = "INSERT INTO review_item (company_id, kind, created_at) VALUES (%s, %s, zusage_now())"
    await salon.shop.do(insert, salon.shop.company_id, kind)
    clock.advance(7200)
    found = await figures(salon)
    assert judge(found) == "critical"
    (open_,) = found.open_reviews
    assert (open_.kind, open_.count, len(open_.reviews)) == (kind, 1, 1)
    assert open_.oldest == pytest.approx(7200, abs=20)
    assert "zusage reviews list --company salon" in action_for("salon", found)


async def test_what_fails_for_a_day_is_critical_orphans_too(salon: Mirrored, clock: Clock) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    await salon.shop.do(
        "INSERT INTO orphan (company_id, uid, appointment_id, ordinal, why, found_at, failure, next_at)"
        " VALUES (%s, 'uid-1', %s, 0, 'duplicate', zusage_now(), 'unknown', zusage_now())",
        salon.shop.company_id,
        appointment,
    )
    clock.advance(86_300)
    assert judge(await figures(salon)) == "healthy"
    clock.advance(200)
    assert ((await figures(salon)).failing_day, judge(await figures(salon))) == (1, "critical")


async def test_without_a_worker_it_says_so_and_after_a_day_it_is_critical(
    salon: Mirrored, clock: Clock
) -> None:
    """Served with ZUSAGE_WORKER=false, and the worker's own process is gone: nobody else would tell."""
    appointment = await salon.book(start=open_start(9))
    await salon.bring(appointment)
    await salon.shop.do("SELECT directory.beat(%s, 'here')", uuid4())
    beaten = await figures(salon)
    assert beaten.unattended == 0.0, "nothing is pending"
    waiting = await salon.book(start=open_start(10))
    fresh = await figures(salon)
    assert 0.0 < fresh.unattended < 60.0
    assert action_for("salon", fresh) == ""

    gone = replace(fresh, unattended=600.0)
    assert "No worker was seen for 10 min" in action_for("salon", gone)
    clock.advance(86_300)
    assert judge(await figures(salon)) == "healthy"
    clock.advance(200)
    late = await figures(salon)
    assert (late.failing_day, judge(late), "Mend the cause" in action_for("salon", late)) == (
        1,
        "critical",
        True,
    )
    await salon.bring(waiting)
    assert judge(await figures(salon)) == "healthy"


async def test_of_a_worker_that_was_never_seen_the_oldest_tells(salon: Mirrored, clock: Clock) -> None:
    await salon.book()
    clock.advance(300)
    never = await figures(salon)
    assert never.unattended == pytest.approx(never.oldest_pending, abs=1) == pytest.approx(300, abs=20)
    assert "`zusage worker`" in action_for("salon", never)


async def test_without_a_sign_of_trouble_nothing_is_counted_and_it_is_as_healthy(salon: Mirrored) -> None:
    await salon.bring(await salon.book())
    async with salon.shop.database.transaction(salon.shop.company_id) as connection:
        assert await read_trouble(connection, salon.shop.company_id) == MirrorFigures()
    assert judge(await figures(salon)) == judge(MirrorFigures()) == "healthy"
    await salon.book(start=open_start(15))
    async with salon.shop.database.transaction(salon.shop.company_id) as connection:
        assert (await read_trouble(connection, salon.shop.company_id)).pending == 1
