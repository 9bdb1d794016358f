"""Takes persons out of a sentence: what may be kept of what somebody said on the phone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import partial

from zusage.language.german._names_known import EASTERN_FAMILY, EVERYDAY, FAMILY, GIVEN

LONGEST = 200
"""How many characters of a sentence are kept."""

_NAME, _NUMBER, _MAIL, _PLACE, _REST = "[Name]", "[Nummer]", "[E-Mail]", "[Adresse]", "[…]"
_READ = 1_000
_MARK = re.compile(r"\[(?:Name|Nummer|E-Mail|Adresse|…)\]")
_SAME_AGAIN = re.compile(r"(\[(?:Name|Nummer|E-Mail|Adresse|…)\])(?:[ ,]*\1)+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")

# What comes after these is the caller's, to the end.
_OWN_NAME = re.compile(
    r"\b(?:mein(?:e[nm]?)? (?:\w+ )?(?:(?:vor|nach|zu|familien|geburts|ruf|mädchen|maedchen)?name\w*)|(?:vor|nach|zu|familien)name\w*|"
    r"(?:auf|unter|im|in) (?:den |dem |meine[nm] )?namen|ich hei(?:ß|ss|s)e?|hei(?:ß|ss|s)e? ich|ich nenne mich|"
    r"(?:der|dem|den) name\w* (?:ist|lautet|von|wäre|waere)|name\s*:|man nennt mich|buchstabiere\w*)\b.*",
    re.IGNORECASE,
)
_OWN_FACTS = re.compile(
    r"\b(?:geboren|geburtsdatum|geburtstag ist|(?:telefon|handy|mobil|rückruf|rueckruf|kunden|karten|versicherten|konto)?nummer "
    r"(?:ist|lautet|wäre|waere)|(?:telefon|handy|mobil|rückruf|rueckruf|kunden|karten|versicherten|konto)nummer|"
    r"e-?mail\w*|mailadresse|(?:meine )?(?:adresse|anschrift) (?:ist|lautet)|ich wohne|wohnhaft)\b.*",
    re.IGNORECASE,
)
_BEFORE_NAME = (
    r"(?:hier (?:ist|spricht)(?: (?:die|der))?|ich bin(?:'s|s)?(?: es)?,? (?:die|der)|am apparat(?: ist)?)"
)
_INTRODUCED = re.compile(rf"\b({_BEFORE_NAME})((?: [^\W\d_][\w'’-]*){{1,4}})", re.IGNORECASE)
_AT_THE_PHONE = re.compile(
    r"(?<![\w'’-])(?:[^\W\d_][\w'’-]*,? ){1,2}(?=(?:ist )?am apparat\b|ist mein name\b|mein name(?! (?:ist|lautet)|\w))",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"(?<!\w)((?:mein\w* |dein\w* |sein\w* |ihr\w* |eine?\w? |unser\w* |die |der |den |dem )?)"
    r"(herrn?|frau|fräulein|fraeulein|familie|doktor|dr\.?|professor|prof\.?) "
    r"((?:(?:von|van|zu|de|der|den|doktor|dr\.?|professor|prof\.?) ){0,3})([^\W\d_][\w'’-]*)",
    re.IGNORECASE,
)
_MAIL_WRITTEN = re.compile(r"(?:(?<!\S)[^\s@]+\s?)?@\s?\S*")
_MAIL_SPOKEN = re.compile(
    r"\b(?:\w+ (?:punkt|minus|unterstrich|bindestrich|strich) ){0,4}\w+ (?:at|ät|aet|äd|klammeraffe) \w+"
    r"(?: (?:punkt|dot|minus|bindestrich) \w+){1,4}\b|\b\w+ klammeraffe \w+",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\+?\d(?:[ \-–/().]{0,3}\d)*")
_UMLAUT = re.compile("([aou])e")  # a transcript may have lost the dots
_LONG_RUN = re.compile(r"\d{4}")
_NUMBER_PART = (
    "null|eins|ein|zwei|zwo|drei|vier|fünf|fuenf|sechs|sech|sieben|sieb|acht|neun|zehn|elf|zwölf|zwoelf|zwanzig|zig|"
    "ßig|ssig|hundert|tausend"
)
_NUMBER_WORD = rf"(?:(?:{_NUMBER_PART})(?:{_NUMBER_PART}|und)*|doppel|\d+)"
_SPOKEN_NUMBER = re.compile(rf"\b{_NUMBER_WORD}(?:[ ,\-]+(?:und )?{_NUMBER_WORD}){{3,}}\b", re.IGNORECASE)
_STREET = re.compile(
    r"(?<![\w-])(?:(?:am|an der|in der|zur|zum) )?[\w-]{0,60}(?:straße|strasse|str\.|weg|allee|gasse|platz|ufer|damm) \d+(?: ?[a-z])?\b",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    r"\b[^\W\d_] wie \w+(?:[ ,]+(?:[^\W\d_] wie \w+|doppel \w|\w))*\b|(?<!\w)[^\W\d_](?:[ ,.\-]+[^\W\d_]){2,}(?!\w)",
    re.IGNORECASE,
)
_GIVEN = frozenset(form for name in GIVEN - EVERYDAY for form in (name, _UMLAUT.sub(r"\1", name)))
_FAMILY = frozenset(
    form
    for name in (FAMILY - EVERYDAY) | {name for name in EASTERN_FAMILY if len(name) > 3}
    for form in (name, _UMLAUT.sub(r"\1", name))
)
_NO_NAMES = frozenset(
    """
    ich du er sie es wir ihr mich mir und oder aber für fuer mit bei von zu zum zur am an im in um auf ab bis nach vor gegen wegen
    ist sind war hat haben hätte haette möchte moechte will wollte würde wuerde kann brauche bräuchte brauchte gern gerne bitte
    einen eine einer einem ein den die das der dem nicht noch nur auch schon mal einmal zweimal heute morgen übermorgen montag
    dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz april mai juni juli august september
    oktober november dezember vormittag nachmittag mittag abend termin uhr hallo guten tag ja nein nochmal wieder hier da
    """.split()  # noqa: SIM905
)


def without_persons(text: str, *, known: Iterable[str] = (), kept: Iterable[str] = ()) -> str:
    """Give a sentence without who said it: names, numbers of four digits or more, e-mail and postal addresses become
    marks ("[Name]"). At most 200 characters on one line; "" where nothing but marks is left.

    :param known: names of the caller; each word of them goes, wherever it stands.
    :param kept: what may be named: the staff, the services."""
    line = " ".join("".join(map(_printable, unicodedata.normalize("NFC", text[:_READ]))).split())
    theirs = frozenset(_words(known))
    stays = frozenset(_words(kept)) - theirs
    line = _mask_introduced(_mask_contacts(line), stays)
    line = _mask_common(_mask_known(line, theirs), stays)
    line = _cut(_SAME_AGAIN.sub(r"\1", line))
    return line if re.search(r"\w", _MARK.sub("", line)) else ""


def wording(text: str) -> str:
    """Give what two sentences share that differ in capitals, blanks and punctuation only."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _printable(char: str) -> str:
    return char if unicodedata.category(char)[0] != "C" else " "


