"""YAML with only the plain kinds of values, and the line of each."""

from __future__ import annotations

import re
from typing import Any

import yaml

Path = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """Leaves 14:30, 2026-11-24, +49... and "no" as the texts they look like; YAML 1.1 would change each of them."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (as its parent's)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9]\d*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d+\.\d+$"), list("-0123456789"))


class NotYamlError(Exception):
    """The text is no YAML of the plain kind."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def load_marked(text: str) -> tuple[Any, dict[Path, int]]:
    """Read one YAML document into plain values, with the line (from 1) of each path.

    :raises NotYamlError: the text is malformed, names a key twice, or uses tags or aliases."""
    try:
        _refuse_tags_and_aliases(text)
        return _load(_Loader(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYamlError(mark.line + 1 if mark else 1, f"this is not YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise NotYamlError(1, f"this is not YAML: {error}") from error


def _refuse_tags_and_aliases(text: str) -> None:
    for token in yaml.scan(text, Loader=_Loader):
        if isinstance(token, yaml.TagToken | yaml.AliasToken):
            line = token.start_mark.line + 1
            raise NotYamlError(
                line, "tags (!name) and aliases (*name) are not used here; write the value out"
            )


def _load(loader: _Loader) -> tuple[Any, dict[Path, int]]:
    try:
        node = loader.get_single_node()
        if node is None:
            return None, {}
        lines: dict[Path, int] = {}
        _walk(node, (), lines)
        return loader.construct_document(node), lines
    finally:
        loader.dispose()


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _walk(item, (*path, position), lines)
    if isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            inner = (*path, str(key.value))
            if inner in lines:
                raise NotYamlError(key.start_mark.line + 1, f'"{key.value}" stands twice')
            lines[inner] = key.start_mark.line + 1
            _walk(item, inner, lines)
