"""check_availability: an exact time is checked and held in one step; a question about a window gets offers."""

from __future__ import annotations

from datetime import datetime

from zusage.app.booking.hold_slot import HoldOutcome, hold_slot
from zusage.app.calls.ports import Answer
from zusage.core.scheduling import day_bounds
from zusage.core.scheduling.wish import Refusal, Wish
from zusage.inbound.voice.refusals import Wanted, refusal
from zusage.inbound.voice.talk import NO_CALENDAR, Talk
from zusage.inbound.voice.toolcall import ToolResult
from zusage.inbound.voice.tools.get_alternatives import offer_window
from zusage.inbound.voice.understanding import Understood, chosen_offer, understand
from zusage.language.german import sentences


async def check_availability(talk: Talk) -> Answer | ToolResult:
    understood = _of_offer(talk) or understand(talk)
    if isinstance(understood, ToolResult):
        return understood
    if talk.run.call_over:
        return ToolResult("call_over", sentences.call_over())
    if understood.wish.exact is None:
        return await offer_window(talk, understood, closed="closed")
    return await _hold(talk, understood, understood.wish.exact)


def _of_offer(talk: Talk) -> Understood | None:
    """The offer the caller chose, by its identity: date, time and staff are not parsed again (incidents 47, 49)."""
    offer = chosen_offer(talk)
    service = talk.book.service(offer.service_id) if offer else None
    if offer is None or service is None:
        return None
    day = day_bounds(talk.book.branch.zone, talk.here.local(offer.start).date())
    return Understood(service, Wish(day, exact=offer.start, staff_id=offer.staff_id), staff_asked=False)


async def _hold(talk: Talk, understood: Understood, start: datetime) -> Answer:
    service = understood.service

    def conclude(outcome: HoldOutcome) -> Answer:
        if outcome.kind == "call_over":
            return ToolResult("call_over", sentences.call_over()).stored()
        if outcome.kind == "held":
            return _held(talk, understood, outcome).stored()
        why = outcome.refusal or Refusal("not_free")
        wanted = Wanted(service, start, _asked(talk, understood))
        return refusal(talk, wanted, why, outcome.offers).stored()

    search = talk.search(service, understood.wish)
    return await hold_slot(search, start, run=talk.run, open_unit=talk.open_unit, conclude=conclude)


def _held(talk: Talk, understood: Understood, outcome: HoldOutcome) -> ToolResult:
    taken = outcome.taken
    assert taken is not None
    assert taken.plan is not None
    assert taken.expires_at is not None
    plan = taken.plan
    hold = talk.hold_data(taken.token, taken.expires_at)
    say = sentences.held(
        talk.here,
        service=plan.service_name,
        start=plan.start,
        staff=_asked(talk, understood),
        price=plan.price,
        price_from=understood.service.price_from,
        seconds=hold["seconds_left"],
    )
    data = {
        "hold": hold,
        **talk.plan_data(plan.service_name, plan.staff_name, plan.start, plan.period.end, plan.price),
        "certainty": {"ledger": "held", "calendar": NO_CALENDAR},
    }
    return ToolResult("held", _noted(understood.note, say), data, hold_id=taken.hold_id)


def _asked(talk: Talk, understood: Understood) -> str:
    staff_id = understood.wish.staff_id
    return talk.staff_name(staff_id) if understood.staff_asked and staff_id else ""


def _noted(note: str, say: str) -> str:
    return f"{note} {say}" if note else say
