"""Services understood by Zusage and by rapidfuzz alone, side by side on the labelled utterances of the tests."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz, process, utils
from rich.console import Console
from rich.table import Table

from bench.service_set import Answer, Shares, Utterance, answer, catalogues, shares, utterances
from zusage.language.german import understand_service
from zusage.language.reading import ServiceEntry

OUT = Path(__file__).parent / "out" / "services.json"
_CUTOFF = 60
Reader = Callable[[str], Answer]
Maker = Callable[[Sequence[ServiceEntry]], Reader]


@dataclass(frozen=True, slots=True)
class Row:
    """How one reader did on one set. The time is the median of one utterance, each read once and never before."""

    reader: str
    set: str
    shares: Shares
    microseconds: float


def _ours(catalogue: Sequence[ServiceEntry]) -> Reader:
    return lambda text: answer(understand_service(text, catalogue))


def _rapidfuzz(catalogue: Sequence[ServiceEntry]) -> Reader:
    names = {phrase: entry.name for entry in catalogue for phrase in (entry.name, *entry.synonyms)}
    prepared = {phrase: utils.default_process(phrase) for phrase in names}
    return partial(_most_alike, names=names, prepared=prepared)


def _most_alike(text: str, *, names: Mapping[str, str], prepared: Mapping[str, str]) -> Answer:
    heard = utils.default_process(text)
    found = process.extractOne(heard, prepared, scorer=fuzz.WRatio, score_cutoff=_CUTOFF)
    return Answer("match", (names[found[2]],)) if found else Answer("none")


READERS: dict[str, Maker] = {"zusage": _ours, f"rapidfuzz WRatio ≥ {_CUTOFF}": _rapidfuzz}


def rows() -> Iterator[Row]:
    """Each reader on all lines, then on every kind of them."""
    for name, make in READERS.items():
        readers = {trade: make(entries) for trade, entries in catalogues().items()}
        for read in readers.values():
            read("Guten Tag")  # whatever is prepared once is prepared now
        heard = [(line, *_timed(readers[line.trade], line.text)) for line in utterances()]
        yield _row(name, "all", heard)
        for kind in dict.fromkeys(line.kind for line, _, _ in heard):
            yield _row(name, kind, [one for one in heard if one[0].kind == kind])


def _timed(read: Reader, text: str) -> tuple[Answer, float]:
    begun = time.perf_counter_ns()
    given = read(text)
    return given, (time.perf_counter_ns() - begun) / 1000


def _row(reader: str, lines: str, heard: Sequence[tuple[Utterance, Answer, float]]) -> Row:
    took = statistics.median(microseconds for _, _, microseconds in heard)
    return Row(reader, lines, shares([(line, given) for line, given, _ in heard]), round(took, 1))


def measure(console: Console) -> None:
    """Print the table and keep every figure in `bench/out/services.json`."""
    made = list(rows())
    table = Table("set", "reader", "lines", "right", "wrong", "false accepts", "asked", "µs")
    for row in sorted(made, key=lambda row: [other.set for other in made].index(row.set)):
        did = row.shares
        told = (f"{share:.1%}" for share in (did.right, did.wrong, did.false_accepts, did.asked))
        table.add_row(row.set, row.reader, str(did.lines), *told, f"{row.microseconds:.0f}")
    console.print(table)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([asdict(row) for row in made], indent=1, ensure_ascii=False) + "\n", "utf-8")
