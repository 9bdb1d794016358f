"""`zusage verify` proves of every promise that it is mirrored, pending within its time, or in review."""

from __future__ import annotations

from support.database import Clock
from support.mirrored import Mirrored, open_start
from zusage.adapters.postgres.mirror_health import PostgresMirrorHealth
from zusage.adapters.postgres.verify import PostgresEvidence
from zusage.app.operations.verify_ledger import verify_ledger
from zusage.sandbox.calcom import Fault


async def found(salon: Mirrored) -> list[str]:
    proof = await verify_ledger(evidence=PostgresEvidence(salon.shop.database))
    return [finding.code for finding in proof.findings]


async def test_mirrored_pending_in_review_and_cancelled_are_proven(salon: Mirrored, clock: Clock) -> None:
    standing, cancelled = await salon.book(start=open_start(9)), await salon.book(start=open_start(11))
    for each in (standing, cancelled):
        await salon.bring(each)
    await salon.cancel(cancelled)
    salon.sim.add_fault(Fault("error_before_commit", op="bookings.create", status=401, message="bad key"))
    await salon.bring(await salon.book(start=open_start(13)))
    await salon.book(start=open_start(15))
    assert await found(salon) == []
    clock.advance(590)
    assert await found(salon) == []


async def test_what_is_late_or_forgotten_is_found(salon: Mirrored, clock: Clock) -> None:
    appointment = await salon.book()
    clock.advance(700)
    assert await found(salon) == ["mirror_unattended"]
    await salon.bring(appointment)
    assert await found(salon) == []
    await salon.shop.do("UPDATE mirror SET known = 'unknown', next_at = NULL")
    assert await found(salon) == ["mirror_unattended"]
    await salon.shop.do("UPDATE mirror SET review_at = zusage_now()")
    assert await found(salon) == ["mirror_unattended"]  # nobody was told


async def test_what_is_late_because_of_a_pause_is_not_proven_either(salon: Mirrored, clock: Clock) -> None:
    store = PostgresMirrorHealth(salon.shop.database)
    await store.set_paused(salon.shop.company_id, paused=True)
    promised = [await salon.book(start=open_start(hour)) for hour in (9, 11, 13)]
    assert await found(salon) == []
    clock.advance(5 * 86_400)
    proof = await verify_ledger(evidence=PostgresEvidence(salon.shop.database))
    assert [finding.code for finding in proof.findings] == ["mirror_unattended"] * 3
    assert all("sees to it: the mirror is paused since 2" in finding.sentence for finding in proof.findings)
    await store.set_paused(salon.shop.company_id, paused=False)
    for each in promised:
        await salon.bring(each)
    assert await found(salon) == []


async def test_a_promise_without_its_mirror_is_found(salon: Mirrored) -> None:
    appointment = await salon.book()
    await salon.bring(appointment)
    await salon.shop.do("UPDATE mirror SET starts_at = starts_at + interval '15 minutes'")
    assert await found(salon) == ["promise_not_mirrored", "mirror_unattended"]
    await salon.shop.do("DELETE FROM mirror")
    assert await found(salon) == ["promise_not_mirrored"]


async def test_what_was_booked_before_the_branch_was_connected_is_not_asked_for(salon: Mirrored) -> None:
    await salon.shop.do("DELETE FROM calendar_branch")
    await salon.book()
    await salon.shop.do(
        "INSERT INTO calendar_branch (company_id, branch_id, connected_at) VALUES (%s, %s, zusage_now())",
        salon.shop.company_id,
        salon.shop.branch_id,
    )
    assert await salon.shop.rows("SELECT 1 FROM mirror") == []
    assert await found(salon) == []
