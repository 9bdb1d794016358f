"""Reads typed values out of one table of the file and notes what does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from zusage.app.operations.company_file._report import Path, Report, did_you_mean

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEY_LIMIT = 60
# Names are spoken: nobody listens to more. A number or agent of more than 200 characters is never found.
_LONGEST_TEXT, _LONGEST_ITEM = 120, 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Table:
    """One table of the file. Asking for a key makes it a known one; `finish` reports the keys nobody asked for.

    A value of the wrong kind is noted and its default given, so that reading goes on and finds the rest."""

    def __init__(self, data: Mapping[str, object], path: Path, report: Report) -> None:
        self._data = data
        self._asked: set[str] = set()
        self.path = path
        self.report = report

    def at(self, *parts: str | int) -> Path:
        return (*self.path, *parts)

    def has(self, key: str) -> bool:
        return self.raw(key) is not None

    def raw(self, key: str) -> object:
        self._asked.add(key)
        return self._data.get(key)

    def problem(self, key: str, message: str) -> None:
        self.report.problem(self.at(key), message)

    def text(self, key: str, default: str | None = None, *, longest: int = _LONGEST_TEXT) -> str:
        """Read a text that is not blank and not too long; without a default the key is required."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if value is None:
            self.problem(key, f'is missing; add {key} = "..."')
        elif isinstance(value, str) and len(value.strip()) > longest:
            self.problem(key, f"has {len(value.strip())} characters; use {longest} at most")
        elif isinstance(value, str) and _is_text(value):
            return value.strip()
        else:
            self.problem(key, f'must be a text that is not empty, as {key} = "..."')
        return default or ""

    def slug(self, key: str = "key") -> str:
        """Read the short name that other parts refer to and that must never change."""
        value = self.text(key)
        if value and (not _KEY.fullmatch(value) or len(value) > _KEY_LIMIT):
            hint = "lower-case letters a-z, digits and single hyphens, 60 characters at most"
            self.problem(key, f'"{value}" is no key; use {hint}')
        return value

    def whole(self, key: str, default: int, *, low: int, high: int) -> int:
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.problem(key, f"must be a whole number from {low} to {high}")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problem(key, "must be true or false, without quotes")
            return default
        return value

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key, default)
        if value not in allowed:
            self.problem(
                key, f'"{value}" is not possible; use {_either(allowed)}{did_you_mean(value, allowed)}'
            )
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts, `()` where the key is missing; positions stay those of the file."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(_is_text(item) for item in value):
            self.problem(key, f'must be a list of texts, as {key} = ["...", "..."]')
            return ()
        for position, item in enumerate(value):
            if len(item.strip()) > _LONGEST_ITEM:
                message = f"has {len(item.strip())} characters; use {_LONGEST_ITEM} at most"
                self.report.problem(self.at(key, position), message)
        return tuple(item.strip() for item in value)

    def day(self, key: str) -> date | None:
        value = self.raw(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problem(key, f"must be a date without quotes, as {key} = 2026-12-24")
        return None

    def _header(self, key: str) -> str:
        """The name of a table within this one as it stands between brackets: "speech.texts"."""
        return ".".join(part for part in self.at(key) if isinstance(part, str))

    def table(self, key: str) -> Table | None:
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.problem(key, f"must be a table: write [{self._header(key)}] and its keys below")
            return None
        return Table(value, self.at(key), self.report)

    def tables(self, key: str) -> list[Table]:
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.problem(key, f"must be a list of tables: write [[{self._header(key)}]] before each")
            return []
        return [Table(item, self.at(key, index), self.report) for index, item in enumerate(value)]

    def rest(self) -> dict[str, object]:
        """Give all entries of a table whose keys are names of the owner's choice."""
        self._asked.update(self._data)
        return dict(self._data)

    def finish(self) -> None:
        for key in self._data:
            if key not in self._asked:
                self.report.problem(
                    self.at(key), f'"{key}" is not known here{did_you_mean(key, self._asked)}'
                )


def _is_text(value: object) -> bool:
    """Say whether a value can be stored and spoken: control characters cannot."""
    return isinstance(value, str) and bool(value.strip()) and not _CONTROL.search(value)


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(f'"{word}"' for word in words)
