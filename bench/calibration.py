"""Fit how sure the understanding of services is: `python -m bench.calibration` prints the table and how well it holds.

Samples are the labelled utterances of the tests and every name of their catalogues with one to three recognition errors.
A score is right if the label is a match and names that service. For each trade the table is fitted on all other trades
(pool adjacent violators, with a pinch of doubt in every pool) and judged on this one; the printed one is fitted on all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from bench.service_batches import batch_catalogues, batch_utterances
from bench.service_set import Utterance, calibration_error, catalogues, utterances
from zusage.language.german._service_calibration import Table, between
from zusage.language.german.services import prepare, weighed

Sample = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class Told:
    """What one text was read as: the score of the first service, whether it was settled on for part of its name, and is right."""

    trade: str
    score: float
    partly: bool
    right: bool


_LONG = 8
_EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0)
_VARIANTS = 4
_DOUBT = 1.0
_HEARD_AS = dict(zip("bdgptkfvwszcäöüeiy", "ptkbdgvffzsgeoiäie", strict=True))


@cache
def samples() -> list[Told]:
    """Every text that names a service."""
    entries = catalogues() | batch_catalogues()
    ready = {trade: prepare(services) for trade, services in entries.items()}
    found: list[Told] = []
    for trade, text, wanted in _texts():
        verdict = weighed(text, ready[trade])
        for best in verdict.found[:1]:
            name = ready[trade].entries[best.entry].name
            found.append(Told(trade, best.score, verdict.settled and not best.whole, name in wanted))
    return found


def _texts() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for line in (*utterances(), *batch_utterances()):
        yield line.trade, line.text, _wanted(line)
    for trade, entries in (catalogues() | batch_catalogues()).items():
        for name in (entry.name for entry in entries if len(entry.name) > _LONG):
            for errors in (1, 2, 3):
                for variant in range(_VARIANTS):
                    yield trade, f"einen Termin für {_misheard(name, errors, variant)} bitte", (name,)


def _wanted(line: Utterance) -> tuple[str, ...]:
    return line.expected.services if line.expected.decision == "match" else ()


def _misheard(name: str, errors: int, variant: int) -> str:
    """The name with letters dropped, split off or heard as another one; always the same ones."""
    for error in range(errors):
        dice = hashlib.sha256(f"{name}/{error}/{variant}".encode()).digest()
        at = dice[0] % len(name)
        letter = name[at].lower()
        name = name[:at] + ("", f" {letter}", _HEARD_AS.get(letter, letter))[dice[1] % 3] + name[at + 1 :]
    return name


def tables(told: Sequence[Told]) -> tuple[Table, Table]:
    """The table for what was settled on for part of its name comes second, that for all else first."""
    said = [[(one.score, one.right) for one in told if one.partly == partly] for partly in (False, True)]
    return fit(said[0]), fit(said[1])


def fit(told: Sequence[Sample]) -> Table:
    """A table that never falls: the share of right ones in each stretch of scores, neighbours pooled where it would."""
    pools: list[tuple[float, float, float]] = []
    for _, group in groupby(sorted(told), key=lambda one: _stretch(one[0])):
        held = list(group)
        mean = sum(score for score, _ in held) / len(held)
        pools.append((mean, sum(right for _, right in held) + _DOUBT / 2, len(held) + _DOUBT))
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            (one, hits, size), (other, more, count) = pools[-2:]
            pools[-2:] = [((one * size + other * count) / (size + count), hits + more, size + count)]
    points = [(round(score, 3), round(hits / size, 3)) for score, hits, size in pools]
    ends = [(1.0, 1.0)] if points[-1][0] < 1 else []
    return ((0.0, 0.0), *points, *ends) if points[0][0] > 0 else (*points, *ends)


def _stretch(score: float) -> int:
    return sum(edge <= score for edge in _EDGES)


def held_out(told: Sequence[Told]) -> list[Sample]:
    """Every sample with the confidence of tables that have seen nothing of its trade."""
    judged: list[Sample] = []
    for trade in sorted({one.trade for one in told}):
        table, partly = tables([one for one in told if one.trade != trade])
        own = (one for one in told if one.trade == trade)
        judged += [(between(partly if one.partly else table, one.score), one.right) for one in own]
    return judged


def curve(judged: Sequence[Sample]) -> Iterator[str]:
    """The reliability curve as lines of a Markdown table."""
    yield "| confidence | utterances | said on average | right |"
    yield "|---|---|---|---|"
    for at, group in groupby(sorted(judged), key=lambda one: min(int(one[0] * 10), 9)):
        held = list(group)
        said, right = sum(one for one, _ in held) / len(held), sum(right for _, right in held) / len(held)
        yield f"| {at / 10:.1f}–{(at + 1) / 10:.1f} | {len(held)} | {said:.2f} | {right:.2f} |"


def main() -> None:
    told = samples()
    judged = held_out(told)
    for name, table in zip(("TABLE", "PARTLY"), tables(told), strict=True):
        print(f"{name}: Table =", table)
    print(f"{len(judged)} samples, expected calibration error held out: {calibration_error(judged):.3f}")
    print("\n".join(curve(judged)))


if __name__ == "__main__":
    main()
