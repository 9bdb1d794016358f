"""German times understood by Zusage and by the parsers of the field, side by side on the labelled lines of the tests.

Only lines that wish for an instant or an interval count: no other parser has open ends, refusals, settings or an
earlier offer to refer to. Ours must give kind, start and end; what the others leave open is read in their favour."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from bench.german_parsers import DAY, PARSERS, Reader, Span
from zusage.language.german import understand_when
from zusage.language.reading import Unclear

SETS = Path(__file__).parents[1] / "tests" / "data" / "when"
OUT = Path(__file__).parent / "out" / "german.json"
_NOW, _ZONE = "2026-11-18T10:00", "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One labelled line. `now` and all times are wall-clock times of `zone`; `fair` is what else counts for others."""

    file: str
    text: str
    now: datetime
    zone: str
    region: str | None
    right: Span
    fair: frozenset[Span]

    @property
    def sort(self) -> str:
        kind, start, end = self.right
        if kind == "instant":
            return "an instant"
        return "a whole day" if end == start + DAY else "any other stretch"


Scored = tuple[Phrase, bool, float]
"""A line, whether it was read right, and how many microseconds that took."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one reader did: shares by file, by what was wished for, and of all; the time is the median of a phrase."""

    reader: str
    version: str
    by_file: Mapping[str, float]
    by_sort: Mapping[str, float]
    right: float
    microseconds: float


def phrases() -> list[Phrase]:
    """The lines that can be compared, file by file."""
    return [phrase for path in sorted(SETS.glob("*.jsonl")) for phrase in _phrases(path)]


def _phrases(path: Path) -> Iterator[Phrase]:
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        comparable = (
            raw["expect"].get("kind") in {"instant", "interval"} and {"from", "to"} <= raw["expect"].keys()
        )
        if comparable and not raw.keys() & {"policy", "anchor"}:
            yield _phrase(path.stem, raw)


def _phrase(file: str, raw: Mapping[str, Any]) -> Phrase:
    zone, expect = raw.get("zone", _ZONE), raw["expect"]
    start = _wall(expect["from"], zone)
    end = _wall(expect["to"], zone) if expect["to"] else None
    right: Span = (expect["kind"], start, end)
    fair = frozenset(_fair(right, expect, zone))
    return Phrase(file, raw["text"], _wall(raw.get("now", _NOW), zone), zone, raw.get("region"), right, fair)


def _fair(right: Span, expect: Mapping[str, Any], zone: str) -> Iterator[Span]:
    kind, start, end = right
    if expect.get("grain") == "part_of_day":
        yield ("part", start.replace(hour=0, minute=0), None)
    if "from" in expect.get("alternative", {}):
        other = _wall(expect["alternative"]["from"], zone)
        yield (kind, other, end + (other - start) if end else None)


def _wall(text: str, zone: str) -> datetime:
    when = datetime.fromisoformat(text)
    return when.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if when.tzinfo else when


def rows(lines: Sequence[Phrase]) -> Iterator[Row]:
    """Ours first, then each parser that is installed."""
    yield _row("zusage", "", [_timed(phrase, _ours) for phrase in lines])
    for name, make in PARSERS.items():
        with suppress(ImportError):
            yield _row(name, metadata.version(name), _theirs(make(), lines))


def _theirs(read: Reader, lines: Sequence[Phrase]) -> list[Scored]:
    return [_timed(phrase, lambda phrase: read(phrase.text, phrase.now), phrase.fair) for phrase in lines]


def _ours(phrase: Phrase) -> frozenset[Span]:
    now = phrase.now.replace(tzinfo=ZoneInfo(phrase.zone))
    read = understand_when(phrase.text, now=now, zone=phrase.zone, region=phrase.region)
    if isinstance(read, Unclear):
        return frozenset()
    end = read.end.replace(tzinfo=None) if read.end else None
    return frozenset({(read.kind, read.start.replace(tzinfo=None), end)})


def _timed(
    phrase: Phrase, read: Callable[[Phrase], frozenset[Span]], fair: frozenset[Span] = frozenset()
) -> Scored:
    begun = time.perf_counter_ns()
    given = read(phrase)
    took = (time.perf_counter_ns() - begun) / 1000
    return phrase, bool(given & {phrase.right, *fair}), took


def _row(reader: str, version: str, scored: Sequence[Scored]) -> Row:
    took = statistics.median(microseconds for _, _, microseconds in scored)
    by_file = _shares((phrase.file, hit) for phrase, hit, _ in scored)
    by_sort = _shares((phrase.sort, hit) for phrase, hit, _ in scored)
    return Row(reader, version, by_file, by_sort, _share([hit for _, hit, _ in scored]), round(took, 1))


def _shares(hits: Iterable[tuple[str, bool]]) -> dict[str, float]:
    found: dict[str, list[bool]] = defaultdict(list)
    for name, hit in hits:
        found[name].append(hit)
    return {name: _share(found[name]) for name in sorted(found)}


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / max(len(hits), 1), 4)


def measure(console: Console) -> None:
    """Print the table, say which parsers are not installed, and keep every figure in `bench/out/german.json`."""
    lines = phrases()
    made = list(rows(lines))
    missing = sorted(PARSERS.keys() - {row.reader for row in made})
    _show(lines, made, console)
    if missing:
        console.print(f"not installed: {', '.join(missing)} (pip install -r requirements/bench.txt)")
    told = {"phrases": len(lines), "missing": missing, "readers": [asdict(row) for row in made]}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _show(lines: Sequence[Phrase], made: Sequence[Row], console: Console) -> None:
    table = Table("right", "phrases", *(f"{row.reader} {row.version}".strip() for row in made))
    for title, chosen in (("by_file", "file"), ("by_sort", "sort")):
        counts = Counter(getattr(phrase, chosen) for phrase in lines)
        for name in sorted(counts):
            table.add_row(name, str(counts[name]), *(f"{getattr(row, title)[name]:.1%}" for row in made))
        table.add_section()
    table.add_row("all", str(len(lines)), *(f"{row.right:.1%}" for row in made))
    table.add_row("median µs", "", *(f"{row.microseconds:.0f}" for row in made))
    console.print(table)
