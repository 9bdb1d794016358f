"""The labelled dates as a transcript would bring them: every digit spoken, lower case, no punctuation.

`python -m support.as_words`, from the directory above, writes `dates_as_words.jsonl` from the other files of that set.
A line that has nothing to speak, or that nobody says as it is written, has no such form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SETS = Path(__file__).parents[1] / "data" / "when"
SOURCES = ("dates", "times", "periods", "open_ends", "parts", "holidays", "anchors", "policies")
SPOKEN = ("calls", "words_only")
"""Files that may hold the same in words already."""
TARGET = SETS / "dates_as_words.jsonl"

_ONES = (
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
    "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_STEMS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
_SHORT = {
    "mo": "montag", "di": "dienstag", "mi": "mittwoch", "do": "donnerstag", "fr": "freitag", "sa": "samstag",
    "so": "sonntag", "jan": "januar", "feb": "februar", "febr": "februar", "mrz": "märz", "apr": "april",
    "aug": "august", "sep": "september", "sept": "september", "okt": "oktober", "nov": "november",
    "dez": "dezember", "ca": "circa", "kw": "kalenderwoche",
}  # fmt: skip
_MONTH = r"(?:Jan|Feb|Mär|Mae|Mrz|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jän)\w*"
# "So" begins many a sentence: it is a Sunday only with its dot, or beside a date.
_SHORTENED = re.compile(r"\bSo\.|\bSo(?=,? \d)|\b(?!So\b)(?:" + "|".join(_SHORT) + r")\b\.?", re.IGNORECASE)
# Written only; or an hour of the night by its leading zero alone, which no one can hear.
_UNSPOKEN = re.compile(r"\d-W\d|\d/\d{4}-|^\d{4}-\d\d$|^\d\d/\d{4}$|\b0[1-6]:\d\d")
_LINK = re.compile(r"(?:\b(?:und|oder|bis)|,)\s*$")
_AFTER_PREPOSITION = re.compile(
    r"\b(?:am|vom|dem|den|zum|des|ab|bis|zwischen|vor|nach|in der)\s+$", re.IGNORECASE
)
_DATE = re.compile(
    r"\b(?P<day>\d{1,2})\.(?:(?:\s?(?P<month>\d{1,2})\b\.?)(?:\s?(?P<year>\d{4})\b|(?<=\.)(?P<short>\d\d)\b)?)?"
    r"(?P<noun>\s(?:Quartal|KW|Kalenderwoche)\b)?"
)
_CLOCK = (
    re.compile(r"\b(\d{1,2}):(\d\d)(?::00)?(?:\s?(?:Uhr|h)\b)?"),
    re.compile(r"\b(\d{1,2})\.(\d\d)(?:\sUhr\b|(?= bis \d{1,2}\.\d\d\sUhr))"),
    re.compile(r"\b(\d{1,2})h(\d\d)\b"),
    re.compile(r"\b(\d\d)(\d\d)\sUhr\b"),
    re.compile(r"\b(\d{1,2})()\s?h\b"),
)
_AS_SPOKEN = (
    ("[–—]", "-"),
    (r"'(?=\d\d\b)", ""),
    (r"(?<=\w\.)(?=[A-Z])|(?<=[a-z]\.)(?=\d)", " "),
    (r"\b1,5 Stunden", "anderthalb Stunden"),
    (r"\b2,5 Stunden", "zweieinhalb Stunden"),
    (r"\bQ([1-4])\b", r"\1. Quartal"),
    (r"\b(\d\d?)s?t(?:en|er|e)\b", r"\1."),
    (r"\b(\d\d?) h (?=\d\d\b)", r"\1 Uhr "),
    (r"\b(KW) ?(\d+)/(\d{4})", r"\1 \2 \3"),
    (r"\bKW(?=\d)", "KW "),
    (r"\b(\d{4})([-/.])(\d\d)\2(\d\d)(?:T|\b)", r"\4.\3.\1 "),
    (r"\b(\d\d?)([-/ ])(\d\d?)\2(\d{4})\b", r"\1.\3.\4"),
    (r"\b(\d\d?)/(\d\d?)/(\d\d)\b", r"\1.\2.\3"),
    (r"\b(\d\d?)/(\d\d?)\b", r"\1.\2."),
    (rf"\b(\d\d?) (?={_MONTH})", r"\1. "),
    (r"(?<=[\d.h])\s?-\s?(?=\d)|(?<=\b\w\w)-(?=\w\w\b)", " bis "),
)


def as_words(text: str) -> str:
    """Write a text as a transcript does that knows only words; what has no digits comes back in lower case."""
    for pattern, spoken in _AS_SPOKEN:
        text = re.sub(pattern, spoken, text)
    for clock in _CLOCK:
        text = clock.sub(lambda found: _clock(found[1], found[2]), text)
    text = _SHORTENED.sub(lambda found: f"{_SHORT[found[0].lower().rstrip('.')]} ", _ordinals(text))
    text = re.sub(r"\b1(?= Uhr)", "ein", text)
    text = re.sub(r"\d+", lambda found: cardinal(int(found[0])), text)
    return " ".join(re.sub(r"[^\w\s]", " ", text).lower().split())


def cardinal(value: int) -> str:
    """A whole number below 10,000 as one word."""
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, one = divmod(value, 10)
        return (f"{_bound(one)}und" if one else "") + _TENS[tens - 2]
    unit, word = (1000, "tausend") if value >= 1000 else (100, "hundert")
    many, rest = divmod(value, unit)
    return _bound(many) + word + (cardinal(rest) if rest else "")


def ordinal(value: int, ending: str) -> str:
    """The place in a row below 100, with its ending ("en")."""
    return (_STEMS.get(value) or cardinal(value) + ("st" if value >= 20 else "t")) + ending


def _bound(value: int) -> str:
    return "ein" if value == 1 else cardinal(value)


def _clock(hour: str, minute: str) -> str:
    return f"{_bound(int(hour))} uhr" + (f" {cardinal(int(minute))}" if int(minute or 0) else "")


def _ordinals(text: str) -> str:
    out, end, ending = "", 0, ""
    for found in _DATE.finditer(text):
        before = text[: found.start()]
        if not (ending and _LINK.search(before)):
            ending = _ending(before, found["noun"] or "")
        out += text[end : found.start()] + _date(found, ending)
        end = found.end()
    return out + text[end:]


def _ending(before: str, noun: str) -> str:
    if _AFTER_PREPOSITION.search(before):
        return "en"
    if noun.strip() == "Quartal":
        return "es"
    return "e" if noun or re.search(r"\bder\s+$", before, re.IGNORECASE) else "er"


def _date(found: re.Match[str], ending: str) -> str:
    numbers = [ordinal(int(found[name]), ending) for name in ("day", "month") if found[name]]
    years = [cardinal(int(found[name])) for name in ("year", "short") if found[name]]
    return " ".join([*numbers, *years]) + (found["noun"] or "")


def variants() -> Iterator[dict[str, Any]]:
    """Every line of the sources that sounds otherwise than it is written, with the same label; none twice."""
    lines = [json.loads(line) for name in SOURCES for line in _read(name)]
    spoken_lines = [json.loads(line) for name in SPOKEN for line in _read(name)]
    seen = {_place(line) for line in (*lines, *spoken_lines) if not _is_written(line["text"])}
    for line in lines:
        spoken = line | {"text": as_words(line["text"])}
        if _is_written(line["text"]) and not _UNSPOKEN.search(line["text"]) and _place(spoken) not in seen:
            seen.add(_place(spoken))
            yield spoken


def _read(name: str) -> list[str]:
    return (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()


def _is_written(text: str) -> bool:
    return any(sign.isdigit() for sign in text) or _SHORTENED.search(text) is not None


def _place(line: dict[str, Any]) -> str:
    told = {key: value for key, value in line.items() if key not in {"text", "expect", "why"}}
    return json.dumps([as_words(line["text"]), told], sort_keys=True)


def written() -> str:
    """What the file of variants holds."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in variants())


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
