"""Words about time that were misheard, and which they most likely are."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from zusage.language.german._kinds import Kinds
from zusage.language.german._lexicon import WORDS
from zusage.language.german._numbers import CARDINALS, ORDINALS
from zusage.language.german._words import cologne

_LIKE, _SAME_SOUND_LIKE, _SAME_SOUND_BONUS, _MARGIN = 82, 70, 20, 8
_WORD_LIKE, _WORD_SAME_SOUND, _FEAST_LIKE = 86, 77, 92
_SHORTEST = 5
_NAMES = (
    *(
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "uebermorgen",
        "vorgestern",
    ),
    *("januar", "februar", "april", "august", "september", "oktober", "november", "dezember"),
)
_ENGLISH = {
    "tuesday": "dienstag",
    "wednesday": "mittwoch",
    "thursday": "donnerstag",
    "saturday": "samstag",
}
# Words of everyday German that lie close to one about time.
_OTHER_WORDS_TEXT = """
abende achten achtung achtziger aktuellste aktuellsten augusta auguste christa christians da dessen diesseits
dissen dreissiger dressing dritteln drittels drittens dritter duesen eastern einundalles esther feiertag
feiertage feiertags feierten fertig fliegende fliegenden fliegender folgen freiherr freital freudig
fruehstueck fruehstuecken fuehre fuehrer fuenfer fuenftel fuenfziger fuhrer geschehen gesehen gewichen gleich
gleichzeitig glichen gloeckchen jaguar jemand koma kommandeur kommando kommandos kommen kommentar kommentiere
kurzen laender laufen lester letten letter letztere letzterem letzteren letzterer letzteres letztlich lieben
listen machten margen meinten minute mitarbeiter monaten montage morgenstern nachahmer nachmittagstermin
nachos nachsitzen naechstens naechtigen naegel naehe naehen naeher naehten neuner neunziger nichts nicolas
nicolaus niklas nix papstes passten pasta pasteur pastor pisten posten poster pusten quarterly quartier
quartiere quartiers salben sandig schuster sechser sechserpack sechstel sechziger seichten seiten sekunden
sieben sieber siebziger silben silber spaeteste spaetzle stande stuende stunden thesen ueberdachte
ueberdachten ueberein ueberm uebernachten uebernachtet uebernahm uebernehme ueberwachte ueberwachten
ueberzogen valentin valentina valentino veganen verfangen vergingen vergnuegen verlangen verletzt verletzte
verletzten verletzter verraten verspaeter verspaetet verteile verzahnt verzeihen verziehen vieren vierer
viersen viertens vierziger virtuell virtuelle vorausgegangen vorausgegangenen vorgaengen vorgegangen vorgehen
vorlaeufig vorliegen vorzeigen wachen wichen wochentag wohnende wohnenden zehner zeit zeiten zwanziger zweien
zweier zweiten zweitens
"""
_OTHER_WORDS = frozenset(_OTHER_WORDS_TEXT.split())
_WITH_PART = re.compile(r"(\w{5,}?)(vormittag|nachmittag|mittag|morgen|abend|frueh|nacht)s?")
_FUZZY_KINDS: Kinds = frozenset(
    {"which", "part", "weekend", "later", "earlier", "same", "quarter", "three_quarters", "feast"}
)
_VOCABULARY = tuple(
    dict.fromkeys(
        [
            *(word for word, (kind, _) in WORDS.items() if kind in _FUZZY_KINDS and len(word) >= 6),
            *(word for word, value in CARDINALS.items() if value > 12 and len(word) >= 7),
            *(word for word in ORDINALS if len(word) >= 7),
            *("stunde", "minuten", "wochen", "wochenende"),
        ]
    )
)
_HOURS = {
    "eins": 1,
    "zwei": 2,
    "drei": 3,
    "vier": 4,
    "fuenf": 5,
    "sechs": 6,
    "sieben": 7,
    "acht": 8,
    "neun": 9,
    "zehn": 10,
    "elf": 11,
    "zwoelf": 12,
    "dreizehn": 13,
    "vierzehn": 14,
    "fuenfzehn": 15,
    "sechzehn": 16,
    "siebzehn": 17,
    "achtzehn": 18,
    "neunzehn": 19,
    "zwanzig": 20,
}


@lru_cache(maxsize=8192)
def nearest_name(word: str) -> str | None:
    """The day or month a folded, unknown word sounds like, with a part of day that is joined to it; None: none,
    or several alike."""
    if len(word) < _SHORTEST or word in _OTHER_WORDS:
        return None
    if name := _nearest(word) or _nearest(_plain_dialect(word)):
        return name
    joined = _WITH_PART.fullmatch(word)
    day = _nearest(joined[1]) if joined else None
    return f"{day} {joined[2]}" if joined and day else None


_DIALECT_END = re.compile(r"(?:d|t)(?:a|o|i)+(?:g|ch|ck|k)s?$")


def _plain_dialect(word: str) -> str:
    """ "Mondog", "Samschdich", "Freidach": the ending as it is written."""
    ended = _DIALECT_END.sub("tag", word)
    return (
        ended.replace("schd", "sd").replace("scht", "st").replace("sd", "s").replace("nsch", "ns")
        if ended != word
        else word
    )


def _nearest(word: str) -> str | None:
    if word in _NAMES:
        return word
    scores = sorted(((_likeness(word, name), name) for name in (*_NAMES, *_ENGLISH)), reverse=True)
    (best, name), (second, _) = scores[:2]
    return _ENGLISH.get(name, name) if best >= _LIKE and best - second >= _MARGIN else None


def _likeness(word: str, name: str) -> float:
    ratio = fuzz.ratio(word, name)
    if word[0] == name[0] and ratio >= _SAME_SOUND_LIKE and cologne(word) == cologne(name):
        return ratio + _SAME_SOUND_BONUS
    return ratio if abs(len(word) - len(name)) <= 1 else 0.0


@lru_cache(maxsize=8192)
def nearest_word(word: str) -> str | None:
    """The other word about time that a folded, unknown one of at least six letters is most likely meant to be."""
    if fuzz.ratio(word, "morgen") > 80 and word[0] == "m" and cologne(word) == cologne("morgen"):
        return "morgen"
    if word not in _OTHER_WORDS and word.endswith("a") and (spoken := word[:-1] + "er") in WORDS:
        return spoken
    if len(word) < 6 or word in _OTHER_WORDS:
        return None
    found = process.extract(word, _VOCABULARY, scorer=fuzz.ratio, limit=4, score_cutoff=_WORD_SAME_SOUND)
    for name, score, _ in found:
        if WORDS.get(name, ("", None))[0] == "feast" and score < _FEAST_LIKE:
            continue
        alike = score >= _WORD_LIKE or cologne(word) == cologne(name)
        if alike and _begins_alike(word, name):
            return name
    return None


def _begins_alike(word: str, name: str) -> bool:
    return word[0] == name[0] or {word[0], name[0]} in ({"f", "v"}, {"z", "s"}, {"d", "t"})


@lru_cache(maxsize=4096)
def nearest_hour(word: str) -> int | None:
    """The hour that a folded, unknown word sounds like, where an hour is expected ("um elv")."""
    sound = cologne(word)
    for name, hour in _HOURS.items():
        if sound == cologne(name) or fuzz.ratio(word, name) >= _LIKE:
            return hour
    return None
