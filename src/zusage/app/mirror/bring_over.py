"""Bring the mirrors of one appointment from what is known to what is wanted (D4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from zusage.app.mirror import rules
from zusage.app.mirror.asking import Asking, Patience
from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.ports import Calendars
from zusage.app.mirror.rows import Action, MirrorRow, MirrorWork, Outcome, ReviewKind
from zusage.app.mirror.store import Changed, MirrorStore, MirrorUnit, tell_nobody
from zusage.app.points import Reach, pass_by
from zusage.core.values import Period

_MOST_ROUNDS = 6
_SOON = 120.0


@dataclass(frozen=True, slots=True)
class Mirroring:
    """What the routine works with. `jitter` gives numbers between 0 and 1; `reach` is for rehearsals of faults.

    `changed` is told of times at which the calendar is not as it was read."""

    store: MirrorStore
    calendars: Calendars
    new_id: Callable[[], UUID]
    jitter: Callable[[], float]
    reach: Reach = pass_by
    patience: Patience = field(default_factory=Patience)
    changed: Changed = tell_nobody


@dataclass(frozen=True, slots=True)
class Brought:
    """How it stands when the routine lets go: settled or not, what a person must look at now, what is in the way.

    `refused`: the calendar will not have a phase as it is, as far as one look can tell."""

    settled: bool
    refused: bool = False
    reviews: tuple[tuple[int, ReviewKind], ...] = ()
    leaving: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class _Round:
    work: MirrorWork
    connection: CalendarConnection
    lease: UUID
    actions: Mapping[int, Action]


async def bring_over(
    company_id: UUID, appointment_id: UUID, mirroring: Mirroring, *, live: bool = False
) -> Brought:
    """Do what is due of an appointment's mirrors, phases concurrently, and store what came of it.

    Safe to repeat and to run twice at once: whoever has no lease does nothing. A crash at any point leaves a row that
    tells the next run what to do. No request leaves while a transaction is open.

    :raises LedgerBusy: the database is too busy; what was under way is looked up later.
    :raises SecretUnreadable: no key opens the calendar's key."""
    brought = await _rounds(company_id, appointment_id, mirroring, live=live)
    for other in brought.leaving:
        # Ours that leaves this host and time goes first; else we would be refused by ourselves (protocols 12).
        await _rounds(company_id, other, mirroring, live=live)
    if not brought.leaving:
        return brought
    return await _rounds(company_id, appointment_id, mirroring, live=live, last=True)


async def _rounds(
    company_id: UUID, appointment_id: UUID, mirroring: Mirroring, *, live: bool, last: bool = False
) -> Brought:
    reviews: list[tuple[int, ReviewKind]] = []
    for _ in range(_MOST_ROUNDS):
        round_, brought = await _begin(company_id, appointment_id, mirroring, last=last)
        reviews += brought.reviews
        if round_ is None:
            return replace(brought, reviews=tuple(reviews))
        await mirroring.reach("lease_taken")
        outcomes = await _ask(round_, mirroring, live=live)
        await mirroring.reach("before_record")
        reviews += await _record(round_, outcomes, mirroring, live=live)
        await mirroring.reach("recorded")
    return Brought(settled=False, reviews=tuple(reviews))


