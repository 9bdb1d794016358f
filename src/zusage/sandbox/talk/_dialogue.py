"""The rehearsing agent's decisions: what to do after a sentence, and what an answer changes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from zusage.language.german import speak
from zusage.language.reading import Unclear, When
from zusage.sandbox.talk._choosing import Offer, chosen, named_choice, start_of
from zusage.sandbox.talk._listening import Heard
from zusage.sandbox.talk._texts import BOOKED_STAYS, FAREWELL, NOT_UNDERSTOOD, STILL_HELD, WHICH

Stage = Literal["open", "service", "when", "staff", "offers", "held", "name", "consultation", "booked"]
"""What the agent has asked last, so what the next sentence most likely answers."""


@dataclass(frozen=True, slots=True)
class State:
    """What has been said so far, in the caller's words, and where the talk stands."""

    stage: Stage = "open"
    service: str = ""
    when: str = ""
    staff: str = ""
    name: str = ""
    hold: str = ""
    start: datetime | None = None
    offers: Sequence[Offer] = ()
    choices: Sequence[str] = ()

    @property
    def anchor(self) -> datetime | None:
        """The time that was talked about last: what is held, else the first offer."""
        return self.start or (start_of(self.offers[0]) if self.offers else None)


@dataclass(frozen=True, slots=True)
class Call:
    """Call this tool; `state` is how things stand if it answers."""

    tool: str
    args: Mapping[str, Any]
    state: State


@dataclass(frozen=True, slots=True)
class Say:
    """Say this; `over` ends the call. `state` is how things stand then, None as before."""

    text: str
    over: bool = False
    state: State | None = None


Move = Call | Say


def decide(state: State, heard: Heard) -> Move:
    """Choose the one next step; whatever is not clear goes to the tools as it was said, and they ask."""
    if "bye" in heard.means and not (state.stage == "held" and "yes" in heard.means):
        return Say(FAREWELL, over=True)
    if "offered" in heard.means and "yes" not in heard.means:
        return Call("get_available_services", _given(category=_named(heard) or state.service), state)
    return _STAGES.get(state.stage, _open)(state, heard)


def _open(state: State, heard: Heard) -> Move:
    if "cancel" in heard.means or ("waive" in heard.means and heard.when is None):
        return _given_back(state, heard)
    if "more" in heard.means and state.service:
        return _search(state)
    filled = _filled(state, heard)
    if filled != state or "wish" in heard.means or "move" in heard.means:
        return _check(filled)
    return Say(NOT_UNDERSTOOD)


def _booked(state: State, heard: Heard) -> Move:
    if {"cancel", "waive", "move"} & heard.means:
        return Say(BOOKED_STAYS)
    return _open(State(name=state.name), heard)


def _service(state: State, heard: Heard) -> Move:
    """The answer to "which service": what fits none is said by the tool."""
    filled = _filled(state, heard)
    one = named_choice(heard.words, state.choices)
    # A choice may be a category: a service of it says more.
    if one and not (_is_named(heard) and one in _categories(heard)):
        filled = replace(filled, service=one)
    if filled != state:
        return _check(filled)
    if heard.means & {"no", "cancel", "waive"}:
        return _open(state, heard)
    return _check(replace(state, service=heard.text))


def _when(state: State, heard: Heard) -> Move:
    filled = _filled(state, heard)
    if filled != state:
        return _check(filled)
    if state.hold and ("yes" in heard.means or heard.name):
        # The yes follows a question about another time: what is held may not be what is meant.
        return _still_held(replace(state, name=heard.name or state.name))
    if heard.name or heard.means & {"no", "cancel", "waive", "more", "move"}:
        return _open(state, heard)
    return _check(replace(state, when=heard.text))


def _staff(state: State, heard: Heard) -> Move:
    return _check(replace(_filled(state, heard), staff=heard.staff or heard.text))


def _offers(state: State, heard: Heard) -> Move:
    number = None if "cancel" in heard.means else chosen(heard, state.offers)
    if number is not None and ("no" not in heard.means or heard.when is not None):
        return _taken(state, number)
    filled = _filled(state, heard)
    if filled != state or heard.means & {"cancel", "waive", "more"}:
        return _open(state, heard)
    if heard.means & {"no", "move"}:
        return _check(replace(state, when=""))
    return Say(WHICH if len(state.offers) > 1 else NOT_UNDERSTOOD)


def _held(state: State, heard: Heard) -> Move:
    if "cancel" in heard.means:
        return _given_back(state, heard)
    if _is_another_plan(state, heard):
        return _check(_filled(state, heard))
    if "move" in heard.means:
        return _check(replace(state, when=""))
    if "waive" in heard.means or ("no" in heard.means and "yes" not in heard.means and heard.when is None):
        return _release(state)
    if heard.means.isdisjoint({"but", "no"}) and ("yes" in heard.means or heard.name):
        return _book(replace(state, name=heard.name or state.name))
    return _still_held(state)


def _given_back(state: State, heard: Heard) -> Move:
    """Release what is held, but never by a sentence that names another plan, or says not to: then ask."""
    if "keep" in heard.means or (state.hold and _is_another_plan(state, heard)):
        return _still_held(state)
    return _release(state)


