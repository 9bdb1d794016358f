"""Spelling remarks beside a name: "Schmidt mit dt", "Stefan mit ph", "Thomas ohne h", "mit Doppel-l"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zusage.language.german._names_known import FAMILY, GIVEN
from zusage.language.german._names_words import fold_word
from zusage.language.german._spelling import LETTERS, keyword, read_letter

_UNITS = re.compile(
    r"tth|sch|dt|tt|th|ck|ch|ph|ei|ai|ey|ay|ie|ih|ue|ae|oe|ss|tz|chs|ff|pp|kk|ll|mm|nn|rr|bb|dd|gg|zz|cc|aa|ee|oo|.",
    re.DOTALL,
)
_ALIKE = (
    ("dt", "tt", "d", "t", "th"), ("ei", "ai", "ey", "ay"), ("ph", "f", "ff", "v", "pf"), ("ck", "k", "kk", "c", "ch", "g"),
    ("ie", "i", "y", "ih", "ee"), ("y", "j", "i"), ("ü", "ue", "y"), ("ä", "ae", "e"), ("ö", "oe"), ("ß", "ss", "s"),
    ("z", "tz", "c", "zz"), ("s", "z"), ("x", "chs", "ks"), ("w", "v"), ("tth", "th", "t"), ("e", "eh"), ("a", "ah"), ("ä", "ö", "ü"),
)  # fmt: skip
_DIPHTHONGS = frozenset({"ei", "ai", "ey", "ay"})
_GRAPHEMES = frozenset(unit for group in _ALIKE for unit in group) - {"e"}
_TWICE = frozenset("doppel doppelt doppeltem zwei zweimal doppelten".split())  # noqa: SIM905
_ONCE = frozenset("einem einfachem nur bloß ein einfach einzelnem".split())  # noqa: SIM905
_SKIPPED = frozenset("dem den so hartem weichem langem kurzem großem kleinem".split())  # noqa: SIM905
_START = frozenset("anfang vorne vorn".split())  # noqa: SIM905
_END = frozenset("ende hinten schluss".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Hint:
    """`letters` are (or, `without`, are not) in the name; `once`: these and no more; `place` "start", "end" or ""."""

    letters: str
    end: int
    without: bool = False
    once: bool = False
    place: str = ""


def read_hint(words: Sequence[str], at: int, *, again: bool = False) -> Hint | None:
    """The remark that begins at `at` ("mit", "ohne", "nur mit"; "hinten mit"), or None; words are lower case.

    `again`: one went before, and "und" may carry it on ("mit c k und ä")."""
    place, once, start = "", False, at
    while at < len(words) and words[at] in (_START | _END | {"nur", "bloß"}) and at - start < 3:
        place = "start" if words[at] in _START else "end" if words[at] in _END else place
        once = once or words[at] in _ONCE
        at += 1
    if at >= len(words) or words[at] not in ({"mit", "ohne", "und"} if again else {"mit", "ohne"}):
        return None
    found = _letters(words, at + 1)
    if found is None:
        return None
    letters, more, end = found
    place, end = _place(words, end, place)
    return Hint(letters, end, words[at] == "ohne", once or more, place)


def _letters(words: Sequence[str], at: int) -> tuple[str, bool, int] | None:
    """The letters named from `at` on, whether it is these and no more, and where they end."""
    once, twice = False, False
    while at < len(words) and words[at] in (_TWICE | _ONCE | _SKIPPED):
        once, twice = once or words[at] in _ONCE, twice or words[at] in _TWICE
        at += 1
    if (
        at + 1 < len(words)
        and words[at] in {"scharfem", "scharfes", "scharfen"}
        and words[at + 1] in {"s", "es", "ess"}
    ):
        return "ß", False, at + 2
    found, begin = "", at
    while at < len(words) and at - begin < 3 and (letter := _grapheme(words, at)) is not None:
        found, at = found + letter, at + 1
    if len(found) == 3 and at < len(words) and words[at] in LETTERS:
        return None
    if at + 1 < len(words) and found and words[at] == "wie" and _fits(found, words[at + 1]):
        at += 2
    return (found * 2 if twice else found, once, at) if found else None


def _fits(letters: str, word: str) -> bool:
    return word.startswith(letters) or keyword(word) == letters


def _grapheme(words: Sequence[str], at: int) -> str | None:
    word = words[at]
    if word in LETTERS or word in _GRAPHEMES:
        return word
    if word in {"eszett", "ß"}:
        return "ß"
    letter = read_letter(word)
    return letter if letter is not None and word not in {"er", "es", "we", "de", "ie"} else None


def _place(words: Sequence[str], at: int, place: str) -> tuple[str, int]:
    end = at + 1 if at < len(words) and words[at] in {"am", "zum"} else at
    if end < len(words) and words[end] in _START | _END:
        return ("start" if words[end] in _START else "end"), end + 1
    return place, at


def apply_hint(words: Sequence[str], hint: Hint) -> list[str] | None:
    """The words of a name as the remark spells them; None where it cannot be told what is meant.

    A word that is already so is left alone; else the one reading that is a common name, else the only reading."""
    order = range(len(words) - 1, -1, -1)
    if any(_is_so(words[i].lower(), hint) for i in order):
        return list(words)
    readings = [(i, new) for i in order for new in _readings(words[i].lower(), hint)]
    common = [(i, new) for i, new in readings if fold_word(new) in GIVEN | FAMILY]
    last = [(i, new) for i, new in readings if i == readings[0][0]]
    chosen = common[:1] if len({new for _, new in common}) == 1 or len(words) > 1 else []
    if not chosen and len(last) == 1:
        chosen = last
    if not chosen:
        return None
    index, new = chosen[0]
    return [_as_written(new, word) if i == index else word for i, word in enumerate(words)]


def _as_written(new: str, old: str) -> str:
    if old.islower():
        return new
    return "-".join(part[:1].upper() + part[1:] for part in new.split("-"))


def _is_so(word: str, hint: Hint) -> bool:
    if hint.without:
        return False
    units = _UNITS.findall(word)
    if hint.letters == "e" and "ä" in units:
        return False
    if hint.place == "end":
        return word.endswith(hint.letters) and units[-1] == hint.letters
    if hint.place == "start":
        return word.startswith(hint.letters)
    if hint.letters in units:
        return not _is_diphthong_vowel(units, hint.letters)
    vague = hint.once or hint.letters in {"d", "t"} or _is_diphthong_vowel(units, hint.letters)
    return not vague and len(hint.letters) == 1 and any(hint.letters in unit for unit in units)


def _is_diphthong_vowel(units: list[str], letter: str) -> bool:
    """Whether the remark is about the vowel of an "ei" that is written with another one ("Maier mit e")."""
    return letter in {"a", "e", "i", "y"} and any(
        unit in _DIPHTHONGS and letter not in unit for unit in units
    )


def _readings(word: str, hint: Hint) -> Iterator[str]:
    units = _UNITS.findall(word)
    if hint.without:
        yield from _dropped(word, units, hint)
        return
    seen = set()
    for i in _places(units, hint):
        for unit in _replaced(units[i], hint):
            new = "".join([*units[:i], unit, *units[i + 1 :]])
            if new != word and new not in seen:
                seen.add(new)
                yield new
    if hint.place == "end" and not seen:
        yield word + hint.letters
    if hint.letters == "h":
        yield from (
            word[:i] + "h" + word[i:]
            for i in range(1, len(word) + 1)
            if fold_word(word[:i] + "h" + word[i:]) in GIVEN
        )


def _places(units: list[str], hint: Hint) -> Sequence[int]:
    if hint.place == "end":
        return [len(units) - 1]
    if len(hint.letters) == 2 and hint.letters[0] == hint.letters[1]:
        return range(1, len(units))
    return [0] if hint.place == "start" else range(len(units))


def _replaced(unit: str, hint: Hint) -> Iterator[str]:
    letters = hint.letters
    if unit in _DIPHTHONGS and letters in {"a", "e"}:
        yield letters + unit[1]
    elif unit in _DIPHTHONGS and letters in {"i", "y"}:
        yield unit[0] + letters
    elif letters in {"d", "t"} and unit in {"dt", "tt"}:
        if hint.once or hint.place:
            yield letters
    elif (unit == letters * 2 and hint.once) or (
        unit == letters[:1] and len(letters) == 2 and letters[0] == letters[1]
    ):
        yield letters
    elif unit == "th" and letters == "tt":
        yield "tth"
    elif unit == "tth" and letters == "t" and hint.once:
        yield "th"
    elif any(unit in group and letters in group for group in _ALIKE):
        yield letters


def _dropped(word: str, units: list[str], hint: Hint) -> Iterator[str]:
    """The word without the letters; "mit einem" and "ohne Doppel" keep one of them."""
    letters = hint.letters
    if len(letters) == 2 and letters[0] == letters[1] and letters in units:
        yield word.replace(letters, letters[0], 1)
    elif word.count(letters) == 1:
        yield word.replace(letters, "")
    elif "th" in units and letters == "h" and units.count("th") == 1:
        yield word.replace("th", "t", 1)
