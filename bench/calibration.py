"""Fit how sure the understanding of services is: `python -m bench.calibration` prints the table and how well it holds.

Samples are the labelled utterances of the tests and every name of their catalogues with one to three recognition errors.
A score is right if the label is a match and names that service. For each trade the table is fitted on all other trades
(pool adjacent violators, with a pinch of doubt in every pool) and judged on this one; the printed one is fitted on all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby

from bench.service_batches import batch_catalogues, batch_utterances
from bench.service_set import Utterance, calibration_error, catalogues, utterances
from zusage.language.german._service_calibration import between
from zusage.language.german.services import prepare, weighed

Sample = tuple[float, bool]
Table = tuple[tuple[float, float], ...]

_LONG = 8
_EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0)
_VARIANTS = 4
_DOUBT = 1.0
_HEARD_AS = dict(zip("bdgptkfvwszcäöüeiy", "ptkbdgvffzsgeoiäie", strict=True))


def samples() -> list[tuple[str, Sample]]:
    """Every text that names a service: its trade, the score of the first one and whether it is right."""
    entries = catalogues() | batch_catalogues()
    ready = {trade: prepare(services) for trade, services in entries.items()}
    found: list[tuple[str, Sample]] = []
    for trade, text, wanted in _texts():
        read = weighed(text, ready[trade]).found
        if read:
            name = ready[trade].entries[read[0].entry].name
            found.append((trade, (read[0].score, name in wanted)))
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


def held_out(told: Sequence[tuple[str, Sample]]) -> list[Sample]:
    """Every sample with the confidence of a table that has seen nothing of its trade."""
    judged: list[Sample] = []
    for trade in sorted({trade for trade, _ in told}):
        table = fit([sample for other, sample in told if other != trade])
        judged += [(between(table, score), right) for other, (score, right) in told if other == trade]
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
    print("_TABLE: tuple[tuple[float, float], ...] =", fit([sample for _, sample in told]))
    print(f"{len(judged)} samples, expected calibration error held out: {calibration_error(judged):.3f}")
    print("\n".join(curve(judged)))


if __name__ == "__main__":
    main()