def _still_held(state: State) -> Say:
    """Ask once more, naming what is held."""
    if state.start is None:
        return Say(NOT_UNDERSTOOD)
    said = STILL_HELD.format(day=speak.WEEKDAYS[state.start.weekday()], time=speak.time(state.start))
    return Say(said, state=replace(state, stage="held"))


def _is_another_plan(state: State, heard: Heard) -> bool:
    filled = _filled(state, heard)
    return _is_another_time(state, heard) or filled.service != state.service or filled.staff != state.staff


def _is_another_time(state: State, heard: Heard) -> bool:
    if heard.when is None:
        return False
    if isinstance(heard.when, Unclear) or state.start is None:
        return True
    # "Etwas später" begins where the held time does.
    later = heard.when.kind == "open_end" and heard.when.daily is None and heard.when.start == state.start
    return later or not heard.when.fits(state.start)


def _name(state: State, heard: Heard) -> Move:
    if heard.means & {"cancel", "waive"} or (isinstance(heard.when, When) and not heard.name):
        return _held(state, heard)
    return _book(replace(state, name=heard.name or heard.text))


def _consultation(state: State, heard: Heard) -> Move:
    if "yes" in heard.means and "no" not in heard.means:
        return _check(replace(_filled(state, heard), service="Beratung"))
    return _open(replace(state, service=""), heard)


# Every stage but "open".
_STAGES: Mapping[Stage, Callable[[State, Heard], Move]] = {
    "service": _service,
    "when": _when,
    "staff": _staff,
    "offers": _offers,
    "held": _held,
    "name": _name,
    "consultation": _consultation,
    "booked": _booked,
}


def _filled(state: State, heard: Heard) -> State:
    """The state with what the sentence says of service, time and staff."""
    service = _service_words(heard) or state.service
    when = heard.when_words if heard.when is not None else state.when
    return replace(state, service=service, when=when, staff=heard.staff or state.staff)


def _service_words(heard: Heard) -> str:
    """The service by its name; where several are meant, or it is open which, the sentence for the tool to judge."""
    return _named(heard) or (heard.text if heard.service else "")


def _is_named(heard: Heard) -> bool:
    return heard.service is not None and heard.service.decision == "match"


def _categories(heard: Heard) -> set[str]:
    return {match.entry.category for match in heard.service.matches} if heard.service else set()


def _named(heard: Heard) -> str:
    """The one service that is meant by name, or ""."""
    meant = heard.service.matches if heard.service and _is_named(heard) else ()
    return meant[0].entry.name if len(meant) == 1 else ""


def _given(**args: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {name: value for name, value in args.items() if value}


def _check(state: State) -> Call:
    args = _given(service=state.service, when=state.when, staff=state.staff)
    return Call("check_availability", args, state)


def _taken(state: State, number: int) -> Call:
    return Call("check_availability", {"offer": number}, state)


def _search(state: State) -> Call:
    args = _given(service=state.service, when=state.when, staff=state.staff)
    return Call("get_alternatives", args, state)


def _book(state: State) -> Call:
    return Call("book_appointment", _given(name=state.name, hold=state.hold), state)


def _release(state: State) -> Call:
    return Call("release_hold", _given(hold=state.hold), replace(state, when=""))


def learn(state: State, answer: Mapping[str, Any]) -> State:
    """What an answer changes: what is held and offered now, and what was asked."""
    status, data = answer.get("status"), answer.get("data") or {}
    offers, hold = data.get("offers") or (), data.get("hold") or {}
    if status in {"booked", "already_booked"}:
        return State("booked", name=state.name)
    if hold:
        start = datetime.fromisoformat(data["start"])
        stage: Stage = "name" if status == "ask_name" else "held"
        return replace(state, stage=stage, hold=hold["token"], start=start, offers=())
    if offers:
        return replace(state, stage="offers", offers=tuple(offers), start=None)
    return _asked(replace(state, choices=tuple(data.get("choices") or ())), str(status), data)


_ASKED: Mapping[str, Stage] = {
    "ask_service": "service",
    "unknown_service": "service",
    "needs_main_service": "service",
    "not_by_phone": "service",
    "ask_when": "when",
    "past": "when",
    "closed": "when",
    "not_free": "when",
    "too_far": "when",
    "too_soon": "when",
    "ask_staff": "staff",
    "unknown_staff": "staff",
    "staff_cannot": "staff",
    "ask_name": "name",
    "needs_consultation": "consultation",
}


def _asked(state: State, status: str, data: Mapping[str, Any]) -> State:
    if data.get("reason") == "offer_unclear":
        return replace(state, stage="offers")
    if status in {"released", "nothing_held", "call_over"}:
        return replace(state, stage="open", hold="", start=None, offers=())
    if status in {"unknown_staff", "ask_staff", "staff_cannot"}:
        return replace(state, stage="staff", staff="")
    if status in {"unknown_service", "needs_main_service", "not_by_phone"}:
        return replace(state, stage="service", service="")
    return replace(state, stage=_ASKED.get(status, state.stage))
