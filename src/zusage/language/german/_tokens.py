"""A text as tokens: written dates and clock times, numbers however they were said, and the words about time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from zusage.language.german._kinds import Kinds, TokenKind
from zusage.language.german._lexicon import WEEKDAYS, WORDS, Meaning
from zusage.language.german._near import nearest_hour, nearest_name, nearest_word
from zusage.language.german._numbers import CARDINALS, ORDINALS, UNITS, cardinal
from zusage.language.german._phrases import PHRASES
from zusage.language.german._scan import (
    END,
    Token,
    full_stops,
    plain_signs,
    scan,
    without_abbreviations,
    written_out,
)
from zusage.language.german._text import LONGEST_TALK, fold_talk

__all__ = ["END", "Token", "tokenize"]

_WORD: Meaning = ("word", None)
_COMPOUND_PARTS = ("vormittags?", "mittags?", "nachmittags?", "morgens?", "abends?", "frueh", "nachts?")
_JOINED_DAY = re.compile(rf"({'|'.join(WEEKDAYS)}|sonnabend)s?({'|'.join(_COMPOUND_PARTS)})")
_GLUED = re.compile(r"(viertel|halb|dreiviertel|um|gegen|ab|nach|vor|bis)(vor|nach)?(\w{3,})")
_GLUED_UHR = re.compile(r"(\w{3,}?)uhr(\w*)")
_DAY_ROOTS = {
    "diens": 1,
    "dins": 1,
    "donners": 3,
    "frei": 4,
    "sams": 5,
    "sonn": 6,
    "mon": 0,
    "mitt": 2,
    "mit": 2,
    "dienst": 1,
}
_DAY_ENDS = {"tag": "tag", "tach": "tag", "tak": "tag", "woch": "woch", "wochs": "woch", "tags": "tag"}


def tokenize(text: str) -> list[Token]:
    """Read a text of any kind; of one longer than `LONGEST_TALK` characters the end counts."""
    written = scan(written_out(fold_talk(plain_signs(text[-2 * LONGEST_TALK :]))), _meaning)
    tokens = _taken_apart(full_stops(without_abbreviations(list(written))))
    return _split_days(_numbers(_phrases(_put_together(tokens))))


@lru_cache(maxsize=16384)
def _meaning(word: str) -> Meaning:
    """What one folded word can be. A name of a day that was misheard is that day; a number word is a number."""
    if word in WORDS:
        return WORDS[word]
    if word in ORDINALS:
        return "ord_word", ORDINALS[word]
    value = cardinal(word)
    if value is not None:
        return "num", value
    joined = _JOINED_DAY.fullmatch(word)
    if joined:
        return "day_part", (joined[1], joined[2])
    return _misheard(word)


def _misheard(word: str) -> Meaning:
    near = nearest_name(word)
    if near is None:
        glued = _glued(word)
        other = nearest_word(word) if glued is _WORD else None
        return _meaning(other) if other and other != word else glued
    name, _, part = near.partition(" ")
    return ("day_part", (name, part)) if part else WORDS[name]


_JOINED_BOUND = re.compile(rf"({'|'.join(WEEKDAYS)})(nach|vor)")


def _glued(word: str) -> Meaning:
    """Two words that a transcript has joined ("viertelnach", "halbdrei", "umzehn")."""
    bound = _JOINED_BOUND.fullmatch(word)
    if bound:
        return "glued", (bound[1], bound[2])
    found = _GLUED.fullmatch(word)
    if found and found[3] in CARDINALS:
        return "glued", (found[1], found[2], found[3])
    clock = _GLUED_UHR.fullmatch(word)
    if clock and clock[1] in CARDINALS and (not clock[2] or clock[2] in CARDINALS):
        return "glued", (clock[1], "uhr", clock[2])
    if word in {"viertelnach", "viertelvor"}:
        return "glued", ("viertel", word[7:], "")
    return _WORD


def _taken_apart(tokens: list[Token]) -> list[Token]:
    """Take apart what one word holds: "freitagabend", "halbdrei"."""
    if not any(token.kind in {"day_part", "glued"} for token in tokens):
        return tokens
    done: list[Token] = []
    for token in tokens:
        if token.kind in {"day_part", "glued"} and isinstance(token.value, tuple):
            done += [Token(*WORDS.get(word, ("num", cardinal(word))), word) for word in token.value if word]
        else:
            done.append(token)
    return done


_ENDINGS = frozenset({"ten", "te", "ter", "sten", "ste", "ster"})
_JOINABLE: Kinds = frozenset({"day", "part", "weekend", "feast", "near", "which", "month_name"})
_BEFORE_HOUR: Kinds = frozenset({"at", "about", "half", "quarter", "three_quarters"})


def _put_together(tokens: list[Token]) -> list[Token]:
    """Put together what a transcript has split, and read misheard hours where an hour is expected."""
    done: list[Token] = []
    for at, token in enumerate(tokens):
        before = done[-1] if done else END
        joined = _one_word(before, token)
        if joined:
            done[-1] = joined
            continue
        if token.kind == "word":
            token = _expected(tokens, at, before)  # noqa: PLW2901 - the same token, better understood
        done.append(token)
    return done


def _one_word(first: Token, second: Token) -> Token | None:
    """Two tokens as one word, if that is one about time and neither is on its own."""
    text = first.text + second.text
    if second.text in _ENDINGS and text in ORDINALS:
        return Token("ord_word", ORDINALS[text], text)
    if (
        "word" not in {first.kind, second.kind}
        or len(text) < 7
        or not (first.text.isalpha() and second.text.isalpha())
    ):
        return None
    if first.kind in {"bound", "at", "glue", "in", "a"}:
        return None
    meaning = WORDS.get(text)
    if meaning:
        return Token(*meaning, text) if meaning[0] in _JOINABLE else None
    value = CARDINALS.get(text)
    if value is not None:
        return Token("num", value, text)
    return Token("ord_word", ORDINALS[text], text) if text in ORDINALS else None


_REACH = 12
"""Tokens: how far back a "zwischen" is looked for."""
_RANGED: Kinds = frozenset(
    {"num", "ord", "clock", "half_of_day", "day", "short_day", "month_name", "date", "near", "midday"}
)


def _minutes_before_hour(tokens: Sequence[Token], at: int) -> bool:
    """ "ten to three" is a time, "from ten to three" and "9 to 11" are two."""
    ranged = any(one.text in {"from", "between"} for one in tokens[max(0, at - 4) : at])
    return not ranged and tokens[at - 1].text in {"five", "ten", "twenty"}


def _expected(tokens: Sequence[Token], at: int, before: Token) -> Token:  # noqa: PLR0911 - one line a word
    """An unknown word where only an hour, a unit or "Uhr" makes sense ("um elv", "fier und zwanzig", "neun Ohr")."""
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else END
    if token.text == "no" and (after.kind == "days" or after.text in {"mornings", "afternoons", "evenings"}):
        return Token("no", "without", token.text)
    if token.text == "wo" and before.kind == "which":
        return Token("unit_week", None, token.text)
    if token.text == "we" and (before.kind == "which" or before.text == "am"):
        return Token("weekend", None, token.text)
    if token.text == "to" and _minutes_before_hour(tokens, at):
        return token
    if token.text == "to" and before.kind in _RANGED and after.kind in _RANGED:
        return Token("until", None, token.text)
    if token.text in {"ohr", "urh", "uhrn", "uur"} and before.kind == "num":
        return Token("uhr", None, "uhr")
    within = before.kind == "and" and any(one.kind == "between" for one in tokens[max(0, at - _REACH) : at])
    behind = tokens[at + 2] if at + 2 < len(tokens) else END
    unit = after.text == "und" and bool(_tens(behind))
    if before.kind in _BEFORE_HOUR or after.kind == "uhr" or within or unit:
        hour = nearest_hour(token.text)
        if hour is not None and (not unit or hour <= 9):
            return Token("num", hour, UNIT_WORDS[hour] if unit else token.text)
    return token


def _phrases(tokens: list[Token]) -> list[Token]:
    """Words that only mean something together become one token."""
    done: list[Token] = []
    texts = [token.text for token in tokens]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        for words, meaning in PHRASES.get(token.text, ()):
            if tuple(texts[at : at + len(words)]) == words:
                done.append(Token(*meaning, " ".join(words)))
                at += len(words)
                break
        else:
            done.append(token)
            at += 1
    return done


def _split_days(tokens: list[Token]) -> list[Token]:
    """Names of days that a transcript has split ("dienst tag")."""
    done: list[Token] = []
    for token in tokens:
        before = done[-1] if done else END
        if before.kind == "dash" and len(done) > 1 and done[-2].text in _DAY_ROOTS:
            before = done[-2]
        if token.text in _DAY_ENDS and before.text in _DAY_ROOTS:
            index = _DAY_ROOTS[before.text]
            if (index == 2) == (_DAY_ENDS[token.text] == "woch"):
                while done.pop() is not before:
                    continue
                done.append(Token("day", index, before.text + token.text))
                continue
        done.append(token)
    return done


def _numbers(tokens: list[Token]) -> list[Token]:
    """Put numbers together that were said or recognised in pieces ("ein und zwanzigsten", "zwei tausend sechs")."""
    done: list[Token] = []
    at, count = 0, len(tokens)
    while at < count:
        token, used = tokens[at], 0
        if token.text in UNITS and at + 1 < count:
            joined = _in_pieces(tokens, at, done)
            if joined:
                token, used = joined
        if not used and _thousands(token) and at + 1 < count and _below_hundred(tokens[at + 1]):
            token, used = (
                Token("num", _whole(token) + _whole(tokens[at + 1]), f"{token.text} {tokens[at + 1].text}"),
                2,
            )
        if not used and token.kind == "ord_word":
            token = Token("ord", token.value, token.text)
        done.append(token)
        at += used or 1
    return done


def _whole(token: Token) -> int:
    return token.value if isinstance(token.value, int) else 0


def _thousands(token: Token) -> bool:
    """ "zweitausend", before which the rest of a year may have been split off."""
    return token.kind == "num" and token.text.endswith("tausend")


def _below_hundred(token: Token) -> bool:
    return token.kind == "num" and token.text.isalpha() and 0 < _whole(token) < 100


def _in_pieces(tokens: Sequence[Token], at: int, before: Sequence[Token]) -> tuple[Token, int] | None:
    unit, second = UNITS[tokens[at].text], tokens[at + 1]
    third = tokens[at + 2] if at + 2 < len(tokens) else END
    if second.text == "und" and not (before and before[-1].kind == "between"):
        value = _tens(third)
        if value:
            kind: TokenKind = "ord" if third.kind == "ord_word" else "num"
            return Token(kind, value + unit, f"{tokens[at].text} und {third.text}"), 3
    if second.text in {"tausend", "hundert"}:
        return _large(tokens, at)
    if unit >= 3 and second.text == "zehnten":
        return Token("ord", 10 + unit, f"{tokens[at].text} zehnten"), 2
    if unit >= 3 and second.text == "zehn" and third.kind in _AFTER_TEEN:
        return Token("num", 10 + unit, f"{tokens[at].text} zehn"), 2
    return None


UNIT_WORDS = {value: word for word, value in UNITS.items()}
_AFTER_TEEN: Kinds = frozenset({"uhr", "unit_day", "unit_minute", "unit_week"})


def _tens(token: Token) -> int:
    value = token.value
    whole = token.kind in {"num", "ord_word"} and isinstance(value, int) and not token.text.isdigit()
    return value if whole and isinstance(value, int) and 20 <= value <= 90 and value % 10 == 0 else 0


def _large(tokens: Sequence[Token], at: int) -> tuple[Token, int]:
    """The longest run of words from here that is one number ("zwei tausend sechsundzwanzig")."""
    text, best, used = "", 0, 1
    for n in range(min(6, len(tokens) - at)):
        text += tokens[at + n].text
        value = cardinal(text)
        if value is not None:
            best, used = value, n + 1
    return Token("num", best, " ".join(token.text for token in tokens[at : at + used])), used
