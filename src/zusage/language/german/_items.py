"""What the rules make of tokens: days, clock times, parts of day, and the words that join, limit or refuse them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypedDict, Unpack, cast

from zusage.core.scheduling.masters import Span, Week
from zusage.language.german._kinds import Kinds, TokenKind, WordKind
from zusage.language.german._tokens import END, Token
from zusage.language.german.texts import question
from zusage.language.policies import Policies
from zusage.language.reading import Grain, Reason, Unclear, When

DAY_END = 1440
NOON = 720
ONE_DAY = timedelta(days=1)
LONGEST_JUMP = 3660
"""Days: nobody counts further than ten years."""
LONGEST_RUN = 24
"""Nobody says more words of one kind in a row; without it, a text of nothing else would take quadratic time."""

Bound = Literal["", "from", "after", "until", "before"]
Near = Literal["", "day", "time"]
DaysKind = Literal["date", "weekday", "of_month", "span", "range", "weekdays", "week_of"]


class Doubt(Exception):  # noqa: N818 - a way out of the readers, never seen outside the package
    """The text was understood well enough to know that it must be asked about.

    `key` is the text of the catalogue that asks; without one it is that of the reason. `fields` fill it."""

    def __init__(
        self, reason: Reason, key: str = "", *, alternatives: tuple[When, ...] = (), **fields: str
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.key = key or f"when.{reason}"
        self.alternatives = alternatives
        self.fields = fields

    @property
    def unclear(self) -> Unclear:
        return Unclear(self.reason, question(self.key, **self.fields), self.alternatives, key=self.key)


@dataclass(frozen=True, slots=True)
class Talk:
    """When and where it is spoken. `on` is the day that is talked about, `anchor` an earlier offer; local times."""

    now: datetime
    policies: Policies
    region: str | None = None
    week: Week | None = None
    on: date | None = None
    anchor: datetime | None = None

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def about(self) -> date | None:
        """The day that is talked about, if any is: `on`, else that of the anchor."""
        return self.on or (self.anchor.date() if self.anchor else None)


@dataclass(frozen=True, slots=True)
class Days:
    """Local days from `first` to `end` (exclusive).

    `kind` "weekday": may confirm a date, and is narrowed by a week beside it while `bare`. "of_month": only the number
    was said. "weekdays": from one weekday to another. "week_of": a week from a day, whose weekday may follow. `others` are stretches that may be meant as well;
    `edges` is what "before" and "after" leave out, where that is more; `within` the week that narrowed a weekday.
    `said` is False for a day that nobody named; `instead`: it
    replaces the days before it ("am Tag danach"); `from_now`: it begins at the moment of talk."""

    first: date
    end: date
    grain: Grain = "day"
    kind: DaysKind = "date"
    bound: Bound = ""
    bare: bool = False
    weekly: bool = False
    said: bool = True
    relative: bool = False
    from_now: bool = False
    instead: bool = False
    assumed: tuple[str, ...] = ()
    others: tuple[tuple[date, date], ...] = ()
    edges: tuple[date, date] | None = None
    within: tuple[date, date] | None = None

    @property
    def single(self) -> bool:
        return self.end - self.first == ONE_DAY

    def moved_to(self, first: date, end: date) -> Days:
        return replace(self, first=first, end=end, others=())


@dataclass(frozen=True, slots=True)
class Clock:
    """A minute of the day; `vague` when the hour was said as on a dial, so that twelve hours later is meant as well."""

    minute: int
    vague: bool = False
    loose: bool = False


@dataclass(frozen=True, slots=True)
class ClockRange:
    first: Clock
    last: Clock


@dataclass(frozen=True, slots=True)
class Limit:
    """A clock time that limits an open range."""

    bound: Bound
    clock: Clock


@dataclass(frozen=True, slots=True)
class Number:
    """A number whose meaning depends on its neighbours. `near` are the words before it: "day" ("am"), "time" ("um")."""

    value: int
    ordinal: bool = False
    near: Near = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of day with the name of its policy; "day" and "after_work" are parts as well."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant by itself: from now, or from the offer that is talked about."""

    at: datetime
    kind: Literal["instant", "open_end", "open_start"] = "instant"


