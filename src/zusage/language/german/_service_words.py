"""One word of a service: its key without umlauts, its stem, how it sounds, and the parts of meaning it is made of."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from zusage.language.german import _service_lexicon as lexicon
from zusage.language.german._text import fold

_UMLAUT = re.compile(r"(?:(?<![aeq])ue|ae|oe)")
_SEPARABLE = "ab|an|auf|aus|bei|ein|nach|vor|zu|um|weg|her|hin|mit|durch|unter|wieder|rein|raus|hoch|fest|los"
_PARTICIPLE = re.compile(rf"^({_SEPARABLE})?ge(?=\w{{3,}}t$)")
_WITH_ZU = re.compile(rf"^({_SEPARABLE})zu(?=\w{{3,}}n$)")
_DERIVED = re.compile(r"(?<=\w{3})(?:ierungen|ierung|ieren|iert|iere|ationen|ation|aturen|atur|agen|age)$")
_ENDING = re.compile(r"(?<=\w{4})(?:ungen|ung|chen|ern|eten|ete|et|en|er|es|em|e|n|s|t)$")
_WEAK_VOWEL = re.compile(r"(?<=[^aeiou])e(?=[lr]$)")
_DOUBLE = re.compile(r"(?<=\w{2})([^aeiou])\1$")
_LINKS = ("", "s", "n", "en", "e", "er", "es")
_SOUNDS = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"age[ns]?$", "aS"),
        (r"ae", "e"),
        (r"oe", "e"),
        (r"(?<![aeq])ue", "i"),
        (r"tsch|sch|sh|ch(?!s)", "S"),
        (r"chs|x|cks", "ks"),
        (r"ph|v|w|pf", "f"),
        (r"th|dt|d", "t"),
        (r"qu", "kf"),
        (r"ck|[cgq]", "k"),
        (r"tz|ts|[zß]", "s"),
        (r"b", "p"),
        (r"[ae][iy]", "A"),
        (r"eu|oi|oy|aeu", "O"),
        (r"ie|[yj]|ih", "i"),
        (r"(?<=[aeiouAO])h", ""),
        (r"h$", ""),
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS = re.compile(r"[aeiouAO]+")


@lru_cache(maxsize=32768)
def key_of(folded: str) -> str:
    """A folded word as a transcript that lost its umlauts has it; two spellings of one word have one key."""
    return _UMLAUT.sub(lambda found: found[0][0], folded)


@lru_cache(maxsize=16384)
def stem(key: str) -> str:
    """What verb, participle and noun have in common ("wechseln", "gewechselt", "Wechsel")."""
    core = _WITH_ZU.sub(r"\1", _PARTICIPLE.sub(r"\1", key))
    shorter = _DERIVED.sub("", core)
    if shorter == core:
        shorter = _ENDING.sub("", _ENDING.sub("", core))
    return _DOUBLE.sub(r"\1", _WEAK_VOWEL.sub("", shorter))


@lru_cache(maxsize=32768)
def sound(folded: str) -> str:
    """A spelling as it sounds to a recogniser: one letter a sound, no doubles, soft and hard alike."""
    for pattern, heard in _SOUNDS:
        folded = pattern.sub(heard, folded)
    return folded


@lru_cache(maxsize=32768)
def skeleton(sounded: str) -> str:
    """The consonants of a sound, with one mark for any vowels between them."""
    return _VOWELS.sub("v", sounded)


def likeness(heard: str, surface: str) -> float:
    """How alike two folded spellings sound, in [0, 1]: vowels count half, for they are misheard first."""
    if heard == surface:
        return 1.0
    one, other = sound(heard), sound(surface)
    sounds = max(fuzz.ratio(one, other), fuzz.ratio(sound(key_of(heard)), sound(key_of(surface))))
    letters = fuzz.ratio(heard, surface)
    bones = fuzz.ratio(skeleton(one), skeleton(other))
    return max(0.5 * sounds + 0.5 * bones, 0.4 * letters + 0.3 * sounds + 0.3 * bones) / 100


def keys(text: str) -> frozenset[str]:
    """The keys of the words of a table."""
    return frozenset(key_of(word) for word in fold_all(text))


def fold_all(text: str) -> list[str]:
    """The folded words of a table, of any length."""
    return [fold(word) for word in text.split()]


def _forms(table: dict[str, str]) -> dict[str, str]:
    return {key_of(form): part for part, forms in table.items() for form in fold_all(forms)}


KIN = _forms(lexicon.KIN)
_KIN_STEMS = {stem(form): part for form, part in KIN.items() if len(stem(form)) > 4}
ALIASES = {key_of(fold(short)): tuple(fold_all(long)) for short, long in lexicon.ALIASES.items()}


_HEADS = frozenset(
    key
    for table in (lexicon.LIGHT, lexicon.GENERIC, lexicon.FOREIGN, lexicon.HARMLESS, lexicon.BODY_PARTS)
    for key in keys(table)
    if len(key) >= 4
)


class Vocabulary:
    """Which words are known, and what they are made of: the words of the trades, and those of one catalogue."""

    def __init__(self, words: frozenset[str]) -> None:
        """:param words: keys of the words of the catalogue as they stand there."""
        self._own = {key: stem(key) for key in words if key not in KIN}
        self._pieces: dict[str, str] = {}
        self._solid: dict[str, str] = {}
        self._halves: dict[str, str] = {}
        self._stems = _KIN_STEMS | {part: part for part in self._own.values() if len(part) >= 4}
        self._forms = KIN | self._own
        self._long = {key: part for key, part in self._own.items() if len(key) >= 6}
        self._learn()

    def _learn(self) -> None:
        """Take the words of the catalogue apart where one half is a known word, and know the other half from then on."""
        for key in sorted(self._own):
            parts = self._compound(key, 0) or self._tail_known(key) or self._head_known(key)
            for part in parts:
                if len(part) >= 4:
                    self._pieces.setdefault(part, part)
            if len(parts) == 2 and len(parts[0]) < 4 and stem(key[:4]) == parts[0]:
                self._halves[key[:4]] = parts[0]  # "nass" of "Nassrasur": too short for its stem to be one
            if not parts and len(self._own[key]) >= 8:
                self._solid[self._own[key]] = self._own[key]
        self._stems = self._pieces | self._stems

    def piece_of(self, key: str) -> tuple[str, ...]:
        """The one solid word of the catalogue that begins or ends with this word ("Achsen" of "Achsvermessung")."""
        half = stem(key)
        found = [
            word for word in self._solid if len(half) >= 4 and (word.startswith(half) or word.endswith(half))
        ]
        if len(found) == 1:
            return (found[0],)
        begun = [word for word in self._own if len(key) >= 7 and word.startswith(key)]
        return self.split(begun[0]) if len(begun) == 1 else ()

    def goes_on(self, key: str, surface: str) -> bool:
        """Whether another word follows the one that it is like ("Bartöl" is no misheard "Bartes")."""
        for end in range(len(key) - 2, 3, -1):
            if key[:end] in self._forms and (key[end:] in KIN or key[end:] in _HEADS):
                return surface.startswith(key[:end]) and len(surface) <= end + 2
        return False

    def parts(self, key: str) -> tuple[str, ...]:
        """The parts of meaning of a word, known or not; an unknown remainder of a compound is a part of its own."""
        if key not in KIN and key in ALIASES and key not in self._own:
            return tuple(part for word in ALIASES[key] for part in self.parts(key_of(word)))
        return self.split(key) or (stem(key),)

    def split(self, key: str) -> tuple[str, ...]:
        """The parts of a word whose last part at least is known; empty for any other."""
        if key in KIN:
            return (KIN[key],)
        part = self._stems.get(stem(key)) or self._halves.get(key)
        taken = self._compound(key, 0) or self._tail_known(key)
        if not taken and key in self._own:
            taken = self._head_known(key)
        return taken or ((part,) if part is not None else ())

    def _compound(self, key: str, depth: int) -> tuple[str, ...]:
        for end in range(len(key) - 3, 1, -1):
            head = self._forms.get(key[:end]) if end > 2 or key[:2] == "ol" else None
            if head is not None and (rest := self._rest(key[end:], depth)):
                return (*self._whole(key[:end], head), *rest)
        return ()

    def _whole(self, form: str, part: str) -> tuple[str, ...]:
        return self.split(form) or (part,)

    def _rest(self, rest: str, depth: int) -> tuple[str, ...]:
        for link in _LINKS:
            tail = rest.removeprefix(link)
            if rest.startswith(link) and len(tail) >= 3 and (parts := self._tail(tail, depth)):
                return parts
        return ()

    def _tail(self, tail: str, depth: int) -> tuple[str, ...]:
        if tail in KIN:
            return (KIN[tail],)
        if depth < 3 and (parts := self._compound(tail, depth + 1)):
            return parts
        part = self._stems.get(stem(tail))
        return (part,) if part is not None else ()

    def _head_known(self, key: str) -> tuple[str, ...]:
        """A compound whose last part only is unknown ("Fahrzeugaufbereitung")."""
        for end in range(len(key) - 5, 3, -1):
            head = key[:end]
            if head in _HEADS or (head in KIN and len(head) >= 4):
                return (KIN.get(head) or stem(head), stem(key[end:]))
        return ()

    def _tail_known(self, key: str) -> tuple[str, ...]:
        """A compound whose first part only is unknown ("Bindegewebsmassage")."""
        for start in range(3, len(key) - 4):
            part = KIN.get(key[start:]) or self._long.get(key[start:])
            if part is not None:
                head = stem(key[:start])
                return (self._stems.get(head, head), part)
        return ()
