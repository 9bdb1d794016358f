"""The name of a person in a text: whose words count, how they are written, and which part is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from zusage.language.german._names_parts import as_name, written
from zusage.language.german._names_reader import Found, Reader, most_alike
from zusage.language.german._names_scan import Piece, Token, scan, tokens_of
from zusage.language.german._names_words import (
    COURTESIES,
    ORDERS,
)
from zusage.language.german._text import clip
from zusage.language.german.texts import question
from zusage.language.reading import Name, NoName, NoNameReason

LONGEST_NAME = 150
_LONGEST_TEXT = 500
_MARKUP = re.compile(r"[<>{}\[\]|\\`]")
_MOST_WORDS = 6
_TEXTS = {"not_understood": "name.repeat", "spelling": "name.spell"}


def no_name(reason: NoNameReason) -> NoName:
    key = _TEXTS.get(reason, "name.ask")
    return NoName(reason, question(key), key)


def read_name(text: str) -> Name | NoName:
    """The name that a text gives, or why none is taken from it; see `people.understand_name`."""
    line = " ".join(text[: 4 * _LONGEST_TEXT].split())
    if len(line) > _LONGEST_TEXT or len(text) > 4 * _LONGEST_TEXT:
        return no_name("no_name")
    tokens = tokens_of(clip(line))
    folded = {token.folded for token in tokens}
    if not any(token.is_word for token in tokens):
        return no_name("no_name" if tokens else "nothing_said")
    if folded & ORDERS or _MARKUP.search(line):
        return no_name("no_name")
    return _read(tokens)


def _read(tokens: Sequence[Token]) -> Name | NoName:
    pieces = scan(tokens)
    refused = any(piece.kind == "refusal" for piece in pieces)
    found: Found | None = None
    for part in _turns(pieces):
        later = Reader(part, cased=_is_cased(tokens)).read()
        if later.broken or not later.empty:
            found = _corrected(found, later)
    if found is None or (refused and found.strength < 2):
        return no_name("refused" if refused else "no_name")
    if found.broken:
        return no_name(found.broken)
    return _finished(found)


def _is_cased(tokens: Sequence[Token]) -> bool:
    """Whether capitals mean something here: a later word has one, and not all have."""
    words = [token.text for token in tokens if token.is_word]
    return any(word[:1].isupper() for word in words[1:]) and any(word.islower() for word in words)


def _turns(pieces: Sequence[Piece]) -> Iterable[list[Piece]]:
    """The pieces between corrections ("nein", "sondern"): the last part that holds a name counts."""
    part: list[Piece] = []
    for piece in pieces:
        if piece.kind == "turn":
            yield part
            part = []
        else:
            part.append(piece)
    yield part


def _corrected(before: Found | None, later: Found) -> Found:
    """The later name, with the words of the earlier one that it left alone ("Anna Müller, nein, Möller")."""
    if before is None or before.broken or later.broken or len(later.all_words()) != 1 or later.title:
        return later
    words = before.all_words()
    word = later.all_words()[0]
    index = most_alike(words, word)
    if len(words) < 2 or index is None:
        return later
    kept = [word if i == index else said for i, said in enumerate(words)]
    return replace(before, words=kept, given=[], family=[], spelled=before.spelled or later.spelled)


def _finished(found: Found) -> Name | NoName:
    words, given, family = (
        written(" ".join(part)).split() for part in (found.words, found.given, found.family)
    )
    courtesy = [title for title in found.title if title.split()[0] in COURTESIES]
    parts = as_name(words, given, family, titled=bool(courtesy))
    titles = [title for title in found.title if title not in courtesy]
    if courtesy and not parts.given:
        titles.insert(0, courtesy[-1])
    said = parts.full.split()
    full = " ".join([*titles, parts.full])
    if not said or len(full) > LONGEST_NAME or len(said) > _MOST_WORDS:
        return no_name("no_name")
    if all(len(word.strip(".")) < 2 for word in said):
        return no_name("not_understood" if found.strength else "no_name")
    return Name(full, parts.given, parts.family, " ".join(titles), found.spelled, found.sure)
