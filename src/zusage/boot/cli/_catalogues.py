"""The catalogues that a series of questions is asked about, each prepared once."""

from __future__ import annotations

from collections.abc import Sequence

from zusage.boot.cli._asked import AskedError, entries_of
from zusage.language.reading import ServiceEntry


class Catalogues:
    """Hands out prepared catalogues; `first` is the one to begin with, as plain data, or None."""

    def __init__(self, first: Sequence[object] | None) -> None:
        self._raw: Sequence[object] = first or ()
        self._now = None if first is None else entries_of(first)

    @property
    def empty(self) -> bool:
        return self._now is None

    def of(self, raw: object) -> tuple[ServiceEntry, ...]:
        """Give the catalogue of a line; None is the one of the line before.

        :raises AskedError: it cannot be used, or there is none yet."""
        if raw is not None and raw != self._raw:
            checked = self.checked(raw)
            self._now, self._raw = entries_of(checked), checked
        if self._now is None:
            raise AskedError(
                'there is no "catalogue" yet; give one in the line, or start with --catalogue FILE'
            )
        return self._now

    @staticmethod
    def checked(raw: object) -> list[object]:
        """:raises AskedError: it is no list."""
        if not isinstance(raw, list):
            raise AskedError(
                '"catalogue" must be a list of objects like {"name": "Balayage", "synonyms": []}'
            )
        return raw
