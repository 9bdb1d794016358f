"""What one sentence of a caller says: service, time, name, and what they want to happen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from zusage.language.german import (
    Name,
    excludes_staff,
    person_beside,
    understand_name,
    understand_service,
    understand_staff,
    understand_when,
)
from zusage.language.reading import ServiceReading, Unclear, When
from zusage.sandbox.talk._shop import Shop

Intent = Literal["bye", "yes", "no", "but", "cancel", "waive", "keep", "move", "more", "offered", "wish"]

_CANCEL = r"stornier\w*|absag\w*|abzusagen|loesch\w*|freigeben|freizugeben|streich\w*"
_INTENTS: Mapping[Intent, re.Pattern[str]] = {
    "bye": re.compile(r"wiederhoeren|wiederschauen|wiedersehen|tschuess?i?|ciao|bis dann|schoenen tag|das war s|das wars"),
    "no": re.compile(r"nein|nee|noe|nicht|kein(?:e[nrms]?)?|weder"),
    "but": re.compile(r"aber|lieber|sondern|ausser"),
    "yes": re.compile(
        r"ja|jawohl|jo|genau|gern|gerne|passt|stimmt|richtig|okay|ok|einverstanden|in ordnung|super|prima|perfekt|"
        r"eintragen|nehme ich|nehm ich|machen sie das|machen wir|klingt gut|waere gut"
    ),
    "cancel": re.compile(rf"{_CANCEL}"),
    "waive": re.compile(r"doch (?:nicht|keinen)"),
    "keep": re.compile(rf"nicht (?:\w+ ){{0,2}}(?:{_CANCEL})"),
    "move": re.compile(r"verschieb\w*|verleg\w*|umbuch\w*|umzubuchen|anderer? tag|andere (?:zeit|uhrzeit)|anderen (?:tag|termin)"),
    "more": re.compile(r"andere (?:zeiten|termine|vorschlaege)|weitere (?:zeiten|termine|vorschlaege)|sonst noch was frei"),
    "offered": re.compile(
        r"was (?:bieten|machen|haben) sie|was (?:kostet|kosten)|wie ?viel kostet|wie teuer|preis(?:e|liste)?|"
        r"(?:ihre|welche) (?:dienst)?leistungen"
    ),
    "wish": re.compile(r"termin\w*|moechte|haette|brauche|braeuchte|will|wuerde|reservier\w*|kommen|frei"),
}  # fmt: skip
_BOUND = {intent: re.compile(rf"\b(?:{words.pattern})\b") for intent, words in _INTENTS.items()}
_NO_REFUSAL = re.compile(
    r"\b(?:warum nicht|kein problem|keine frage|nicht wahr|macht nichts|nicht (?:(?:ganz|so) )?(?:schlecht|sicher|dass)|"
    r"(?:weiss|wuesste) (?:\w+ ){0,2}nicht)\b"
)
_QUESTION = re.compile(r"[^.;!?]*\?")
_NOT = re.compile(r"\bnicht\b")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_STRANGER = re.compile(r"\bbei (?:der |dem |Frau |Herrn? )?(?P<who>(?!Ihnen|Euch|Uns)[A-ZÄÖÜ][a-zäöüß]+)")
_CLAUSES = re.compile(r"[,.;!?]+")


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence, `words` folded. `service` is None where no word says which, `when` where no time was said; `name`
    and `staff` are "" where nobody was surely named. `when_words` and `staff` are as a tool takes them."""

    text: str
    words: str
    means: frozenset[Intent]
    service: ServiceReading | None
    when: When | Unclear | None
    when_words: str
    name: str
    staff: str


def listen(text: str, shop: Shop, *, now: datetime, anchor: datetime | None) -> Heard:
    """Read all that a sentence may say; `anchor` is the time that was talked about last."""
    words = folded(text)
    service = understand_service(text, shop.services, threshold=shop.threshold)
    read = _Times(shop, now, anchor)
    name = _name(text)
    # A name may be a time as well: Erika Sommer, Herr Mai.
    when = read(_without(name, text))
    return Heard(
        text=text,
        words=words,
        means=_means(words),
        service=service if service.matches else None,
        when=when,
        when_words=_words_for(when, text, read),
        name=name,
        staff=_staff(text, shop.staff),
    )


def _means(words: str) -> frozenset[Intent]:
    meant = _QUESTION.sub(_asked, _NO_REFUSAL.sub("", words))
    return frozenset(intent for intent, pattern in _BOUND.items() if pattern.search(meant))


def _asked(question: re.Match[str]) -> str:
    """A question refuses nothing with its "nicht" ("Ginge es nicht früher?"), but agrees to nothing either."""
    return _NOT.sub("aber", question[0])


def folded(text: str) -> str:
    """Lower case, umlauts as ae, oe, ue, one blank between words."""
    return " ".join(text.lower().translate(_UMLAUTS).split())


@dataclass(frozen=True, slots=True)
class _Times:
    """Reads times as the branch's tools will: at this moment, after what was talked about last."""

    shop: Shop
    now: datetime
    anchor: datetime | None

    def __call__(self, text: str) -> When | Unclear | None:
        shop = self.shop
        on = self.anchor.astimezone(ZoneInfo(shop.zone)).date() if self.anchor else None
        read = understand_when(
            text,
            now=self.now,
            zone=shop.zone,
            region=shop.region,
            week=shop.week,
            on=on,
            anchor=self.anchor,
            policies=shop.policies,
        )
        return None if isinstance(read, Unclear) and read.reason == "no_time_said" else read


def _without(name: str, text: str) -> str:
    for word in name.split():
        text = re.sub(rf"\b{re.escape(word)}\b", " ", text, flags=re.IGNORECASE)
    return text


def _words_for(when: When | Unclear | None, text: str, read: _Times) -> str:
    """The words about the time alone where they say the same by themselves, else the whole sentence."""
    if not isinstance(when, When):
        return text
    alone = read(when.matched)
    same = isinstance(alone, When) and replace(alone, matched=when.matched) == when
    return when.matched if same else text


def _staff(text: str, names: Sequence[str]) -> str:
    """Whom a sentence names after "bei": by full name, or in the words as they are where it is open who, or who not."""
    said = person_beside(text)
    if not said:
        return ""
    found = understand_staff(said, names)
    if excludes_staff(text):
        return text if found else ""
    if len(found) == 1:
        return names[found[0]]
    stranger = _STRANGER.search(text)
    return said if found else stranger["who"] if stranger else ""


def _name(text: str) -> str:
    """The name of the sentence, or of one of its clauses ("Ja, das passt. Erika Sommer.")."""
    for piece in (text, *_CLAUSES.split(text)):
        found = understand_name(piece)
        if isinstance(found, Name) and found.sure:
            return found.full
    return ""
