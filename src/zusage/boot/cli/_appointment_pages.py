"""Appointments as the command line shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from zusage.adapters.postgres.appointments import AppointmentState
from zusage.adapters.postgres.records import AppointmentRecord
from zusage.app.booking.outcomes import Refused
from zusage.boot.cli._ledger import print_appointment
from zusage.boot.cli._moving import MoveTried
from zusage.core.scheduling.wish import Refusal
from zusage.inbound.api.masking import mask_phone

_REFUSED = {
    "past": "that is over",
    "too_soon": "that is too soon for this service",
    "too_far": "that is further ahead than the branch books",
    "closed": "the branch is closed then",
    "too_late_for_service": "the branch closes before it would end",
    "off_grid": "the branch does not begin appointments at that minute",
    "not_free": "that is taken, here or in the calendar",
    "nobody": "nobody of the branch, or not who is wished, does this service",
    "unseen": "the calendar cannot be asked about that day",
}
_SEEN = "Cal.com shows the new time free."
_UNSEEN = "Cal.com could not be asked about the new time, so it may still refuse."
_NOT_MOVED = {
    "changed": "It has been moved meanwhile; look at it again.",
    "over": "It is cancelled, so it cannot be moved.",
    "none": "It is not there any more.",
}


def calendar_state(state: AppointmentState) -> str:
    """Say in a few words how an appointment stands in the calendar."""
    if not state.mirrors:
        return "no calendar"
    if state.reviews:
        return f"needs a person: {'; '.join(filter(None, state.reviews)) or 'see the review items'}"
    if state.move_until is not None:
        until = state.move_until.astimezone(ZoneInfo(state.zone))
        return f"being moved there, the old time is kept until {until:%H:%M}"
    if state.pending:
        gone = state.status != "booked"
        return "being cancelled there" if gone else "on its way there"
    return "stands there" if state.status == "booked" else "gone there"


def dump(company: str, state: AppointmentState) -> dict[str, Any]:
    """Give an appointment for --json: instants with the branch's offset, no telephone number."""
    return {
        "company": company,
        "id": str(state.appointment_id),
        "branch": state.branch,
        "service": state.service,
        "staff": state.staff,
        "attendee": state.attendee,
        "start": _local(state, state.start).isoformat(),
        "end": _local(state, state.end).isoformat(),
        "status": state.status,
        "calendar": calendar_state(state),
    }


def print_day(console: Console, day: date | None, found: Sequence[tuple[str, AppointmentState]]) -> None:
    """Print the appointments of a day, each with its id on a line of its own, so that it can be copied whole."""
    for company, state in found:
        time = f"{_local(state, state.start):%H:%M}-{_local(state, state.end):%H:%M}"
        lines = (
            f"{time}  {state.service} with {state.staff}, for {state.attendee}",
            f"  {company}, {state.branch}; {state.status}; calendar: {calendar_state(state)}",
            f"  {state.appointment_id}",
        )
        for line in lines:
            console.print(line, markup=False)
    count = f"{len(found)} appointment{'' if len(found) == 1 else 's'}"
    console.print(f"{count} {f'on {day.isoformat()}' if day else 'today'}")


def print_one(console: Console, state: AppointmentState, record: AppointmentRecord) -> None:
    """Print one with everything that belongs to it; of the telephone number, the last digits."""
    phone = mask_phone(record.phone) if record.phone else None
    print_appointment(console, replace(record, phone=phone))
    console.print(f"calendar: {calendar_state(state)}", markup=False)


def said_of_move(state: AppointmentState, tried: MoveTried, *, applied: bool) -> tuple[bool, list[str]]:
    """Say what came of a move: whether it is (or would be) where it was wanted, and sentences."""
    outcome = tried.outcome
    if isinstance(outcome, Refused):
        return False, _refused(state, outcome)
    if outcome.outcome in _NOT_MOVED:
        return False, [_NOT_MOVED[outcome.outcome]]
    plan = outcome.plan or {}
    to = _local(state, datetime.fromisoformat(str(plan["starts_at"])))
    if outcome.outcome == "same":
        return True, [f"It starts on {to:%a %d.%m.%Y at %H:%M} with {plan['staff_name']} already."]
    before = f"{_local(state, state.start):%a %d.%m.%Y %H:%M} with {state.staff}"
    after = f"{to:%a %d.%m.%Y %H:%M} with {plan['staff_name']}"
    said = [f"{state.service}: {before} → {after}{'' if applied else ', with --apply'}."]
    if tried.seen is not None:
        said.append(_SEEN if tried.seen else _UNSEEN)
    if outcome.move_id is not None:
        verb = "is" if applied else "will be"
        said.append(
            f"The calendar {verb} asked by the worker; the old time is kept until it has agreed, ten minutes at most."
        )
    return True, said


def said_of_cancel(state: AppointmentState, *, was_booked: bool, applied: bool) -> str:
    """Say what came of a cancellation."""
    if not was_booked:
        return "It is cancelled already."
    when = f"{_local(state, state.start):%a %d.%m.%Y %H:%M}"
    there = ", and goes from the calendar" if state.mirrors else ""
    return f"{state.service} on {when} with {state.staff} is cancelled{there}{'' if applied else ', with --apply'}."


def _refused(state: AppointmentState, refused: Refused) -> list[str]:
    said = [f"It stays where it is: {_why(state, refused.refusal)}."]
    if refused.offers:
        free = ", ".join(f"{_local(state, offer.start):%a %d.%m. %H:%M}" for offer in refused.offers)
        said.append(f"Free near that: {free}.")
    return said


def _why(state: AppointmentState, refusal: Refusal) -> str:
    why = _REFUSED[refusal.reason]
    if refusal.limit is not None:
        why += (
            f" (from {_local(state, refusal.limit):%d.%m.%Y %H:%M})"
            if refusal.reason == "too_soon"
            else (f" (until {_local(state, refusal.limit):%d.%m.%Y})")
        )
    return f"{why} ({refusal.note})" if refusal.note else why


def _local(state: AppointmentState, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(state.zone))
