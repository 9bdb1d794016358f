"""Numbers that are no time: counts, prices, house numbers, versions, ages."""

from __future__ import annotations

import re

from zusage.language.german._items import Tokens
from zusage.language.german._kinds import Kinds

_COUNTED_TEXT = """
euro euros cent dollar franken prozent grad kilo kilos gramm kg liter meter metern zentimeter zentimetern cm millimeter mm km
kilometer kilometern punkt punkte punkten leute leuten person personen kind kinder kindern frauen damen herren maenner
maennern erwachsene erwachsenen stueck stuecke mal male koepfe koepfen versuche versuchen straehnen haare haaren sitze
plaetze plaetzen teilnehmer teilnehmern gaeste gaesten karten tabletten eier eiern loeffel el tl tassen schritte seiten
tore toren flaschen watt ps volt teile teilen runden kugeln sitzungen behandlungen anwendungen einheiten rezepte reifen
tueren dosen packungen zeilen jaehrig kunden kundinnen freunde freunden hunde hunden katzen naechte naechten sterne
besuche besuchen wochenstunden kontakte stellen ziffern tonnen zoll mann packerl stufen strassen bilder bildern
"""
_COUNTED = frozenset(_COUNTED_TEXT.split())
_COUNTED_SHAPE = re.compile(r"\w{2,}(?:ungen|heiten|keiten|personen|jaehrig\w*|prozentig\w*|teilig\w*)")
_JAEHRIG = re.compile(r"jaehrig\w*")
_PLURAL_SHAPE = re.compile(r"\w{3,}(?:e|en|er|ern|n|s)")
# What is ranked and not dated: "im dritten Stock", "zum ersten Mal".
_RANKED_TEXT = """
stock stockwerk etage mal male tisch platz anlauf versuch wahl reihe klasse person kunde kundin besuch stelle geburtstag
termin gang standort liga weltkrieg satz teil schritt punkt hand blick hilfe advent
"""
_RANKED = frozenset(_RANKED_TEXT.split())
_NUMBERED = re.compile(
    r"\w*(?:strasse|str|weg|platz|allee|gasse|markt|hof|chaussee|steig|damm|ring|ufer|nummer|zimmer|nr|farbe|ton|nuance|groesse|paragraph|wohnung|plz|"
    r"stufe|version|kapitel|abschnitt|raum|saal|gleis|linie|bus|tisch|seite|baujahr|modell|kilometer|autobahn|blutdruck|"
    r"artikel|rechnung|auftrag|konto|pin|code|postfach|massstab|verhaeltnis|kennzeichen|faktor|filiale|halle|tor|haus|"
    r"klasse|level|python|ios|android|windows|ubuntu|tdi|golf|typ|koordinaten|seite|bauteil|los|paragraf|spiel|stand|ergebnis)"
)
_SCORED = frozenset({"verloren", "gewonnen", "gespielt", "unentschieden", "gefuehrt"})
# Between two of these an unmarked "3.11" is a date.
_CUE_KINDS: Kinds = frozenset(
    {"end", "glue", "bound", "until", "between", "from", "at", "about", "day", "days", "short_day", "near", "tomorrow",
     "comma", "stop", "and", "or", "dash", "slash", "date", "dotted", "slashed", "in", "fix", "no", "for", "title", "hesitation",
     "greeting", "time_word", "which", "clock", "uhr", "soon", "later", "earlier", "called", "my_name", "move"}
)  # fmt: skip
_CUE_TEXT = """
geht ginge gehts gingen ist waere waers dann also ja bitte passt klappt es lieber gern gerne ich wir sie datum date tag nehme
nehmen ok okay und mir uns noch frei haben koennen moechte ist's wann
"""
_CUE_WORDS = frozenset(_CUE_TEXT.split())
_NO_NOUN_TEXT = """
bitte gern gerne geht ginge gehts gingen passt passen passte wuerde waere waers ist haben hat habe haette termin zeit
"""
_NO_NOUN = frozenset(_NO_NOUN_TEXT.split())


def is_counted(tokens: Tokens, at: int, *, by_shape: bool = True) -> bool:
    """Whether the word at a place is one that numbers count ("Euro", "Personen"); `by_shape`: or looks like one."""
    token = tokens[at]
    if token.text in {"naechte", "naechten"}:
        return True
    if token.kind != "word" or token.text in _NO_NOUN:
        return False
    if token.text in _COUNTED or _COUNTED_SHAPE.fullmatch(token.text):
        return True
    return by_shape and token.text in tokens.capitals and bool(_PLURAL_SHAPE.fullmatch(token.text))


def is_ranked(tokens: Tokens, at: int) -> bool:
    """Whether an ordinal before this place ranks something ("im dritten Stock") instead of dating it."""
    token = tokens[at]
    if token.text in _RANKED:
        return True
    return token.kind in {"word", "from"} and token.text in tokens.capitals | {"von"}


def counts_something(tokens: Tokens, at: int) -> bool:  # noqa: PLR0911 - one line a sign
    """Whether the number at a place counts, numbers or scores something: by the words around it, or behind its range."""
    before = tokens[at - 1]
    if before.kind == "stop" and before.text == ".":
        before = tokens[at - 2]
    if before.kind == "word" and _NUMBERED.fullmatch(before.text):
        return True
    if before.text in {"euro", "franken", "mit"} and tokens.kind(at + 1) not in {"uhr", "month_name"}:
        return True
    if before.text == "des" and _NUMBERED.fullmatch(tokens[at - 2].text):
        return True
    if tokens[at + 1].text in _SCORED or is_counted(tokens, at + 1):
        return True
    if _JAEHRIG.fullmatch(tokens[at + 2 if tokens.kind(at + 1) == "dash" else at + 1].text):
        return True
    if tokens.kind(at + 1) in {"until", "dash", "or", "and"} and tokens.kind(at + 2) in {"num", "decimal"}:
        return is_counted(tokens, at + 3)
    return tokens.kind(at + 1) != "uhr" and _is_age(tokens, at)


def _is_age(tokens: Tokens, at: int) -> bool:
    """ "die ist drei", "ich bin 65", "er wird sechs"."""
    while tokens[at - 1].text in {"jetzt", "schon", "erst", "gerade", "ja", "auch", "bald", "fast", "nun"}:
        at -= 1
    before = tokens[at - 1].text
    persons = {
        "der",
        "die",
        "er",
        "sie",
        "das",
        "ich",
        "sohn",
        "tochter",
        "enkel",
        "enkelin",
        "kind",
        "mutter",
        "vater",
    }
    return before in {"bin", "werde"} or (before in {"ist", "wird"} and tokens[at - 2].text in persons)


def has_cue(tokens: Tokens, at: int) -> bool:
    """Whether an unmarked "3.11" or "1/12" may be a date or time: nothing of another kind stands right before it."""
    before = tokens[at - 1]
    return before.kind in _CUE_KINDS or before.text in _CUE_WORDS
