"""Carrying out, appointment by appointment, what a comparison has found; each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from zusage.app.errors import LedgerRefused
from zusage.app.mirror.ports import CalendarBooking
from zusage.app.mirror.store import Changed
from zusage.app.reconcile.describing import Describer
from zusage.app.reconcile.observing import Course
from zusage.app.reconcile.ports import ReconcileStore, ReconcileUnit
from zusage.app.reconcile.sights import Deed, Difference, External, Key, Phase, Verdict
from zusage.app.reconcile.taking_over import Team, bookings_of
from zusage.core.values import Period

_MOVED_THERE = "In Cal.com verschoben"
_CANCELLED_THERE = "In Cal.com abgesagt"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found about an appointment, and what is to be done about the whole."""

    appointment_id: UUID
    verdicts: tuple[tuple[Phase, Verdict], ...]
    course: Course

    @property
    def deeds(self) -> int:
        """Count the bookings that would be cancelled in the calendar or made anew."""
        return sum(len(verdict.orphans) + (verdict.kind == "again") for _, verdict in self.verdicts)

    @property
    def writes(self) -> bool:
        """Say whether there is anything to write; what a person has before them already is not."""
        return any(self._writes(phase, verdict) for phase, verdict in self.verdicts)

    def _writes(self, phase: Phase, verdict: Verdict) -> bool:
        if verdict.orphans:
            return True
        if verdict.kind in ("ended", "moved"):
            return self.course.kind != "ask" or not phase.in_review
        if verdict.kind == "stands":
            return _is_news(phase, verdict.booking)
        return verdict.kind != "nothing"


def _is_news(phase: Phase, booking: CalendarBooking | None) -> bool:
    assert booking is not None
    known = phase.known == "present" and phase.uid == booking.uid
    return not known or phase.in_review or phase.missed_at is not None


