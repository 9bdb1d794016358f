"""Written forms in a folded text: dates, clock times, numbers and signs; and which full stops end a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from zusage.language.german._kinds import Kinds, TokenKind
from zusage.language.german._lexicon import Meaning


class Token(NamedTuple):
    """`kind` decides which rule reads it. "num", "ord": an integer; "date": (year or None, month or None, day);
    "dotted", "slashed": two integers; "clock": (hour, minute); "word": a word that says nothing of time."""

    kind: TokenKind
    value: object
    text: str


END = Token("end", None, "")

_SCAN = re.compile(
    r"(?P<version>(?<![\w.])(?:v\d+(?:\.\d+)*|\d+(?:\.\d+){3,}|\d{1,3}\.\d{1,3}\.\d|[a-gi-pr-su-z]\d{1,4}(?!\w))(?![\d.])(?!\.\d))"
    r"|(?P<iso>(?<!\d)\d{4}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2}(?!\d))"
    r"|(?P<compact>(?<!\d)20\d{6}(?!\d))"
    r"|(?P<compact_german>(?<!\d)(?:[0-2]\d|3[01])(?:0\d|1[0-2])20[2-9]\d(?!\d))"
    r"|(?P<iso_week>(?<!\d)\d{4}-?w\d{2}(?!\d))"
    r"|(?P<compact_time>(?<=\dt)\d{4}(?:\d\d)?(?!\d))"
    r"|(?P<month_year>(?<![\d/.-])(?:\d{4}-\d{2}(?![\d-])|\d{1,2}/\d{4}(?!\d)))"
    r"|(?P<short_year>'\d\d(?!\d))"
    r"|(?P<offset>(?<=\d:\d\d)(?:z\b|\+\d\d:?\d\d)|(?<=\d:\d\d:\d\d)(?:[.,]\d+)?(?:z\b|[+-]\d\d:?\d\d(?!:)|[.,]\d+))"
    r"|(?P<full>\d{1,2}\. ?\d{1,2}\. ?\d{4}(?!\d)|\d{1,2}\. ?\d{1,2}\.\d{2}(?![\d:]| uhr|\.\d)|\d{1,2}-\d{1,2}-\d{4}(?!\d)"
    r"|\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\d))"
    r"|(?P<clock>\d{1,2} ?: ?\d{2}(?::\d{2})?(?!\d|:))"
    r"|(?P<short>\d{1,2}\. ?\d{1,2}\.(?!\d\d(?:\D|$)))"
    r"|(?P<dotted>\d{1,2}\.\d{1,2}(?![\d:]))"
    r"|(?P<spaced>\d{1,2}\. \d{1,2}(?![\d:]|\. ?\d| ?(?:uhr|h\b|pm|am\b|a\.m|p\.m|:)| \d| ?- ?\d))"
    r"|(?P<slashed>\d{1,2}/\d{1,2}(?![\d/]))"
    r"|(?P<ord>\d{1,2}(?:\.(?!\d)|(?:st|nd|rd|th|ter|tes|ten|te|sten|ste|ster)\b))"
    r"|(?P<hour_word>\d{1,2}e\b)"
    r"|(?P<attached>(?<=\d)[ap]m\b)"
    r"|(?P<num>\d+(?:[.,]\d+)?)"
    r"|(?P<noon>[pa]\. ?m\b\.?)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)"
    r"|(?P<mark>[^\w\s])"
)
_MARKS: dict[str, TokenKind] = {
    ",": "comma",
    ";": "stop",
    ".": "stop",
    "!": "stop",
    "?": "stop",
    "-": "dash",
    "–": "dash",
    "—": "dash",
    "−": "dash",
    "/": "slash",
    "&": "and",
    "+": "and",
}
_DIGITS = re.compile(r"\d+")


def plain_signs(text: str) -> str:
    """All dashes as one; addresses of the net left out."""
    if not text.isascii():
        text = text.translate(_DASHES)
    return _ADDRESS.sub(" ", text) if "@" in text or "www." in text or "://" in text else text


_WRITTEN_OUT = {
    "spaet": "spaetestens",
    "fruehest": "fruehestens",
    "u": "und",
    "erw": "erwachsene",
    "pers": "personen",
}
# Before a number "spät." is short for "spätestens"; before a word it may end a sentence.
_SHORTENED = re.compile(r"\b(?:(spaet|fruehest)\. ?(?=\d)|(u|erw|pers)\. )")


def written_out(line: str) -> str:
    """A folded text with the abbreviations of notes as words ("zw. 15 u. 17 Uhr", "2 Erw.")."""
    if "." not in line:
        return line
    return _SHORTENED.sub(lambda found: f"{_WRITTEN_OUT[found[1] or found[2]]} ", line)


_PAUSES: Kinds = frozenset({"comma", "stop", "dash"})
"""Signs that say no more the second time."""


def scan(line: str, meaning: Callable[[str], Meaning]) -> Iterator[Token]:
    """The tokens of a folded text as they are written; `meaning` says what a single word can be."""
    before = END
    for found in _SCAN.finditer(line):
        kind, text = found.lastgroup or "", found[0]
        if kind == "word":
            before = Token(*meaning(text), text)
            yield before
        elif kind != "offset":
            token = _written(kind, text)
            if token.kind != before.kind or token.kind not in _PAUSES:
                yield token
            before = token


_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "⁄": "/", "½": " 1/2 "})
_ADDRESS = re.compile(r"(?<!\S)[^\s@]+@\S+|(?:https?://|www\.)\S+", re.IGNORECASE)
_ABBREVIATED: Kinds = frozenset(
    {
        "title",
        "short_day",
        "month_name",
        "about",
        "unit_hour",
        "unit_minute",
        "which",
        "part",
        "or",
        "between",
    }
)
_SHORT_WORDS = frozenset({"nr", "str", "tel", "bzw", "inkl", "zzgl", "vgl", "dr", "st", "hauptstr"})


def without_abbreviations(tokens: list[Token]) -> list[Token]:
    """Drop the full stop behind "Nov.", "Mo." and "ca."."""
    return [
        token
        for at, token in enumerate(tokens)
        if not (token.text == "." and at and _is_short(tokens[at - 1]))
    ]


def _is_short(token: Token) -> bool:
    if token.kind == "word":
        return token.text in _SHORT_WORDS or (token.text.endswith("str") and len(token.text) > 3)
    return token.kind in _ABBREVIATED and len(token.text) <= 5


_NO_DATE_BEFORE: Kinds = frozenset({"uhr", "at", "about", "clock"})
_DATE_BEFORE = frozenset({"am", "den", "dem", "der", "zum", "vom", "des", "beim", "im", "bis"})


def full_stops(tokens: list[Token]) -> list[Token]:
    """Take the full stop of a sentence off its last number: "um 9 Uhr 30." is no 30th."""
    done: list[Token] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else END
        last = at == len(tokens) - 1
        written = token.kind == "ord" and token.text.endswith(".")
        if written and (before.kind in _NO_DATE_BEFORE or (last and not _dates(tokens, at))):
            done += [Token("num", token.value, token.text[:-1]), Token("stop", None, ".")]
        elif token.kind == "date" and token.text.endswith(".") and _is_time(token, before):
            _, minute, hour = cast("tuple[int | None, int, int]", token.value)
            done += [Token("dotted", (hour, minute), token.text[:-1]), Token("stop", None, ".")]
        else:
            done.append(token)
    return done


def _dates(tokens: Sequence[Token], at: int) -> bool:
    """Whether an ordinal at the end is a date: something before it says so, or nothing else was said."""
    before = tokens[at - 1] if at else END
    if before.text == "bis" or before.kind in {"dash", "between"}:
        return any(token.kind in {"ord", "date"} for token in tokens[:at])
    comma = before.kind == "comma" and at > 1 and tokens[at - 2].kind in {"day", "short_day"}
    return (
        at == 0 or before.text in _DATE_BEFORE or before.kind in {"day", "short_day", "ord", "which"} or comma
    )


def _is_time(token: Token, before: Token) -> bool:
    """Whether "9.30." is a time with a full stop: it can be no date, or "um" stands before it."""
    year, month, day = cast("tuple[int | None, int, int]", token.value)
    no_date = month > 12 and month % 5 == 0 and before.kind != "glue"
    return (
        year is None and " " not in token.text and (no_date or before.kind in {"at", "about"}) and day <= 24
    )


def _written(kind: str, text: str) -> Token:
    if kind == "mark":
        return Token(_MARKS.get(text, "word"), None, text)
    if kind == "version":
        return Token("word", None, text)
    if kind in {"noon", "attached"}:
        return Token("half_of_day", "pm" if text.startswith("p") else "am", text)
    if kind == "num" and not text.isdigit():
        whole, _, part = text.replace(",", ".").partition(".")
        return Token("decimal", float(f"{whole}.{part}"), text)
    numbers = [int(digits) for digits in _DIGITS.findall(text[:20])]
    return Token(*_number_meaning(kind, numbers, text), text)


def _number_meaning(kind: str, numbers: Sequence[int], text: str) -> Meaning:
    """The numbers of a written form in the order of its token."""
    if kind in _DATES:
        return "date", _DATES[kind](numbers)
    if kind == "full":
        day, month, year = numbers
        swapped = "." not in text and month > 12 >= day
        return "date", (year, day, month) if swapped else (year, month, day)
    if kind == "compact_time":
        return "clock", (int(text[:2]), int(text[2:4]))
    if kind == "short_year":
        return "short_year", 2000 + numbers[0]
    if kind in _SINGLE:
        return _SINGLE[kind], numbers[0]
    first, second = sorted(numbers, reverse=True) if kind == "month_year" else numbers[:2]
    return _PAIRS[kind], (first, second)


_SINGLE: dict[str, TokenKind] = {"num": "num", "ord": "ord", "hour_word": "hour_word"}
_PAIRS: dict[str, TokenKind] = {
    "clock": "clock",
    "dotted": "dotted",
    "slashed": "slashed",
    "iso_week": "iso_week",
    "month_year": "month_year",
}


_DATES: dict[str, Callable[[Sequence[int]], tuple[int | None, int, int]]] = {
    "iso": lambda numbers: (numbers[0], numbers[1], numbers[2]),
    "compact": lambda numbers: (numbers[0] // 10000, numbers[0] // 100 % 100, numbers[0] % 100),
    "compact_german": lambda numbers: (numbers[0] % 10000, numbers[0] // 10000 % 100, numbers[0] // 1000000),
    "short": lambda numbers: (None, numbers[1], numbers[0]),
    "spaced": lambda numbers: (None, numbers[1], numbers[0]),
}
