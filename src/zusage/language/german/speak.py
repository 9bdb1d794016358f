"""Values as one says them in German: no symbol, abbreviation or digit that a voice reads wrongly, never a line break.

Sentences (`speech`, `texts`) are filled with these; nothing else in the system formats a value for speech."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from zusage.core.scheduling.masters import Span
from zusage.core.values import Money
from zusage.language.reading import When

WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)

_ONES = (
    "null",
    "ein",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
)
_TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_ORDINAL_STEMS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
_LARGEST_NUMBER = 9999
_LARGEST_ORDINAL = 31
_LAST_WORD = 12
_SYMBOLS = {
    "&": " und ",
    "+": " und ",
    "/": " oder ",
    "€": " Euro ",
    "%": " Prozent ",
    "@": " at ",
    "½": " einhalb ",
    "–": "-",
    "—": "-",
}
_KEPT_MARKS = set(" -'’.,:")
_WRITTEN_SHORT = tuple(
    (re.compile(written, re.IGNORECASE), spoken)
    for written, spoken in (
        (r"(?<=\d)\s*-\s*(?=\d)", " bis "),
        (r"(?<=\d):(?=\d\d\b)", " Uhr "),
        (r"(?<=\d),(?=\d)", " Komma "),
        (r"(?<=\d)[.:](?=\d)", " "),
        (r"(?<=\d) ?(?:min\b\.?)", " Minuten"),
        (r"(?<=\d) ?(?:std\b\.?|h\b)", " Stunden"),
        (r"(?<=\d) ?cm\b", " Zentimeter"),
        (r"(?<=\d) ?ml\b", " Milliliter"),
        (r"\bz\. ?b\.", "zum Beispiel"),
        (r"\binkl\.", "inklusive"),
        (r"\bexkl\.", "exklusive"),
        (r"\bzzgl\.", "zuzüglich"),
        (r"\bca\.", "circa"),
        (r"\bbzw\.", "beziehungsweise"),
        (r"\busw\.", "und so weiter"),
        (r"\betc\.", "und so weiter"),
        (r"\bggf\.", "gegebenenfalls"),
        (r"\bevtl\.", "eventuell"),
        (r"\bnr\.", "Nummer"),
        (r"\bdr\.", "Doktor"),
        (r"\bprof\.", "Professor"),
        (r"(?<=\w) (?-i:u)\. ?(?=\w)", " und "),
        (r"(?<=\w) (?-i:m)\. ?(?=\w)", " mit "),
        (r"\.(?=\s+(?-i:[a-zäöüß]))", ""),
    )
)
_LONGEST_NAME = 120
MOST_OFFERS = 2
"""More than two times at once nobody keeps in mind."""
_DAY_END = 24 * 60
_CLOCK_GRAINS = frozenset({"minute", "hour", "part_of_day"})
_CURRENCIES = {"EUR": ("Euro", "Cent"), "CHF": ("Franken", "Rappen"), "USD": ("Dollar", "Cent")}


@dataclass(frozen=True, slots=True)
class Here:
    """When and where a sentence is spoken: `now` is aware, `zone` the branch's IANA zone that all times are said in."""

    now: dt.datetime
    zone: str

    def local(self, at: dt.datetime) -> dt.datetime:
        return at.astimezone(ZoneInfo(self.zone))

    @property
    def today(self) -> dt.date:
        return self.local(self.now).date()


@dataclass(frozen=True, slots=True)
class SpokenOffer:
    """An offer as far as it is said aloud; `staff` stays empty where the caller did not ask for anyone."""

    start: dt.datetime
    staff: str = ""


def plain(text: str) -> str:
    """Make a master's or caller's name safe to speak: one line, no control characters or markup, symbols as words.

    At most 120 characters remain; a name without letters or digits becomes empty."""
    kept = (_spoken_character(c) for c in unicodedata.normalize("NFC", text[: 4 * _LONGEST_NAME]))
    line = re.sub(r"\s+(?=[.,:])", "", " ".join("".join(kept).split()))
    for written, spoken in _WRITTEN_SHORT:
        line = written.sub(spoken, line)
    return " ".join(line.split())[:_LONGEST_NAME].strip(" -'’.,:")


def _spoken_character(char: str) -> str:
    if char in _SYMBOLS:
        return _SYMBOLS[char]
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return char if char.isalpha() or char in _KEPT_MARKS or unicodedata.combining(char) else " "


