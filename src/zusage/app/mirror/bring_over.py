"""Bring the mirrors of one appointment from what is known to what is wanted (D4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from zusage.app.mirror import moving, rules
from zusage.app.mirror.asking import Asking, Patience
from zusage.app.mirror.connection import CalendarConnection
from zusage.app.mirror.ports import Calendars
from zusage.app.mirror.rows import Action, MirrorRow, MirrorWork, Outcome, ReviewKind
from zusage.app.mirror.store import Changed, MirrorStore, MirrorUnit, tell_nobody
from zusage.app.points import Reach, pass_by
from zusage.core.values import Period

# Phases of one host are moved one after the other, each in a round of its own.
_MOST_ROUNDS = 16
_SOON = 120.0
_REFUSED = "Der Kalender nimmt die neue Zeit nicht an"


@dataclass(frozen=True, slots=True)
class Mirroring:
    """What the routine works with. `jitter` gives numbers between 0 and 1; `reach` is for rehearsals of faults.

    `changed` is told of times at which the calendar is not as it was read; `watch` is how long a create is looked for
    that is not wanted any more."""

    store: MirrorStore
    calendars: Calendars
    new_id: Callable[[], UUID]
    jitter: Callable[[], float]
    reach: Reach = pass_by
    patience: Patience = field(default_factory=Patience)
    changed: Changed = tell_nobody
    watch: timedelta = rules.WATCH


@dataclass(frozen=True, slots=True)
class Brought:
    """How it stands when the routine lets go: settled or not, what a person must look at now, what is in the way.

    `refused`: the calendar will not have a phase as it is, as far as one look can tell; what was moved is back then."""

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
    undone = False
    for _ in range(_MOST_ROUNDS):
        round_, brought = await _begin(company_id, appointment_id, mirroring, last=last)
        reviews += brought.reviews
        if round_ is None:
            return replace(brought, reviews=tuple(reviews), refused=brought.refused or undone)
        await mirroring.reach("lease_taken")
        outcomes = await _ask(round_, mirroring, live=live)
        await mirroring.reach("before_record")
        recorded = await _record(round_, outcomes, mirroring, live=live)
        reviews += recorded.reviews
        undone = undone or recorded.undone
        await mirroring.reach("recorded")
    return Brought(settled=False, refused=undone, reviews=tuple(reviews))


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
        taken = _plan(work, lease, last=last)
        for row, each in zip(work.rows, taken, strict=True):
            await _keep(unit, work, row, each)
        await _agree(unit, work, [each.row for each in taken])
        await unit.commit()
    leased = replace(work, rows=tuple(each.row for each in taken))
    actions = {each.row.ordinal: each.action for each in taken if each.action}
    round_ = _Round(leased, work.connection, lease, actions)
    brought = Brought(
        settled=all(each.row.settled for each in taken),
        refused=any(rules.is_refused(each.row) for each in taken),
        reviews=tuple((each.row.ordinal, each.review) for each in taken if each.review),
        leaving=tuple(sorted({other for each in taken for other in each.leaving})),
    )
    return (round_ if round_.actions else None), brought


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a run does about a row; `leaving` is what it has to wait for first, `held` that it is put off."""

    row: MirrorRow
    action: Action | None = None
    review: ReviewKind | None = None
    leaving: tuple[UUID, ...] = ()
    held: bool = False


def _plan(work: MirrorWork, lease: UUID, *, last: bool) -> list[_Taken]:
    """Decide about all rows together: phases of one appointment stand in each other's way (protocols 11)."""
    now = work.now
    rows = [moving.revised(rules.recovered(row, now), work.appointment_id, now) for row in work.rows]
    steps = {row.ordinal: rules.next_step(row, now) for row in rows}
    free = [row for row in rows if not moving.sibling_in_the_way(row, rows)]
    movers = moving.one_by_one([row for row in free if steps[row.ordinal] == "move"], rows)
    creates = {row.ordinal for row in free if steps[row.ordinal] == "create"}
    late = {n for n, step in steps.items() if step in ("create", "move")} - movers - creates
    taken = [
        _Taken(row) if row.ordinal in late else _take(row, steps[row.ordinal], lease, work, last=last)
        for row in rows
    ]
    if any(each.action for each in taken):
        return taken
    return [
        replace(each, row=rules.held_back(each.row, now), held=True) if each.row.ordinal in late else each
        for each in taken
    ]


def _take(row: MirrorRow, step: rules.Step, lease: UUID, work: MirrorWork, *, last: bool) -> _Taken:
    if step == "unmapped" or step == "misfit":  # noqa: PLR1714 - narrows the type
        given_up, review = rules.unbookable(row, step, work.now)
        return _Taken(given_up, review=review)
    if step == "rest":
        return _Taken(rules.rested(row, work.now))
    if step != "wait":
        return _Taken(rules.leased(row, step, lease, work.now), action=step)
    if not rules.waits_for_leaving(row, work.now):
        return _Taken(row)
    return _Taken(rules.held_back(row, work.now) if last else row, leaving=row.leaving, held=last)


