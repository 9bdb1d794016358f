"""Whether a text of a company's own may be spoken: what `check_override` finds is told when its file is loaded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from rapidfuzz import process

from zusage.language.german._owner_words import cancelled_in, other_address_in, promise_in, shortened_in
from zusage.language.german.texts import TEXTS
from zusage.language.settings import Address
from zusage.language.texts import Text, fields_of, outside_fields

_LONGEST = 300
_MARKS = frozenset(" ,.?!:'’-")
_ENDS = (".", "?", "!")
_NEAR_ENOUGH = 70
_STUCK_FIELD = re.compile(r"[^\W_]\{[a-z_]+\}|\{[a-z_]+\}(?:[^\W_]|\{)")
_WRITTEN_NUMBER = re.compile(r"\d+[.,:'’-]\d+|\d{5,}|\d\.(?!\s+[A-ZÄÖÜ])")
_SHORTENED = re.compile(
    r"\b(?:[zZ]\.\s?B|[dD]\.\s?h|[uU]\.\s?a|[cC]a|[bB]zw|[uU]sw|[eE]tc|[iI]nkl|[eE]xkl|[zZ]zgl|[gG]gf|[eE]vtl|[vV]gl|[nN]r|"
    r"[tT]el|[sS]tr|[mM]in|[sS]td|[tT]ägl|[mM]tl|Mo|Di|Mi|Do|Fr|Sa|So|Dr|Prof|Hr)\.|\.[ ]+[a-zäöüß]|\.[^\W_]"
)
_MAY_SAY_BOOKED = frozenset({"booking.booked", "booking.already_booked"})


def check_override(key: str, template: str, address: Address = "Sie") -> list[str]:
    """Name everything that speaks against a company's own text for this key and address; empty: it may be spoken.

    Each finding goes on from the place of the text in a file ("has no field {wann}; possible are {when}")."""
    text = TEXTS.get(key)
    if text is None:
        return [f'"{key}" is no text of the agent{_did_you_mean(key)}']
    if text.fixed:
        return ["cannot be changed: it is said before it is known which company is called"]
    found = [finding for check in _CHECKS for finding in check(text, template)]
    return [*found, *_claims(key, template), *_addresses(template, address)]


@lru_cache(maxsize=4096)
def holds(key: str, template: str, address: Address = "Sie") -> bool:
    """Whether `check_override` finds nothing."""
    return not check_override(key, template, address)


def _did_you_mean(key: str) -> str:
    found = process.extractOne(key, TEXTS.keys(), score_cutoff=_NEAR_ENOUGH)
    return f'; did you mean "{found[0]}"?' if found else ""


def _length(_: Text, template: str) -> Iterator[str]:
    if not template.strip():
        yield "is empty; leave it out to keep the common text"
    elif len(template) > _LONGEST:
        yield f"has {len(template)} characters; use {_LONGEST} at most, nobody listens to more"


def _lines(_: Text, template: str) -> Iterator[str]:
    if not template.isprintable():
        yield "must be one line without line breaks, tabs or other control characters"


def _braces(_: Text, template: str) -> Iterator[str]:
    if any(brace in outside_fields(template) for brace in "{}"):
        yield "has a brace that belongs to no field; a field is a name in small letters as {when}"
    elif _STUCK_FIELD.search(template):
        yield "needs a blank between a field and the word or field beside it"


def _fields(text: Text, template: str) -> Iterator[str]:
    named, known = fields_of(template), text.fields
    for unknown in dict.fromkeys(field for field in named if field not in known):
        possible = f"possible are {_braced(known)}" if known else "this text has none"
        yield f"has no field {{{unknown}}}; {possible}"
    for repeated in dict.fromkeys(field for field in named if named.count(field) > 1):
        yield f"says {{{repeated}}} twice; say it once"
    if missing := [field for field in known if field in text.needs and field not in named]:
        yield f"must contain {_braced(missing)}: without it the caller is told too little"


def _braced(fields: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"{{{field}}}" for field in fields)


def _characters(_: Text, template: str) -> Iterator[str]:
    wrong = dict.fromkeys(
        char for char in outside_fields(template) if char.isprintable() and not _speakable(char)
    )
    wrong.pop("{", None)
    wrong.pop("}", None)
    if wrong:
        yield f"has characters that a voice reads wrongly ({' '.join(wrong)}); write them as words"


def _speakable(char: str) -> bool:
    if char in _MARKS or char in "0123456789":
        return True
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN ")


def _numbers(_: Text, template: str) -> Iterator[str]:
    if found := _WRITTEN_NUMBER.search(template):
        yield f'writes a number or time that a voice reads wrongly ("{found[0].strip()}"); write it as words'


def _abbreviations(_: Text, template: str) -> Iterator[str]:
    if short := shortened_in(outside_fields(template)):
        yield f'has an abbreviation ("{short}"); write it in full, as it is said'
    if found := _SHORTENED.search(outside_fields(template)):
        yield f'has an abbreviation or a missing blank or capital letter ("{found[0].strip()}"); write it in full'


def _shape(text: Text, template: str) -> Iterator[str]:
    line = outside_fields(template).strip()
    if text.phrase and any(mark in line for mark in _ENDS):
        yield "is a part of a sentence: write it without . ? or !"
    elif not text.phrase and line and not line.endswith(_ENDS):
        yield "must end with . ? or !"
    if not text.phrase and line[:1].islower():
        yield "must begin with a capital letter or a field"


def _claims(key: str, template: str) -> Iterator[str]:
    line = outside_fields(template)
    if key not in _MAY_SAY_BOOKED and (said := promise_in(line)):
        yield f'says "{said}", which only booking.booked and booking.already_booked may: nothing is booked yet'
    if said := cancelled_in(line):
        yield f'says "{said}": the agent cancels no appointment, it only gives a kept time back'


def _addresses(template: str, address: Address) -> Iterator[str]:
    if said := other_address_in(outside_fields(template), address):
        yield f'says "{said}", but this company addresses callers as "{address}"; write it in that address'


_CHECKS: tuple[Callable[[Text, str], Iterator[str]], ...] = (
    _length,
    _lines,
    _braces,
    _fields,
    _characters,
    _numbers,
    _abbreviations,
    _shape,
)
