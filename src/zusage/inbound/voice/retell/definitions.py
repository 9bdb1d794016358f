from __future__ import annotations

from urllib.parse import urlsplit

from zusage.inbound.voice.catalogue import CATALOGUE, ToolSpec


def tool_definitions(base_url: str, *, legacy: bool = False) -> list[dict[str, object]]:
    """Build the custom functions of a Retell agent (its `general_tools`) that call this service at `base_url`.

    Retell itself calls public HTTPS addresses only. With `legacy`, the older two-step names are defined as well.

    :raises ValueError: `base_url` is no absolute http(s) address without query."""
    base = base_url.strip().rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"not a base URL: {base_url!r}; give one like https://voice.example.com")
    return [_definition(spec, base) for spec in CATALOGUE if legacy or not spec.legacy]


def tool_path(name: str) -> str:
    """Name the route of one tool below the base URL: "check_availability" -> "/api/retell/check-availability"."""
    return f"/api/retell/{name.replace('_', '-')}"


def _definition(spec: ToolSpec, base: str) -> dict[str, object]:
    definition: dict[str, object] = {
        "type": "custom",
        "name": spec.name,
        "description": spec.description,
        "url": base + tool_path(spec.name),
        "method": "POST",
        # Only the full payload carries the call: without it there is neither caller nor call id to trust.
        "args_at_root": False,
        "timeout_ms": spec.timeout_ms,
        "max_retry": 0,
        "speak_during_execution": spec.filler is not None,
        "speak_after_execution": True,
        "parameters": {
            "type": "object",
            "properties": {name: dict(schema) for name, schema in spec.parameters.items()},
            "required": list(spec.required),
        },
    }
    if spec.variables:
        definition["response_variables"] = dict(spec.variables)
    if spec.filler:
        definition |= {"execution_message_type": "static_text", "execution_message_description": spec.filler}
    return definition
