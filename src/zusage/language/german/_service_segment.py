"""The unit that talk is cut into: one or more words that mean one thing."""

from __future__ import annotations

from dataclasses import dataclass

from zusage.language.german._service_memo import Kind


@dataclass(frozen=True, slots=True)
class Segment:
    """One or more words of the text that mean one thing. `parts` are of meaning, `like` how surely they were heard."""

    start: int
    end: int
    text: str
    kind: Kind
    parts: tuple[str, ...] = ()
    like: float = 1.0
    worth: float = 0.0
    extra: tuple[str, ...] = ()
