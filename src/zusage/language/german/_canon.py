"""One spelling for all the ways a time reaches us: folded, number words as digits, English words as German ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zusage.language.german import speak
from zusage.language.german._near import nearest_name
from zusage.language.german._numbers import CARDINALS, ORDINALS, UNITS, cardinal
from zusage.language.german._text import fold

WEEKDAYS = tuple(fold(day) for day in speak.WEEKDAYS)
MONTHS = tuple(fold(month) for month in speak.MONTHS)
"""As they are said, folded."""
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "januar": ("jan", "jaenner", "january"),
    "februar": ("feb", "feber", "february"),
    "maerz": ("marz", "mrz", "march"),
    "april": ("apr",),
    "mai": ("may",),
    "juni": ("jun", "juno", "june"),
    "juli": ("jul", "july"),
    "august": ("aug",),
    "september": ("sep", "sept"),
    "oktober": ("okt", "oct", "october"),
    "november": ("nov",),
    "dezember": ("dez", "dec", "december"),
    "samstag": ("sonnabend",),
    "uebermorgen": ("ubermorgen",),
    "frueh": ("fruh", "fruehmorgens", "fruehs"),
    "vormittag": ("vormittags", "morning"),
    "mittag": ("mittags", "mittagszeit", "mittagspause"),
    "nachmittag": ("nachmittags", "afternoon", "namittag"),
    "abend": ("abends", "evening", "tonight"),
    "morgens": ("morgends",),
    "morgen": ("morgn", "morjen"),
    "nacht": ("night",),
    "spaet": ("spat",),
    "heute": ("today", "hoite", "heut", "heude"),
    "gestern": ("yesterday",),
    "um": ("at",),
    "der": ("the",),
    "uhr": ("o'clock", "oclock", "h"),
    "und": ("and",),
    "oder": ("or",),
    "bis": ("until", "till"),
    "nach": ("after",),
    "vor": ("before",),
    "zwischen": ("between",),
    "naechste": (
        "next",
        "nachste",
        "nachsten",
        "nachster",
        "naechsten",
        "naechster",
        "naechstem",
        "naechstes",
    ),
    "kommende": ("kommenden", "kommender", "kommendem", "kommendes", "folgenden", "folgende"),
    "uebernaechste": (
        "uebernaechsten",
        "uebernaechster",
        "uebernaechstem",
        "uebernaechstes",
        "ubernachste",
        "ubernachsten",
    ),
    "diese": ("diesen", "dieser", "diesem", "dieses", "this"),
    "letzte": ("letzten", "letzter", "letztem", "letztes", "last"),
    "woche": ("week",),
    "wochen": ("weeks",),
    "tagen": ("tage", "days", "day", "tag"),
    "monat": ("month", "monats"),
    "monaten": ("monate", "months"),
    "stunde": ("hour",),
    "stunden": ("hours",),
    "minuten": ("minutes", "minute", "min"),
    "wochenende": ("weekend", "wochenend"),
    "dreiviertel": ("3viertel",),
    "moeglich": ("moglich",),
    "fruehestens": ("fruhestens",),
    "spaetestens": ("spatestens",),
}
_WORDS = {variant: word for word, variants in _SPELLINGS.items() for variant in variants}
_WORDS |= {f"{day}s": day for day in WEEKDAYS} | dict(zip(_ENGLISH_DAYS, WEEKDAYS, strict=True))
_WORDS |= {day[:3]: german for day, german in zip(_ENGLISH_DAYS, WEEKDAYS, strict=True)}

_DAY = "|".join((*WEEKDAYS, "sonnabend"))

_MONTH = "|".join(
    sorted(
        (*MONTHS, *(form for month in MONTHS for form in _SPELLINGS.get(month, ()))), key=len, reverse=True
    )
)
# Stands for a name that is also a day: without another day beside it, the text must not pass for one without a day.
_NAMED_LIKE_A_DAY = " namenstag "

_NUMBER = "|".join((r"\d{1,2}", *(word for word, value in CARDINALS.items() if 1 <= value <= 24)))
# "um zehn, elf oder zwölf": what stands between commas is a list, not one number of several words.
_LISTS = (
    (re.compile(r"\b(\w+), (\w+) (oder|und) (?=\w)"), r"\1 oder \2 \3 "),
    (re.compile(rf"\b({_NUMBER}), (?=(?:{_NUMBER})\b)"), r"\1 und "),
)

_PHRASES = (
    (re.compile(r"(?<=\d) - (?=\d)"), "-"),
    (re.compile(r"\b(\w+day) after next\b"), r"uebernaechste \1"),
    (re.compile(r"\b(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d)(:\d\d(?:[.,]\d+)?)?(?:z\b|([+-])(\d\d):?(\d\d)\b)"),
     lambda m: _as_written(m)),  # noqa: PLW0108 - defined below
    (re.compile(rf"(?<!meine )(?<!ihre )(?<!seine )(?<!deine )(?<!eine )\b(?:(?:frau|herrn?|familie|fraeulein|mrs?\.?)(?: dr\.?)?|heisse|name ist) "
                rf"(?:{_DAY}|{_MONTH})s?\b(?!\.)"), _NAMED_LIKE_A_DAY),
    (re.compile(r"^(?:guten )?tag(?:chen)?[,!.]"), " "),
    (re.compile(r"\bueber morgen\b"), "uebermorgen"),
    (re.compile(r"\bvor gestern\b"), "vorgestern"),
    (re.compile(r"\b(diens?t?|dins?t?|don?ners?|frei|sams?|sonn?|mon|mitt?)[ -](tags?|tach|tak|wochs?)\b"), r"\1\2"),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th) of ({_MONTH})\b"), r"\1. \2"),
    (re.compile(r"\b(?:the )?day after tomorrow\b"), "uebermorgen"),
    (re.compile(r"\btomorrow morning\b"), "morgen frueh"),
    (re.compile(r"\btomorrow\b"), "morgen"),
    (re.compile(r"\bthis (morning|afternoon|evening)\b"), r"heute \1"),
    (re.compile(r"\bnoon\b"), "12:00"),
    (re.compile(r"\bas soon as possible\b|\basap\b|\banytime\b"), "schnellstmoeglich"),
    # A greeting is neither a day nor a part of one.
    (re.compile(r"\b(?:schoenen )?(?:guten?|schoenen?|good) (?:tag|morgen|abend|mittag|morning|evening)\b"), " "),
    (re.compile(rf"\bzwischen (?:dem |den )?({_DAY}|\d{{1,2}}\. ?\d{{1,2}}\.) und (?:dem |den )?(?=(?:{_DAY})|\d{{1,2}}\.)"),
     r"\1 bis "),
    (re.compile(r"\b(?:an )?heilig(?:er )?abend\b"), "24.12."),
    (re.compile(r"\b(?:an )?silvester\b"), "31.12."),
    (re.compile(r"\b(?:an )?neujahr(?:stag)?\b"), "1.1."),
    (re.compile(r"\bnicht vor\b"), "ab"),
    (re.compile(r"\bnicht (?:spaeter als|nach)\b"), "bis"),
    (re.compile(r"\bnicht frueher als\b"), "ab"),
    (re.compile(r"(\d)[t_](\d)"), r"\1 \2"),
    (re.compile(r"(\d)(uhr|h)\b"), r"\1 uhr"),
    (re.compile(r"\b(?:p\.\s?m\.?|pm)(?=\W|$)|(?<=\d)pm\b"), " pm"),
    (re.compile(r"(?<=\d)\s?(?:a\.\s?m\.|am\b(?=$|,|\s+(?:heute|morgen)))|(?<=\d)am\b"), " a_m"),
    (re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|ter|ten|te|sten|ste)\b"), r"\1."),
    (re.compile(rf"\b({_DAY})s?"
                r"(morgen|vormittag|mittag|nachmittag|abend|frueh|nacht)s?\b"), r"\1 \2"),
    (re.compile(r"\bviertel(vor|nach)\b"), r"viertel \1"),
    (re.compile(r"\bhalb(?=eins|zw|drei|vier|fu|sechs|sieben|acht|neun|zehn|elf)"), "halb "),
    (re.compile(r"\b(20\d\d)(\d\d)(\d\d)\b"), r"\1-\2-\3"),
    (re.compile(r"^(?:mo|di|mi|do|fr|sa|so)\.?$"), lambda m: _short_day(m[0])),
    (re.compile(r"\b(?:mo|di|mi|do|fr|sa)\b\.?(?=,? (?:um |ab |\d{1,2}(?::\d\d| uhr)))"), lambda m: _short_day(m[0])),
    (re.compile(r"\b(?:mo|di|mi|do|fr|sa|so)\b\.?(?=,? (?:den )?\d{1,2}\.)"), lambda m: _short_day(m[0])),
    (re.compile(r"[–—−]"), "-"),
    (re.compile(r"[^a-z0-9.:/+_ -]"), " "),
)  # fmt: skip
# "am 5. oder 6. Januar", "vom 24. bis 26.11."
_SHARED_MONTH = re.compile(
    rf"(?<![\d.])(\d{{1,2}}\.) (oder|und|bis) ((?:(?:am|den|dem|zum) )*\d{{1,2}}\.)( ?(?:{'|'.join(MONTHS)})\b| ?\d{{1,2}}\.)"
)


def _as_written(found: re.Match[str]) -> str:
    """The wall clock of an instant, its offset dropped: a model copies the time it heard and invents the offset.

    What looks like an offset may be the end of a range ("10:00-11:00")."""
    day, time, seconds, sign, hours, minutes = found.groups()
    if sign == "-" and not seconds and f"{hours}:{minutes}" > time:
        return f"{day} {time}-{hours}:{minutes}"
    return f"{day} {time}"


def _short_day(text: str) -> str:
    return next(day for day in WEEKDAYS if day.startswith(text[:2]))


def canonical(text: str) -> str:
    """Rewrite a caller's or model's words about time; never longer than a few times `LONGEST`."""
    line = fold(text)
    for pattern, replacement in (*_LISTS, *_PHRASES) if ", " in line else _PHRASES:
        line = pattern.sub(replacement, line)
    words = [word for word in (raw.strip("-:/+_") for raw in line.split()) if word.strip(".")]
    line = " ".join(_numbers_as_digits([_known(word) for word in words])).strip()
    return _SHARED_MONTH.sub(r"\1\4 \2 \3\4", line)


def _known(word: str) -> str:
    bare = word.rstrip(".")
    if bare in _WORDS:
        return _WORDS[bare]
    if not bare.isalpha():
        return word
    return bare if bare in _SPELLINGS else nearest_name(bare) or bare


def _numbers_as_digits(words: Sequence[str]) -> list[str]:
    done: list[str] = []
    at = 0
    while at < len(words):
        text, used = _number_at(words, at)
        done.append(text)
        at += used
    return done


def _number_at(words: Sequence[str], at: int) -> tuple[str, int]:
    """The word at a place, or its number; and how many words that took."""
    word, following = words[at], words[at + 1 : at + 3]
    if word in UNITS and (joined := _split_number(words, at)):
        return joined
    if word == "ein":
        return ("1" if following[:1] == ["uhr"] else word), 1
    if word == "null" and "uhr" not in (*following[:1], *words[max(at - 1, 0) : at]):
        return "leer", 1
    if word in ORDINALS:
        return f"{ORDINALS[word]}.", 1
    value = cardinal(word)
    return (word if value is None else str(value)), 1


def _split_number(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """A number that speech recognition has split: "vier und zwanzigsten", "vier zehn uhr"."""
    unit, following = UNITS[words[at]], words[at + 1 : at + 3]
    between = at > 0 and words[at - 1] == "zwischen"
    if len(following) == 2 and following[0] == "und" and not between:
        tens, ordinal = CARDINALS.get(following[1]), ORDINALS.get(following[1])
        if (tens or ordinal or 1) % 10 == 0 and (tens or ordinal or 0) >= 20:
            return (f"{tens + unit}", 3) if tens else (f"{(ordinal or 0) + unit}.", 3)
    if len(following) == 2 and unit >= 3 and following == ["zehn", "uhr"]:
        return f"{10 + unit}", 2
    return (f"{10 + unit}.", 2) if unit >= 3 and following[:1] == ["zehnten"] else None
