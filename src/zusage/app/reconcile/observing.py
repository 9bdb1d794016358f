"""The rules of observing: whose a booking is, and what the calendar's sight of a phase means. Pure.

What people did in the calendar is theirs to decide; what nobody did there is never undone here (protocols 1, 2, 20)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from zusage.app.mirror.ours import INTENT
from zusage.app.mirror.ports import CalendarBooking
from zusage.app.reconcile.sights import Phase, Sight, Verdict

STILL = timedelta(minutes=5)
"""For so long nothing must have happened to a phase before it is made anew, or what is left of it is cancelled."""
APART = timedelta(minutes=2)
"""How far apart the two looks are that find nothing (protocols 2)."""
INSTALLATION, COMPANY = "installation", "company"

_NOTHING = Verdict("nothing")

Whose = Literal["ours", "unknown", "foreign"]


@dataclass(frozen=True, slots=True)
class Ours:
    """By what a booking is known to be ours: the installation, the company, and the domain of made-up addresses."""

    installation_id: UUID
    company_id: UUID
    email_domain: str


def belongs(booking: CalendarBooking, phase: Phase) -> bool:
    """Say whether a booking is one of a phase's: by its uid, by where it was moved from, by an intent of any generation.

    A move copies the intent (protocols 19). What people made of a booking that is over here is a booking of theirs."""
    known = (*phase.uids, phase.uid)
    if booking.uid in known:
        return True
    if _revived(booking, phase):
        return False
    return booking.moved_from in phase.uids or booking.metadata.get(INTENT) in phase.intents


def _revived(booking: CalendarBooking, phase: Phase) -> bool:
    """Cal.com lets customers choose a new time for a booking that was cancelled; that is no leftover of ours."""
    made = booking.created_at
    over = phase.wanted == "absent" and not phase.busy
    return over and booking.moved_from is not None and made is not None and made > phase.still_since


def whose(booking: CalendarBooking, ours: Ours, phases: Iterable[Phase]) -> Whose:
    """Say whether a booking is of one of these phases, of one of ours that this database does not know, or of others.

    Only an intent that is known here makes it ours to act on (protocols 1)."""
    if any(belongs(booking, phase) for phase in phases):
        return "ours"
    metadata = booking.metadata
    if INTENT in metadata and INSTALLATION in metadata and metadata.get(COMPANY) == str(ours.company_id):
        return "unknown"
    return "unknown" if made_up_address(booking, ours) and INTENT in metadata else "foreign"


def made_up_address(booking: CalendarBooking, ours: Ours) -> bool:
    """Say whether somebody who comes has an address as only we make them up."""
    return any((each.email or "").endswith(f"@{ours.email_domain}") for each in booking.attendees)


def standing_at(booking: CalendarBooking, phases: Iterable[Phase]) -> Phase | None:
    """Find the phase whose place a booking has: its start, its end, and its host."""
    return next((phase for phase in phases if fits(booking, phase)), None)


def fits(booking: CalendarBooking, phase: Phase) -> bool:
    """Say whether a live booking stands as the phase is wanted; phases are compared, not claims (protocols 51)."""
    same = booking.start == phase.start and booking.end == phase.end
    return booking.alive and same and not _elsewhere(booking, phase)


def _elsewhere(booking: CalendarBooking, phase: Phase) -> bool:
    """Say whether a booking is with somebody else than the phase."""
    return phase.host_id is not None and booking.host_id != phase.host_id


def judge(phase: Phase, sight: Sight, now: datetime) -> Verdict:
    """Say what a sight means for a phase. What has begun is left as it is; so is what the routine is at."""
    if phase.start <= now:
        return _NOTHING
    living = _living(sight)
    if phase.wanted == "absent":
        return _leftover(phase, living, now)
    if phase.known in ("none", "sending", "unknown"):
        return _arriving(phase, living)
    if phase.busy:
        return _NOTHING
    return _standing(phase, sight, living, now) if living else _gone(phase, sight, now)


def _standing(phase: Phase, sight: Sight, living: Sequence[CalendarBooking], now: datetime) -> Verdict:
    """Of several that live the one at the end of the chain stays, else the one as it is wanted; always the same."""
    if phase.known == "absent" and not _still(phase, now):
        # Look-ups lag as well: what people cancelled a moment ago seems to live for a while.
        return _NOTHING
    kept, *more = sorted(
        living, key=lambda each: (each is not sight.current, not fits(each, phase), each.uid)
    )
    orphans = tuple((each.uid, "duplicate") for each in more) if _still(phase, now) else ()
    right = fits(kept, phase)
    # Where it was left it is we who want it elsewhere: nobody decided anything there, and a person has been asked.
    failed = not right and _unmoved(kept, phase)
    return _NOTHING if failed else Verdict("stands" if right else "moved", kept, orphans)


def _unmoved(booking: CalendarBooking, phase: Phase) -> bool:
    """Say whether a booking stands just where it was left."""
    return booking.uid == phase.uid and phase.stands == (booking.start, booking.end, booking.host_id)


def _living(sight: Sight) -> list[CalendarBooking]:
    current = [sight.current] if sight.current is not None and sight.current.alive else []
    return [*current, *sight.others]


def _arriving(phase: Phase, living: Sequence[CalendarBooking]) -> Verdict:
    """Merge forward only: what came before our answer did is ours as it is wanted, under the intent of now (20)."""
    for booking in living:
        if fits(booking, phase) and booking.metadata.get(INTENT) in (None, phase.intent):
            return Verdict("stands", booking)
    return _NOTHING


def _leftover(phase: Phase, living: Sequence[CalendarBooking], now: datetime) -> Verdict:
    """Dead here and alive there: a request that committed late, or a cancellation that never arrived (17)."""
    if phase.busy or phase.known not in ("none", "absent") or not living or not _still(phase, now):
        return _NOTHING
    return Verdict("unwanted", orphans=tuple((each.uid, "unwanted") for each in living))


def _gone(phase: Phase, sight: Sight, now: datetime) -> Verdict:
    if sight.current is not None:
        return Verdict("ended", sight.current)
    if not sight.asked:
        return _NOTHING
    if phase.known == "absent":
        return Verdict("ended")
    if phase.in_review or not _still(phase, now):
        return _NOTHING
    if phase.missed_at is None:
        return Verdict("missed")
    return Verdict("again") if now - phase.missed_at >= APART else _NOTHING


def _still(phase: Phase, now: datetime) -> bool:
    return not phase.busy and now - phase.still_since >= STILL


@dataclass(frozen=True, slots=True)
class Course:
    """What is to be done about an appointment: end it here, move it here, ask a person about these phases, or nothing."""

    kind: Literal["nothing", "cancel", "move", "ask"]
    ordinals: tuple[int, ...] = ()


def course(verdicts: Sequence[tuple[Phase, Verdict]]) -> Course:
    """Decide about an appointment by the verdicts on all its phases: it ends and moves as a whole, or a person decides.

    What is not wanted there any more (a phase of before it was moved) is no part of the whole."""
    wanted = [(phase, verdict) for phase, verdict in verdicts if phase.wanted == "present"]
    ended = tuple(phase.ordinal for phase, verdict in wanted if verdict.kind == "ended")
    moved = [(phase, verdict) for phase, verdict in wanted if verdict.kind == "moved"]
    if ended:
        whole = len(ended) == len(wanted)
        return Course("cancel" if whole else "ask", ended)
    if not moved:
        return Course("nothing")
    shifts = {_shift(*each) for each in moved}
    whole = len(moved) == len(wanted) and len(shifts) == 1 and all(not length for _, length, _ in shifts)
    return Course("move" if whole else "ask", tuple(phase.ordinal for phase, _ in moved))


def _shift(phase: Phase, verdict: Verdict) -> tuple[timedelta, timedelta, bool]:
    """How far a phase was moved, whether its length changed, and whether it is with somebody else now."""
    assert verdict.booking is not None
    length = (verdict.booking.end - verdict.booking.start) - (phase.end - phase.start)
    return verdict.booking.start - phase.start, length, _elsewhere(verdict.booking, phase)
