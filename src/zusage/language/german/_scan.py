"""A text that readers take pieces out of, so that nothing is read twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.language.reading import Reason, Unclear, When


class Doubt(Exception):  # noqa: N818 - a way out of the readers, never seen outside the package
    """The text was understood well enough to know that it must be asked about; carries the `Unclear` to answer."""

    def __init__(self, reason: Reason, question: str, alternatives: tuple[When, ...] = ()) -> None:
        super().__init__(reason)
        self.unclear = Unclear(reason, question, alternatives)


class Scan:
    """Text with a memory of what was taken out. A taken piece becomes bars: positions and neighbours stay as they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.taken: list[str] = []

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take out the first match, or nothing."""
        found = pattern.search(self.text)
        if found:
            self.cut(found)
        return found

    def take_all(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Take out all matches, in order."""
        while found := self.take(pattern):
            yield found

    def cut(self, found: re.Match[str], mark: str | None = None) -> None:
        """Take out a match of the present text, leaving `mark` in its place instead of bars."""
        if not found[0].startswith("@"):
            self.taken.append(found[0].strip())
        left = "|" * len(found[0]) if mark is None else mark
        self.text = self.text[: found.start()] + left + self.text[found.end() :]
