"""book_appointment, start_booking, confirm_booking: exactly one named plan becomes an appointment (protocols 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zusage.app.booking.book_plan import BookingOutcome, book_plan
from zusage.app.booking.confirm_hold import confirm_hold
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import Booked, Booker
from zusage.app.calls.ports import Answer, CallHold, StoredOffer
from zusage.core.people import normalise_name, normalise_phone
from zusage.core.scheduling.masters import Service, Staff
from zusage.core.values import Money
from zusage.inbound.voice.refusals import Wanted, refusal
from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import Status, ToolResult
from zusage.inbound.voice.tools.check_availability import check_availability
from zusage.inbound.voice.understanding import (
    Understood,
    chosen_offer,
    find_service,
    find_staff,
    find_when,
    of_offer,
    said_when,
    understand,
    which_wish,
)
from zusage.language.german import Name, NoName, understand_name
from zusage.language.reading import When

_Target = CallHold | Understood
"""What to book: a hold of the call, or a plan of its own at an exact time."""

_BOOKABLE = ("held", "converted", "expired")
"""A hold of these may be booked: it is, it was (and answers so), or its plan is tried again."""


async def book_appointment(talk: Talk) -> Answer | ToolResult:
    """Book the plan that is named: by hold, by offer, or by service and time; without any, what the call holds."""
    if talk.args.confirm is False:
        return await _not_yet(talk)
    target = _target(talk)
    if isinstance(target, ToolResult):
        return target
    booker = _booker(talk)
    if isinstance(booker, NoName):
        return ToolResult("ask_name", talk.speech.say(booker.key), _still_held(talk))
    if isinstance(target, CallHold):
        return await _book_hold(talk, target, booker)
    if talk.run.call_over:
        return ToolResult("call_over", talk.speech.call_over())
    return await _book_plan(talk, target, booker)


async def _not_yet(talk: Talk) -> Answer | ToolResult:
    """A clear no never books: what is held stays held, and without a hold the question is whether it is free."""
    return _kept(talk, talk.held) if talk.held else await check_availability(talk)


def _target(talk: Talk) -> _Target | ToolResult:
    offer = chosen_offer(talk)
    if isinstance(offer, ToolResult):
        return offer
    if offer is not None:
        return _by_offer(talk, offer)
    return _beside_hold(talk, talk.held) if talk.held else _without_hold(talk)


def _by_offer(talk: Talk, offer: StoredOffer) -> _Target | ToolResult:
    """The later word counts: an offer named after the hold was made wins, a hold made after the offers is asked about."""
    last, held = talk.run.hold, talk.held
    if last is not None and last.status in _BOOKABLE and _same_plan(last, offer):
        return last
    if held is not None and held.created_at > offer.made_at:
        return _kept(talk, held)
    return of_offer(talk, offer) or ToolResult("nothing_held", talk.speech.nothing_held())


def _same_plan(hold: CallHold, offer: StoredOffer) -> bool:
    return (hold.service_id, hold.staff_id, hold.start) == (offer.service_id, offer.staff_id, offer.start)


def _beside_hold(talk: Talk, held: CallHold) -> _Target | ToolResult:
    """What is held, unless another hold or an offer that is not there was named, or the words mean another plan."""
    args = talk.args
    strange = args.hold not in {None, held.token} and not said_when(talk)
    if strange or args.offer_number is not None or not _means(talk, held):
        return _kept(talk, held)
    return held


def _without_hold(talk: Talk) -> _Target | ToolResult:
    """Nothing is held: the words mean what was held last (booked since, or run out), or a plan of their own."""
    last, args = talk.run.hold, talk.args
    if last is not None and last.status in _BOOKABLE and _means(talk, last):
        return last
    if last is not None and not (args.service or said_when(talk)):
        return ToolResult("nothing_held", talk.speech.nothing_held())
    understood = understand(talk)
    return understood if isinstance(understood, ToolResult) else _exact(talk, understood)


def _means(talk: Talk, hold: CallHold) -> bool:
    """Whether the words beside name this plan, or nothing that contradicts it."""
    return _is_service(talk, hold) and _is_staff(talk, hold) and _is_time(talk, hold)


def _is_time(talk: Talk, hold: CallHold) -> bool:
    """The held time, or its day, or its time of day; a wider window names nothing, and what is unclear is no match."""
    if not said_when(talk):
        return True
    said = find_when(talk)
    return (
        isinstance(said, When) and (said.kind == "instant" or said.grain == "day") and said.fits(hold.start)
    )


def _is_staff(talk: Talk, hold: CallHold) -> bool:
    service = talk.book.service(hold.service_id)
    wanted = find_staff(talk, service) if service is not None else None
    return wanted is None or (isinstance(wanted, Staff) and wanted.id == hold.staff_id)


def _is_service(talk: Talk, hold: CallHold) -> bool:
    if talk.args.service is None:
        return True
    named = find_service(talk)
    return isinstance(named, Service) and named.id == hold.service_id


def _kept(talk: Talk, hold: CallHold) -> ToolResult:
    """Another plan is held than the one that was named: say which, book nothing."""
    say = talk.speech.replaced(talk.here, start=hold.start)
    return ToolResult("replaced", say, _still_held(talk), hold_id=hold.hold_id)


def _still_held(talk: Talk) -> dict[str, Any]:
    held = talk.held
    if held is None:
        return {}
    return {"hold": talk.hold_data(held.token, held.expires_at, talk.run.now), **_plan(talk, held.plan)}


def _exact(talk: Talk, understood: Understood) -> _Target | ToolResult:
    if understood.further and understood.said is not None:
        return which_wish(talk, understood.said.choices)
    if understood.wish.exact is None:
        return ToolResult("ask_when", talk.speech.ask_when(), {"reason": "no_exact_time", "readings": []})
    return understood


def _booker(talk: Talk) -> Booker | NoName:
    """Who books: the name that was said, else the one customer known under the verified number; else what to ask.

    A name whose letters were not understood is asked for again, whoever is known: it may be another one."""
    known = talk.run.customers
    said = understand_name(talk.args.name or "")
    attendee = understand_name(talk.args.attendee or "")
    for heard in (said, attendee):
        if isinstance(heard, NoName) and heard.reason in {"not_understood", "spelling"}:
            return heard
    if isinstance(said, NoName) and len(known) != 1:
        return said
    name = known[0].name if isinstance(said, NoName) else said.full
    return Booker(
        phone=talk.call.ref.caller,
        name=name,
        name_key=normalise_name(name),
        attendee=attendee.full if isinstance(attendee, Name) else name,
        contact=normalise_phone(talk.args.phone),
        notes=talk.args.notes or "",
    )


async def _book_hold(talk: Talk, hold: CallHold, booker: Booker) -> Answer:
    service = talk.book.service(hold.service_id)
    # Until now it was held: so somebody else was faster in the calendar.
    lost: Status = "conflict" if hold.status == "held" and hold.expires_at > talk.run.now else "expired"
    again = None
    if service is not None and not talk.run.call_over:
        again = talk.search(service, talk.wish_at(hold.start, hold.staff_id))

    def conclude(outcome: BookingOutcome) -> Answer:
        if isinstance(outcome, Refused) and service is not None:
            return refusal(talk, Wanted(service, hold.start), outcome, lost=lost).stored()
        return _of_ledger(talk, outcome, hold.start).stored()

    return await confirm_hold(
        hold,
        again,
        booker,
        run=talk.run,
        open_unit=talk.open_unit,
        conclude=conclude,
        confirm=talk.confirm,
    )


async def _book_plan(talk: Talk, plan: Understood, booker: Booker) -> Answer | ToolResult:
    start = plan.wish.exact
    assert start is not None
    if (same := _booked_before(talk, plan, start, booker)) is not None:
        return same

    def conclude(outcome: BookingOutcome) -> Answer:
        if isinstance(outcome, Refused):
            result = refusal(talk, Wanted(plan.service, start), outcome, lost="conflict")
        else:
            result = _of_ledger(talk, outcome, start)
        return result.after(plan.note).stored()

    return await book_plan(
        talk.search(plan.service, plan.wish),
        start,
        booker,
        run=talk.run,
        open_unit=talk.open_unit,
        conclude=conclude,
        price=plan.price,
        confirm=talk.confirm,
    )


def _booked_before(talk: Talk, plan: Understood, start: datetime, booker: Booker) -> ToolResult | None:
    """The same person for the same service at the same time in this call: that appointment, whoever serves."""
    key = (plan.service.id, start, booker.attendee)
    for made in talk.run.appointments:
        if (made.service_id, made.start, made.attendee) == key:
            booked = Booked("already_booked", made.appointment_id, made.plan, made.attendee)
            return _booked(talk, booked, made.plan)
    return None


def _of_ledger(talk: Talk, outcome: BookingOutcome, start: datetime) -> ToolResult:
    """What the ledger said; a hold that cannot be taken again is gone."""
    match outcome:
        case Booked(outcome="booked" | "already_booked", plan=plan) if plan is not None:
            return _booked(talk, outcome, plan)
        case Booked(outcome="call_over"):
            return ToolResult("call_over", talk.speech.call_over())
        case Booked(outcome="replaced" | "released" | "none"):
            return ToolResult("nothing_held", talk.speech.nothing_held())
        case _:
            say = talk.speech.expired_and_gone(talk.here, start=start, offers=())
            data = {"reason": "not_free", "requested": talk.iso(start), "offers": []}
            return ToolResult("expired", say, data)


def _plan(talk: Talk, plan: Mapping[str, Any]) -> dict[str, Any]:
    start, end = (datetime.fromisoformat(plan[key]) for key in ("starts_at", "ends_at"))
    price = Money(plan["price_cents"], plan["currency"])
    return talk.plan_data(plan["service_name"], plan["staff_name"], start, end, price)


def _booked(talk: Talk, booked: Booked, plan: Mapping[str, Any]) -> ToolResult:
    appointment = {"id": str(booked.appointment_id), **_plan(talk, plan), "name": booked.attendee}
    data = {"appointment": appointment}
    start = datetime.fromisoformat(plan["starts_at"])
    service, staff = plan["service_name"], plan["staff_name"]
    if booked.outcome == "already_booked":
        say = talk.speech.already_booked(talk.here, service=service, start=start, staff=staff)
        return ToolResult("already_booked", say, data)
    name = booked.attendee or ""
    say = talk.speech.booked(talk.here, service=service, start=start, staff=staff, name=name)
    return ToolResult("booked", say, data)