def join(items: Sequence[str], *, word: Literal["und", "oder"] = "und") -> str:
    """List items as one says them: "Montag, Dienstag und Mittwoch"; empty for no items."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def names(items: Sequence[str], *, word: Literal["und", "oder"] = "und") -> str:
    """List names of masters, each made safe by `plain`; the order is kept, empty ones are left out."""
    return join([name for name in map(plain, items) if name], word=word)


def time(at: dt.datetime | dt.time) -> str:
    """Say a wall-clock time: "14 Uhr 30", "14 Uhr", "ein Uhr nachts". Convert to the branch's zone before.

    The hours from 1 to 6 say that they are not meant in the afternoon."""
    hour = "ein" if at.hour == 1 else str(at.hour)
    spoken = f"{hour} Uhr {at.minute}" if at.minute else f"{hour} Uhr"
    return f"{spoken} {'nachts' if at.hour <= 4 else 'morgens'}" if 1 <= at.hour <= 6 else spoken


def date(day: dt.date, *, today: dt.date, before: Literal["am", "vom", "zum", ""] = "am") -> str:
    """Say a day as an adverb: "heute", "morgen, am Mittwoch", "am Freitag, dem 27. November".

    `before` fits it to what surrounds it: "zum" after "bis" ("zum Freitag, dem …"), "" after "von" or "ab", "vom" for
    the begin of a stretch. The year is added for days that have passed and for those of another year."""
    weekday = WEEKDAYS[day.weekday()]
    if day - today in {dt.timedelta(), dt.timedelta(days=1)}:
        near = "heute" if day == today else f"morgen, {'am ' if before == 'am' else ''}{weekday}"
        return f"von {near}" if before == "vom" else near
    return f"{before} {weekday}, dem {_day_and_month(day, today)}".lstrip()


def _day_and_month(day: dt.date, today: dt.date) -> str:
    text = f"{day.day}. {MONTHS[day.month - 1]}"
    return text if day >= today and day.year == today.year else f"{text} {day.year}"


def day(day: dt.date) -> str:
    """Say a day as what is meant, without its year: "Freitag, den 27. November"."""
    return f"{WEEKDAYS[day.weekday()]}, den {day.day}. {MONTHS[day.month - 1]}"


def moment(at: dt.datetime, here: Here) -> str:
    """Say an instant in the branch's zone: "am Freitag, dem 27. November, um 14 Uhr 30", "heute um 14 Uhr"."""
    return _at_day(here.local(at).date(), here, f"um {time(here.local(at))}")


def _at_day(day: dt.date, here: Here, rest: str) -> str:
    return _closed_by_comma(date(day, today=here.today), rest)


def wish(when: When, here: Here) -> str:
    """Say what was understood of one wish, so that its days can be agreed to: "am Freitag, dem 27. November, ab 15 Uhr",
    "vom Montag, dem 23. November, bis zum Mittwoch, dem 25. November, zwischen 9 Uhr und 12 Uhr"."""
    part = _part(when.daily)
    if when.soonest:
        return f"so bald wie möglich {part}".rstrip()
    if when.kind == "open_start" and when.end is not None:
        return _until(here.local(when.end), part, here, when)
    if when.kind == "interval" and when.end is not None:
        return _within(here.local(when.start), here.local(when.end), part, here, when)
    return _from(here.local(when.start), part, here, when)


def _from(first: dt.datetime, part: str, here: Here, when: When) -> str:
    """An instant, or what begins with one: on one day ("heute ab 15 Uhr"), or from a day on."""
    clock = time(first)
    if when.kind == "instant":
        return _at_day(first.date(), here, f"{'gegen' if when.approximate else 'um'} {clock}")
    if when.limit is not None and when.grain in _CLOCK_GRAINS:
        return _at_day(first.date(), here, f"ab {clock}")
    begins = f"um {clock}" if when.grain in _CLOCK_GRAINS and not part else part
    return _closed_by_comma(f"ab {date(first.date(), today=here.today, before='')}", begins)


def _until(end: dt.datetime, part: str, here: Here, when: When) -> str:
    """What ends before a moment: on one day ("heute bis 12 Uhr"), or any day until then."""
    clock = time(end)
    if when.grain not in _CLOCK_GRAINS or not _minute(end):
        last = (end - dt.timedelta(microseconds=1)).date()
        return _closed_by_comma(f"bis {date(last, today=here.today, before='zum')}", part)
    if part or here.local(when.start).date() == end.date():
        return _at_day(end.date(), here, f"bis {clock}")
    return _closed_by_comma(f"bis {date(end.date(), today=here.today, before='zum')}", f"um {clock}")


def _within(first: dt.datetime, end: dt.datetime, part: str, here: Here, when: When) -> str:
    last = (end - dt.timedelta(microseconds=1)).date()
    if first.date() != last:
        return _closed_by_comma(_stretch(first.date(), last, here), part)
    if when.grain in _CLOCK_GRAINS and not part:
        part = _hours(_minute(first), _minute(end) or _DAY_END)
    return _closed_by_comma(date(last, today=here.today), part)


def _part(daily: Span | None) -> str:
    return "" if daily is None else _hours(daily.opens, daily.closes)


def _hours(opens: int, closes: int) -> str:
    """A stretch of a day in minutes of it: "zwischen 9 und 12 Uhr", "ab 15 Uhr", "bis 12 Uhr"."""
    if opens <= 0 or closes >= _DAY_END:
        bounds = (
            f"ab {_clock_of(opens)}" if opens > 0 else "",
            f"bis {_clock_of(closes)}" if closes < _DAY_END else "",
        )
        return "".join(bounds)
    begin, end = _clock_of(opens), _clock_of(closes)
    return f"zwischen {begin.removesuffix(' Uhr')} und {end}"


