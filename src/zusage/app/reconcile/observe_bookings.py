"""Compare bookings that the calendar showed with the ledger, and carry out here what people did there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from zusage.app.mirror.ours import INTENT
from zusage.app.mirror.ports import CalendarBooking, ReadableCalendars, Terms
from zusage.app.mirror.store import Changed, tell_nobody
from zusage.app.reconcile.carrying_out import Judgement, Settler
from zusage.app.reconcile.describing import Describer
from zusage.app.reconcile.guarding import Mode, guard
from zusage.app.reconcile.observing import belongs, course, judge, made_up_address, standing_at
from zusage.app.reconcile.others import compare_others, others_gone
from zusage.app.reconcile.ports import Frame, Marks, ReconcileStore
from zusage.app.reconcile.reading import Paging, Reader
from zusage.app.reconcile.sights import Difference, External, Key, Phase, Verdict
from zusage.core.values import Period


@dataclass(frozen=True, slots=True)
class Reconciling:
    """What reconciliation works with; `within` are the seconds to wait for one answer of the calendar.

    `changed` is told of days on which the calendar has changed."""

    store: ReconcileStore
    calendars: ReadableCalendars
    new_id: Callable[[], UUID]
    changed: Changed = tell_nobody
    within: float = 10.0
    paging: Paging = field(default_factory=Paging)

    def reader(self, frame: Frame) -> Reader:
        terms = Terms(self.within, "background")
        return Reader(self.calendars.of(frame.connection.access), terms, self.paging)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the calendar showed: bookings by uid, and uids that it does not know.

    `during`: a list of everything that begins in this time; what is expected there and was not shown is asked for.
    `asked_about`: what a person is to decide about is asked for too; it may have come into order."""

    bookings: Mapping[str, CalendarBooking] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    during: Period | None = None
    asked_about: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """What differs; `stopped` says why nothing was done about it, "" where it was."""

    differences: tuple[Difference, ...] = ()
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger says about what was seen; `shown` are the bookings of each phase, by uid."""

    phases: Mapping[Key, Phase]
    expected: Sequence[Phase]
    externals: Mapping[str, External]
    orphans: frozenset[str]
    shown: Mapping[Key, Mapping[str, CalendarBooking]]


async def observe_bookings(
    company_id: UUID, frame: Frame, seen: Seen, reader: Reader, reconciling: Reconciling, *, mode: Mode
) -> Observed:
    """Compare what was seen with the ledger. Webhooks and comparisons come here, and nobody else does what follows.

    Safe to repeat and to run twice at once: a phase that has changed since it was read is left for the next time. No
    request leaves while a transaction is open, and none that changes anything there: the mirror's routine sends those.

    :raises CalendarError: a question stayed without an answer; nothing was done.
    :raises LedgerBusy: the database is too busy; what was done stays done."""
    known = await _read(company_id, frame, seen, reconciling.store)
    judgements = await _judgements(frame, seen, known, reader)
    lost = await others_gone(known.externals, seen.bookings, seen.during, seen.missing, reader)
    stopped = await guard(
        company_id, frame, sum(judgement.deeds for judgement in judgements), reconciling.store, mode=mode
    )
    settler = Settler(
        company_id,
        frame.team,
        Describer(frame.zone, frame.team),
        reconciling.store,
        reconciling.changed,
        storing=mode != "look",
        acting=mode == "go" or (mode == "work" and not stopped),
    )
    differences = [each for judgement in judgements for each in await settler.settle(judgement)]
    differences += await settler.no_shows(known.shown)
    mine = known.orphans.union(*(known.shown.values()))
    others = {uid: booking for uid, booking in {**seen.bookings, **lost.found}.items() if uid not in mine}
    differences += await compare_others(frame, others, lost.missing, known.externals, settler)
    if mode == "look":
        differences += _pending(known, judgements, settler.describer)
    return Observed(tuple(differences), stopped)


async def _read(company_id: UUID, frame: Frame, seen: Seen, store: ReconcileStore) -> _Known:
    async with store.unit(company_id) as unit:
        expected = [*(await unit.expected(seen.during) if seen.during else ())]
        if seen.asked_about:
            expected += await unit.asked_about()
        found = await unit.phases(_marks(frame, seen, expected))
        shown_uids = [*seen.bookings, *seen.missing]
        externals = [*await unit.externals(uids=shown_uids)]
        if seen.during:
            externals += await unit.externals(during=seen.during)
        orphans = await unit.orphans(shown_uids)
    phases = {phase.key: phase for phase in found}
    shown = _shown(frame, seen, list(phases.values()), orphans)
    return _Known(phases, expected, {each.uid: each for each in externals}, orphans, shown)


def _marks(frame: Frame, seen: Seen, expected: Iterable[Phase]) -> Marks:
    bookings = seen.bookings.values()
    uids = {uid for booking in bookings for uid in (booking.uid, booking.moved_from) if uid} | seen.missing
    appointments = {_id(booking.metadata.get("appointment")) for booking in bookings}
    places = {
        (frame.hosts[host], booking.start)
        for booking in bookings
        if made_up_address(booking, frame.ours)
        for host in booking.host_ids[:1]
        if host in frame.hosts
    }
    intents = {_id(booking.metadata.get(INTENT)) for booking in bookings}
    return Marks(
        frozenset(uids),
        frozenset(each for each in intents if each),
        frozenset({each for each in appointments if each} | {phase.appointment_id for phase in expected}),
        frozenset(places),
    )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _shown(
    frame: Frame, seen: Seen, phases: Sequence[Phase], orphans: frozenset[str]
) -> dict[Key, dict[str, CalendarBooking]]:
    """Sort the bookings by the phase that each belongs to."""
    shown: dict[Key, dict[str, CalendarBooking]] = {}
    for uid, booking in seen.bookings.items():
        if uid in orphans:
            continue
        phase = next((each for each in phases if belongs(booking, each)), None)
        if phase is None and made_up_address(booking, frame.ours):
            # An address of ours at a start of ours: whatever became of the metadata, it is ours (20).
            phase = standing_at(booking, phases)
        if phase is not None:
            shown.setdefault(phase.key, {})[uid] = booking
    return shown


async def _judgements(frame: Frame, seen: Seen, known: _Known, reader: Reader) -> list[Judgement]:
    """Judge every phase that was shown, expected, or is missing; of what ends or moves, the whole appointment."""
    touched = {*known.shown, *(phase.key for phase in known.expected)}
    touched |= {key for key, phase in known.phases.items() if phase.uid in seen.missing}
    verdicts: dict[Key, Verdict] = {}
    for key in sorted(touched & known.phases.keys()):
        verdicts[key] = await _verdict(frame, known, key, reader)
    deviating = {key[0] for key, verdict in verdicts.items() if verdict.kind in ("ended", "moved")}
    for key in sorted(known.phases.keys() - verdicts.keys()):
        if key[0] in deviating:
            verdicts[key] = await _verdict(frame, known, key, reader)
    judgements = []
    for appointment_id in sorted({key[0] for key in verdicts}):
        judged = tuple(
            (known.phases[key], verdicts[key]) for key in sorted(verdicts) if key[0] == appointment_id
        )
        judgements.append(Judgement(appointment_id, judged, frame.team.decided(course(judged), judged)))
    return judgements


async def _verdict(frame: Frame, known: _Known, key: Key, reader: Reader) -> Verdict:
    phase = known.phases[key]
    if phase.start <= frame.now:
        return Verdict("nothing")
    return judge(phase, await reader.sight(phase, known.shown.get(key, {})), frame.now)


def _pending(known: _Known, judgements: Iterable[Judgement], describer: Describer) -> list[Difference]:
    """Tell what of the expected phases the routine has still to do, and no judgement has said anything about."""
    said = {
        phase.key
        for judgement in judgements
        for phase, verdict in judgement.verdicts
        if verdict.kind != "nothing"
    }
    told = (describer.pending(phase) for phase in known.expected if phase.key not in said)
    return [each for each in told if each is not None]
