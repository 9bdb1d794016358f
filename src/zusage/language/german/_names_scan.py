"""What stands in a text beside and around a name, in the order of talk: introductions, names, spellings, remarks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from zusage.language.german._names_hints import Hint, read_hint
from zusage.language.german._names_known import GIVEN
from zusage.language.german._names_words import (
    LONGEST_PHRASE,
    PHRASES,
    SOFT,
    TALK,
    TITLES,
    fold_word,
    is_particle,
    is_weak,
)
from zusage.language.german._spelling import Spelled, read_run

_APOSTROPHES = "'’ʼ´`‘"
_HYPHENS = "-‐‑–—"
_PAUSES = frozenset('.!?:;()"„“”«»…,¿¡' + _HYPHENS)
_SHAPES = re.compile(r"w+(?:[ah]w+)*|c|s|d+")
_ABBREVIATED = frozenset("dr prof hr fr st dipl ing med mag dent".split())  # noqa: SIM905
_DOUBLING = frozenset({"doppel", "doppelt", "umlaut", "zwei"})
_HYPHEN_WORDS = frozenset({"bindestrich", "minus", "strich", "trennstrich"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word (`folded` for tables, `low` for letters), a pause ("," or "."), or "#" for what no name contains."""

    text: str
    low: str
    folded: str
    is_word: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: run (words of a name), intro, label, cue, turn, refusal, role, title, soft, talk, comma, stop, hard,
    spelled, hint. `value` says which of its kind."""

    kind: str
    value: str = ""
    words: tuple[str, ...] = ()
    spelled: Spelled | None = None
    hint: Hint | None = None


def tokens_of(text: str) -> list[Token]:
    """The words and pauses of a text in order; invisible characters are dropped."""
    line = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in _UNSEEN)
    shape = "".join(map(_shape, line))
    found: list[Token] = []
    for match in _SHAPES.finditer(shape):
        word = line[match.start() : match.end()]
        if match[0][0] == "w":
            found.extend(_words(word))
        elif match[0][0] in "cs" and not _belongs(word, found):
            found.append(Token("," if word == "," else ".", "", "", is_word=False))
        elif match[0][0] == "d":
            found.append(Token("#", "#", "#", is_word=False))
    return found


_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn"})


@lru_cache(maxsize=2048)
def _shape(char: str) -> str:
    if char in _APOSTROPHES:
        return "a"
    if char == "," or char in _PAUSES:
        return "h" if char in _HYPHENS[:3] else "c" if char == "," else "s"
    if unicodedata.category(char)[0] in "LM":
        return "w"
    return "_" if char.isspace() or unicodedata.category(char) in {"Cc", "Zl", "Zp", "Zs"} else "d"


def _belongs(pause: str, before: list[Token]) -> bool:
    """Whether a dot ends an abbreviation or an initial and no sentence."""
    last = before[-1] if before else None
    return pause == "." and last is not None and (last.folded in _ABBREVIATED or len(last.text) == 1)


def _words(word: str) -> list[Token]:
    clean = "".join("'" if c in _APOSTROPHES else "-" if c in _HYPHENS else c for c in word)
    parts = clean.split("-")
    letters = len(parts) > 1 and all(len(part) == 1 for part in parts)
    if letters or (len(parts) == 2 and parts[0].lower() in _DOUBLING):
        return [_token(part) for part in parts]
    return [_token(clean)]


def _token(text: str) -> Token:
    return Token(text, text.lower(), fold_word(text))


def scan(tokens: Sequence[Token]) -> list[Piece]:
    """Cut the tokens into pieces; every token is in exactly one of them."""
    low = [token.low for token in tokens]
    pieces: list[Piece] = []
    at, cue = 0, False
    while at < len(tokens):
        again = bool(pieces) and pieces[-1].kind == "hint"
        piece, at = _piece(tokens, low, at, cue=cue, again=again)
        cue = piece.kind == "cue" or (
            cue and piece.kind in {"soft", "comma", "stop", "intro", "label", "title"}
        )
        pieces.append(piece)
    return pieces


def _piece(tokens: Sequence[Token], low: list[str], at: int, *, cue: bool, again: bool) -> tuple[Piece, int]:
    token = tokens[at]
    if not token.is_word:
        return Piece({",": "comma", ".": "stop"}.get(token.text, "hard")), at + 1
    hint = read_hint(low, at, again=again)
    if hint is not None:
        return Piece("hint", hint=hint), hint.end
    phrase = _phrase(tokens, at)
    if low[at] == "mit" and read_run(low, at + 1, cue=False) is not None:
        return Piece("cue"), at + 1
    if phrase is not None and not (cue and phrase[0].kind == "role"):
        return phrase
    spelled = read_run(low, at, cue=cue)
    if spelled is not None:
        return Piece("spelled", spelled=spelled), spelled.end
    return _word_piece(tokens, low, at)


def _phrase(tokens: Sequence[Token], at: int) -> tuple[Piece, int] | None:
    for length in range(min(LONGEST_PHRASE, len(tokens) - at), 0, -1):
        said = PHRASES.get(tuple(token.folded for token in tokens[at : at + length]))
        if said is not None:
            return Piece(said[0], said[1]), at + length
    return None


def _word_piece(tokens: Sequence[Token], low: list[str], at: int) -> tuple[Piece, int]:
    token = tokens[at]
    if token.folded in TITLES:
        return Piece("title", TITLES[token.folded], (token.text,)), at + 1
    end = _run_end(tokens, low, at)
    if end > at:
        return Piece("run", words=_joined(tokens[at:end])), end
    kind = "soft" if token.folded in SOFT else "talk"
    return Piece(kind, token.folded, (token.text,)), at + 1


def _run_end(tokens: Sequence[Token], low: list[str], at: int) -> int:
    end, before = at, ""
    while end < len(tokens) and tokens[end].is_word and _goes_on(tokens, low, end, before):
        before = tokens[end].folded
        end += 1
    return end


def _goes_on(tokens: Sequence[Token], low: list[str], at: int, before: str) -> bool:
    """Whether the word at `at` begins a name (`before` is ""), or carries one on."""
    word, following = tokens[at].folded, tokens[at + 1] if at + 1 < len(tokens) else None
    if before and (word in TITLES and not _ends_name(word, following)):
        return False
    if before and word in {"zu", "zum", "zur"} and following is not None:
        return before == "und" or (before in GIVEN | {"von"} and following.text[:1].isupper())
    if before and (_phrase(tokens, at) is not None or _is_aside(low, at)):
        return False
    if is_particle(word, first=not before, after=before):
        return _leads_to_name(tokens, at, before)
    if before and (word == "und" or word in _HYPHEN_WORDS):
        return following is not None and following.is_word and _is_plain(following.folded)
    return _is_plain(word) or (bool(before) and _is_surname_like(tokens[at], before))


def _ends_name(word: str, following: Token | None) -> bool:
    return word in {"herr", "frau"} and (following is None or not following.is_word)


def _is_aside(low: list[str], at: int) -> bool:
    return read_hint(low, at) is not None or read_run(low, at, cue=False) is not None


def _leads_to_name(tokens: Sequence[Token], at: int, before: str) -> bool:
    """Whether a name stands behind the particles from `at` on ("von und zu"): they never end one."""
    while at < len(tokens) and is_particle(tokens[at].folded, first=not before, after=before):
        before, at = tokens[at].folded, at + 1
    return at < len(tokens) and tokens[at].is_word and before != "und" and _is_plain(tokens[at].folded)


def _is_plain(word: str) -> bool:
    return word not in TALK and word not in TITLES and (word,) not in PHRASES


def _is_surname_like(token: Token, before: str) -> bool:
    """A word of talk that is written like a name behind a given name ("Anna Noch", "Max Gut")."""
    return (
        before in GIVEN and token.text[:1].isupper() and len(token.text) > 3 and token.folded in TALK - SOFT
    )


def _joined(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The words of a run; "Müller Bindestrich Lehmann" becomes one."""
    words: list[str] = []
    hyphen = False
    for token in tokens:
        if token.folded in _HYPHEN_WORDS and words:
            hyphen = True
        elif hyphen:
            words[-1] = f"{words[-1]}-{token.text}"
            hyphen = False
        else:
            words.append(token.text)
    return tuple(words)


def is_weak_run(words: Sequence[str]) -> bool:
    """Whether nothing in the words is, of itself, a name."""
    return all(map(is_weak, words))