async def _begin(
    company_id: UUID, appointment_id: UUID, mirroring: Mirroring, *, last: bool
) -> tuple[_Round | None, Brought]:
    """Lease what is due, in one transaction; None where nothing is, or somebody else is at it.

    At the `last` look, what still waits for something that leaves is put off."""
    async with mirroring.store.unit(company_id) as unit:
        work = await unit.load(appointment_id)
        if work is None or work.connection is None or work.connection.paused:
            return None, Brought(settled=work is None or all(row.settled for row in work.rows))
        lease = mirroring.new_id()
        taken = [_take(rules.recovered(row, work.now), lease, work, last=last) for row in work.rows]
        for row, each in zip(work.rows, taken, strict=True):
            await _keep(unit, work, row, each)
        await unit.commit()
    round_ = _Round(
        work, work.connection, lease, {each.row.ordinal: each.action for each in taken if each.action}
    )
    brought = Brought(
        settled=all(row.settled for row in work.rows),
        refused=any(rules.is_refused(each.row) for each in taken),
        reviews=tuple((each.row.ordinal, each.review) for each in taken if each.review),
        leaving=tuple(sorted({other for each in taken for other in each.leaving})),
    )
    return (round_ if round_.actions else None), brought


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a run does about a row; `leaving` is what it has to wait for first."""

    row: MirrorRow
    action: Action | None = None
    review: ReviewKind | None = None
    leaving: tuple[UUID, ...] = ()


def _take(row: MirrorRow, lease: UUID, work: MirrorWork, *, last: bool) -> _Taken:
    step = rules.next_step(row, work.now)
    if step == "unmapped" or step == "misfit":  # noqa: PLR1714 - narrows the type
        given_up, review = rules.unbookable(row, step, work.now)
        return _Taken(given_up, review=review)
    if step != "wait":
        return _Taken(rules.leased(row, step, lease, work.now), action=step)
    if not rules.waits_for_leaving(row, work.now):
        return _Taken(row)
    return _Taken(rules.held_back(row, work.now) if last else row, leaving=row.leaving)


async def _keep(unit: MirrorUnit, work: MirrorWork, before: MirrorRow, taken: _Taken) -> None:
    if taken.row != before:
        await unit.save(work.appointment_id, taken.row)
    if taken.review is not None:
        await unit.review(work.appointment_id, taken.row, taken.review)
    if taken.leaving and taken.row.next_at is not None and taken.row.next_at > work.now:
        await unit.wake(work.appointment_id, taken.row.next_at)


async def _ask(round_: _Round, mirroring: Mirroring, *, live: bool) -> dict[int, Outcome]:
    """Send everything at once; each answer means something for its own row only."""
    patience = replace(mirroring.patience, live=live)
    asking = Asking(mirroring.calendars.of(round_.connection.access), patience, mirroring.reach)
    rows = {row.ordinal: row for row in round_.work.rows}
    looks = [rows[n] for n, action in round_.actions.items() if action == "look"]
    others = {n: action for n, action in round_.actions.items() if action != "look"}
    found, *answers = await asyncio.gather(
        _look(asking, round_.work, looks), *(_act(asking, round_.work, rows[n], a) for n, a in others.items())
    )
    return found | {n: outcome for answer in answers for n, outcome in answer.items()}


async def _look(asking: Asking, work: MirrorWork, rows: Sequence[MirrorRow]) -> dict[int, Outcome]:
    return await asking.look(work, rows) if rows else {}


async def _act(asking: Asking, work: MirrorWork, row: MirrorRow, action: Action) -> dict[int, Outcome]:
    if action == "create" and row.target is not None:
        return {row.ordinal: await asking.create(work, row, row.target)}
    return {row.ordinal: await asking.cancel(row)}


async def _record(
    round_: _Round, outcomes: Mapping[int, Outcome], mirroring: Mirroring, *, live: bool
) -> list[tuple[int, ReviewKind]]:
    """Store what came of it, on the rows as they are now; only under our own lease (protocols 5)."""
    appointment_id = round_.work.appointment_id
    reviews: list[tuple[int, ReviewKind]] = []
    otherwise: list[MirrorRow] = []
    async with mirroring.store.unit(round_.work.company_id) as unit:
        work = await unit.load(appointment_id)
        for row in work.rows if work else ():
            outcome = outcomes.get(row.ordinal)
            if outcome is None or work is None:
                continue
            await unit.note(appointment_id, row.ordinal, outcome)
            if row.lease != round_.lease:
                await _learn(unit, work, row, outcome)
                continue
            changed, review = rules.after(row, outcome, work.now, mirroring.jitter())
            if live and outcome.kind == "doubtful":
                # The caller waits: look once now; two looks apart are for what nobody undoes.
                changed = replace(changed, next_at=work.now)
            await _store(unit, work, changed, outcome, review)
            if review is not None:
                reviews.append((row.ordinal, review))
            if outcome.kind == "ended" or outcome.failure == "taken":
                # Free now, or not free as we had read.
                otherwise.append(row)
        await unit.commit()
    for row in otherwise:
        if row.staff_id is not None:
            await mirroring.changed(round_.work.company_id, row.staff_id, Period(row.start, row.end))
    return reviews


async def _store(
    unit: MirrorUnit, work: MirrorWork, row: MirrorRow, outcome: Outcome, review: ReviewKind | None
) -> None:
    await unit.save(work.appointment_id, row)
    for uid, why in (outcome.orphans or {}).items():
        await unit.add_orphan(work.appointment_id, row.ordinal, uid, why)
    if review is not None:
        await unit.review(work.appointment_id, row, review)
    if row.settled_at is not None:
        await unit.reviewed(work.appointment_id, row.ordinal)
    if row.next_at is not None and 0 < (row.next_at - work.now).total_seconds() <= _SOON:
        # Later than that the minute job is early enough.
        await unit.wake(work.appointment_id, row.next_at)


async def _learn(unit: MirrorUnit, work: MirrorWork, row: MirrorRow, outcome: Outcome) -> None:
    changed, orphan = rules.learned(row, outcome, work.now)
    if changed != row:
        await unit.save(work.appointment_id, changed)
    for uid, why in ({orphan: "duplicate"} if orphan else {}).items() | (outcome.orphans or {}).items():
        await unit.add_orphan(work.appointment_id, row.ordinal, uid, why)
