"""On which line of a TOML text each value stands, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib

from zusage.app.operations.company_file._report import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^,\]}#\n]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")


def line_map(text: str) -> dict[Path, int]:
    """Give the line (from 1) of each table, key and list item of a valid TOML text.

    Where a path stands twice (a table opened by a child first), the first line counts."""
    return _Scanner(text).scan()


class _Scanner:
    """Walks a text that `tomllib` has accepted, so it need not check anything."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _skip_blank(self) -> bool:
        self._take(_BLANK)
        return self._at < len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match.group()

    def _note(self, path: Path) -> Path:
        self._lines.setdefault(path, self._text.count("\n", 0, self._at) + 1)
        return path

    def _header(self) -> Path:
        many = self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        self._take(_BLANK)
        *parents, last = self._key()
        path: Path = ()
        for part in parents:
            path = self._newest(self._note((*path, part)))
        path = self._note((*path, last))
        if many:
            self._counts[path] = self._counts.get(path, 0) + 1
        path = self._note(self._newest(path))
        self._at = self._text.index("]", self._at) + (2 if many else 1)
        return path

    def _newest(self, path: Path) -> Path:
        """Point at the last item where the path names an array of tables."""
        count = self._counts.get(path, 0)
        return (*path, count - 1) if count else path

    def _key(self) -> list[str]:
        parts = [self._key_part()]
        while self._take(_DOT):
            parts.append(self._key_part())
        return parts

    def _key_part(self) -> str:
        quoted = self._take(_STRING)
        if not quoted:
            return self._take(_BARE_KEY)
        return str(tomllib.loads(f"k = {quoted}")["k"])

    def _pair(self, table: Path) -> None:
        path = table
        for part in self._key():
            path = self._note((*path, part))
        self._at = self._text.index("=", self._at) + 1
        self._take(_BLANK)
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif not self._take(_STRING):
            self._take(_PLAIN)

    def _array(self, path: Path) -> None:
        position = 0
        while self._next_item("]"):
            self._value(self._note((*path, position)))
            position += 1

    def _inline_table(self, path: Path) -> None:
        while self._next_item("}"):
            self._pair(path)

    def _next_item(self, closing: str) -> bool:
        """Step over an opening bracket or a comma; False at the end, which is passed."""
        self._take(_BLANK)
        if self._text[self._at] in "[{,":
            self._at += 1
            self._take(_BLANK)
        if self._text[self._at] != closing:
            return True
        self._at += 1
        return False
