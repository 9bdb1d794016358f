"""Letters said one by one: bare ("emm üh ell"), by an alphabet ("Martha, Übermut"), or both ("M wie Martha").

Readers take folded-free lower-case words and never invent a letter: what cannot be told makes the run unsure or None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from zusage.language.german._names_words import PHRASES
from zusage.language.german._text import fold
from zusage.language.german._words import cologne

_ALPHABETS = """
a anton alpha alfa aachen albert adam
b berta bertha bravo berlin bernhard
c cäsar caesar cesar zäsar charlie chemnitz christian
ch charlotte
d dora delta düsseldorf david daniel
e emil echo essen
f friedrich foxtrot foxtrott frankfurt friedrichs
g gustav golf goslar
h heinrich hotel hamburg
i ida india ingelheim isidor
j julius jot juliett juliet juliette jena josef jakob
k kaufmann konrad kilo köln karl
l ludwig lima leipzig
m martha marta mike münchen
n nordpol november nürnberg nathan
o otto oscar oskar offenbach
p paula papa potsdam paul
q quelle quebec quickborn
r richard romeo rostock
s samuel siegfried sierra salzwedel
sch schule schwerin
t theodor tango tübingen
u ulrich uniform unna
v viktor victor victoria völklingen
w wilhelm whiskey whisky wuppertal
x xanthippe xantippe xaver x-ray xray xanten
y ypsilon yankee
z zacharias zeppelin zulu zwickau zürich
ä ärger
ö ökonom österreich
ü übermut übel
ß eszett
"""
_LETTER_NAMES = """
a ah aa
b be bee beh
c ce cee ceh zee zeh tse tseh tzeh
d de deh dee
e eh ee ehe
f ef eff
g ge geh gee
h ha haa hah
i ih ii ie
j jot jott yot yott
k ka kah kaa
l el ell äll
m em emm ämm
n en enn änn
o oh oo
p pe peh pee
q ku kuh qu kuu
r er err ar
s es ess
t te teh tee
u uh uu
v vau fau vow
w we weh wee veh
x ix iks icks
y ypsilon üpsilon ipsilon upsilon
z zet zett zed tsett
ä äh ae ää
ö öh oe öö
ü üh ue üü
ß eszett esszett sz
sch sch
ch ch
"""


def _table(lines: str) -> dict[str, str]:
    rows = (line.split() for line in lines.strip().splitlines())
    return {word: row[0] for row in rows for word in row[1:]}


_KEYWORDS = _table(_ALPHABETS)
_FOLDED = {fold(word): letter for word, letter in _KEYWORDS.items()}
_NAMES = _table(_LETTER_NAMES)
# Words of the alphabets that are nobody's first name: three of them are a spelling, three Ottos may be a person.
_UNNAMELY = frozenset(
    fold(w)
    for w in _KEYWORDS
    if w[0] in "äöüß"
    or _KEYWORDS[w] == "sch"
    or w
    in """cäsar caesar delta foxtrot golf hotel kilo lima nordpol november kaufmann quelle quebec sierra tango uniform
    ypsilon yankee zulu zeppelin xanthippe xantippe aachen berlin chemnitz düsseldorf essen frankfurt goslar hamburg
    ingelheim jena köln leipzig münchen nürnberg offenbach potsdam quickborn rostock salzwedel tübingen unna völklingen
    wuppertal xanten zwickau echo alpha papa whiskey""".split()  # noqa: SIM905
)
_CONFUSED = (
    "bpdtwgec",
    "gkqac",
    "mnl",
    "fsvwx",
    "eiäöy",
    "czs",
    "ijyü",
    "ahk",
    "uüoö",
    "aä",
    "sßz",
    "qkuo",
    "jg",
    "rl",
)
_TWICE = {"doppel", "doppelt", "doppeltes", "doppeltem", "doppelte", "zweimal", "zwei", "2", "zwo", "double"}
_LINKS = {
    "bindestrich": "-", "minus": "-", "strich": "-", "trennstrich": "-", "leerzeichen": " ", "abstand": " ",
    "apostroph": "'", "hochkomma": "'",
}  # fmt: skip
_SKIPPED = frozenset(
    [
        "dann",
        "und",
        "danach",
        "noch",
        "jetzt",
        "wieder",
        "also",
        "nochmal",
        "ein",
        "einmal",
        "großes",
        "groß",
        "großer",
        "kleines",
        "klein",
    ]
)
_NEXT_WORD = ("neues", "nächstes", "neue", "zweites")
_WIE = frozenset({"wie", "vie", "as"})
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzäöüßàáâãåçèéêëìíîïñòóôõøùúûýšžčćęłńśźżąğışčřěůőű")
_VOWELS = frozenset("aeiouyäöüàáâãåèéêëìíîïòóôõøùúûýęąěůőűı")


@dataclass(frozen=True, slots=True)
class Spelled:
    """What was spelled from one word up to `end`: lower case, with blanks and hyphens; `sure` False where one letter
    was told only by its word. `text` is None where a letter in the middle was not understood."""

    text: str | None
    end: int
    sure: bool


@dataclass(frozen=True, slots=True)
class _Sign:
    """One said letter: `kind` "letter" (a bare one), "name" (emm), "word" (of an alphabet), "wie", or "link"."""

    text: str
    end: int
    kind: str
    sure: bool = True


def read_letter(word: str) -> str | None:
    """The letter that a lower-case word is or names, without the words of the alphabets."""
    return word if word in LETTERS else _NAMES.get(word)


def read_run(words: Sequence[str], start: int, *, cue: bool) -> Spelled | None:
    """The spelling that begins at `start`, or None; with `cue` ("ich buchstabiere") fewer signs suffice.

    `words` are lower case; an empty one is a pause and is skipped inside a run."""
    signs: list[_Sign] = []
    at = start
    while at < len(words):
        at = _skip(words, at, begun=bool(signs))
        sign = _sign(words, at) if at < len(words) else None
        if sign is None:
            break
        signs.append(sign)
        at = sign.end
    if not _is_spelling(words, signs, cue=cue):
        return None
    end = signs[-1].end
    if _is_broken(words, end) or any(not sign.text for sign in signs):
        return Spelled(None, max(end, _after_break(words, end)), sure=False)
    text = "".join(sign.text for sign in signs).strip(" -'")
    return Spelled(text if is_sayable(text) else None, end, all(sign.sure for sign in signs))


def is_sayable(text: str) -> bool:
    """Whether each word has a vowel or is very short: a spelling without one has lost letters."""
    parts = text.replace("-", " ").split()
    return bool(parts) and all(len(part) < 3 or _VOWELS.intersection(part) for part in parts)


def _skip(words: Sequence[str], at: int, *, begun: bool) -> int:
    while begun and at < len(words) and (words[at] == "" or words[at] in _SKIPPED):
        at += 1
    return at


def _is_spelling(words: Sequence[str], signs: list[_Sign], *, cue: bool) -> bool:
    kinds = [sign.kind for sign in signs if sign.kind != "link"]
    firm, spoken = kinds.count("wie"), kinds.count("letter")
    if cue:
        return len(kinds) >= 2
    if firm:
        return len(kinds) >= 2 or _is_broken(words, signs[-1].end)
    if "word" not in kinds:
        return len(kinds) >= 3 and (spoken * 2 >= len(kinds) or len(kinds) >= 4)
    unnamely = any(fold(words[sign.end - 1]) in _UNNAMELY for sign in signs if sign.kind == "word")
    return len(kinds) >= 4 or (len(kinds) == 3 and (unnamely or spoken > 0))


def _is_broken(words: Sequence[str], end: int) -> bool:
    """Whether the spelling goes on behind one word that is no letter."""
    at = _skip(words, end, begun=True)
    ended = at + 1 >= len(words) or words[at] in {"", "#"} or (fold(words[at]),) in PHRASES
    return not ended and _goes_on(words, at + 1)


def _goes_on(words: Sequence[str], at: int) -> bool:
    at = _skip(words, at, begun=True)
    sign = _sign(words, at) if at < len(words) else None
    return sign is not None and sign.kind in {"wie", "letter"} and len(words[at]) > 0


def _after_break(words: Sequence[str], end: int) -> int:
    return _skip(words, end, begun=True) if _is_broken(words, end) else end


def _sign(words: Sequence[str], at: int) -> _Sign | None:
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in _LINKS:
        return _Sign(_LINKS[word], at + 1, "link")
    if word in _NEXT_WORD and following == "wort":
        return _Sign(" ", at + 2, "link")
    if word in _TWICE:
        return _doubled(words, at)
    if word in {"scharfes", "scharfem", "scharfe"} and following in {"s", "es", "ess"}:
        return _Sign("ß", at + 2, "letter")
    if word == "umlaut" or (word in {"a", "o", "u"} and following == "umlaut"):
        return _umlaut(words, at)
    return _like(words, at) or _alone(word, at)


def _doubled(words: Sequence[str], at: int) -> _Sign | None:
    once = _sign(words, at + 1) if at + 1 < len(words) and words[at + 1] not in _TWICE else None
    if once is None or once.kind == "link" or len(once.text) != 1:
        return None
    return _Sign(once.text * 2, once.end, "wie" if once.kind == "wie" else "letter", once.sure)


def _umlaut(words: Sequence[str], at: int) -> _Sign | None:
    behind = words[at] == "umlaut"
    named = words[at + 1] if behind and at + 1 < len(words) else words[at]
    letter = read_letter(named) or keyword(named)
    letter = {"a": "ä", "o": "ö", "u": "ü"}.get(letter or "", letter)
    return _Sign(letter, at + 2, "letter") if letter in {"ä", "ö", "ü"} else None


def _like(words: Sequence[str], at: int) -> _Sign | None:
    """As in "S wie Siegfried": the letter where the word begins with it, the word where the two are easily confused."""
    if at + 2 >= len(words) or words[at + 1] not in _WIE or not words[at + 2]:
        return None
    letter, word = read_letter(words[at]), words[at + 2]
    known = keyword(word)
    if letter is None:
        return _Sign(known, at + 3, "wie", sure=False) if known and len(words[at]) <= 4 else None
    if letter == known or (word.startswith(letter) and known not in {"ä", "ö", "ü"}):
        return _Sign(letter, at + 3, "wie")
    if fold(word).startswith(fold(letter)) and len(fold(letter)) > 1:
        return _Sign(letter, at + 3, "wie")
    if known and any(letter in group and known in group for group in _CONFUSED):
        return _Sign(known, at + 3, "wie", sure=False)
    return _Sign("", at + 3, "wie", sure=False)


def _alone(word: str, at: int) -> _Sign | None:
    if word in LETTERS:
        return _Sign(word, at + 1, "letter")
    if word in _NAMES:
        return _Sign(_NAMES[word], at + 1, "name")
    known = keyword(word)
    return _Sign(known, at + 1, "word") if known else None


@lru_cache(maxsize=4096)
def keyword(word: str) -> str | None:
    """The letter (or "ch", "sch") that a word of a spelling alphabet stands for, misheard ones included."""
    folded = fold(word)
    if folded in _FOLDED:
        return _FOLDED[folded]
    if not 4 <= len(folded) <= 14:
        return None
    near = {letter for key, letter in _FOLDED.items() if _is_near(folded, key)}
    return near.pop() if len(near) == 1 else None


def _is_near(word: str, key: str) -> bool:
    if abs(len(word) - len(key)) > 2 or len(key) < 5:
        return False
    score = fuzz.ratio(word, key)
    return score >= 84 or (score >= 70 and word[0] == key[0] and cologne(word) == cologne(key))
