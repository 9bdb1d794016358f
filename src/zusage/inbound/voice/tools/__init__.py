"""The tools of the voice door by canonical name; `book_appointment` stands behind all three booking names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from zusage.app.calls.ports import Answer
from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import ToolResult
from zusage.inbound.voice.tools.book_appointment import book_appointment
from zusage.inbound.voice.tools.check_availability import check_availability
from zusage.inbound.voice.tools.get_alternatives import get_alternatives
from zusage.inbound.voice.tools.get_available_services import get_available_services
from zusage.inbound.voice.tools.initialize_call import initialize_call
from zusage.inbound.voice.tools.release_hold import release_hold

Tool = Callable[[Talk], Awaitable[Answer | ToolResult]]

TOOLS: Mapping[str, Tool] = {
    "initialize_call": initialize_call,
    "get_available_services": get_available_services,
    "check_availability": check_availability,
    "get_alternatives": get_alternatives,
    "book_appointment": book_appointment,
    "confirm_booking": book_appointment,
    "release_hold": release_hold,
}
