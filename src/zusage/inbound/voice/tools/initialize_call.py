"""initialize_call: who calls, where, and what time it is; answers at once, known caller or not (incident 68)."""

from __future__ import annotations

from typing import Any

from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import ToolResult
from zusage.language.german import speak


async def initialize_call(talk: Talk) -> ToolResult:
    book, here = talk.book, talk.here
    customer = _customer(talk)
    if talk.look is not None:
        talk.look.greet(book)
    data = {
        "company": book.company_name,
        "branch": book.branch.name,
        "customer": customer,
        "current_time": {
            "iso": talk.iso(here.now),
            "date": here.today.isoformat(),
            "time": speak.time(here.local(here.now)),
            "weekday": speak.WEEKDAYS[here.today.weekday()],
            "timezone": book.branch.zone,
        },
    }
    return ToolResult("ok", talk.speech.welcome(book.company_name, customer=customer.get("name", "")), data)


def _customer(talk: Talk) -> dict[str, Any]:
    """A name only where the number has exactly one customer; a shared line is greeted without."""
    if talk.call.ref.caller is None:
        return {"status": "anonymous"}
    known = talk.run.customers
    if not known:
        return {"status": "new_customer"}
    if len(known) > 1:
        return {"status": "several", "names": [customer.name for customer in known]}
    return {"status": "found", "name": known[0].name}
