"""Everything that is wrong with a company file, collected while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

Path = tuple[str | int, ...]
"""Where a value stands: names of keys, and positions in lists counted from 0."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: file `line` (from 1), `field` (lists counted from 1), and how to mend it."""

    line: int
    field: str
    message: str


class CompanyFileError(Exception):
    """A company file cannot be used; `problems` holds everything that is wrong, in the order of the file."""

    def __init__(self, problems: Iterable[Problem], *, source: str) -> None:
        self.problems = sorted(problems)
        self.source = source
        lines = [f"{source}:{p.line}: {p.field + ': ' if p.field else ''}{p.message}" for p in self.problems]
        super().__init__("\n".join(lines))


class Report:
    """Collects problems by path and finds the line of each."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def problem(self, path: Path, message: str) -> None:
        self.problems.append(Problem(self._line(path), field_name(path), message))

    def warn(self, path: Path, message: str) -> None:
        self.warnings.append(Problem(self._line(path), field_name(path), message))

    def _line(self, path: Path) -> int:
        known = (self._lines.get(path[:length]) for length in range(len(path), 0, -1))
        return next((line for line in known if line is not None), 1)


def field_name(path: Path) -> str:
    """Write a path as people read it: `branch[2].hours.monday[1]`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give ` (did you mean "x"?)` for the nearest known word, or nothing."""
    near = get_close_matches(word.casefold(), folded := {k.casefold(): k for k in known}, n=1, cutoff=0.6)
    return f' (did you mean "{folded[near[0]]}"?)' if near else ""
