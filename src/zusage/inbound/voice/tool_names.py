"""The names that agents send for tools, old ones and versions among them, brought to the tools of today."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zusage.inbound.voice.arguments import Arguments, fold

TOOL_NAMES: Mapping[str, str] = {
    "initialize_call": "initialize_call",
    "init_call": "initialize_call",
    "get_current_context": "initialize_call",
    "current_context": "initialize_call",
    "get_available_services": "get_available_services",
    "list_services": "get_available_services",
    "get_services": "get_available_services",
    "check_availability": "check_availability",
    "reserve_slot": "check_availability",
    "get_alternatives": "get_alternatives",
    "find_next_available": "get_alternatives",
    "book_appointment": "book_appointment",
    "start_booking": "book_appointment",
    "confirm_booking": "confirm_booking",
    "release_hold": "release_hold",
    "release_slot_reservation": "release_hold",
    "release_reservation": "release_hold",
}
"""Every name of a tool that agents send, folded and without version -> the use case behind it."""

_BY_CONFIRMATION = frozenset({"collect_appointment_data", "collect_appointment"})
_VERSION = re.compile(r"v\d+")
_VERSION_SUFFIX = re.compile(r"(?:_v\d+)+$")


def canonical_tool(name: object) -> str | None:
    """Name the tool that a function name or path means ("check-availability_v17", "v17/bookAppointment"), or None.

    `collect_appointment_data` is no tool of its own: `resolve_tool` decides it by its confirmation."""
    return TOOL_NAMES.get(_bare_tool(name))


def resolve_tool(name: object, args: Arguments) -> str | None:
    """Name the tool to run. The older two-in-one function books only after a clear yes, and else checks; a name that
    says which of the two it is means just that, whatever the confirmation says."""
    bare = _bare_tool(name)
    if bare in _BY_CONFIRMATION:
        return "book_appointment" if args.confirm else "check_availability"
    return TOOL_NAMES.get(bare)


def _bare_tool(name: object) -> str:
    if not isinstance(name, str):
        return ""
    parts = [folded for part in re.split(r"[/.]", name[:200]) if (folded := fold(part))]
    named = [part for part in parts if not _VERSION.fullmatch(part)]
    return _VERSION_SUFFIX.sub("", named[-1]) if named else ""
