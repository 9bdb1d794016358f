"""The salon of the races: what callers want there, what they are told, and who can do what, written down once more.

The capacity below does not come from the code under test: it is what the company file says, read by a person."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx2
import psycopg

from support.database import DatabaseUrls
from support.voice import Phone
from zusage.adapters.crypto import SecretBox, format_keys, generate_key
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.app.operations.company_file import CompanyFile, parse_company_file
from zusage.app.operations.load_company import load_company

BERLIN = ZoneInfo("Europe/Berlin")
FILE = Path(__file__).parent / "race-salon.toml"
NUMBER, KEY = "+493023125300", "key_race_salon"
PERMERS = ("Anna Wolf", "Berta Lang")
ALL = (*PERMERS, "Carla Nuss", "Dora Wind", "Emil Stern", "Fritz Sommer")
CHAIRS = 4


@dataclass(frozen=True)
class Kind:
    """A service as its rivals see it: when the member is busy (minutes from the start), and for how long a chair is."""

    name: str
    busy: tuple[tuple[int, int], ...]
    chair: int
    able: tuple[str, ...]
    pairs: int


CUT = Kind("Herrenschnitt", ((0, 30),), 30, ALL, CHAIRS)
LONG_CUT = Kind("Damenschnitt", ((0, 60),), 60, ALL, CHAIRS)
BEARD = Kind("Bart trimmen", ((0, 20),), 20, ALL, CHAIRS)
TALK = Kind("Beratung", ((0, 30),), 0, ALL, len(ALL))
PERM = Kind("Dauerwelle", ((0, 30), (60, 90)), 90, PERMERS, len(PERMERS))


@dataclass(frozen=True)
class Wanted:
    """What one caller says: a service at an exact time, with anybody or with one person."""

    kind: Kind
    start: datetime
    staff: str | None = None

    def arguments(self) -> dict[str, str]:
        said = {
            "service": self.kind.name,
            "when": f"am {self.start:%d.%m.%Y} um {self.start.hour}:{self.start.minute:02} Uhr",
        }
        return said | ({"staff": self.staff} if self.staff else {})


@dataclass(frozen=True)
class Told:
    """What one caller was answered, and how long they heard nothing."""

    wanted: Wanted
    phone: Phone
    answer: dict[str, Any]
    seconds: float

    @property
    def status(self) -> str:
        return str(self.answer["status"])


@dataclass
class Race:
    """Several servers of one database and the callers' side of them. `slowest` is over all answers so far."""

    urls: DatabaseUrls
    base_urls: Sequence[str]
    slowest: float = 0.0
    answers: int = 0
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.clients = [httpx2.AsyncClient(base_url=url, timeout=20) for url in self.base_urls]
        return self

    async def __aexit__(self, *_error: object) -> None:
        for client in self.clients:
            await client.aclose()

    def phone(self, number: int) -> Phone:
        return Phone(
            self.clients[number % len(self.clients)],
            caller=f"+4915112346{number:03}",
            to_number=NUMBER,
            agent_id="agent_race",
            key=KEY,
        )

    async def ask_all(self, wishes: Sequence[Wanted]) -> list[Told]:
        """Let every caller ask for their time at once."""
        phones = [self.phone(number) for number in range(len(wishes))]
        return await asyncio.gather(
            *(self.timed(phone, wish) for phone, wish in zip(phones, wishes, strict=True))
        )

    async def timed(
        self, phone: Phone, wanted: Wanted, tool: str = "check_availability", **more: str
    ) -> Told:
        begun = time.perf_counter()
        answer = await phone.tool(tool, more or wanted.arguments())
        took = time.perf_counter() - begun
        self.slowest = max(self.slowest, took)
        self.answers += 1
        return Told(wanted, phone, answer, took)


@dataclass(frozen=True)
class Taken:
    """One claim as the tables show it."""

    name: str
    chair: bool
    start: datetime
    end: datetime
    owner: str


def claims_of(urls: DatabaseUrls, day: date | None = None) -> list[Taken]:
    """Read the binding claims (of one local day) as a superuser, past row-level security and past our code."""
    with psycopg.connect(urls.admin) as connection:
        rows = connection.execute(
            "SELECT r.name, r.kind = 'chair', c.starts_at, c.ends_at, coalesce(c.hold_id, c.appointment_id)::text"
            " FROM claim c JOIN resource r USING (company_id, resource_id) WHERE c.binding"
            " AND coalesce((c.starts_at AT TIME ZONE 'Europe/Berlin')::date = %s, true)",
            [day],
        ).fetchall()
    return [Taken(*row) for row in rows]


def overlaps(claims: Iterable[Taken]) -> int:
    """Count the pairs of claims on one resource at one time; plain comparison, every pair."""
    places: dict[str, list[Taken]] = {}
    for claim in claims:
        places.setdefault(claim.name, []).append(claim)
    return sum(
        a.start < b.end and b.start < a.end
        for group in places.values()
        for number, a in enumerate(group)
        for b in group[:number]
    )


def could_still_be_placed(wanted: Wanted, claims: Sequence[Taken], chairs: Sequence[str]) -> bool:
    """Say whether anybody able, and a chair where one is needed, are still free at the wanted time."""

    def free(name: str, after: int, until: int) -> bool:
        start, end = (wanted.start + timedelta(minutes=minutes) for minutes in (after, until))
        return not any(c.name == name and c.start < end and start < c.end for c in claims)

    able = [wanted.staff] if wanted.staff else wanted.kind.able
    someone = any(all(free(name, *part) for part in wanted.kind.busy) for name in able)
    return someone and (not wanted.kind.chair or any(free(chair, 0, wanted.kind.chair) for chair in chairs))


def chairs_of(urls: DatabaseUrls) -> list[str]:
    with psycopg.connect(urls.admin) as connection:
        rows = connection.execute("SELECT name FROM resource WHERE kind = 'chair' ORDER BY name").fetchall()
    assert len(rows) == CHAIRS
    return [str(row[0]) for row in rows]


def race_day(number: int) -> date:
    """A day of its own for every round, far enough ahead."""
    return datetime.now(BERLIN).date() + timedelta(days=7 + number)


def at(day: date, minutes: int) -> datetime:
    """An instant of a day in the salon's zone, `minutes` after ten in the morning."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=BERLIN) + timedelta(minutes=minutes)


def load_salon(urls: DatabaseUrls) -> dict[str, str]:
    """Store the salon; return the settings of a server for this database, unthrottled."""
    key = generate_key()
    asyncio.run(_load(urls, SecretBox([key])))
    return {
        "ZUSAGE_DATABASE_URL": urls.app,
        "ZUSAGE_JOBS_URL": urls.jobs,
        "ZUSAGE_SECRET_KEYS": format_keys([key]),
        "ZUSAGE_RATE_PER_COMPANY": "1000000",
        "ZUSAGE_LOG_LEVEL": "warning",
    }


async def _load(urls: DatabaseUrls, box: SecretBox) -> None:
    database = Database(urls.app, size=2)
    await database.open()
    try:
        await load_company(race_file(), store=PostgresCompanies(database), seal=box, environment={})
    finally:
        await database.close()


def race_file() -> CompanyFile:
    return parse_company_file(FILE.read_text(encoding="utf-8"), source=FILE.name)