async def _keep(unit: MirrorUnit, work: MirrorWork, before: MirrorRow, taken: _Taken) -> None:
    row = taken.row
    if row != before:
        await unit.save(work.appointment_id, row)
    if row.formers != before.formers:
        await unit.keep_formers(work.appointment_id, row)
    if taken.review is not None:
        await unit.review(work.appointment_id, row, taken.review)
    if row.settled_at is not None and before.settled_at is None:
        await unit.reviewed(work.appointment_id, row.ordinal)
    if taken.held and row.next_at is not None:
        await unit.wake(work.appointment_id, row.next_at)


async def _agree(unit: MirrorUnit, work: MirrorWork, rows: Sequence[MirrorRow]) -> None:
    """Give up the old time of a move once all of the appointment stands as it is wanted (protocols 10)."""
    if work.moving and all(row.settled for row in rows):
        await unit.settle_move(work.appointment_id)


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
    ask = {"move": asking.move, "trace": asking.trace, "drop": asking.drop}.get(action, asking.cancel)
    return {row.ordinal: await ask(row)}


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What came of a round: what a person must look at, whether a move was undone."""

    reviews: list[tuple[int, ReviewKind]] = field(default_factory=list)
    undone: bool = False


async def _record(
    round_: _Round, outcomes: Mapping[int, Outcome], mirroring: Mirroring, *, live: bool
) -> _Recorded:
    """Store what came of it, on the rows as they are now; only under our own lease (protocols 5)."""
    appointment_id, company_id = round_.work.appointment_id, round_.work.company_id
    reviews: list[tuple[int, ReviewKind]] = []
    changes: list[tuple[UUID, Period, bool]] = []
    refused: list[str] = []
    undone = False
    async with mirroring.store.unit(company_id) as unit:
        work = await unit.load(appointment_id)
        rows = {row.ordinal: row for row in work.rows} if work else {}
        for row in work.rows if work else ():
            outcome = outcomes.get(row.ordinal)
            if outcome is None or work is None:
                continue
            await unit.note(appointment_id, row.ordinal, outcome)
            if row.lease != round_.lease:
                rows[row.ordinal] = await _learn(unit, work, row, outcome, round_)
                continue
            changed, review = rules.after(row, outcome, work.now, mirroring.jitter(), mirroring.watch)
            if live and outcome.kind == "doubtful":
                # The caller waits: look once now; two looks apart are for what nobody undoes.
                changed = replace(changed, next_at=work.now)
            await _store(unit, work, row, changed, outcome)
            if review is not None:
                await unit.review(appointment_id, changed, review)
            rows[row.ordinal] = changed
            changes += _otherwise(row, outcome)
            reviews += [(row.ordinal, review)] if review is not None else []
            refused += [changed.failure_text] if rules.ends_move(changed, outcome, review) else []
        if work is not None and work.moving and refused:
            undone = await unit.unmove(appointment_id, _REFUSED, refused[0])
        elif work is not None:
            await _agree(unit, work, list(rows.values()))
        await unit.commit()
    for staff_id, period, doubtful in changes:
        await mirroring.changed(company_id, staff_id, period, doubtful=doubtful)
    return _Recorded(reviews, undone)


def _otherwise(row: MirrorRow, outcome: Outcome) -> list[tuple[UUID, Period, bool]]:
    """Say which times of whom are free there now, or not free as we had read, by an outcome.

    And whether it is doubtful what else we had read: a refusal does not say what is there, nor how long it is."""
    places = []
    if outcome.failure == "taken":
        places = [row.wanted_place]
    elif outcome.kind == "ended":
        places = [former.place for former in row.formers if former.uid in outcome.chain]
        places = places if outcome.action == "drop" else [row.place or row.wanted_place]
    elif outcome.kind == "confirmed" and outcome.action in ("move", "trace"):
        places = [place for place in (row.place, outcome.place) if place is not None]
    doubtful = outcome.failure == "taken"
    return [(place.staff_id, Period(place.start, place.end), doubtful) for place in places if place.staff_id]


async def _store(
    unit: MirrorUnit, work: MirrorWork, before: MirrorRow, row: MirrorRow, outcome: Outcome
) -> None:
    await unit.save(work.appointment_id, row)
    if row.formers != before.formers:
        await unit.keep_formers(work.appointment_id, row)
    for uid, why in (outcome.orphans or {}).items():
        await unit.add_orphan(work.appointment_id, row.ordinal, uid, why)
    if row.settled_at is not None:
        await unit.reviewed(work.appointment_id, row.ordinal)
    if row.next_at is not None and 0 < (row.next_at - work.now).total_seconds() <= _SOON:
        # Later than that the minute job is early enough.
        await unit.wake(work.appointment_id, row.next_at)


async def _learn(
    unit: MirrorUnit, work: MirrorWork, row: MirrorRow, outcome: Outcome, round_: _Round
) -> MirrorRow:
    sent = {each.ordinal: each.intent for each in round_.work.rows}
    changed, orphan = rules.learned(row, outcome, work.now, same_intent=sent[row.ordinal] == row.intent)
    if changed != row:
        await unit.save(work.appointment_id, changed)
    for uid, why in ({orphan: "duplicate"} if orphan else {}).items() | (outcome.orphans or {}).items():
        await unit.add_orphan(work.appointment_id, row.ordinal, uid, why)
    return changed
