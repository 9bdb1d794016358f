"""Checks requests against an OpenAPI document: paths, methods, headers, query and body, as strictly as Cal.com does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from calcom_server import Received

Json = Any
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


class OpenApi:
    def __init__(self, document: Json) -> None:
        self._document = document

    def problems(self, got: Received) -> list[str]:
        """Say everything about a request that the document does not allow."""
        found = self._operation(got)
        if found is None:
            return [f"no operation {got.method} {got.path}"]
        return [
            *self._about_headers(found, got),
            *self._about_query(found, got),
            *self._about_body(found, got),
        ]

    def _operation(self, got: Received) -> Json:
        for path, operations in self._document["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
            if re.fullmatch(pattern, got.path) and got.method.lower() in operations:
                return operations[got.method.lower()]
        return None

    def _about_headers(self, operation: Json, got: Received) -> Iterator[str]:
        for each in operation.get("parameters", ()):
            if each["in"] != "header" or not each.get("required"):
                continue
            said = got.headers.get(each["name"].lower())
            wanted = each["schema"].get("default")
            if said is None or (wanted is not None and said != wanted):
                yield f"header {each['name']}: {said} instead of {wanted}"

    def _about_query(self, operation: Json, got: Received) -> Iterator[str]:
        known = {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "query"}
        said = dict(got.query)
        yield from (f"query {name} is unknown" for name in said.keys() - known.keys())
        yield from (f"query {n} is missing" for n, p in known.items() if p.get("required") and n not in said)
        for name in said.keys() & known.keys():
            schema = known[name].get("schema", {})
            allowed = schema.get("enum") or schema.get("items", {}).get("enum")
            wrong = [part for part in said[name].split(",") if allowed and part not in allowed]
            yield from (f"query {name}={part}" for part in wrong)

    def _about_body(self, operation: Json, got: Received) -> Iterator[str]:
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            if got.body is not None:
                yield "a body where none is expected"
            return
        yield from self._about(schema, got.body, "body")

    def _about(self, schema: Json, value: Json, where: str) -> list[str]:
        if "$ref" in schema:
            return self._about(self._resolved(schema["$ref"]), value, where)
        if "allOf" in schema:
            return [problem for part in schema["allOf"] for problem in self._about(part, value, where)]
        if "oneOf" in schema:
            return min((self._about(part, value, where) for part in schema["oneOf"]), key=len)
        return self._about_value(schema, value, where)

    def _about_value(self, schema: Json, value: Json, where: str) -> list[str]:
        if "enum" in schema and isinstance(value, list):
            # The document's generator forgets that a list of these is meant.
            return [f"{where}: {each}" for each in value if each not in schema["enum"]]
        kinds = _TYPES.get(schema.get("type", ""))
        if kinds and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            return [f"{where}: {value!r} is no {schema['type']}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{where}: {value!r} is not in the enum"]
        if isinstance(value, list):
            items = {} if _contradicts_itself(schema) else schema.get("items", {})
            return [p for each in value for p in self._about(items, each, f"{where}[]")]
        return self._about_object(schema, value, where) if isinstance(value, dict) else []

    def _about_object(self, schema: Json, value: dict[str, Json], where: str) -> list[str]:
        properties = schema.get("properties")
        missing = [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        if properties is None:
            return missing
        unknown = [f"{where}.{name} is unknown" for name in value if name not in properties]
        inner = [
            problem
            for name in value.keys() & properties.keys()
            for problem in self._about(properties[name], value[name], f"{where}.{name}")
        ]
        return missing + unknown + inner

    def _resolved(self, reference: str) -> Json:
        return self._document["components"]["schemas"][reference.rsplit("/", 1)[1]]


def _contradicts_itself(schema: Json) -> bool:
    """Say whether a list's own example is not of the kind it demands (`lengthInMinutesOptions`: numbers, said to be text)."""
    kinds = _TYPES.get(schema.get("items", {}).get("type", ""), (object,))
    return not all(isinstance(each, kinds) for each in schema.get("example", ()))
