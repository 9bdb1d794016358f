from __future__ import annotations

import pytest

from zusage.inbound.voice.arguments import Arguments, clean_args
from zusage.inbound.voice.tool_names import TOOL_NAMES, canonical_tool, resolve_tool


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        *TOOL_NAMES.items(),
        ("check_availability_v17", "check_availability"),
        ("check-availability", "check_availability"),
        ("v17/check-availability", "check_availability"),
        ("v17/book-appointment", "book_appointment"),
        ("/api/retell/v17/book-appointment/", "book_appointment"),
        ("bookAppointment", "book_appointment"),
        ("BookAppointmentV17", "book_appointment"),
        ("functions.start_booking", "book_appointment"),
        ("initialize_call_v4", "initialize_call"),
        ("initialize-call-v4", "initialize_call"),
        ("get-services-v4", "get_available_services"),
        ("release_slot_reservation_v2", "release_hold"),
        (" Check Availability ", "check_availability"),
    ],
)
def test_old_names_and_versions_mean_todays_tools(name: str, tool: str) -> None:
    assert canonical_tool(name) == tool
    assert resolve_tool(name, Arguments()) == tool


@pytest.mark.parametrize(
    "name",
    [None, "", 7, [], {}, "cancel_everything", "v17", "/", "_v17", "x" * 100_000, "check", "\x00", "\ud800"],
)
def test_unknown_tools_are_none(name: object) -> None:
    assert canonical_tool(name) is None
    assert resolve_tool(name, Arguments()) is None


@pytest.mark.parametrize(
    "raw", [{"bestaetigung": True}, {"args": {"bestaetigung": "true"}}, {"confirm": "ja"}]
)
def test_incident_66_a_clear_yes_books(raw: object) -> None:
    assert resolve_tool("collect_appointment_data", clean_args(raw)) == "book_appointment"


@pytest.mark.parametrize(
    "raw", [{}, {"bestaetigung": False}, {"bestaetigung": "vielleicht"}, {"bestaetigung": None}]
)
def test_incident_66_anything_but_a_yes_only_checks(raw: object) -> None:
    assert resolve_tool("collect-appointment_v4", clean_args(raw)) == "check_availability"


@pytest.mark.parametrize("flag", [True, False, None, "nein"])
def test_incident_66_the_two_tools_do_not_hang_on_a_flag(flag: object) -> None:
    args = clean_args({"bestaetigung": flag})
    assert resolve_tool("book_appointment_v17", args) == "book_appointment"
    assert resolve_tool("check_availability_v17", args) == "check_availability"
