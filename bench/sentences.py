"""What the bench's callers say, and the envelope the voice platform puts around it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

KEY = "key_bench_platform"
BERLIN = ZoneInfo("Europe/Berlin")
HOT = 0
DAYS, FIRST_DAY = 200, 20
_STARTS = [9 * 60 + 30 * step for step in range(18)]
_HOT_STARTS = _STARTS[4:10]
_MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"]  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A time in one company that nobody else wants, unless the spot is hot."""

    company: int
    day: date
    minute: int
    number: int

    def arguments(self) -> dict[str, str]:
        """Say it in one of several ways."""
        day, (hour, minute) = self.day, divmod(self.minute, 60)
        month = _MONTHS[day.month - 1]
        ways = (
            f"am {day:%d.%m.%Y} um {hour}:{minute:02} Uhr",
            f"am {day.day}. {month} {day.year} um {hour} Uhr {minute or ''}".strip(),
            f"{day.day}. {month} um {'halb ' + str(hour + 1) if minute else str(hour) + ' Uhr'}",
        )
        way = ways[self.number % (3 if hour in {9, 10, 11} else 2)]
        service = ("Ich möchte einen Herrenschnitt", "Kinderschnitt", "Bart schneiden")[self.number % 3]
        return {"service": service, "when": way}


def slot(number: int, companies: int, *, hot: bool = False) -> Slot:
    """Give caller `number` a time: spread over companies and days, or all on a few starts of one company."""
    today = datetime.now(BERLIN).date()
    if hot:
        day = today + timedelta(days=FIRST_DAY)
        return Slot(HOT, day, _HOT_STARTS[number % len(_HOT_STARTS)], number)
    company, turn = number % companies, number // companies
    day = today + timedelta(days=FIRST_DAY + turn % DAYS)
    return Slot(company, day, _STARTS[turn // DAYS % len(_STARTS)], number)


def envelope(company: int, number: int, tool: str, args: dict[str, Any]) -> dict[str, Any]:
    """Build a function call as Retell sends it, a transcript of usual length included."""
    call = _call(company, number)
    said = json.dumps(args)
    call["transcript_with_tool_calls"] = [
        {"role": "agent", "content": "Guten Tag, hier ist der Salon. Was kann ich für Sie tun?"},
        {"role": "user", "content": f"Guten Tag, ich hätte gern einen Termin. {said}"},
        {
            "role": "tool_call_invocation",
            "tool_call_id": f"tool_{number}_{tool}",
            "name": tool,
            "arguments": said,
        },
    ]
    return {"name": tool, "args": args, "call": call}


def event(company: int, number: int, name: str) -> dict[str, Any]:
    return {"event": name, "call": _call(company, number) | {"disconnection_reason": "user_hangup"}}


def _call(company: int, number: int) -> dict[str, Any]:
    return {
        "call_id": f"call_{number}",
        "call_type": "web_call",
        "call_status": "ongoing",
        "from_number": f"+49151{number:08}",
        "agent_id": f"agent_bench_{company}",
        "agent_version": 7,
    }
