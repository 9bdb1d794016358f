"""What was true when a caller was told that a time is free: by the ledger, and by the simulator itself.

A time named to a caller is a false "available" when somebody else had it already when the question was asked: another
call's hold or appointment in the ledger, or a booking at Cal.com that a web visitor made. Web bookings count when they
were `KNOWABLE_S` old by then: Cal.com's own slots are up to two seconds old, and one second is left for telling us.
Younger ones are counted apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bench.calcom_calls import Heard, Named
from bench.calcom_stage import Stage
from zusage.core.values import Period

KNOWABLE_S = 3.0


@dataclass(frozen=True)
class Busy:
    """Somebody's time with a member of staff; `call` is None for who booked on the web. Moments are unix seconds."""

    salon: str
    staff: str
    during: Period
    since: float
    until: float
    call: str | None


@dataclass(frozen=True)
class Judged:
    """How many times were named to callers, and how many of them somebody else had already."""

    named: int
    false_ledger: int
    false_web: int
    younger_web: int

    @property
    def false(self) -> int:
        return self.false_ledger + self.false_web


@dataclass(frozen=True)
class Proof:
    """Both calendars after the load. `missing`: promises that are neither there nor in review; `refused`: those in review."""

    promised: int
    there: int
    refused: int
    missing: int
    unwanted: int
    overlaps: int


def judge(stage: Stage, heard: Heard) -> Judged:
    ledger, web = list(_ledger(stage)), list(_web(stage))
    false_ledger = [each for each in heard.named if is_taken(each, ledger)]
    strict = [each for each in heard.named if is_taken(each, web)]
    known = [each for each in strict if is_taken(each, web, grace=KNOWABLE_S)]
    return Judged(len(heard.named), len(false_ledger), len(known), len(strict) - len(known))


def prove(stage: Stage) -> Proof:
    """Compare all promises with all bookings of ours, after everything has settled."""
    rows = stage.rows(
        "SELECT m.intent::text, m.review_at IS NOT NULL FROM mirror m"
        " JOIN appointment a USING (company_id, appointment_id) WHERE m.wanted = 'present'"
    )
    live = [each for each in stage.sim.world.bookings.values() if each.live]
    ours = {each.metadata["intent"] for each in live if "intent" in each.metadata}
    promised = {intent for intent, _ in rows}
    review = {intent for intent, reviewed in rows if reviewed}
    return Proof(
        promised=len(promised),
        there=len(promised & ours),
        refused=len(review),
        missing=len(promised - ours - review),
        unwanted=len(ours - promised),
        overlaps=_overlaps(stage),
    )


def _ledger(stage: Stage) -> Iterable[Busy]:
    """Every hold there ever was; one that was booked lasts."""
    rows = stage.rows(
        "SELECT d.key, r.name, h.starts_at, h.ends_at, extract(epoch FROM h.created_at),"
        " extract(epoch FROM CASE WHEN h.status = 'converted' THEN NULL ELSE coalesce(h.finished_at, h.expires_at) END),"
        " c.external_id FROM hold h JOIN directory.company d USING (company_id)"
        " JOIN resource r ON r.company_id = h.company_id AND r.resource_id = h.staff_id"
        " JOIN call c ON c.company_id = h.company_id AND c.call_id = h.call_id"
    )
    for salon, staff, start, end, since, until, call in rows:
        last = float("inf") if until is None else float(until)
        yield Busy(salon, staff, Period(start, end), float(since), last, call)


def _web(stage: Stage) -> Iterable[Busy]:
    users = stage.sim.world.users
    for each in stage.sim.world.bookings.values():
        if each.live and "intent" not in each.metadata:
            since = each.created_at.timestamp()
            yield Busy(
                each.account,
                users[each.host_id].name,
                Period(each.period.start, each.period.end),
                since,
                float("inf"),
                None,
            )


def is_taken(named: Named, busy: Iterable[Busy], *, grace: float = 0.0) -> bool:
    """Say whether another one had the time `grace` seconds before the question, and still had it at the answer."""
    call = f"call_{named.script.number}"
    return any(
        each.salon == named.script.salon.file.key
        and each.staff == named.staff
        and each.call != call
        and each.since < named.asked - grace
        and each.until > named.heard
        and each.during.overlaps(named.during)
        for each in busy
    )


def _overlaps(stage: Stage) -> int:
    """Count pairs of live bookings of one host that overlap and are both ours."""
    ours = [
        (each.host_id, each.period.start, each.period.end)
        for each in stage.sim.world.bookings.values()
        if each.live and "intent" in each.metadata
    ]
    ours.sort()
    return sum(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(ours))