def _words(texts: Iterable[str]) -> Iterator[str]:
    return (
        _fold(word)
        for text in texts
        for word in _WORD.findall(unicodedata.normalize("NFC", text))
        if len(word) > 1
    )


def _fold(word: str) -> str:
    folded = word.casefold()
    if folded.isascii():
        return folded
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        folded = folded.replace(umlaut, plain)
    plain = unicodedata.normalize("NFD", folded)
    return "".join(char for char in plain if not unicodedata.combining(char))


def _mask_contacts(line: str) -> str:
    for pattern, mark in (
        (_OWN_FACTS, _REST),
        (_MAIL_WRITTEN, _MAIL),
        (_MAIL_SPOKEN, _MAIL),
        (_STREET, _PLACE),
        (_SPOKEN_NUMBER, _NUMBER),
    ):
        line = pattern.sub(mark, line)
    return _DIGITS.sub(_number, line)


def _number(found: re.Match[str]) -> str:
    """Mask what may be a telephone number, a year or a postcode; days and times of day stay."""
    said = found[0]
    count = sum(char.isdigit() for char in said)
    dialled = said.startswith(("+", "0")) and count > 4
    spaced = "." not in said and count > 6
    return _NUMBER if dialled or spaced or _LONG_RUN.search(said) else said


def _mask_introduced(line: str, kept: Collection[str]) -> str:
    line = _SPELLED.sub(_NAME, _AT_THE_PHONE.sub(f"{_NAME} ", line))
    line = _OWN_NAME.sub(_NAME, line)
    line = _INTRODUCED.sub(partial(_introduced, kept=kept), line)
    return _TITLED.sub(partial(_titled, kept=kept), line)


def _introduced(found: re.Match[str], kept: Collection[str]) -> str:
    """Mask the words after an introduction as far as they can be a name."""
    words = found[2].split()
    length = next((n for n, word in enumerate(words) if not _nameable(word, kept)), len(words))
    return " ".join([found[1], *([_NAME] if length else []), *words[length:]])


def _titled(found: re.Match[str], kept: Collection[str]) -> str:
    whose, title, between, word = found.groups()
    # "meine Frau" is a person without a name; what follows is one only if it is written like one.
    wife = bool(whose) and title.casefold() in {"frau", "herr", "familie"} and not word[0].isupper()
    given = _is_of(word, _GIVEN)  # goes later, with the family name behind it
    return found[0] if wife or given or not _nameable(word, kept) else f"{whose}{title} {between}{_NAME}"


def _nameable(word: str, kept: Collection[str]) -> bool:
    return word.casefold() not in _NO_NAMES and _fold(word) not in kept


def _mask_known(line: str, known: Collection[str]) -> str:
    return _WORD.sub(lambda found: _NAME if _is_of(found[0], known) else found[0], line)


def _is_of(word: str, names: Collection[str]) -> bool:
    """Whether a word is one of these, its genitive, or a double name with one of these."""
    folded = _fold(word)
    parts = {folded, folded.removesuffix("s").rstrip("'’"), *folded.split("-")}
    return not parts.isdisjoint(names)


def _mask_common(line: str, kept: Collection[str]) -> str:
    """Mask names that many people have, and what is written like a family name behind a given one."""
    out: list[str] = []
    at, after_given = 0, False
    for found in re.finditer(r"\[[^\]]*\]|[^\W\d_][\w'’-]*", line):
        word = found[0]
        free = not word.startswith("[") and _fold(word) not in kept
        given = free and _is_of(word, _GIVEN)
        behind = free and after_given and line[at : found.start()] == " " and word[0].isupper()
        surname = (behind and _nameable(word, kept)) or (free and _is_of(word, _FAMILY))
        out += [line[at : found.start()], _NAME if given or surname else word]
        at = found.end()
        after_given = given and _fold(word) in _GIVEN  # no genitive: "Sabines Dauerwelle"
    return "".join(out) + line[at:]


def _cut(line: str) -> str:
    if len(line) <= LONGEST:
        return line
    return line[:LONGEST].rpartition(" ")[0] or line[:LONGEST]
