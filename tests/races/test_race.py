"""Twenty callers at once, fifty times, through several server processes: exactly the possible winners, no overlap."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from pathlib import Path

import psycopg
import pytest
from race_salon import (
    ALL,
    BEARD,
    CUT,
    LONG_CUT,
    PERM,
    PERMERS,
    TALK,
    Kind,
    Race,
    Taken,
    Told,
    Wanted,
    at,
    chairs_of,
    claims_of,
    could_still_be_placed,
    load_salon,
    overlaps,
    race_day,
)
from server_processes import serving

from support.database import Databases, DatabaseUrls

pytestmark = pytest.mark.race

SEED = 20261121
CALLERS, ROUNDS, SERVERS = 20, 50, 3
SLOWEST = 1.0
SAME, MIXED, GAPS = range(20), range(20, 35), range(35, ROUNDS)
CONFIRMED, CONTROLLED = ROUNDS, range(4)

Server = tuple[DatabaseUrls, list[str]]


@pytest.fixture(scope="module")
def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Several servers of one salon; every round has a day of its own, so that nothing needs cleaning."""
    urls = databases.migrated()
    with serving(load_salon(urls), tmp_path_factory.mktemp("race"), SERVERS) as servers:
        yield urls, [server.base_url for server in servers]
    databases.drop(urls)


@pytest.fixture
async def race(served: Server) -> AsyncIterator[Race]:
    """Callers of these servers, none of whom may have heard a second of silence when the test ends."""
    async with Race(*served) as opened:
        yield opened
    print(f"longest silence: {opened.slowest:.3f} s in {opened.answers} answers")
    assert opened.answers
    assert opened.slowest < SLOWEST


def lots(number: int) -> random.Random:
    print(f"round {number}: random.Random('{SEED}-{number}')")
    return random.Random(f"{SEED}-{number}")


def winners(told: Sequence[Told]) -> list[Told]:
    assert {each.status for each in told} <= {"held", "not_free"}, [each.answer for each in told]
    return [each for each in told if each.status == "held"]


def prove(race: Race, told: Sequence[Told]) -> list[Told]:
    """Nobody overlaps, everybody who was told so has their time, and no loser could still have been placed."""
    claims = claims_of(race.urls, told[0].wanted.start.date())
    chairs = chairs_of(race.urls)
    assert overlaps(claims) == 0
    won = winners(told)
    assert len({claim.owner for claim in claims}) == len(won)
    lost = [each for each in told if each not in won]
    assert not [each.wanted for each in lost if could_still_be_placed(each.wanted, claims, chairs)]
    return won


@pytest.mark.parametrize("number", SAME)
async def test_of_all_who_want_one_start_exactly_the_possible_win(race: Race, number: int) -> None:
    lot = lots(number)
    kind = (CUT, TALK, PERM, LONG_CUT)[number % 4]
    start = at(race_day(number), 5 * lot.randrange(24))
    won = prove(race, await race.ask_all([Wanted(kind, start)] * CALLERS))
    assert len(won) == kind.pairs
    assert len({each.answer["data"]["hold"]["token"] for each in won}) == kind.pairs


@pytest.mark.parametrize("number", MIXED)
async def test_of_mixed_wishes_none_is_refused_that_was_possible(race: Race, number: int) -> None:
    lot, day = lots(number), race_day(number)
    wishes = [Wanted(kind, at(day, 5 * lot.randrange(13)), staff) for kind, staff in mixed(lot)]
    won = prove(race, await race.ask_all(wishes))
    assert 0 < len(won) < CALLERS


def mixed(lot: random.Random) -> Iterator[tuple[Kind, str | None]]:
    for _ in range(CALLERS):
        kind = lot.choice((CUT, LONG_CUT, BEARD, TALK, PERM))
        yield kind, lot.choice((None, None, *kind.able))


async def test_perms_and_the_cuts_in_their_gaps(race: Race) -> None:
    inside = 0
    for number in GAPS:
        prove(race, await race.ask_all(wishes_for_gaps(lots(number), race_day(number))))
        inside += cuts_in_gaps(claims_of(race.urls, race_day(number)))
    assert inside >= 3, "otherwise these rounds did not try it"


