"""A compound booking against its slowest request, and the load of fifty calls at once."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from dataclasses import asdict
from datetime import timedelta

from bench.calcom_booker import Booker
from bench.calcom_calls import SERVICE, Heard, play
from bench.calcom_stage import Stage
from bench.calcom_told import Length, Told, slowest, spread
from bench.calcom_truth import Proof, judge, prove
from bench.report import Goal, at_most
from zusage.app.free_times.status import cache_status

COMPOUND, SEGMENTS = "Dauerwelle", 4
_TOOLS = ("initialize", "check", "book")
_COMPOUND_RATIO, _ANSWERS_MS, _REQUESTS, _HIT_RATE = 1.3, 300.0, 2.0, 0.95


async def compound(stage: Stage, length: Length, told: Told) -> None:
    """Four segments inline, in turns with a simple service: the whole answer against the slowest request in it.

    The salons take turns, so that no key comes near its rate."""
    booker = Booker(stage)
    for salon in stage.salons:
        await booker.book(salon, COMPOUND, 0)
    whole: list[float] = []
    spans: list[float] = []
    waits: list[float] = []
    simple: list[float] = []
    for turn in range(1, length.repeats + 1):
        salon = stage.salons[turn % len(stage.salons)]
        booked = await booker.book(salon, COMPOUND, 2 * turn)
        slowest, span = _requests_of(stage, booked.appointment_id)
        waits.append(booked.book_ms)
        whole.append(booked.book_ms / slowest)
        spans.append(span / slowest)
        simple.append((await booker.book(salon, SERVICE, 2 * turn + 1)).book_ms)
    booker.close()
    told.line("compound", "answer to a booking of four segments, inline: p50 / p95 / p99", spread(waits))
    told.line("compound", "answer to a booking of one segment, inline: p50 / p95 / p99", spread(simple))
    told.line(
        "compound",
        "first request's arrival to the last answer, against the slowest request",
        f"{statistics.median(spans):.2f}",
    )
    ratio = round(statistics.median(whole), 2)
    told.goals.append(at_most("compound booking of 4 / its slowest request", ratio, _COMPOUND_RATIO))
    told.figures["compound"] = {"whole": whole, "spans": spans, "waits": waits, "simple": simple}


def _requests_of(stage: Stage, appointment_id: str) -> tuple[float, float]:
    """Say how long the slowest request of a booking took at Cal.com, and how long all of them together."""
    asked = [
        each
        for each in stage.sim.journal.of("bookings.create")
        if each.body["metadata"]["appointment"] == appointment_id
    ]
    if len(asked) != SEGMENTS:
        raise RuntimeError(f"{len(asked)} requests instead of {SEGMENTS} for one booking")
    ends = [each.at + timedelta(milliseconds=each.ms or 0.0) for each in asked]
    span = (max(ends) - min(each.at for each in asked)) / timedelta(milliseconds=1)
    return max(each.ms or 0.0 for each in asked), span


async def load(stage: Stage, length: Length, told: Told) -> None:
    """Fifty calls at a time in real time, with rivals on the phone and on the web."""
    await stage.compared()
    stage.sim.journal.clear()
    await stage.warm()
    heard = await play(stage, lanes=length.lanes, seconds=length.load_seconds, seed=7)
    settled = await stage.settled()
    cached = await _cached(stage)
    asked, judged, proof = stage.requests(), judge(stage, heard), prove(stage)
    booked = sum(count for end, count in heard.ends.items() if end.endswith(" booked"))
    per_call = round(sum(asked.values()) / max(booked, 1), 2)
    told.line("load", "calls, most at once", f"{sum(heard.ends.values())}, {heard.most_at_once}")
    for operation in _TOOLS:
        told.line("load", f"{operation}: p50 / p95 / p99", spread(stage.waits[operation]))
    told.line("load", "times named to callers", str(judged.named))
    told.line("load", "taken by then in the ledger, at Cal.com", f"{judged.false_ledger}, {judged.false_web}")
    told.line("load", "booked on the web less than 3 s before the question", str(judged.younger_web))
    _say_ends(heard, told)
    told.line(
        "load",
        "questions answered from the cache, refreshed behind the caller, waited for",
        ", ".join(map(str, cached)),
    )
    told.line(
        "load",
        "requests to Cal.com, the warm-up among them",
        ", ".join(f"{op} {n}" for op, n in sorted(asked.items())),
    )
    _say_proof(proof, settled=settled, told=told)
    worst = slowest(stage.waits, _TOOLS, 0.95)
    told.goals += [
        at_most('false "available"', judged.false, 0),
        at_most("background mode: p95 of the slowest of three tools in ms", worst, _ANSWERS_MS),
        _all_helped("lost when booking, with alternatives in that answer", *heard.lost_at("book")),
        _all_helped("taken when asked for, with alternatives in that answer", *heard.lost_at("check")),
        at_most("requests to Cal.com per booked call", per_call, _REQUESTS),
        above("questions for which nobody waited for Cal.com", _hit_rate(*cached), _HIT_RATE),
        at_most("promises neither there nor in review", proof.missing + (not settled), 0),
    ]
    told.figures["load"] = {
        "ends": heard.ends,
        "lost": heard.lost,
        "helped": heard.helped,
        "requests": asked,
        "judged": asdict(judged),
        "proof": asdict(proof),
        "statuses": stage.statuses,
    }


async def _cached(stage: Stage) -> tuple[int, int, int]:
    """Count the questions of all salons: from what was kept, from what was old, and those that waited."""
    companies = [(salon.company_id, salon.file.key) for salon in stage.salons]
    async with stage.reading() as parts:
        found = await cache_status(companies, kept=parts.kept, now=time.time())
    return (
        sum(each.hits for each in found),
        sum(each.stale for each in found),
        sum(each.misses for each in found),
    )


def _hit_rate(hits: int, stale: int, misses: int) -> float:
    return round((hits + stale) / max(hits + stale + misses, 1), 3)


def _all_helped(name: str, lost: int, helped: int) -> Goal:
    return Goal(name, helped, f"all of {lost}", helped == lost > 0)


def above(name: str, reached: float, least: float) -> Goal:
    return Goal(name, reached, f"> {least:g}", reached > least)


def _say_ends(heard: Heard, told: Told) -> None:
    for end, count in sorted(heard.lost.items()):
        told.line("load", f"lost at the {end}, with alternatives", f"{count}, {heard.helped[end]}")
    by_part: dict[str, Counter[str]] = {}
    for end, count in heard.ends.items():
        part, status = end.split()
        by_part.setdefault(part, Counter())[status] += count
    for part, ends in sorted(by_part.items()):
        told.line("load", f"calls: {part}", ", ".join(f"{status} {n}" for status, n in ends.most_common()))


def _say_proof(proof: Proof, *, settled: bool, told: Told) -> None:
    counted = f"{proof.promised}, {proof.there}, {proof.refused}, {proof.missing}"
    told.line(
        "load",
        "promised in the background and refused at Cal.com later: in review, no alternatives",
        str(proof.refused),
    )
    told.line(
        "load",
        "segments promised, there, in review, missing",
        counted if settled else f"{counted} (unsettled)",
    )
    told.line(
        "load", "bookings there that nobody wants, overlaps of ours", f"{proof.unwanted}, {proof.overlaps}"
    )
