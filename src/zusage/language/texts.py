"""Texts as data: templates with named fields, kept as a catalogue per language (German: `german.texts`).

A template is filled, never evaluated: a field is a bare name in braces and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from zusage.language.settings import Address

_FIELD = re.compile(r"\{([a-z_]+)\}")
_SENTENCE_ENDS = (".", "?", "!")
_BLANKS = re.compile(r"\s+")
_BLANK_BEFORE_MARK = re.compile(r" (?=[,.?!:])")
_IDLE_COMMA = re.compile(r",(?=[,.?!:])")


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a catalogue. `familiar` is for callers addressed as `du`; None: the text addresses nobody.

    `needs` are the fields without which what is said would be no promise or no question; the other fields may be left
    out, and may be empty. A `phrase` is a part of a sentence. A `fixed` text is said before the company is known."""

    formal: str
    familiar: str | None = None
    needs: frozenset[str] = frozenset()
    phrase: bool = False
    fixed: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it may hold, in the order in which they are said."""
        return fields_of(self.formal)

    def template(self, address: Address) -> str:
        return self.familiar if address == "du" and self.familiar is not None else self.formal


Catalogue = Mapping[str, Text]
"""Key ("group.name") -> text."""


def fields_of(template: str) -> tuple[str, ...]:
    return tuple(_FIELD.findall(template))


def outside_fields(template: str) -> str:
    """The template with a neutral word for each field; braces that remain belong to none."""
    return _FIELD.sub("Feld", template)


def fill(template: str, fields: Mapping[str, str], *, phrase: bool = False) -> str:
    """Put values into a template and mend what an empty one leaves: double blanks, a comma before a mark.

    A value that begins a sentence gets a capital letter; values are never read as templates.

    :raises KeyError: the template names a field that is not given."""
    said = ""
    for position, piece in enumerate(_pieces(template)):
        value = fields[piece] if position % 2 else piece
        said += value if phrase or not _begins_sentence(said) else value[:1].upper() + value[1:]
    return _tidy(said)


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[str, ...]:
    """Literal text and names of fields in turn."""
    return tuple(_FIELD.split(template))


def _begins_sentence(said: str) -> bool:
    before = said.rstrip()
    return not before or (before != said and before.endswith(_SENTENCE_ENDS))


def _tidy(said: str) -> str:
    line = _BLANK_BEFORE_MARK.sub("", _BLANKS.sub(" ", said))
    return _IDLE_COMMA.sub("", line).strip(" ,")