def wishes_for_gaps(lot: random.Random, day: date) -> list[Wanted]:
    perms = [Wanted(PERM, at(day, 5 * lot.randrange(2)), lot.choice(PERMERS)) for _ in range(6)]
    cuts = [
        Wanted(
            lot.choice((CUT, BEARD)),
            at(day, 25 + 5 * lot.randrange(5)),
            lot.choice((*PERMERS, *PERMERS, ALL[2])),
        )
        for _ in range(CALLERS - len(perms))
    ]
    wishes = perms + cuts
    lot.shuffle(wishes)
    return wishes


def cuts_in_gaps(claims: Sequence[Taken]) -> int:
    """Count the claims that lie between two claims of one other promise on the same member of staff."""
    mine = [claim for claim in claims if claim.name in PERMERS]
    ends = {(claim.name, claim.owner): claim for claim in mine}
    return sum(
        first.owner == last.owner and first.end <= claim.start and claim.end <= last.start
        for first in mine
        for last in ends.values()
        if first.name == last.name
        for claim in mine
        if claim.name == first.name and claim.owner != first.owner
    )


async def test_rivals_for_anybody_who_confirm_get_a_pair_each(race: Race) -> None:
    start = at(race_day(CONFIRMED), 0)
    won = prove(race, await race.ask_all([Wanted(CUT, start)] * CALLERS))
    booked = [await race.timed(each.phone, each.wanted, "book_appointment", **names(each)) for each in won]
    assert [each.status for each in booked] == ["booked"] * CUT.pairs
    assert len({each.answer["data"]["appointment"]["id"] for each in booked}) == CUT.pairs
    with psycopg.connect(race.urls.admin) as connection:
        pairs = connection.execute(
            "SELECT staff_id, chair_id FROM phase WHERE starts_at = %s", [start]
        ).fetchall()
    assert len(pairs) == CUT.pairs
    assert len({staff for staff, _ in pairs}) == len({chair for _, chair in pairs}) == CUT.pairs


def names(told: Told) -> dict[str, str]:
    return {"name": "Sabine Müller", "hold": told.answer["data"]["hold"]["token"]}


_NO_REFEREE = "ALTER TABLE claim DROP CONSTRAINT claim_no_overlap"
# The way of those who look first and write then: no lock, no second look.
_NO_DOOR = """
CREATE OR REPLACE FUNCTION ledger_take(
    p_company uuid, p_call uuid, p_hold uuid, p_token text, p_heads jsonb,
    p_plan integer[], p_resource uuid[], p_starts timestamptz[], p_ends timestamptz[]
) RETURNS ledger_taken LANGUAGE plpgsql AS $$
DECLARE
    v_head jsonb := p_heads -> 0;
    v_out ledger_taken;
BEGIN
    v_out := ('held', 1, p_hold, p_token, zusage_now() + interval '600 seconds', zusage_now());
    INSERT INTO hold (company_id, hold_id, call_id, branch_id, token, status, service_id, staff_id, starts_at,
                      ends_at, price_cents, currency, plan, claims, created_at, expires_at)
    SELECT p_company, p_hold, p_call, c.branch_id, p_token, 'held', (v_head ->> 'service_id')::uuid,
           (v_head ->> 'staff_id')::uuid, (v_head ->> 'starts_at')::timestamptz,
           (v_head ->> 'ends_at')::timestamptz, 0, 'EUR', v_head, 1, v_out.now, v_out.expires_at
    FROM call c WHERE c.company_id = p_company AND c.call_id = p_call;
    INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, hold_id)
    SELECT p_company, r, s, e, true, p_hold
    FROM unnest(p_plan, p_resource, p_starts, p_ends) AS p (n, r, s, e) WHERE n = 1;
    RETURN v_out;
END $$
"""


@pytest.fixture
def careless(databases: Databases, tmp_path: Path) -> Iterator[Server]:
    """The same servers on a database of their own, whose ledger neither locks nor refuses."""
    urls = databases.migrated()
    settings = load_salon(urls)
    with psycopg.connect(urls.migrate, autocommit=True) as connection:
        connection.execute(_NO_REFEREE)
        connection.execute(_NO_DOOR)
    with serving(settings, tmp_path, SERVERS) as servers:
        yield urls, [server.base_url for server in servers]
    databases.drop(urls)


async def test_control_without_lock_and_constraint_the_same_callers_double_book(careless: Server) -> None:
    async with Race(*careless) as race:
        for number in CONTROLLED:
            told = await race.ask_all([Wanted(CUT, at(race_day(number), 0))] * CALLERS)
            assert winners(told)
    assert overlaps(claims_of(race.urls)) > 0
