"""docs/voice-contract.md as tests read it: which fields an answer of each status has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = (Path(__file__).parents[2] / "docs" / "voice-contract.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class StatusRow:
    success: bool
    always: frozenset[str]
    sometimes: frozenset[str]


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables under a heading, without their heads."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def words(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)(?:\[\])?`", cell))


def _status(cells: list[str]) -> StatusRow:
    sometimes = set(re.findall(r"`([a-z_]+)`\?", cells[3]))
    return StatusRow(cells[1] == "yes", frozenset(words(cells[3]) - sometimes), frozenset(sometimes))


STATUSES: Mapping[str, StatusRow] = {
    row[0].strip("`"): _status(row) for row in rows("The answer") if len(row) == 4 and row[1] in {"yes", "no"}
}


def broken(answer: Mapping[str, Any]) -> str:
    """Say what of an answer is not as the page says; "" if all is."""
    row = STATUSES.get(answer["status"])
    if row is None:
        return f"no such status: {answer['status']}"
    fields = set(answer["data"])
    missing, extra = row.always - fields, fields - row.always - row.sometimes
    if missing or extra or answer["success"] != row.success:
        return f"{answer['status']}: missing {sorted(missing)}, not on the page {sorted(extra)}"
    if "\n" in answer["say"] or not answer["say"].strip():
        return f"{answer['status']}: `say` is not one line: {answer['say']!r}"
    return ""