@dataclass(frozen=True, slots=True)
class Between:
    """From one instant to another, both said with their days, or from now for a while."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """What joins, limits, takes back or refuses: `kind` says which."""

    kind: WordKind
    value: object = None


Item = Days | Clock | ClockRange | Limit | Number | Part | Moment | Between | Word
Found = tuple[Item, int] | None
FoundDays = tuple[Days, int] | None
"""What a rule has read and the place behind it; None: nothing that it knows begins there."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with the tokens it was made of, from `begin` to `end` (exclusive)."""

    item: Item
    begin: int
    end: int


_ENDS = (END,) * 24


class Tokens:
    """Tokens by position; before the first and behind the last stand ends, more than any rule looks away."""

    __slots__ = ("_padded", "capitals", "kinds", "last_day", "list", "talk")

    def __init__(self, tokens: Sequence[Token], talk: Talk, capitals: frozenset[str] = frozenset()) -> None:
        self.list = tokens
        self.capitals = capitals
        """Folded words that were written with a capital letter, where the text tells nouns from other words."""
        # A negative index counts from the back: there the same ends stand.
        self._padded = [*tokens, *_ENDS]
        self.kinds: Kinds = frozenset(token.kind for token in tokens)
        self.talk = talk
        self.last_day: date | None = None
        """The single day that was read last: what "am Tag danach" may mean."""

    def heard(self, days: Days) -> None:
        """Keep a day that was read; a bare weekday behind it only names it ("Nikolaus fällt auf Sonntag")."""
        named = days.bare and self.last_day is not None and self.last_day.weekday() == days.first.weekday()
        if days.single and not named:
            self.last_day = days.first

    def __getitem__(self, at: int) -> Token:
        return self._padded[at]

    def kind(self, at: int) -> TokenKind:
        return self._padded[at].kind

    def integer(self, at: int) -> int:
        value = self._padded[at].value
        return value if isinstance(value, int) else -1

    def pair(self, at: int) -> tuple[int, int]:
        """The two numbers of a "clock", "dotted", "slashed", "month_year" or "iso_week"."""
        return cast("tuple[int, int]", self[at].value)

    def date(self, at: int) -> tuple[int | None, int, int]:
        """Year (if one was written), month and day of a "date"."""
        return cast("tuple[int | None, int, int]", self[at].value)

    def skip(self, at: int, *kinds: TokenKind) -> int:
        """The first place from `at` on whose token is of none of these kinds; looks at no more than `LONGEST_RUN`."""
        last = at + LONGEST_RUN
        while at < last and self.kind(at) in kinds:
            at += 1
        return at


def at_minute(day: date, minute: int, talk: Talk) -> datetime:
    """A wall-clock time as an instant; an hour that comes twice is the first one."""
    whole, rest = divmod(minute, DAY_END)
    day += whole * ONE_DAY
    return datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=talk.now.tzinfo)


def plus(day: date, days: int) -> date:
    if abs(days) > LONGEST_JUMP:
        raise Doubt("too_far")
    return day + timedelta(days=days)


class DayFields(TypedDict, total=False):
    """The fields of `Days` that a single day may have."""

    kind: DaysKind
    bound: Bound
    bare: bool
    weekly: bool
    said: bool
    relative: bool
    instead: bool
    assumed: tuple[str, ...]
    others: tuple[tuple[date, date], ...]


def one_day(day: date, **more: Unpack[DayFields]) -> Days:
    return Days(day, day + ONE_DAY, **more)


def half_of(span: Span, *, late: bool) -> Span:
    """The later or the earlier half of a part of day."""
    middle = (span.opens + span.closes) // 2
    return Span(middle, span.closes) if late else Span(span.opens, max(middle, span.opens + 1))


def whole_day(day: date, talk: Talk) -> When:
    """A local day from midnight to midnight."""
    return When(at_minute(day, 0, talk), at_minute(day, DAY_END, talk), "interval", "day")
