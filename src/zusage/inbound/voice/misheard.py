"""What a caller said that was not understood, brought to what may be kept: for the owner, who can teach the words."""

from __future__ import annotations

from typing import Literal

from zusage.app.calls.ports import Misheard
from zusage.inbound.voice.talk import Talk
from zusage.language.german.discretion import without_persons, wording


def misheard_service(talk: Talk, text: str, answered: Literal["ask", "none"]) -> Misheard | None:
    """Note words about a service that fitted none, or several; None where nothing but persons was said."""
    services = (service.name for service in talk.book.services)
    return _noted(talk, Misheard("service", text, "", answered), *services)


def misheard_time(talk: Talk, text: str, reason: str) -> Misheard | None:
    """Note words about a time that were unclear; None where nothing was said."""
    return _noted(talk, Misheard("when", text, "", "ask", reason))


def _noted(talk: Talk, said: Misheard, *services: str) -> Misheard | None:
    staff = (member.name for member in talk.book.staff)
    words = without_persons(said.words, known=_callers(talk), kept=[*staff, *services])
    key = wording(words)
    return Misheard(said.about, words, key, said.answered, said.reason) if key else None


def _callers(talk: Talk) -> list[str]:
    """Every name that this call knows of people who are not the staff."""
    run, args = talk.run, talk.args
    known = [customer.name for customer in run.customers] + [booked.attendee for booked in run.appointments]
    return [name for name in (*known, args.name, args.attendee) if name]
