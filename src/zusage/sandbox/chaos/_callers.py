"""Who calls, for what, and how they behave: the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

Manner = Literal["books", "hangs_up", "books_late"]
"""books: as everybody does. hangs_up: once the time is held. books_late: hangs up, and the booking comes after that."""

_GIVEN = ("Erika", "Hans", "Renate", "Peter", "Sabine", "Karl", "Inge", "Uwe", "Lena", "Mehmet")
_FAMILY = ("Sommer", "Winter", "Herbst", "Lang", "Horn", "Roth", "Stein", "Busch", "Vogel", "Krause")
_SERVICES = (
    ("Damenschnitt", 4),
    ("Herrenschnitt", 4),
    ("Waschen und Föhnen", 2),
    ("Trockenschnitt", 1),
    ("Dauerwelle", 3),
    ("Ansatzfärbung", 3),
    ("Strähnen", 2),
)
_DAYS = ("next open day", "+2 open days", "+3 open days")
_TIMES = ("10:00", "10:30", "11:00", "12:00", "15:15", "16:00", "nachmittags", "vormittags")
_CONTENDED = ("Herrenschnitt", "+2 open days", "11:00", "Jonas Keller")
_SHARE = 0.3
_FIRST_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class CallerWish:
    """One caller. `starts` is when they ring, `thinks` how long they think about an offer, both in seconds."""

    name: str
    number: str | None
    service: str
    day: str
    time: str
    staff: str
    manner: Manner
    starts: float
    thinks: float


def make_callers(seed: int, count: int, seconds: float) -> list[CallerWish]:
    """Make callers who ring within three quarters of the time; about a third of them wants the very same."""
    dice = random.Random(seed + 1)  # noqa: S311 - dice
    names = [f"{given} {family}" for given in _GIVEN for family in _FAMILY]
    chosen = dice.sample(names, min(count, len(names)))
    services = [name for name, share in _SERVICES for _ in range(share)]
    return [_caller(dice, number, name, services, seconds) for number, name in enumerate(chosen)]


def _caller(dice: random.Random, number: int, name: str, services: list[str], seconds: float) -> CallerWish:
    service, day, time, staff = _CONTENDED
    if dice.random() >= _SHARE:
        service, day, time, staff = dice.choice(services), dice.choice(_DAYS), dice.choice(_TIMES), ""
    return CallerWish(
        name=name,
        # Numbers for film and fiction; every eighth caller hides theirs.
        number=None if number % 8 == 7 else f"+4917139201{number:02}",  # noqa: PLR2004
        service=service,
        day=day,
        time=time,
        staff=staff,
        manner=dice.choices(("books", "hangs_up", "books_late"), (8, 1, 1))[0],
        starts=dice.uniform(0, seconds * _FIRST_SHARE),
        thinks=dice.uniform(1, 6),
    )