@dataclass(frozen=True, slots=True)
class Settler:
    """Carries out; `storing`: facts may be written down, `acting`: and what follows from them, done."""

    company_id: UUID
    team: Team
    describer: Describer
    store: ReconcileStore
    changed: Changed
    storing: bool
    acting: bool

    async def settle(self, judgement: Judgement) -> list[Difference]:
        """Carry out one judgement, and tell what it was about. What changed meanwhile is left for the next comparison."""
        deed: Deed = "done" if self.acting else "observed" if self.storing else "would_be_done"
        if self.acting and not judgement.writes:
            deed = "left"
        elif self.storing and judgement.writes:
            try:
                judgement, deed = await self._in_one(judgement, deed)
            except LedgerRefused:
                # Somebody was faster than the move: a person decides about it.
                judgement = replace(judgement, course=replace(judgement.course, kind="ask"))
                judgement, deed = await self._in_one(judgement, deed)
        if deed == "done" and judgement.course.kind in ("cancel", "move"):
            for phase, verdict in judgement.verdicts:
                await self._tell(phase, verdict)
        return [
            each
            for phase, verdict in judgement.verdicts
            for each in self.describer.verdict(phase, verdict, judgement.course, deed)
        ]

    async def _in_one(self, judgement: Judgement, deed: Deed) -> tuple[Judgement, Deed]:
        async with self.store.unit(self.company_id) as unit:
            now = await unit.lock(judgement.appointment_id)
            if any(phase not in now for phase, _ in judgement.verdicts):
                return judgement, "left"
            judgement = await self._write(unit, judgement)
            await unit.commit()
        return judgement, deed

    async def _write(self, unit: ReconcileUnit, judgement: Judgement) -> Judgement:
        """Write what a judgement says; gives it back with the course that it took."""
        for phase, verdict in judgement.verdicts:
            if verdict.kind == "stands" and _is_news(phase, verdict.booking):
                assert verdict.booking is not None
                await unit.stands(phase, verdict.booking)
        if not self.acting:
            return judgement
        for phase, verdict in judgement.verdicts:
            await self._mend(unit, phase, verdict)
        if judgement.course.kind == "cancel":
            await unit.cancel(
                judgement.appointment_id, [phase for phase, _ in judgement.verdicts], _why(judgement)
            )
        elif judgement.course.kind == "move" and not await self._follow(unit, judgement):
            judgement = replace(judgement, course=replace(judgement.course, kind="ask"))
        if judgement.course.kind == "ask":
            await self._ask(unit, judgement)
        return judgement

    async def _mend(self, unit: ReconcileUnit, phase: Phase, verdict: Verdict) -> None:
        """Leave to the mirror's routine what it is to cancel there or to make anew; nothing is asked from here (2)."""
        for uid, why in verdict.orphans:
            await unit.add_orphan(phase, uid, why)
        if verdict.kind == "missed":
            await unit.missed(phase)
        elif verdict.kind == "again":
            await unit.again(phase)

    async def _follow(self, unit: ReconcileUnit, judgement: Judgement) -> bool:
        """Move the whole appointment as people did; False where it cannot be, and a person decides."""
        moved = bookings_of(judgement.verdicts)
        takeover = self.team.takeover(moved)
        if takeover is None:
            return False
        return await unit.follow(judgement.appointment_id, moved, takeover.staff_id, _MOVED_THERE)

    async def _ask(self, unit: ReconcileUnit, judgement: Judgement) -> None:
        """Have a person decide; what a person has before them already stays as it is."""
        for phase, verdict in judgement.verdicts:
            if phase.in_review:
                continue
            if verdict.kind == "ended":
                await unit.ended(phase, self.describer.ended(verdict.booking))
            elif verdict.kind == "moved" and verdict.booking is not None:
                there = self.describer.booking(verdict.booking)
                await unit.differs(phase, verdict.booking, f"In Cal.com it stands elsewhere: {there}.")

    async def no_shows(self, shown: Mapping[Key, Mapping[str, CalendarBooking]]) -> list[Difference]:
        """Write into the history who did not come."""
        found: list[Difference] = []
        absent = [
            (key[0], each)
            for key, bookings in shown.items()
            for each in bookings.values()
            if each.guest_absent
        ]
        for appointment_id, booking in absent if self.storing and self.acting else ():
            async with self.store.unit(self.company_id) as unit:
                if await unit.no_show(appointment_id, booking.uid):
                    await unit.commit()
                    told = self.describer.other(
                        "no_show", booking, "the customer was expected", "written into the history", "done"
                    )
                    found.append(replace(told, appointment_id=appointment_id))
        return found

    async def _tell(self, phase: Phase, verdict: Verdict) -> None:
        """Tell whoever keeps free times of the day that a phase has left, and of that where it is now."""
        await self.changed(self.company_id, phase.staff_id, Period(phase.start, phase.end))
        booking = verdict.booking
        if verdict.kind == "moved" and booking is not None:
            staff_id = phase.staff_id
            if booking.host_id is not None:
                staff_id = self.team.hosts.get(booking.host_id, staff_id)
            await self.changed(self.company_id, staff_id, Period(booking.start, booking.end))

    async def block(self, booking: CalendarBooking, staff_id: UUID, stored: External | None) -> None:
        """Block the time of a booking of others, or where it is now."""
        during = Period(booking.start, booking.end)
        if not self.storing:
            return
        async with self.store.unit(self.company_id) as unit:
            await unit.block(booking.uid, staff_id, during)
            await unit.commit()
        await self.changed(self.company_id, staff_id, during)
        if stored is not None:
            await self._freed(stored)

    async def free(self, stored: External) -> None:
        """Give the time of a booking of others back that is over."""
        if self.storing:
            async with self.store.unit(self.company_id) as unit:
                await unit.free(stored.uid)
                await unit.commit()
            await self._freed(stored)

    async def missed(self, stored: External) -> None:
        """Note that a booking of others was not found; one look is not enough (2)."""
        if self.storing:
            async with self.store.unit(self.company_id) as unit:
                await unit.external_missed(stored.uid)
                await unit.commit()

    async def unknown(self, booking: CalendarBooking, *, over: bool) -> None:
        """Have a person look at a booking of ours that this database does not know, until it is over."""
        if self.storing:
            async with self.store.unit(self.company_id) as unit:
                await (unit.known_again(booking.uid) if over else unit.unknown(booking))
                await unit.commit()

    async def _freed(self, stored: External) -> None:
        await self.changed(self.company_id, stored.staff_id, Period(stored.start, stored.end))


def _why(judgement: Judgement) -> str:
    said = (
        verdict.booking.cancelled_because for _, verdict in judgement.verdicts if verdict.booking is not None
    )
    reason = next((each.strip() for each in said if each and each.strip()), "")
    return f"{_CANCELLED_THERE}: {reason}" if reason else _CANCELLED_THERE
