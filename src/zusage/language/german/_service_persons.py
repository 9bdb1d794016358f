"""Which words are the name of somebody, though they may be words of the trade: "Frau Locke", "auf den Namen Färber"."""

from __future__ import annotations

from collections.abc import Sequence

from zusage.language.german._service_catalogue import Catalogue
from zusage.language.german._service_meaning import FILLERS, HARMLESS, NAMES
from zusage.language.german._service_segment import Segment
from zusage.language.german._service_words import KIN, key_of, keys

_TITLES = keys("frau herr herrn fräulein doktor doktorin dr professor prof familie")
_SURE_TITLES = _TITLES - keys("frau familie herr herrn")
_OF_MEN, _MEN, _WOMEN = keys("herr herrn"), {"herren"}, {"damen"}
_NEAR_NAMES = keys("bei beim zu von")
_OWN_PEOPLE = keys("meine meiner meinen meinem unsere unserer unseren eine einer einen einem als")
_ADDRESSED = keys(
    "ist sind war bin spreche sprech sprechen mit bei zu von hier die der den heiße heißt hieß heissen hallo an das ob "
    "kommt arbeitet dass tag morgen abend gott moin servus wo wann hat macht arzt ärztin chefin kollegin"
)
_INTRODUCED = (
    ("auf", "den", "namen"),
    ("unter", "dem", "namen"),
    ("name", "ist"),
    ("name", "war"),
    ("name", "lautet"),
    ("ich", "heiss"),
    ("ich", "heisse"),
    ("heisse", "ich"),
    ("lauft", "auf"),
    ("hier", "spricht"),
    ("vorname",),
    ("nachname",),
    ("familienname",),
    ("ich", "bin", "der"),
    ("ich", "bin", "die"),
    ("ich", "bin", "herr"),
    ("ich", "bin", "frau"),
)
_CLOSING = (("mein", "name"), ("heisse", "ich"), ("am", "apparat"), ("ist", "mein", "name"), ("hier",))
_LONGEST_NAME = 3
_LINKING = keys("von van zu der")


def of_persons(found: Sequence[Segment], catalogue: Catalogue) -> set[int]:
    """The places of the segments that are somebody's name or title."""
    named: set[int] = set()
    for at in range(len(found)):
        if _is_title(found, at, catalogue) or _is_name(found, at, named):
            named.add(at)
    words = [key_of(one.text) for one in found]
    for at in range(len(found)):
        named |= _introduced(found, words, at) | _closed(found, words, at)
    said = {words[at] for at in named if found[at].kind != "filler"}
    again = (at for at, word in enumerate(words) if at and word in said and found[at - 1].kind == "name")
    return named | set(again)


def _is_name(found: Sequence[Segment], at: int, named: set[int]) -> bool:
    one = found[at]
    if not at or one.kind == "mark":
        return False
    word = key_of(found[at - 1].text)
    if word in _TITLES and at - 1 in named:
        return key_of(one.text) not in FILLERS
    if word in _NEAR_NAMES:
        return one.kind in {"noise", "name"}
    after_title = at > 1 and key_of(found[at - 2].text) in _NEAR_NAMES | _TITLES
    return one.kind == "noise" and (at - 1 in named or found[at - 1].kind == "name") and after_title


def _is_title(found: Sequence[Segment], at: int, catalogue: Catalogue) -> bool:
    """Whether "Frau" is an address: a name follows, and it is nobody's wife."""
    title = key_of(found[at].text)
    if title not in _TITLES or at + 1 >= len(found):
        return False
    before = key_of(found[at - 1].text) if at else ""
    after = found[at + 1]
    if before in _OWN_PEOPLE or (after.kind in {"mark", "whom"} and key_of(after.text) not in _TITLES):
        return False
    if after.kind == "filler" and key_of(after.text) not in _TITLES | _LINKING | HARMLESS:
        return False
    if title in _SURE_TITLES or before in _ADDRESSED | _TITLES or _is_no_word(after, catalogue):
        return True
    whom = _MEN if title in _OF_MEN else _WOMEN
    if whom is _WOMEN and whom <= catalogue.owners.keys():
        return False
    return not any(_MEN | set(after.parts) <= phrase.parts for phrase in catalogue.phrases)


def _is_no_word(after: Segment, catalogue: Catalogue) -> bool:
    word = key_of(after.text)
    if after.kind in {"noise", "name"} or word in NAMES | _TITLES:
        return True
    return not (word in KIN or word in catalogue.words or (len(after.parts) > 1 and after.like == 1.0))


def _introduced(found: Sequence[Segment], words: Sequence[str], at: int) -> set[int]:
    """What follows "auf den Namen" or "ich heiße", up to a mark or the next word of everyday talk."""
    if not any(tuple(words[max(0, at - len(told)) : at]) == told for told in _INTRODUCED):
        return set()
    named: set[int] = set()
    for place in range(at, min(at + _LONGEST_NAME, len(found))):
        if found[place].kind == "mark" or words[place] in FILLERS - _LINKING - _TITLES:
            break
        named.add(place)
    return named


def _closed(found: Sequence[Segment], words: Sequence[str], at: int) -> set[int]:
    """What stands before "mein Name" or "heiße ich"."""
    follows = words[at + 1 : at + 4]
    if not any(tuple(follows[: len(told)]) == told for told in _CLOSING) or found[at].kind == "mark":
        return set()
    ends = follows[0] != "hier" or len(words) <= at + 2 or words[at + 2] in {",", "."}
    begins = not at or found[at - 1].kind in {"mark", "filler", "name"}
    return {at} if ends and begins and words[at] not in FILLERS else set()
