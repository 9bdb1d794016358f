"""What words were found to mean in one catalogue; it lives and dies with that catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Kind = Literal["service", "whom", "category", "foreign", "noise", "aside", "name", "filler", "mark"]
Found = TypeVar("Found")

_MOST_KEPT = 2048


@dataclass(frozen=True, slots=True)
class Surface:
    """A spelling that may be heard, and its parts; without parts it is a word that must not be taken for a service."""

    spelling: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word means here. `extra`: for "whom" the group it may be as well, for "aside" parts that count only beside
    a service, else parts of a compound that no service has."""

    kind: Kind
    parts: tuple[str, ...] = ()
    like: float = 1.0
    extra: tuple[str, ...] = ()


class Kept(Generic[Found]):
    """Answers by word; begun anew when they become many, so that talk without end takes no memory without end."""

    def __init__(self) -> None:
        self._known: dict[str, Found] = {}

    def get(self, word: str, find: Callable[[str], Found]) -> Found:
        """The answer for a word, found once."""
        if word in self._known:
            return self._known[word]
        found = find(word)
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[word] = found
        return found


@dataclass(frozen=True, slots=True)
class Memo:
    """What is kept of the words that a catalogue was asked about."""

    meanings: Kept[Meaning] = field(default_factory=Kept)
    alike: Kept[tuple[Surface, float] | None] = field(default_factory=Kept)
