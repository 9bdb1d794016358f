"""Promises outlive the people, chairs and hours they were made on; loading says which ones."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from ledger_rows import COMPANY_KEY, Rows

from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.app.operations.company_file import CompanyFile, parse_company_file, stable_id
from zusage.app.operations.load_company import LoadReport, load_company
from zusage.sandbox.demo import demo_company_text

DEMO = demo_company_text("friseur-eins")
JONAS = 'key = "jonas-keller"\nname = "Jonas Keller"'
SHAVE = 'key = "rasur"\nname = "Nassrasur"'
HOLIDAY = 'from = 2026-12-28\nto = 2027-01-02\nreason = "Urlaub"\n'
SHORT = 'chairs = ["Platz am Fenster", "Platz am Spiegel", "Platz hinten"]'
LONG = """chair = [{ name = "Platz am Fenster" }, { name = "Platz am Spiegel" },
    { name = "Platz hinten", absences = [{ from = 2027-06-09, to = 2027-06-09, reason = "kaputt" }] }]
"""
# A Wednesday far ahead that is no holiday anywhere, at noon in Berlin.
NOON = "2027-06-09 12:00+02"

Change = tuple[str, str]


def changed(*changes: Change) -> CompanyFile:
    text = DEMO
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return parse_company_file(text, source="demo.toml")


class Owner:
    """Loads the demo salon's file, changed or not."""

    def __init__(self, rows: Rows, box: SecretBox) -> None:
        self._store = PostgresCompanies(rows.database)
        self._box = box

    async def loads(self, file: CompanyFile) -> LoadReport:
        return await load_company(file, store=self._store, seal=self._box, environment={})

    async def strands(self, *changes: Change) -> list[tuple[UUID | None, list[str]]]:
        report = await self.loads(changed(*changes))
        return [(s.promise.appointment_id, [r.text for r in s.reasons]) for s in report.stranded]


@pytest.fixture
def owner(demo: Rows, box: SecretBox) -> Owner:
    return Owner(demo, box)


async def booked(rows: Rows, *, at: str = NOON, who: str = "jonas-keller", service: str = "rasur") -> UUID:
    return await rows.book(await rows.hold(rows.staff[who], at=at, service=service))


async def items(rows: Rows) -> list[tuple[str, UUID | None]]:
    async with rows.database.transaction(rows.company) as connection:
        found = await connection.execute("SELECT kind, appointment_id FROM review_item ORDER BY review_id")
        return [(row[0], row[1]) for row in await found.fetchall()]


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ((JONAS, 'key = "neu"\nname = "Nora Neu"'), ["A is no longer there"]),
        ((SHAVE, 'key = "rasur-neu"\nname = "Rasur neu"'), ["Schnitt is no longer offered"]),
        (('wednesday = ["', 'wednesday = ["17:00-18:00"] #'), ["Friseur Eins Mitte is closed then"]),
        (("date = 2026-12-31", "date = 2027-06-09"), ["Friseur Eins Mitte is closed then (Silvester)"]),
        (('price = "35.00"', 'price = "36.00"'), []),
        (('name = "Jonas Keller"', 'name = "Jonas Kellermann"'), []),
    ],
)  # fmt: skip
async def test_what_a_promise_was_made_on_and_is_gone_is_told(
    owner: Owner, demo: Rows, change: Change, reasons: list[str]
) -> None:
    appointment = await booked(demo)
    before = await demo.value("SELECT count(*) FROM claim")
    expected = [(appointment, reasons)] if reasons else []
    text = (change[0], change[1])
    assert await owner.strands(text) == expected
    assert await owner.strands(text) == expected, "it is told until it is mended"
    assert await items(demo) == [("stranded_promise", appointment)] * len(reasons), "but noted once"
    assert await demo.value("SELECT count(*) FROM claim") == before, "nothing is given up"
    assert await owner.strands() == []


