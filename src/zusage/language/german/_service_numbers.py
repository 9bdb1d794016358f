"""Numbers beside a service: how many minutes, how many wheels; and those that are only a time of day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zusage.language.german._numbers import cardinal

_MINUTES = frozenset({"min", "mins", "minute", "minuten", "minuetig", "minuetige", "minuetigen", "minutes"})
_HOURS = frozenset({"std", "stunde", "stunden", "stuendig", "stuendige", "h", "hour"})
_PARTS = {
    "halbe": 30,
    "halben": 30,
    "halbstuendig": 30,
    "dreiviertel": 45,
    "eine": 60,
    "einer": 60,
    "anderthalb": 90,
    "eineinhalb": 90,
}
_WHOLE = {
    "halbstuendig": 30,
    "halbstuendige": 30,
    "dreiviertelstunde": 45,
    "viertelstunde": 15,
    "einstuendig": 60,
    "einstuendige": 60,
    "neunzigminuetig": 90,
}
_OF_DAY = frozenset(
    {"um", "gegen", "ab", "vor", "nach", "am", "den", "dem", "der", "halb", "viertel", "uhr", "kurz"}
)


def numbered(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The words with what counts something as "#30", and how many words each took; a time of day keeps its words."""
    at = 0
    while at < len(words):
        value, used = _amount(words, at)
        yield (words[at], 1) if value is None else (f"#{value}", used)
        at += used


def _amount(words: Sequence[str], at: int) -> tuple[int | None, int]:
    word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in _WHOLE:
        return _WHOLE[word], 1
    if word in _PARTS and after in _HOURS:
        return _PARTS[word], 2
    value = _value(word)
    if value is None:
        return None, 1
    if after in _MINUTES | _HOURS:
        return value * (60 if after in _HOURS else 1), 2
    before = words[at - 1] if at else ""
    of_day = before in _OF_DAY or after in {"uhr", ".", "er"} or value > 999
    return (None if of_day else value), 1


def _value(word: str) -> int | None:
    if word.isdecimal() and word.isascii():
        return int(word[:6])
    return cardinal(word)
