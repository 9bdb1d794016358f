"""What a person should do about a review item, by its kind."""

from __future__ import annotations

from uuid import UUID

_CALL_BACK = frozenset(
    {
        "mirror_refused",
        "mirror_not_moved",
        "mirror_overdue",
        "move_refused",
        "move_overdue",
        "absence_over_promise",
        "stranded_promise",
        "external_over_promise",
    }
)
# Of this appointment alone: another one of the company may be what people cancelled in the calendar, and would be booked anew.
_RETRY = "`zusage mirror retry{one} --company {company} --apply`"
_ADVICE = {
    "mirror_refused": "The calendar refused the appointment, and it stands here only: call the customer back and agree "
    "on another time (`zusage appointments move` or `cancel`), or make room in Cal.com, then " + _RETRY + ".",
    "mirror_not_moved": "Cal.com did not move this part to where it is promised: call the customer back and agree on a time "
    "for the whole appointment (`zusage appointments move` or `cancel`), or make room in Cal.com, then "
    + _RETRY
    + ".",
    "mirror_unmapped": "No event type fits: mend the mapping (`zusage calcom map {company}`), then "
    + _RETRY
    + ".",
    "mirror_overdue": "The calendar has not taken the appointment for a day: look why (`zusage calcom check {company}`), "
    "then " + _RETRY + "; call the customer back if it cannot stand.",
    "mirror_alike": "Cal.com has a booking of the same host and time, perhaps typed in by hand: if it is this appointment, "
    "cancel it there, then " + _RETRY + "; else call the customer back.",
    "mirror_changed_there": "Somebody moved it in Cal.com to where it cannot be taken over: move it elsewhere there, which "
    "is then taken over, or " + _RETRY + " moves it back.",
    "mirror_cancelled_there": "Somebody cancelled it in Cal.com: cancel the appointment here too "
    "(`zusage appointments cancel{id} --company {company} --apply`), or " + _RETRY + " books it anew.",
    "calendar_check": "Mend at Cal.com or with `zusage calcom map {company}` what `zusage calcom check {company}` names; "
    "it closes by itself with the next night's look.",
    "external_over_promise": "Somebody booked in Cal.com over an appointment: call one of the two customers, and move or "
    "cancel theirs; it closes by itself then.",
    "calendar_unknown_intent": "A booking in Cal.com is of this installation, or of another one with the same key, and this "
    "database does not know it (a restored backup, a copy): look at it there; it closes by itself when it is over.",
    "calendar_observe_only": "Look at `zusage mirror diff --company {company}`; if it is right, "
    "`zusage mirror repair --company {company} --apply` carries it out and lets the worker act again.",
    "absence_over_promise": "Who serves is away then: call the customer back and agree on another time.",
    "move_refused": "The calendar refused the new time, so the appointment stands at its old one again: call the customer "
    "back and say so, or agree on another time (`zusage appointments move`). Where a `mirror_not_moved` item names the same "
    "appointment, somebody took its old time in Cal.com meanwhile: see to that item first.",
    "move_overdue": "The calendar has not answered to a move for ten minutes, and the old time is free again: look why "
    "(`zusage calcom check {company}`); if it refuses in the end, call the customer back.",
    "stranded_promise": "It cannot be kept as it stands: call the customer back, or put back what is missing.",
}
# What the calendar refused for a reason that has nothing to do with the time: nobody has to be called.
_MENDED_HERE = {
    "auth": "Cal.com refuses the key: give it a new one (`zusage calcom connect {company}`); what waits for it goes on by "
    "itself then.",
    "gone": "The event type is not in Cal.com any more: make it again there, or say which it is now "
    "(`zusage calcom map {company}`, then with --apply); then " + _RETRY + ".",
}
_NOT_GONE = (
    "The appointment is cancelled here, and the calendar did not let it go: cancel it in Cal.com, then "
    + _RETRY
    + "."
)
_ANY = "Look at it, and close it when it is seen to."


def advice_for(
    kind: str, company: str, *, appointment_id: UUID | None, cancelled: bool, failure: str = ""
) -> str:
    """Say in one sentence what a person should do about an item of a company (its key).

    `appointment_id`: the appointment that it is about, if it is about one, which is `cancelled` or not. `failure`: how the
    calendar refused it, if it did."""
    return _advice(kind, failure, cancelled=cancelled).format(
        company=company,
        one=f" --appointment {appointment_id}" if appointment_id else "",
        id=f" {appointment_id}" if appointment_id else "",
    )


def needs_callback(kind: str, *, cancelled: bool, failure: str = "") -> bool:
    """Say whether the customer has to be called back: what they were promised may not stand."""
    return kind in _CALL_BACK and not cancelled and not _is_mended_here(kind, failure)


def _advice(kind: str, failure: str, *, cancelled: bool) -> str:
    if _is_mended_here(kind, failure) and (failure == "auth" or not cancelled):
        return _MENDED_HERE[failure]
    return _NOT_GONE if cancelled and kind.startswith("mirror_") else _ADVICE.get(kind, _ANY)


def _is_mended_here(kind: str, failure: str) -> bool:
    return kind == "mirror_refused" and failure in _MENDED_HERE
