"""Reads the pieces of a text from left to right into the parts of one name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from rapidfuzz import fuzz

from zusage.language.german._names_hints import Hint, apply_hint
from zusage.language.german._names_known import FAMILY, GIVEN
from zusage.language.german._names_parts import is_name_order
from zusage.language.german._names_scan import Piece, is_weak_run
from zusage.language.german._names_words import (
    COURTESIES,
    DUMMIES,
    KIN,
    NEVER,
    POSSESSIVES,
    TALK,
    TIMES,
    TRAILING,
    fold_word,
    is_doubtful,
    is_weak,
)
from zusage.language.german._spelling import Spelled
from zusage.language.german._words import cologne

Trouble = Literal["not_understood", "spelling"]
_AFTER = frozenset("bitte danke und ich moechte haette wuerde will brauche dankeschoen gern gerne".split())  # noqa: SIM905


@dataclass(slots=True)
class Found:
    """A name so far: its words by what they were introduced as."""

    words: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    strength: int = 0
    spelled: bool = False
    sure: bool = True
    broken: Trouble | None = None

    @property
    def empty(self) -> bool:
        return not (self.words or self.given or self.family)

    def all_words(self) -> list[str]:
        return [*self.words, *self.given, *self.family]


def most_alike(words: Sequence[str], word: str) -> int | None:
    """Which of the words another one could be a correction or a spelling of; None: none of them."""
    scores = [fuzz.ratio(fold_word(said), fold_word(word)) for said in words]
    heard = [
        score + 30 * (cologne(fold_word(words[i])) == cologne(fold_word(word)) != "")
        for i, score in enumerate(scores)
    ]
    best = max(heard, default=0)
    return heard.index(best) if best >= 55 else None


def _without_kin(words: list[str]) -> list[str]:
    """The name without the relation before it ("meine Tochter Lena")."""
    return words[1:] if len(words) > 1 and fold_word(words[0]) in KIN else words


def _is_never_a_name(words: Sequence[str]) -> bool:
    folded = {fold_word(part) for word in words for part in word.split("-")}
    return not folded.isdisjoint(NEVER | DUMMIES)


class Reader:
    """Reads the pieces of one part from left to right."""

    def __init__(self, pieces: Sequence[Piece], *, cased: bool) -> None:
        self._pieces = pieces
        self._cased = cased
        self._found = Found()
        self._strength = 0
        self._slot = ""
        self._pure = True
        self._fresh = True
        self._comma = False

    def read(self) -> Found:
        for index, piece in enumerate(self._pieces):
            self._take(index, piece)
        return self._found

    def _take(self, index: int, piece: Piece) -> None:
        match piece.kind:
            case "intro":
                self._introduce(index, 2 if piece.value == "strong" else 1)
            case "label":
                self._strength, self._slot, self._fresh = 2, piece.value, True
            case "title":
                self._address(index, piece.value)
            case "run":
                self._run(index, list(piece.words))
            case "spelled" if piece.spelled is not None:
                self._spell(piece.spelled)
            case "hint" if piece.hint is not None:
                self._remark(piece.hint)
            case "comma" | "stop":
                self._pause()
                self._comma = piece.kind == "comma"
            case "talk" | "hard" | "role" | "refusal":
                self._pure, self._fresh, self._strength = False, False, 0

    def _introduce(self, index: int, strength: int) -> None:
        """An introduction holds for what follows; the strong ones also for a name just said ("Müller mein Name")."""
        if not self._found.empty and not self._follows(index):
            self._found.strength, self._found.sure = max(strength, self._found.strength), True
        elif self._found.empty or strength > self._found.strength:
            self._strength, self._slot, self._fresh = strength, "", True

    def _follows(self, index: int) -> bool:
        return any(p.kind in {"run", "spelled", "title"} for p in self._pieces[index + 1 : index + 4])

    def _address(self, index: int, title: str) -> None:
        """A title introduces the name behind it; right behind "mein Name ist" it may be the name itself."""
        ahead, before = self._next(index), self._pieces[index - 1] if index else None
        introduced = before is not None and (before.kind, before.value) == ("intro", "strong")
        if ahead is None and introduced and title in {"Herr", "Frau"}:
            self._found.words, self._found.strength, self._found.sure = [title], 2, False
            return
        titles = self._found.title
        if titles and title in COURTESIES and before is not None and before.value == "und":
            titles[-1] = f"{titles[-1]} und {title}"
        elif title and self._found.empty and title not in titles:
            titles.append(title)
        if self._pure or self._fresh:
            self._strength, self._fresh = max(self._strength, 2 if title in COURTESIES else 1), True

    def _next(self, index: int) -> Piece | None:
        return self._pieces[index + 1] if index + 1 < len(self._pieces) else None

    def _pause(self) -> None:
        self._fresh = self._fresh or not self._found.empty
        if not self._found.empty:
            self._strength = 0

    def _run(self, index: int, words: list[str]) -> None:
        words = _without_kin(self._without_time(index, words))
        if _is_never_a_name(words) or self._is_relation(index, words):
            self._pure = False
        elif self._is_lost_letter(index, words):
            self._found.broken = "not_understood"
        elif not self._found.empty and self._fresh and all(len(word) == 1 for word in words):
            self._remark(Hint("".join(words).lower(), 0))
        elif self._slot and self._fresh:
            getattr(self._found, self._slot)[:] = words
            self._found.strength, self._slot, self._strength = 2, "", 0
        elif self._found.empty:
            self._first(index, words)
        elif self._found.given or self._found.family or self._found.spelled:
            self._beside(words)
        elif self._strength > self._found.strength:
            self._found.words, self._found.strength = words, self._strength
        elif self._fresh and self._is_before_comma(index):
            self._found.words = self._with_given(words)
        self._fresh = False

    def _is_relation(self, index: int, words: list[str]) -> bool:
        """Whether only a relation is said ("auf meinen Mann"): the name is still to be asked for."""
        before = self._pieces[index - 1] if index else None
        whose = before is not None and before.kind == "soft" and before.value in POSSESSIVES
        return whose and len(words) == 1 and fold_word(words[0]) in KIN

    def _is_lost_letter(self, index: int, words: list[str]) -> bool:
        """Whether a short word right behind a spelling is more likely its last letter than a name."""
        before = self._pieces[index - 1] if index else None
        return (
            before is not None
            and before.kind == "spelled"
            and len(words[0]) <= 3
            and fold_word(words[0]) not in GIVEN
        )

    def _without_time(self, index: int, words: list[str]) -> list[str]:
        """A weekday that belongs to what follows or verb of the wish is cut ("Müller morgen um drei", "Müller buchen")."""
        if len(words) > 1 and words[-1].lower() in TRAILING:
            words = words[:-1]
        ahead = self._next(index)
        trailing = len(words) > 1 and fold_word(words[-1]) in TIMES and ahead is not None
        return words[:-1] if trailing and ahead is not None and ahead.kind in {"talk", "hard"} else words

    def _first(self, index: int, words: list[str]) -> None:
        if not self._acceptable(index, words):
            self._pure = False
            self._found.title = []
            return
        self._found.words, self._found.strength = words, self._strength
        self._found.sure = self._is_sure(words)

    def _is_sure(self, words: list[str]) -> bool:
        if self._strength == 2 or is_name_order(words) or (self._strength == 1 and self._cased):
            return True
        return fold_word(words[-1]).split("-")[0] in FAMILY and not is_doubtful(words[-1])

    def _acceptable(self, index: int, words: list[str]) -> bool:
        """Whether words may be a name where they stand: by their introduction, or because nothing else is there."""
        if self._strength == 2:
            return True
        if is_weak_run(words) or (is_weak(words[0]) and not is_name_order(words)):
            return False
        if self._strength == 1 and self._cased and words[0].islower() and len(words) == 1:
            return False
        return self._strength == 1 or (self._pure and self._ends_well(index, words))

    def _ends_well(self, index: int, words: list[str]) -> bool:
        """Whether a name that nothing introduced is all that is said, up to a comma or a wish."""
        until = next((i for i, p in enumerate(self._pieces) if i > index and p.kind == "comma"), None)
        if any(piece.kind == "hard" for piece in self._pieces[:until]):
            return False
        ahead = self._next(index)
        if ahead is None or ahead.kind not in {"talk", "hard", "refusal", "role", "soft"}:
            return True
        return ahead.value in _AFTER or is_name_order(words)

    def _beside(self, words: list[str]) -> None:
        """A further run after labels or a spelling fills the part that is missing."""
        found = self._found
        if is_weak_run(words) or not self._fresh:
            return
        if found.family and not found.given:
            found.given = words
        elif found.given and not found.family:
            found.family = words
        elif found.words and not found.given and not found.family and len(found.words) == 1:
            found.words = [*found.words, *words] if is_name_order(found.words) else [*words, *found.words]

    def _is_before_comma(self, index: int) -> bool:
        ahead = self._next(index)
        return ahead is None or ahead.kind in {"comma", "stop", "hint", "spelled", "soft", "cue"}

    def _with_given(self, words: list[str]) -> list[str]:
        """As in "Müller, Anna": the later words come first, unless they say something else than a given name."""
        said = self._found.words
        if is_weak_run(words) or len(words) > 3:
            return said
        if len(said) == 1 < len(words) and fold_word(said[0]) == fold_word(words[-1]):
            return words
        if len(said) == 1 and is_name_order([*said, *words], strictly=True):
            return [*said, *words]
        if not self._comma:
            return said
        takes = (
            is_name_order([*words, *said], strictly=True)
            or len(said) == 1
            or fold_word(said[0]) in {"von", "van"}
        )
        return [*words, *said] if takes and not (len(said) > 1 and is_name_order(said)) else said

    def _spell(self, spelled: Spelled) -> None:
        found = self._found
        if spelled.text is None or len(spelled.text) < 2 or fold_word(spelled.text) in TALK:
            found.broken = "not_understood"
            return
        found.sure = found.sure and spelled.sure
        parts = spelled.text.split()
        if self._slot:
            getattr(found, self._slot)[:] = parts
        elif found.empty or len(parts) > 1:
            found.words, found.given, found.family = parts, [], []
        else:
            self._spell_word(parts[0], sure=spelled.sure)
        found.spelled, found.strength, self._slot, self._strength, self._fresh = True, 2, "", 0, True

    def _spell_word(self, word: str, *, sure: bool) -> None:
        """The spelling wins over the word it is a spelling of; else it is the part that was not said."""
        found = self._found
        for part in (found.family, found.words, found.given):
            index = most_alike(part, word)
            if index is not None:
                lost = len(fold_word(part[index])) - len(fold_word(word)) > 1 and fold_word(
                    part[index]
                ).startswith(fold_word(word))
                found.broken = "not_understood" if lost else found.broken
                part[index] = word
                found.sure = sure
                return
        if found.given and not found.family and not found.words:
            found.family = [word]
        elif len(found.words) == 1 and is_name_order(found.words):
            found.words.append(word)
        else:
            part = found.words or found.family or found.given
            # What was heard before may itself have been letters: "ess ce ha" heard as "Ess".
            found.broken = "not_understood" if len(part[-1]) <= 3 else found.broken
            part[-1], found.sure = word, False

    def _remark(self, hint: Hint) -> None:
        if self._found.empty:
            return
        for part in (self._found.family, self._found.words, self._found.given):
            spelled = apply_hint(part, hint) if part else None
            if spelled is not None:
                part[:] = spelled
                self._found.spelled, self._found.sure, self._fresh = True, True, True
                return
        self._found.broken = "spelling"
