"""What a language model wrote as arguments, brought to canonical names and clean values.

Nothing here raises for any JSON value, and nothing is filled in: what was not said stays None."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

ALIASES: Mapping[str, tuple[str, ...]] = {
    "when": (
        "when", "wann", "datetime", "date_time", "appointment_datetime", "start", "start_at", "starts_at",
        "zeitpunkt", "termin_zeit", "wunschtermin", "termin", "after", "ab_wann",
    ),
    "date": (
        "date", "datum", "appointment_date", "preferred_date", "requested_date", "wunschdatum", "termin_datum",
        "date_string", "relative_day", "day", "tag", "weekday", "wochentag",
    ),
    "time": (
        "time", "uhrzeit", "appointment_time", "preferred_time", "requested_time", "wunschzeit", "start_time",
        "startzeit", "slot_time", "zeit",
    ),
    "window": (
        "window", "time_window", "preferred_time_window", "zeitfenster", "zeitraum", "part_of_day", "tageszeit",
        "time_range",
    ),
    "service": (
        "service", "dienstleistung", "service_name", "leistung", "behandlung", "treatment", "service_type",
        "service_id",
    ),
    "staff": (
        "staff", "mitarbeiter", "mitarbeiterin", "staff_name", "preferred_staff", "wunschmitarbeiter", "stylist",
        "friseur", "friseurin", "employee", "preferred_staff_id", "staff_id",
    ),
    "name": ("name", "customer_name", "kundenname", "kundename", "full_name", "caller_name", "customer", "kunde"),
    "attendee": ("attendee", "attendee_name", "fuer", "fuer_wen", "for_whom", "termin_fuer", "guest_name"),
    "phone": (
        "phone", "customer_phone", "phone_number", "telefon", "telefonnummer", "handynummer", "rueckrufnummer",
        "callback_number", "mobile", "tel",
    ),
    "offer": (
        "offer", "angebot", "offer_token", "offer_id", "offer_number", "option", "vorschlag", "slot", "slot_id",
        "slot_token", "alternative", "choice", "auswahl",
    ),
    "hold": (
        "hold", "hold_token", "hold_id", "reservation_token", "reservation_uid", "reservation_id", "reservation",
        "reservierung",
    ),
    "confirm": (
        "confirm", "bestaetigung", "bestaetigt", "confirmed", "confirm_booking", "booking_confirmed", "buchen",
    ),
    "category": ("category", "kategorie", "service_category"),
    "notes": (
        "notes", "notizen", "note", "bemerkung", "anmerkung", "hinweis", "kommentar", "comment", "special_requests",
    ),
    "max_alternatives": ("max_alternatives", "max_offers", "max_results", "anzahl", "limit", "count"),
    "first_name": ("first_name", "vorname"),
    "last_name": ("last_name", "nachname", "familienname", "surname"),
}  # fmt: skip
"""Canonical name -> the names agents send for it, best first; folded as `fold` does. The only such table."""


@dataclass(frozen=True, slots=True)
class _Text:
    """How a text argument is read: cut at `limit`; a list is joined, or gives its first useful item without
    `joiner`; `timed` ones understand {"from": …, "to": …}."""

    limit: int
    joiner: str | None = None
    timed: bool = False


# A name may come spelled ("M wie Martha, …"). More than the language reads: cut letters would be another name.
_SPELLED = 520

# Each argument that is text, by its field of `Arguments`; the parts of a name become one.
# Dates and times may be longer than the earlier system's 30 characters: a spoken date must not lose its end.
_TEXTS: Mapping[str, _Text] = {
    "when": _Text(200, " ", timed=True),
    "date": _Text(100, " oder ", timed=True),
    "time": _Text(100, " oder ", timed=True),
    "window": _Text(100, " ", timed=True),
    "service": _Text(250, " und "),
    "staff": _Text(150, " oder "),
    "name": _Text(_SPELLED, " "),
    "attendee": _Text(_SPELLED, " "),
    "phone": _Text(120),
    "offer": _Text(200),
    "hold": _Text(200),
    "category": _Text(100),
    "notes": _Text(500, ", "),
    "first_name": _Text(_SPELLED // 2, " "),
    "last_name": _Text(_SPELLED // 2, " "),
}
_WRAPPERS = frozenset(
    {"args", "arguments", "parameters", "params", "input", "data", "details", "request", "customer", "kunde",
     "kundendaten", "appointment", "termin", "booking", "buchung"}
)  # fmt: skip
_NOTHING = frozenset(
    {"", "null", "none", "nil", "undefined", "nan", "n/a", "string", "unknown", "unbekannt", "not provided",
     "not specified", "unspecified", "not given", "nicht angegeben", "keine angabe", "k.a.", "-", "--", "?",
     "...", "[]", "{}"}
)  # fmt: skip
_YES = frozenset({"true", "ja", "yes", "ok", "okay", "1", "bestaetigt", "confirmed", "wahr", "y", "j"})
_NO = frozenset({"false", "nein", "no", "0", "falsch", "n", "unbestaetigt"})
_INSIDE = ("token", "name", "value", "id", "uid", "n", "text", "label", "start", "datetime")
_DAY = ("date", "datum")
_CLOCK_TIME = ("time", "uhrzeit")
_FROM = ("from", "von", "start", "after", "ab")
_TO = ("to", "bis", "end", "until", "before")
_ORDINALS: Mapping[str, int] = {"erste": 1, "zweite": 2, "dritte": 3, "first": 1, "second": 2, "third": 3}

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SEPARATORS = re.compile(r"[\W_]+")
_TEMPLATE = re.compile(r"\$?\{\{?[^{}]*\}\}?")
_UNFILLED = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}", re.ASCII)
_BARE_HOUR = re.compile(r"[01]?[0-9]|2[0-4]")
_NUMBERED = re.compile(
    r"(?:(?:nr|nummer|no|option|offer|angebot|vorschlag|slot)(?![a-z])[ .:#_-]*)?#?([1-9])\.?", re.ASCII
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LARGEST = 10**15
_LONGEST_TEXT = 4_000
_MOST_KEYS = 500
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Arguments:
    """What one tool call says, under canonical names; texts are NFC, one line, never empty, and None where absent.

    `when`, `date`, `time` and `window` are words or ISO parts for the language to read; an ISO instant is split into
    `date` (YYYY-MM-DD) and `time` (HH:MM, the wall clock as written, whatever offset stands behind it). `offer` is a
    token or an ordinal that the caller chose; `hold` is bound by the tool's schema. Where both are given, the chosen
    offer says what is meant. `confirm` is None unless a clear yes or no was sent."""

    when: str | None = None
    date: str | None = None
    time: str | None = None
    window: str | None = None
    service: str | None = None
    staff: str | None = None
    name: str | None = None
    attendee: str | None = None
    phone: str | None = None
    offer: str | None = None
    hold: str | None = None
    category: str | None = None
    notes: str | None = None
    confirm: bool | None = None
    max_alternatives: int | None = None

    @property
    def offer_number(self) -> int | None:
        """The ordinal, from 1, when the offer was chosen by number ("2", "Option 2", "das zweite")."""
        if self.offer is None:
            return None
        words = self.offer.casefold()
        numbered = _NUMBERED.fullmatch(words)
        if numbered:
            return int(numbered[1])
        return next((n for word, n in _ORDINALS.items() if re.search(rf"\b{word}[rsnm]?\b", words)), None)

    def given(self) -> dict[str, str | bool | int]:
        """Only what was said, ready to be stored as JSON: no null bytes, no lone surrogates."""
        said = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in said if value is not None}


def clean_args(raw: object) -> Arguments:
    """Read the arguments of a tool call: an object, a JSON string of one, or anything else, which counts as empty.

    Unknown names are dropped, call ids among them. Of several names for one thing the first useful one in the order
    of `ALIASES` wins; values nested in wrappers come after those at the top."""
    sent = _by_name(decode_args(raw))
    texts = {
        name: text
        for name, kind in _TEXTS.items()
        if (text := _first(sent, name, partial(_text, kind=kind))) is not None
    }
    _split_instants(texts)
    _join_name(texts)
    return Arguments(
        **texts,
        confirm=_first(sent, "confirm", _flag),
        max_alternatives=_first(sent, "max_alternatives", _count),
    )


def decode_args(raw: object) -> dict[str, object]:
    """Unwrap arguments that arrive as an object or as JSON text (up to three layers); {} for anything else."""
    for _ in range(_DEEPEST):
        if not isinstance(raw, str):
            break
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
    return raw if isinstance(raw, dict) else {}


def fold(name: str) -> str:
    """Bring an argument's or a tool's name to snake_case ASCII: "Bestätigung", "newDate" -> bestaetigung, new_date."""
    spaced = _CAMEL.sub("_", unicodedata.normalize("NFC", name[:100]))
    return _SEPARATORS.sub("_", spaced.casefold().translate(_UMLAUTS)).strip("_")


def _by_name(args: Mapping[str, object]) -> dict[str, list[object]]:
    sent: dict[str, list[object]] = {}
    for name, value in islice(_flattened(args, _DEEPEST), _MOST_KEYS):
        sent.setdefault(name, []).append(value)
    return sent


def _flattened(args: Mapping[str, object], depth: int) -> Iterator[tuple[str, object]]:
    wrapped: list[Mapping[str, object]] = []
    for key, value in args.items():
        name = fold(key)
        if isinstance(value, dict) and name in _WRAPPERS:
            wrapped.append(value)
        else:
            yield name, value
    if depth:
        for inner in wrapped:
            yield from _flattened(inner, depth - 1)


def _first(sent: Mapping[str, list[object]], canonical: str, read: Callable[[object], T | None]) -> T | None:
    values = (value for alias in ALIASES[canonical] for value in sent.get(alias, ()))
    return next((useful for value in values if (useful := read(value)) is not None), None)


def _text(value: object, kind: _Text) -> str | None:
    if not isinstance(value, list):
        return _single(value, kind)
    texts = [text for item in value[:10] if (text := _single(item, kind))]
    joined = " ".join(texts[:1]) if kind.joiner is None else kind.joiner.join(texts)
    return joined[: kind.limit].strip() or None


def _single(value: object, kind: _Text) -> str | None:
    text = _inside(value, kind) if isinstance(value, dict) else _scalar(value)
    return text[: kind.limit].strip() if text else None


def _inside(value: Mapping[str, object], kind: _Text) -> str | None:
    if kind.timed and (span := _span(value)):
        return span
    moment = " ".join(filter(None, (_any(value, _DAY), _any(value, _CLOCK_TIME))))
    return _any(value, _INSIDE) or moment or None


def _span(value: Mapping[str, object]) -> str | None:
    opens, closes = _any(value, _FROM), _any(value, _TO)
    if opens and closes:
        return f"zwischen {opens} und {closes}"
    return f"bis {closes}" if closes else f"ab {opens}" if opens else None


def _any(value: Mapping[str, object], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if (text := _scalar(value.get(key)))), None)


def _scalar(value: object) -> str | None:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Written so that NaN fails it, too.
    if not -_LARGEST < value < _LARGEST:
        return None
    return str(int(value)) if value == int(value) else f"{value:g}"


def _clean(text: str) -> str | None:
    kept = "".join(" " if c.isspace() else c for c in text[:_LONGEST_TEXT] if _visible(c))
    bound = _TEMPLATE.sub(" ", unicodedata.normalize("NFC", kept))
    line = " ".join(bound.split()).strip(' "„“”')
    return None if line.casefold() in _NOTHING or _UNFILLED.fullmatch(line) else line


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in _INVISIBLE or char.isspace()


def _flag(value: object) -> bool | None:
    text = _scalar(int(value) if isinstance(value, bool) else value)
    word = fold(text) if text else ""
    return True if word in _YES else False if word in _NO else None


def _count(value: object) -> int | None:
    text = _scalar(value)
    return min(max(int(text), 1), 10) if text and re.fullmatch(r"[0-9]{1,3}", text) else None


def _split_instants(texts: dict[str, str]) -> None:
    for name in ("when", "date", "time", "offer"):
        text = texts.get(name, "")
        instant = _ISO.fullmatch(text)
        if instant:
            del texts[name]
            texts.setdefault("date", instant[1])
            # Midnight is what a model writes where no time was said; no salon means it.
            if instant[2] and instant[2] != "00:00":
                texts.setdefault("time", instant[2])
        elif name == "offer" and _CLOCK.fullmatch(text):
            texts.setdefault("time", texts.pop("offer"))
    if _BARE_HOUR.fullmatch(texts.get("time", "")):
        texts["time"] += " Uhr"


def _join_name(texts: dict[str, str]) -> None:
    parts = [part for name in ("first_name", "last_name") if (part := texts.pop(name, None))]
    if parts:
        texts.setdefault("name", " ".join(parts))
