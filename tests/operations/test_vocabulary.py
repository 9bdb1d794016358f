"""Synonyms that a command adds, language settings in the database, and what was misheard."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from ledger_rows import Rows

from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.masters import PostgresMasters, read_book
from zusage.adapters.postgres.vocabulary import PostgresVocabulary
from zusage.adapters.postgres.worker import PostgresHousekeeping
from zusage.app.operations.company_file import parse_company_file
from zusage.app.operations.load_company import load_company
from zusage.app.vocabulary.add_synonym import AddedSynonym, add_synonym
from zusage.app.vocabulary.forget_misheard import forget_misheard
from zusage.app.vocabulary.list_misheard import Suggestion, list_misheard
from zusage.app.vocabulary.list_synonyms import list_synonyms
from zusage.app.vocabulary.ports import VocabularyError
from zusage.app.vocabulary.remove_synonym import remove_synonym
from zusage.core.scheduling.masters import Span
from zusage.language.book import VoiceBook
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.settings import SpeechSettings
from zusage.sandbox.demo import demo_company_text

SALON = "friseur-eins"
SETTINGS = (
    '[understanding]\nnext_weekday = "following_week"\nmorning = "7-11"\nthreshold = 0.75\n'
    '[speech]\naddress = "du"\n[speech.texts]\n"hold.conflict" = "Die Zeit ist weg."\n'
)


@pytest.fixture
def words(demo: Rows, app_db: Database) -> PostgresVocabulary:
    """The words of the demo companies, which are loaded."""
    return PostgresVocabulary(app_db)


async def book_of(demo: Rows) -> VoiceBook:
    async with demo.database.transaction(demo.company) as connection:
        return await read_book(connection, demo.company, demo.branch)


async def synonyms_of(demo: Rows, key: str) -> tuple[str, ...]:
    return next(service.synonyms for service in (await book_of(demo)).services if service.key == key)


async def load(demo: Rows, text: str) -> tuple[str, ...]:
    file = parse_company_file(text, source="demo.toml")
    box = SecretBox([b"k" * 32])
    report = await load_company(file, store=PostgresCompanies(demo.database), seal=box, environment={})
    return report.changed


async def hear(demo: Rows, words: str, *, about: str = "service", branch: UUID | None = None) -> None:
    await demo.value(
        "SELECT misheard_note(%s, %s, %s, %s, %s, 'none', '')",
        demo.company, branch or demo.branch, about, words.casefold(), words,
    )  # fmt: skip


async def misheard(demo: Rows) -> list[str]:
    async with demo.database.transaction(demo.company) as connection:
        rows = await (await connection.execute("SELECT words FROM misheard ORDER BY last_at")).fetchall()
    return [row[0] for row in rows]


async def test_settings_of_the_file_reach_the_book_and_leave_it_again(demo: Rows) -> None:
    before = await book_of(demo)
    assert (before.policies, before.threshold, before.speech) == (DEFAULTS, 0.6, SpeechSettings())
    text = demo_company_text(SALON)
    await load(demo, text)

    assert await load(demo, f"{text}\n{SETTINGS}") == ("catalogue",)
    book = await book_of(demo)
    assert book.policies == Policies(next_weekday="following_week", morning=Span(7 * 60, 11 * 60))
    assert (book.threshold, book.version) == (0.75, before.version + 1)
    assert book.speech == SpeechSettings("du", {"hold.conflict": "Die Zeit ist weg."})
    assert await load(demo, f"{text}\n{SETTINGS}") == ()

    await load(demo, text)
    after = await book_of(demo)
    assert (after.policies, after.threshold, after.speech) == (DEFAULTS, 0.6, SpeechSettings())


async def test_a_setting_that_this_version_does_not_know_is_passed_over(demo: Rows) -> None:
    await demo.value(
        """UPDATE company SET understanding = '{"policies": {"nonsense": "x", "weekend": "fri_sun", "noon": "?"}}',
                              speech = '{"address": "Ihr", "more": 1}'"""
    )
    book = await book_of(demo)
    assert book.policies == Policies(weekend="fri_sun")
    assert book.speech == SpeechSettings()


async def test_an_added_word_is_heard_by_the_next_call_in_every_process(
    demo: Rows, words: PostgresVocabulary, app_db: Database
) -> None:
    masters = PostgresMasters(app_db)
    first = await masters.book(demo.company, demo.branch, 1)
    added = await add_synonym(SALON, "balayage", "  Balla   yasch ", store=words)
    assert (added.word, added.known, added.shared, added.settled) == ("Balla yasch", False, (), 0)
    version = await demo.value("SELECT catalogue_version FROM company")
    assert version == first.version + 1
    again = await masters.book(demo.company, demo.branch, version)
    assert [s.synonyms[-1] for s in again.services if s.key == "balayage"] == ["Balla yasch"]


async def test_adding_it_again_or_what_the_file_has_changes_nothing(
    demo: Rows, words: PostgresVocabulary
) -> None:
    await add_synonym(SALON, "Balayage", "Balla yasch", store=words)
    before = (await synonyms_of(demo, "balayage"), (await book_of(demo)).version)
    for word in ("balla YASCH", before[0][0], "Balayage"):
        assert (await add_synonym(SALON, "balayage", word, store=words)).known
    assert (await synonyms_of(demo, "balayage"), (await book_of(demo)).version) == before


async def test_a_word_of_two_services_is_said(demo: Rows, words: PostgresVocabulary) -> None:
    await add_synonym(SALON, "balayage", "Sonnenhaar", store=words)
    added = await add_synonym(SALON, "herrenschnitt", "sonnenhaar", store=words)
    assert added.shared == ("Balayage",)


async def test_added_words_survive_loads_and_a_rest_of_their_service(
    demo: Rows, words: PostgresVocabulary
) -> None:
    text = demo_company_text(SALON)
    await add_synonym(SALON, "rasur", "Barbier spezial", store=words)
    await load(demo, text)
    await load(demo, text.replace('price = "35.00"', 'price = "36.00"', 1))
    assert "Barbier spezial" in await synonyms_of(demo, "rasur")
    without = text.replace('key = "rasur"\nname = "Nassrasur"', 'key = "rasur-neu"\nname = "Rasur neu"')
    await load(demo, without)
    with pytest.raises(VocabularyError, match="There is no service"):
        await add_synonym(SALON, "rasur", "x", store=words)
    await load(demo, text)
    assert "Barbier spezial" in await synonyms_of(demo, "rasur")


async def test_what_the_file_names_by_now_is_the_files(demo: Rows, words: PostgresVocabulary) -> None:
    text = demo_company_text(SALON)
    name = 'key = "rasur"\nname = "Nassrasur"'
    assert name in text
    await add_synonym(SALON, "rasur", "Barbier spezial", store=words)
    old = next(line for line in text[text.index(name) :].splitlines() if line.startswith("synonyms"))
    taken = text.replace(old, 'synonyms = ["barbier spezial"]')
    await load(demo, taken)
    assert await synonyms_of(demo, "rasur") == ("barbier spezial",)
    with pytest.raises(VocabularyError, match="stands in the company file"):
        await remove_synonym(SALON, "rasur", "Barbier spezial", store=words)
    await load(demo, text)
    assert "barbier spezial" not in [word.casefold() for word in await synonyms_of(demo, "rasur")]


async def test_an_added_word_is_removed_and_others_are_refused(demo: Rows, words: PostgresVocabulary) -> None:
    await add_synonym(SALON, "balayage", "Balla yasch", store=words)
    await remove_synonym(SALON, "balayage", "BALLA yasch", store=words)
    assert "Balla yasch" not in await synonyms_of(demo, "balayage")
    with pytest.raises(VocabularyError, match='has no added word "Balla yasch"; it has: none'):
        await remove_synonym(SALON, "balayage", "Balla yasch", store=words)


@pytest.mark.parametrize("word", ["", "  ", "?!", "x" * 201, "a\x00b", "a\u202eb"])
async def test_what_cannot_be_a_word_is_refused(words: PostgresVocabulary, word: str) -> None:
    with pytest.raises(VocabularyError, match="A synonym is"):
        await add_synonym(SALON, "balayage", word, store=words)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("und", "said in every talk"),
        ("morgen um drei", "says a time"),
        ("Sabine Müller 0171 2345678", "a name or a number of a person"),
        ("herren-schnitt", "is the name of the service"),
    ],
)
async def test_what_would_mislead_callers_is_refused(
    demo: Rows, words: PostgresVocabulary, word: str, why: str
) -> None:
    before = await synonyms_of(demo, "balayage")
    with pytest.raises(VocabularyError, match=why):
        await add_synonym(SALON, "balayage", word, store=words)
    assert await synonyms_of(demo, "balayage") == before


async def test_who_serves_is_no_word_for_a_service(demo: Rows, words: PostgresVocabulary) -> None:
    for person in [member.name for member in (await book_of(demo)).staff]:
        with pytest.raises(VocabularyError, match="names a member of staff"):
            await add_synonym(SALON, "balayage", f"{person} spezial", store=words)


async def test_another_spelling_of_a_word_is_the_same_word(demo: Rows, words: PostgresVocabulary) -> None:
    await add_synonym(SALON, "balayage", "Sonnenhäärchen", store=words)
    assert (await add_synonym(SALON, "balayage", "sonnen-haeaerchen", store=words)).known


async def test_another_company_and_service_are_not_there(words: PostgresVocabulary) -> None:
    with pytest.raises(VocabularyError, match='no company "nobody"; there are: friseur-eins'):
        await add_synonym("nobody", "balayage", "x", store=words)
    with pytest.raises(VocabularyError, match='no service "nothing"; there are: '):
        await add_synonym(SALON, "nothing", "x", store=words)
    with pytest.raises(VocabularyError, match='no branch "nowhere"; it has: mitte, probe'):
        await list_misheard(SALON, branch="nowhere", store=words)


async def test_words_added_at_once_all_stay(demo: Rows, words: PostgresVocabulary) -> None:
    def one(n: int) -> asyncio.Task[AddedSynonym]:
        return asyncio.create_task(add_synonym(SALON, "balayage", f"Wort {n % 3}", store=words))

    added = await asyncio.gather(*(one(n) for n in range(6)))
    assert sorted(each.known for each in added) == [False] * 3 + [True] * 3
    listed = {service.key: service for service in await list_synonyms(SALON, store=words)}
    assert {each.word for each in listed["balayage"].added} == {"Wort 0", "Wort 1", "Wort 2"}


async def test_misheard_comes_most_often_said_first_with_the_nearest_service(
    demo: Rows, words: PostgresVocabulary
) -> None:
    for said in ("Reifenwechsel", "Balla yasch", "balla yasch"):
        await hear(demo, said)
    await hear(demo, "[Name] möchte gerne so eine Balla yasch für die Haare")
    await hear(demo, "übermorgen im Mondschein", about="when")
    for poison in ("keine Balayage", "was kostet eine Balayage", "Balayage absagen"):
        await hear(demo, poison)
    await hear(demo, "Balayage morgen um drei")
    lines = await list_misheard(SALON, store=words)
    assert (lines[0].sentence.said.words, lines[0].sentence.times) == ("balla yasch", 2)
    suggestions = {line.sentence.said.words: line.suggestion for line in lines}
    assert suggestions == {
        "balla yasch": Suggestion("balayage", "balla yasch"),
        "Reifenwechsel": None,
        "[Name] möchte gerne so eine Balla yasch für die Haare": Suggestion("balayage", ""),
        "übermorgen im Mondschein": None,
        "keine Balayage": None,
        "was kostet eine Balayage": None,
        "Balayage absagen": None,
        "Balayage morgen um drei": Suggestion("balayage", ""),
    }
    assert await list_misheard(SALON, branch="probe", store=words) == []
    assert await list_misheard("salon-kupferkamm", store=words) == []


async def test_a_word_that_was_added_is_no_longer_misheard(demo: Rows, words: PostgresVocabulary) -> None:
    await hear(demo, "balla yasch")
    await hear(demo, "balla yasch", about="when")
    await hear(demo, "balla yasch bitte")
    added = await add_synonym(SALON, "balayage", "Balla-Yasch", store=words)
    assert added.settled == 1
    assert await misheard(demo) == ["balla yasch", "balla yasch bitte"]


async def test_of_a_company_the_five_hundred_said_last_stay(demo: Rows) -> None:
    await demo.value(
        "SELECT count(misheard_note(%s, %s, 'service', 'alt ' || n, 'alt ' || n, 'none', '')) "
        "FROM generate_series(1, 499) AS n",
        demo.company, demo.branch,
    )  # fmt: skip
    await demo.value("UPDATE misheard SET last_at = last_at - interval '1 hour'")
    await hear(demo, "alt 1")
    for n in range(4):
        await hear(demo, f"neu {n}")
    kept = await misheard(demo)
    assert len(kept) <= 504
    await demo.value("UPDATE misheard SET last_at = last_at - n * interval '1 second' FROM "
                     "(SELECT words_key AS k, row_number() OVER (ORDER BY last_at DESC) AS n FROM misheard) x "
                     "WHERE k = words_key")  # fmt: skip
    await hear(demo, "neu 4")
    kept = await misheard(demo)
    assert len(kept) == 500
    assert {"alt 1", "neu 0", "neu 4"} <= set(kept)


async def test_a_row_that_another_call_writes_is_passed_over_not_waited_for(
    demo: Rows, app_db: Database
) -> None:
    await demo.value(
        "SELECT count(misheard_note(%s, %s, 'service', 'alt ' || n, 'alt ' || n, 'none', '')) "
        "FROM generate_series(1, 500) AS n",
        demo.company, demo.branch,
    )  # fmt: skip
    await demo.value("UPDATE misheard SET last_at = last_at - interval '1 hour' WHERE words_key = 'alt 1'")
    async with app_db.transaction(demo.company) as other:
        await other.execute("SELECT 1 FROM misheard WHERE words_key = 'alt 1' FOR UPDATE")
        async with asyncio.timeout(0.3):
            await hear(demo, "neu")
    assert {"alt 1", "neu"} <= set(await misheard(demo))


async def test_what_nobody_said_for_so_many_days_is_forgotten_in_every_company(
    demo: Rows, jobs_db: Database
) -> None:
    for said in ("alt", "neu"):
        await hear(demo, said)
    await demo.value("UPDATE misheard SET last_at = zusage_now() - interval '91 days' WHERE words = 'alt'")
    store = PostgresHousekeeping(jobs_db)
    assert await forget_misheard(92, store=store) == 0
    assert await forget_misheard(90, store=store) == 1
    assert await forget_misheard(90, store=store) == 0
    assert await misheard(demo) == ["neu"]
