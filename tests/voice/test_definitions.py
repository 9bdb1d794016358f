from __future__ import annotations

import json
import re
from typing import Any

import pytest

from zusage.inbound.voice.arguments import ALIASES, clean_args
from zusage.inbound.voice.catalogue import CATALOGUE, ToolSpec
from zusage.inbound.voice.retell.definitions import tool_definitions, tool_path
from zusage.inbound.voice.tool_names import TOOL_NAMES, canonical_tool
from zusage.inbound.voice.tools import TOOLS

BASE = "https://voice.example.com"
# The fields a custom function of Retell may have (retell-sdk 6.2.13).
KNOWN_FIELDS = {
    "name", "type", "url", "args_at_root", "description", "enable_typing_sound", "execution_message_description",
    "execution_message_type", "headers", "max_retry", "method", "parameter_type", "parameters", "query_params",
    "response_variables", "speak_after_execution", "speak_during_execution", "timeout_ms",
}  # fmt: skip


def named(spec: ToolSpec) -> str:
    return spec.name


def test_the_tools_of_a_new_agent_and_of_older_flows() -> None:
    new = [d["name"] for d in tool_definitions(BASE)]
    assert new == [
        "initialize_call",
        "get_available_services",
        "check_availability",
        "get_alternatives",
        "book_appointment",
        "release_hold",
    ]
    assert {d["name"] for d in tool_definitions(BASE, legacy=True)} == {
        *new,
        "start_booking",
        "confirm_booking",
    }


def test_every_tool_that_can_be_resolved_has_a_definition() -> None:
    assert set(TOOL_NAMES.values()) <= {spec.name for spec in CATALOGUE}


@pytest.mark.parametrize("spec", CATALOGUE, ids=named)
def test_the_contract_holds_at_both_ends(spec: ToolSpec) -> None:
    assert canonical_tool(spec.name) is not None
    assert canonical_tool(tool_path(spec.name)) == canonical_tool(spec.name)
    assert set(spec.parameters) <= set(ALIASES)
    assert set(spec.required) <= set(spec.parameters)


@pytest.mark.parametrize("spec", CATALOGUE, ids=named)
def test_incident_65_no_tool_asks_for_a_call_id(spec: ToolSpec) -> None:
    assert "call_id" not in json.dumps([dict(spec.parameters), spec.required, dict(spec.variables)])


@pytest.mark.parametrize("spec", CATALOGUE, ids=named)
def test_incident_66_no_tool_asks_for_a_boolean(spec: ToolSpec) -> None:
    assert "confirm" not in spec.parameters
    assert all(schema["type"] != "boolean" for schema in spec.parameters.values())


def test_nothing_is_required_to_ask_about_a_time() -> None:
    required = {spec.name: spec.required for spec in CATALOGUE}
    assert required["check_availability"] == required["get_alternatives"] == ()
    assert required["book_appointment"] == ("name", "hold")


@pytest.mark.parametrize("spec", CATALOGUE, ids=named)
def test_a_bound_variable_comes_from_an_answer_and_is_nothing_until_then(spec: ToolSpec) -> None:
    answered = {variable for other in CATALOGUE for variable in other.variables}
    for name, schema in spec.parameters.items():
        if "const" in schema:
            variable = re.fullmatch(r"\{\{(\w+)\}\}", str(schema["const"]))
            assert variable is not None
            assert variable[1] in answered
            assert clean_args({name: schema["const"]}).given() == {}


@pytest.mark.parametrize("definition", tool_definitions(BASE, legacy=True), ids=lambda d: str(d["name"]))
def test_a_definition_is_what_the_platform_takes(definition: dict[str, object]) -> None:
    assert set(definition) <= KNOWN_FIELDS
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(definition["name"]))
    assert definition["url"] == f"{BASE}{tool_path(str(definition['name']))}"
    assert (definition["type"], definition["method"], definition["args_at_root"]) == ("custom", "POST", False)
    assert isinstance(definition["timeout_ms"], int)
    assert 1_000 <= definition["timeout_ms"] <= 10_000
    assert definition["speak_during_execution"] is ("execution_message_description" in definition)
    assert json.loads(json.dumps(definition)) == definition


def test_incident_56_whatever_reads_the_ledger_is_bridged_by_a_sentence() -> None:
    spoken = {
        str(one["name"]): str(one.get("execution_message_description", "")) for one in tool_definitions(BASE)
    }
    for name in ("check_availability", "get_alternatives", "book_appointment"):
        assert spoken[name].endswith("."), name


@pytest.mark.parametrize("definition", tool_definitions(BASE, legacy=True), ids=lambda d: str(d["name"]))
def test_incident_58_every_tool_that_is_named_is_there_and_says_when_to_use_it(
    definition: dict[str, Any],
) -> None:
    path = definition["url"].removeprefix(BASE)
    tool = canonical_tool(path)
    assert tool in TOOLS
    assert canonical_tool(definition["name"]) == tool
    assert re.search(
        r"aufrufen|wenn|bevor|nachdem|einmal|nie |zweiter schritt|älterer name",
        definition["description"].lower(),
    )
    assert len(definition["description"]) >= 30


def test_a_base_url_may_have_a_path_and_a_slash() -> None:
    assert tool_definitions(f"{BASE}/salon/")[0]["url"] == f"{BASE}/salon/api/retell/initialize-call"


@pytest.mark.parametrize(
    "base", ["", "voice.example.com", "ftp://x.example", "https://", f"{BASE}?a=1", f"{BASE}#a"]
)
def test_what_is_no_base_url_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        tool_definitions(base)
