"""A catalogue and all that was learnt of it go with the book that it belongs to."""

from __future__ import annotations

import gc
from uuid import UUID

from zusage.core.scheduling.masters import Branch, Segment, Service
from zusage.core.values import Money
from zusage.language.book import VoiceBook
from zusage.language.german import Catalogue, understand_service
from zusage.language.german._service_memo import Kept
from zusage.language.reading import ServiceEntry

NAMES = ("Herrenhaarschnitt", "Dauerwelle", "Ansatz färben")
BRANCHES, ROUNDS, MOST_OF_SEQUENCES = 100, 8, 64


def book(branch: int, version: int = 1) -> VoiceBook:
    """A branch with a catalogue that no other has."""
    services = tuple(
        Service(UUID(int=n), name, f"{name} {branch}", "", (Segment(30),), Money(100, "EUR"))
        for n, name in enumerate(NAMES, 1)
    )
    place = Branch(UUID(int=branch), str(branch), "Salon", "Europe/Berlin", ((),) * 7)
    return VoiceBook(UUID(int=1), "Salon", place, services, (), (), version)


def living() -> int:
    gc.collect()
    return sum(isinstance(one, Catalogue) for one in gc.get_objects())


def test_a_book_makes_its_catalogue_ready_once_and_takes_it_along() -> None:
    before = living()
    books = {branch: book(branch) for branch in range(BRANCHES)}
    for turn in range(ROUNDS):
        for one in books.values():
            ready = one.catalogue
            assert ready is one.catalogue
            assert understand_service(f"Herrenschnitt um {turn}", ready).decision == "match"
    del one, ready
    assert living() == before + BRANCHES
    for branch in books:
        books[branch] = book(branch, 2)
        assert books[branch].catalogue.entries[0].key == str(UUID(int=1))
    assert living() == before + BRANCHES
    books.clear()
    assert living() == before


def test_many_bare_catalogues_are_not_all_kept() -> None:
    before = living()
    for _ in range(2):
        for branch in range(BRANCHES):
            entries = [ServiceEntry(name, f"{name} {branch}", "") for name in NAMES]
            assert understand_service("Herrenschnitt", entries).decision == "match"
    assert living() <= before + MOST_OF_SEQUENCES


def test_talk_without_end_takes_no_memory_without_end() -> None:
    kept: Kept[int] = Kept()
    asked: list[str] = []

    def find(word: str) -> int:
        asked.append(word)
        return len(word)

    for number in range(10_000):
        assert kept.get(f"w{number}", find) == len(f"w{number}")
    assert kept.get("w9999", find) == 5
    assert len(asked) == 10_000
    assert kept.get("w1", find) == 2
    assert len(asked) == 10_001