def _clock_of(minute: int) -> str:
    return time(dt.time(minute // 60, minute % 60))


def _minute(at: dt.datetime) -> int:
    return at.hour * 60 + at.minute


def _stretch(first: dt.date, last: dt.date, here: Here) -> str:
    begin = date(first, today=here.today, before="vom")
    return f"{_closed_by_comma(begin, 'bis')} {date(last, today=here.today, before='zum')}"


def _closed_by_comma(said: str, rest: str) -> str:
    return f"{said}{',' if ',' in said else ''} {rest}" if rest else said


def offers(items: Sequence[SpokenOffer], here: Here, *, said_day: dt.date | None = None) -> str:
    """Say offers in their order, a day and a person of all only once: "am Freitag, dem 27. November, um 14 Uhr 30 oder
    um 16 Uhr bei Anna".

    `said_day` is the day that the sentence before named: offers on it are "am selben Tag"."""
    shared = items[0].staff if len({item.staff for item in items}) == 1 else ""
    if shared:
        return offers([SpokenOffer(item.start) for item in items], here, said_day=said_day) + with_staff(
            shared
        )
    parts = []
    for day, same_day in groupby(items, key=lambda offer: here.local(offer.start).date()):
        clocks = join([_clock(offer, here) for offer in same_day], word="oder")
        parts.append(f"am selben Tag {clocks}" if day == said_day else _at_day(day, here, clocks))
    return join(parts, word="oder")


def offer(item: SpokenOffer, here: Here) -> str:
    """Say one offer: "am Freitag, dem 27. November, um 14 Uhr 30 bei Anna"."""
    return offers([item], here)


def _clock(item: SpokenOffer, here: Here) -> str:
    return f"um {time(here.local(item.start))}{with_staff(item.staff)}"


def with_staff(staff: str) -> str:
    """Name the person as an addition, with a blank before it ("bei Anna"), or nothing for no name."""
    name = plain(staff)
    return f" bei {name}" if name else ""


def price(money: Money) -> str:
    """Say an amount: "45 Euro", "20 Euro 50", "ein Euro", "50 Cent"; an unknown currency by its letters."""
    whole, part = divmod(abs(money.cents), 100)
    major, minor = _CURRENCIES.get(money.currency, (" ".join(money.currency), "Hundertstel"))
    sign = "minus " if money.cents < 0 else ""
    if part and not whole:
        return f"{sign}{_counted(part)} {minor}"
    amount = f"{sign}{_counted(whole)} {major}"
    if 0 < part < 10:
        return f"{amount} und {_counted(part)} {minor}"
    return f"{amount} {part}" if part else amount


def _counted(amount: int) -> str:
    return "ein" if amount == 1 else str(amount)


def number(value: int) -> str:
    """Say a whole number from 0 to 9999 in one word: "null", "eins", "einundzwanzig", "eintausendeinhundertelf".

    :raises ValueError: the number lies outside."""
    if not 0 <= value <= _LARGEST_NUMBER:
        raise ValueError(f"{value} is not from 0 to {_LARGEST_NUMBER}")
    last = value % 100
    return f"{_words(value)}s" if last == 1 else _words(value)


def _words(value: int) -> str:
    """The number as it stands before a noun or another part of a number ("ein", not "eins")."""
    for size, name in ((1000, "tausend"), (100, "hundert")):
        if value >= size:
            whole, rest = divmod(value, size)
            return f"{_ONES[whole]}{name}{_words(rest) if rest else ''}"
    if value < len(_ONES):
        return _ONES[value]
    tens, ones = divmod(value, 10)
    return f"{_ONES[ones]}und{_TENS[tens]}" if ones else _TENS[tens]


def ordinal(value: int, *, ending: Literal["e", "en", "er", "es"] = "e") -> str:
    """Say a day's number from 1 to 31 as a word: "erste", "dritten", "siebte", "einundzwanzigster".

    :raises ValueError: the number lies outside."""
    if not 1 <= value <= _LARGEST_ORDINAL:
        raise ValueError(f"{value} is not from 1 to {_LARGEST_ORDINAL}")
    stem = _ORDINAL_STEMS.get(value) or f"{_words(value)}{'t' if value < len(_ONES) else 'st'}"
    return f"{stem}{ending}"


def duration(minutes: int) -> str:
    """Say a duration: "45 Minuten", "eine Stunde", "anderthalb Stunden", "zwei Stunden und zehn Minuten"."""
    hours, rest = divmod(max(minutes, 0), 60)
    if not hours:
        return _minutes(rest)
    if rest == 30:
        return "anderthalb Stunden" if hours == 1 else f"{_number(hours)}einhalb Stunden"
    spoken = "eine Stunde" if hours == 1 else f"{_number(hours)} Stunden"
    return f"{spoken} und {_minutes(rest)}" if rest else spoken


def _minutes(minutes: int) -> str:
    return "eine Minute" if minutes == 1 else f"{_number(minutes)} Minuten"


def _number(amount: int) -> str:
    return _ONES[amount] if amount <= _LAST_WORD else str(amount)


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop where no mark stands yet."""
    started = text[:1].upper() + text[1:]
    return started if started.endswith((".", "?", "!")) else f"{started}."
