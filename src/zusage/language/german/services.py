"""Which services of a catalogue somebody wants, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from zusage.language.german._service_calibration import calibrated
from zusage.language.german._service_catalogue import Catalogue, is_soft, name_key, prepare, prepared
from zusage.language.german._service_decide import Found, Verdict, decide, left_open, undone
from zusage.language.german._service_hear import segments, tokens_of
from zusage.language.german._service_lexicon import GROUPS, WISH
from zusage.language.german._service_segment import Segment
from zusage.language.german._service_talk import listen
from zusage.language.german._service_wish import (
    asked_for,
    beside_unknown,
    doubtful,
    in_passing,
    names_unknown,
    wished,
)
from zusage.language.german._service_words import key_of, keys
from zusage.language.german._text import clip, fold
from zusage.language.german.speech import Speech
from zusage.language.reading import ServiceEntry, ServiceMatch, ServiceReading

__all__ = ["Catalogue", "prepare", "understand_service"]

_SPEECH = Speech()
_MOST_NAMED = 8
_GROUPS = frozenset(GROUPS)
_GROWN_UP = _GROUPS - {"kinder"}
_OF_OTHERS = 0.25
_OTHER_WISH = re.compile(
    r"\b(?:storn\w*|absag\w*|abgesagt\w*|abzusagen|verschieb\w*|verschoben\w*|verleg(?:en|t)\w*|umbuch\w*|umgebucht\w*|"
    r"umzubuchen|cancel\w*|reschedul\w*|loesch\w*)\b"
)
_COMPLAINT = re.compile(
    r"\b(?:unzufrieden\w*|beschwer\w*|reklam\w*|verschnitten|verpfuscht|geld zurueck|schief(?:gegangen)?|"
    r"(?:gar |ueberhaupt )?nicht gefallen)\b"
)
_BROKEN_OFF = re.compile(r"\b(?:und|sowie|plus)[\s.…]*$")
_COLOURS = frozenset({"blonde", "blonden", "blonder", "blondes", "blondierte", "blondierten"})
_VAGUE = re.compile(r"\b(?:(?:irgend|et)?was|irgendetwas|sowas) (?:mit|fuer|an|zur?|zum)\b")
_ME_TOO = r"(?:und|sowie|plus)(?: auch| noch| dann| einmal| eine?[nm]?)* (?:fuer )?"
_WITH_ME = re.compile(
    rf"\b(?:mich|mir|uns|ich) {_ME_TOO}(?:mein|unser)|"
    rf"\b(?:mein|unser)\w*(?: \w+){{1,2}} {_ME_TOO}(?:mich|mir|uns|ich (?:moecht|woll|haett|brauch|braeucht|wuerd|koennt)\w*en)\b"
)
_WISH = keys(WISH)
_TRADE = keys(
    "friseur friseurin frisör friseurtermin frisörtermin haare haar frisur salon werkstatt praxis nägel"
)


def understand_service(
    text: str, catalogue: Catalogue | Sequence[ServiceEntry], *, threshold: float = 0.6
) -> ServiceReading:
    """Find the services that are meant; never a default.

    "match" needs a confidence of at least `threshold` for each service that was named and no rival that fits nearly as
    well; what was refused ("keine Farbe") or taken back ("nein, nur Schneiden") does not count. Two fair candidates,
    an alternative ("Färben oder Tönen"), a name beside words of another trade: "ask". A wish that names no service is
    "ask" without matches. A name or synonym of the catalogue is always itself. Hand in a `prepare`d catalogue where
    many texts are read; a sequence is prepared once for as long as it stays the same."""
    ready = catalogue if isinstance(catalogue, Catalogue) else prepared(tuple(catalogue))
    verdict = weighed(text, ready)
    if not verdict.found:
        return _nothing(ready, verdict)
    return _reading(verdict, ready, threshold)


def weighed(text: str, catalogue: Catalogue) -> Verdict:
    """What a text means, with scores before calibration; `python -m bench.calibration` fits the table to them."""
    folded = fold(text)
    tokens = tokens_of(folded)
    name = name_key(clip(text))
    called = catalogue.names.get(name, frozenset())
    itself = Verdict(tuple(Found(entry, 1.0, folded, whole=True) for entry in called), settled=True)
    if len(called) == 1 and len(name) == len(tokens):
        return itself
    heard = _coloured(segments(tokens, catalogue), catalogue)
    meant = wished(heard)
    if (
        len(called) == 1
        and meant == heard
        and not any(one.kind == "name" for one in heard)
        and not _VAGUE.search(folded)
        and not undone(heard, catalogue)
    ):
        return itself
    unknown = names_unknown(heard)
    if _OTHER_WISH.search(folded) or _COMPLAINT.search(folded):
        return Verdict(wished=any(one.kind == "service" for one in heard))
    verdict = decide(listen(meant, catalogue.owners), catalogue)
    partly = bool(verdict.found) and not any(one.whole for one in verdict.found)
    if partly and in_passing(meant):
        return Verdict(foreign=verdict.foreign)
    if _WITH_ME.search(folded):
        verdict = _for_others_too(verdict, catalogue)
    elif (
        _not_for(meant, catalogue)
        or (partly and _BROKEN_OFF.search(folded))
        or doubtful(meant)
        or (partly and (beside_unknown(meant) or not asked_for(meant)))
    ):
        verdict = left_open(verdict)
    return replace(
        verdict, foreign=unknown, wished=not unknown and not verdict.foreign and _wishes(folded, heard)
    )


def _coloured(heard: Sequence[Segment], catalogue: Catalogue) -> list[Segment]:
    """Without the colour that only says which ("blonde Strähnen"), where no service has both."""
    told = list(heard)
    for at, (one, other) in enumerate(pairwise(heard)):
        both = {*one.parts, *other.parts}
        of_service = one.text in _COLOURS and any(not is_soft(part) for part in other.parts)
        if of_service and not any(both <= phrase.parts for phrase in catalogue.phrases):
            told[at] = replace(one, kind="filler", parts=(), extra=())
    return told


def _for_others_too(verdict: Verdict, catalogue: Catalogue) -> Verdict:
    """What was named for somebody and is wanted for the caller as well: asked about beside the same for others."""
    told = list(left_open(verdict).found)
    for one in verdict.found:
        own = catalogue.belongs[one.entry]
        kind = {part for part in own if not is_soft(part)}
        for entry, parts in enumerate(catalogue.belongs):
            other = bool(own & _GROUPS and parts & _GROWN_UP) and kind <= parts
            if other and entry not in {known.entry for known in told}:
                told.append(Found(entry, _OF_OTHERS * one.score, one.text))
    return Verdict(tuple(told))


def _not_for(meant: Sequence[Segment], catalogue: Catalogue) -> bool:
    """Whether somebody is named for whom nothing is here, though it matters whom a service is for."""
    said = {part for one in meant for part in (*one.parts, *one.extra) if part in _GROUPS}
    served = catalogue.owners.keys() & _GROUPS
    return bool(said) and bool(served) and not said & served


def _reading(verdict: Verdict, catalogue: Catalogue, threshold: float) -> ServiceReading:
    matches = tuple(
        ServiceMatch(
            catalogue.entries[one.entry],
            calibrated(one.score, partly=verdict.settled and not one.whole),
            one.text,
        )
        for one in verdict.found
    )
    if verdict.settled and all(match.confidence >= threshold for match in matches):
        return ServiceReading("match", matches)
    if not verdict.settled:
        matches = tuple(sorted(matches, key=lambda match: -match.confidence))
    names = [match.entry.name for match in matches]
    return ServiceReading("ask", matches, _SPEECH.ask_service(names))


def _wishes(folded: str, heard: Sequence[Segment]) -> bool:
    """Whether words ask for something, or name the trade."""
    said = {key_of(word) for word in folded.split()} | {key_of(one.text) for one in heard}
    return not said.isdisjoint(_WISH | _TRADE)


def _nothing(catalogue: Catalogue, verdict: Verdict) -> ServiceReading:
    """Nothing was named: what there is, by category where it is much."""
    names = [entry.name for entry in catalogue.entries]
    if len(names) > _MOST_NAMED:
        names = list(dict.fromkeys(entry.category or entry.name for entry in catalogue.entries))
    question = _SPEECH.unknown_service(names) if verdict.foreign else _SPEECH.ask_service_open(names)
    return ServiceReading("ask" if verdict.wished else "none", (), question, unknown=verdict.foreign)
