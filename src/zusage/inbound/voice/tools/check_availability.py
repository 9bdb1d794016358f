"""check_availability: an exact time is checked and held in one step; a question about a window gets offers."""

from __future__ import annotations

from datetime import datetime

from zusage.app.booking.hold_slot import HoldOutcome, hold_slot
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import Taken
from zusage.app.calls.ports import Answer
from zusage.core.scheduling.plan import Plan
from zusage.inbound.voice.certainty import certainty
from zusage.inbound.voice.refusals import Wanted, refusal
from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import ToolResult
from zusage.inbound.voice.tools.get_alternatives import offer_window
from zusage.inbound.voice.understanding import Understood, chosen_offer, of_offer, understand


async def check_availability(talk: Talk) -> Answer | ToolResult:
    offer = chosen_offer(talk)
    if isinstance(offer, ToolResult):
        return offer
    understood = (of_offer(talk, offer) if offer else None) or understand(talk)
    if isinstance(understood, ToolResult):
        return understood
    if talk.run.call_over:
        return ToolResult("call_over", talk.speech.call_over())
    if understood.wish.exact is None:
        return await offer_window(talk, understood, closed="closed")
    return await _hold(talk, understood, understood.wish.exact)


async def _hold(talk: Talk, understood: Understood, start: datetime) -> Answer:
    def conclude(outcome: HoldOutcome) -> Answer:
        return _result(talk, understood, start, outcome).after(understood.note).stored()

    search = talk.search(understood.service, understood.wish)
    return await hold_slot(
        search,
        start,
        run=talk.run,
        open_unit=talk.open_unit,
        conclude=conclude,
        price=understood.price,
    )


def _result(talk: Talk, understood: Understood, start: datetime, outcome: HoldOutcome) -> ToolResult:
    if isinstance(outcome, Refused):
        wanted = Wanted(understood.service, start, _asked(talk, understood))
        return refusal(talk, wanted, outcome)
    if outcome.plan is None or outcome.expires_at is None:
        return ToolResult("call_over", talk.speech.call_over())
    return _held(talk, understood, outcome, outcome.plan, outcome.expires_at)


def _held(talk: Talk, understood: Understood, taken: Taken, plan: Plan, expires_at: datetime) -> ToolResult:
    hold = talk.hold_data(taken.token, expires_at, taken.now)
    sure = certainty("held", taken.view, plan.staff_id, plan.period)
    say = talk.speech.held(
        talk.here,
        service=plan.service_name,
        start=plan.start,
        staff=_asked(talk, understood),
        price=plan.price,
        price_from=understood.service.price_from,
        seconds=hold["seconds_left"],
        unsure=not sure.certain,
    )
    data = {
        "hold": hold,
        **talk.plan_data(plan.service_name, plan.staff_name, plan.start, plan.period.end, plan.price),
        "certainty": sure.data,
    }
    return ToolResult("held", say, data, hold_id=taken.hold_id)


def _asked(talk: Talk, understood: Understood) -> str:
    staff_id = understood.wish.staff_id
    return talk.staff_name(staff_id) if understood.staff_asked and staff_id else ""
