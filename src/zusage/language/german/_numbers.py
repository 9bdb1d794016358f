"""German number words, folded (ae, oe, ue, ss) or with their umlauts lost, to integers."""

from __future__ import annotations

from collections.abc import Iterator

_ONES = ("null", "eins", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun")
_TEENS = (
    "zehn",
    "elf",
    "zwoelf",
    "dreizehn",
    "vierzehn",
    "fuenfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
)
_TENS = {
    20: "zwanzig",
    30: "dreissig",
    40: "vierzig",
    50: "fuenfzig",
    60: "sechzig",
    70: "siebzig",
    80: "achtzig",
    90: "neunzig",
}
_STEMS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
_ENDINGS = ("e", "en", "er", "em", "es")


def _below_hundred() -> Iterator[tuple[str, int]]:
    for value, word in enumerate(_ONES + _TEENS):
        yield word, value
    for tens, word in _TENS.items():
        yield word, tens
        for one in range(1, 10):
            yield f"{'ein' if one == 1 else _ONES[one]}und{word}", tens + one
    yield "zwo", 2


def _ordinal_stem(word: str, value: int) -> str:
    return _STEMS.get(value) or f"{word}{'st' if value >= 20 else 't'}"


def _ordinals() -> Iterator[tuple[str, int]]:
    for word, value in _below_hundred():
        if value:
            for ending in _ENDINGS:
                yield _ordinal_stem(word, value) + ending, value
    for ending in _ENDINGS:
        yield "siebent" + ending, 7


def _with_lost_umlauts(pairs: Iterator[tuple[str, int]]) -> dict[str, int]:
    table = dict(pairs)
    bare = {word.replace("ue", "u").replace("oe", "o"): value for word, value in table.items()}
    sharp = {word.replace("ss", "s"): value for word, value in table.items()}
    return bare | sharp | table


CARDINALS = _with_lost_umlauts(_below_hundred())
ORDINALS = _with_lost_umlauts(_ordinals())
UNITS = {word: value for word, value in CARDINALS.items() if 1 <= value <= 9} | {"ein": 1}
"""What may stand before "und" in a number that a transcript has split ("vier und zwanzig")."""


def cardinal(word: str) -> int | None:
    """Read one folded word from 0 to 9999 ("vierundzwanzig", "zweitausendsechsundzwanzig"); None for no number."""
    if word in CARDINALS:
        return CARDINALS[word]
    thousands, found, rest = word.partition("tausend")
    if found:
        return _composed(thousands, rest, 1000)
    hundreds, found, rest = word.partition("hundert")
    return _composed(hundreds, rest, 100) if found else None


def _composed(head: str, tail: str, unit: int) -> int | None:
    many = 1 if head in {"", "ein"} else CARDINALS.get(head)
    rest = cardinal(tail.removeprefix("und")) if tail else 0
    if many is None or rest is None or rest >= unit or not 1 <= many <= 99:
        return None
    value = many * unit + rest
    return value if value <= 9999 else None