async def test_a_branch_that_is_gone_is_one_reason(owner: Owner, demo: Rows) -> None:
    appointment = await booked(demo)
    file = changed()
    gone = file.branches[0].branch.id
    rest = replace(
        file,
        branches=file.branches[1:],
        staff=tuple(record for record in file.staff if record.branch_id != gone),
        services=tuple(
            replace(record, branch_ids=left)
            for record in file.services
            if (left := tuple(b for b in record.branch_ids if b != gone))
        ),
    )
    (stranded,) = (await owner.loads(rest)).stranded
    assert stranded.promise.appointment_id == appointment
    assert [(r.code, r.text) for r in stranded.reasons] == [
        ("branch", "Friseur Eins Mitte is no longer there")
    ]


async def test_a_chair_that_is_gone_is_named(owner: Owner, demo: Rows) -> None:
    chair = stable_id(COMPANY_KEY, "chair", "mitte/Platz hinten")
    appointment = await demo.book(await demo.hold(chair, at=NOON))
    found = await owner.strands(('"Platz am Spiegel", "Platz hinten"]', '"Platz am Spiegel"]'))
    assert found[0][0] == appointment
    assert "Platz hinten is no longer there" in found[0][1]


async def test_a_chair_that_cannot_be_used_is_told_and_noted_once(owner: Owner, demo: Rows) -> None:
    chair = stable_id(COMPANY_KEY, "chair", "mitte/Platz hinten")
    appointment = await demo.book(await demo.hold(chair, at=NOON))
    broken = (SHORT, LONG)
    for _ in range(2):
        ((stranded, reasons),) = await owner.strands(broken)
        assert stranded == appointment
        assert "Platz hinten cannot be used (kaputt)" in reasons
    assert [kind for kind, _ in await items(demo)].count("absence_over_promise") == 1


async def test_own_hours_and_skills_of_a_member_count(owner: Owner, demo: Rows) -> None:
    appointment = await booked(demo)
    file = changed()
    jonas = next(record for record in file.staff if record.key == "jonas-keller")
    off = replace(jonas.staff, week=((),) * 7, skills={})
    staff = tuple(replace(r, staff=off) if r is jonas else r for r in file.staff)
    (stranded,) = (await owner.loads(replace(file, staff=staff))).stranded
    assert stranded.promise.appointment_id == appointment
    assert [reason.code for reason in stranded.reasons] == ["skill", "hours"]


async def test_an_absence_over_a_promise_is_stored_told_and_noted_once(owner: Owner, demo: Rows) -> None:
    await owner.loads(changed((HOLIDAY, 'from = 2026-01-05\nto = 2026-01-06\nreason = "Urlaub"\n')))
    appointment = await booked(demo, at="2026-12-29 10:00+01", who="anna-weber", service="herrenschnitt")
    assert await owner.strands() == [(appointment, ["A is away (Urlaub)"])]
    assert await demo.value("SELECT count(*) FROM absence") == 1
    assert await demo.value("SELECT count(*) FROM claim WHERE absence_id IS NOT NULL") == 6  # a claim a day
    assert await owner.strands(('reason = "Urlaub"', 'reason = "Reise"')) == [
        (appointment, ["A is away (Reise)"])
    ]
    assert await demo.value("SELECT reason FROM absence") == "Reise"
    assert await items(demo) == [("absence_over_promise", appointment)]


async def test_a_live_hold_is_a_promise_and_what_is_over_is_none(owner: Owner, demo: Rows) -> None:
    over = await booked(demo)
    await demo.value(
        "UPDATE appointment SET starts_at = now() - interval '2 h', ends_at = now() - interval '1 h' "
        "WHERE appointment_id = %s", over
    )  # fmt: skip
    held = await demo.hold(demo.staff["jonas-keller"], at="2027-06-09 13:00+02", service="rasur")
    lost = await demo.hold(demo.staff["jonas-keller"], at="2027-06-09 14:00+02", service="rasur")
    await demo.value("UPDATE hold SET expires_at = now() - interval '1 s' WHERE hold_id = %s", lost.hold)
    for _ in range(2):
        report = await owner.loads(changed((JONAS, 'key = "neu"\nname = "Nora Neu"')))
        assert [(s.promise.appointment_id, s.promise.hold_id) for s in report.stranded] == [(None, held.hold)]
    assert await items(demo) == [("stranded_promise", None)]
