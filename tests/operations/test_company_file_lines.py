"""The lines of a TOML text, in all the ways TOML can be written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from zusage.app.operations.company_file._lines import line_map

TRICKY = '''\
# c [x]
line_2 = """
x = 1 ]
\\""" " ""
"""
line_6 = \'\'\'k = "
[no]\'\'\'  # [[z]]
"line_8.r".'line_8 t' = [ # hi ]
  "line_9", ["line_9", # ,
  "line_10"], { line_10 = "}", line_10y = [ {line_10z=1} ] },
]
line_12 = []
line_13 = {}
line_14 = ""
line_15 = 1979-05-27 07:32:00
line_16 = 1e3

[ line_18 . "line_18 v" ]
line_19 = 1
[[line_20]]
line_21.line_21y = "a#b"
line_21.line_22z = 2
[line_20.line_23]
line_24=true
[[line_20.line_25]]
line_26=1
[[line_20.line_25]]
line_28=2
[[line_20]]
[[line_20.line_30]]
line_31="\\\\"
line_32 = 'C:\\'
'''


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], object]]:
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _paths(item, (*path, position))


def _said(word: object) -> int | None:
    """Read the line that a key or text of the example names."""
    digits = (
        "".join(c for c in str(word).split("line_", 1)[1][:2] if c.isdigit()) if "line_" in str(word) else ""
    )
    return int(digits) if digits else None


def test_every_key_and_item_has_its_line() -> None:
    lines = line_map(TRICKY)
    found = [(path, value) for path, value in _paths(tomllib.loads(TRICKY)) if path]
    assert set(lines) == {path for path, _ in found}
    for path, value in found:
        named = path[-1] if isinstance(path[-1], str) else value
        if isinstance(named, str):
            assert lines[path] == _said(named), path


def test_items_of_an_array_of_tables_begin_at_their_headers() -> None:
    lines = line_map(TRICKY)
    assert [lines["line_20", 0], lines["line_20", 1]] == [20, 29]
    assert [lines["line_20", 0, "line_25", 0], lines["line_20", 0, "line_25", 1]] == [25, 27]
