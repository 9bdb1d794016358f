"""Whatever is said, whenever and wherever: an answer that holds together, in a time that grows with the text at most."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zusage.core.scheduling.masters import Span
from zusage.language import german
from zusage.language.german import understand_when
from zusage.language.german._lexicon import WORDS
from zusage.language.german._phrases import PHRASES
from zusage.language.german._text import LONGEST_TALK
from zusage.language.german.texts import TEXTS
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.reading import Unclear, When

ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Pacific/Apia", "Asia/Kolkata", "Australia/Lord_Howe")
NOW = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Europe/Berlin"))
SHOP_WEEK = ((Span(540, 1170),),) * 6 + ((),)
_WRITTEN_TEXT = """
24.11. 24.11.2026 2026-11-24 14:30 14.30 31.12.9999 01.01.0001 1.1.1 29.2. 29.2.2027 31.11. 25:61 24/11 2026-W48
9999-W01 12/2026 1/0001 9999-12 0000-00 48 20 26 1999 2199 0 99 10000 3.5 1/2 '26 T10:00:00Z 8e 7. 30. Frau x - – / , . &
"""
WRITTEN = _WRITTEN_TEXT.split()
READER = str(Path(german.__file__).parent)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Trace = Callable[..., Any]
BY_KIND: dict[str, list[str]] = {}
for _word, (_kind, _) in WORDS.items():
    BY_KIND.setdefault(_kind, []).append(_word)

words = st.one_of(
    # Each kind of word as often as any other: there are hundreds of "feast", and one "move".
    st.sampled_from(sorted(BY_KIND)).flatmap(lambda kind: st.sampled_from(BY_KIND[kind])),
    st.sampled_from(sorted(" ".join(words) for phrases in PHRASES.values() for words, _ in phrases)),
    st.sampled_from(WRITTEN),
)
texts = st.one_of(st.lists(words, min_size=1, max_size=9).map(" ".join), st.text(max_size=60))
everyday = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1))  # noqa: DTZ001 - given a zone below
turns = st.sampled_from(
    [
        datetime(2027, 3, 28, 1, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 12, tzinfo=UTC),
    ]
)
edges = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=4000)).map(lambda ago: LAST - ago),
    st.timedeltas(timedelta(0), timedelta(days=4000)).map(lambda on: FIRST + on),
)
moments = st.one_of(everyday.map(lambda at: at.replace(tzinfo=UTC)), turns, edges)
spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda pair: Span(min(pair), max(pair) if pair[0] != pair[1] else pair[1] + 1)
)
policies = st.one_of(
    st.just(DEFAULTS),
    st.builds(
        Policies,
        st.sampled_from(["next", "following_week"]),
        st.sampled_from(["sat_sun", "fri_sun"]),
        st.sampled_from(["week", "days"]),
        st.sampled_from(["tomorrow", "now"]),
        st.sampled_from(["shop", "literal"]),
        st.sampled_from(["ask", "read"]),
        after_work=st.integers(0, 1439),
        **{
            name: st.one_of(st.just(getattr(DEFAULTS, name)), spans)
            for name in ("morning", "forenoon", "noon", "afternoon", "evening", "night")
        },
    ),
)
beside = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(ZONES),
        "region": st.sampled_from([None, "BE", "BY", "", "XX"]),
        "week": st.sampled_from([None, SHOP_WEEK]),
        "on": st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.dates()),
        "anchor": st.one_of(st.none(), moments),
        "policies": policies,
    }
)


def check(when: When, *, outermost: bool = True) -> None:
    """Instants are aware and in order, and carry an end just where their kind has one."""
    assert when.start.utcoffset() is not None
    assert (when.end is not None) == (when.kind in {"interval", "open_start"}), when
    if when.end is not None:
        assert when.start.astimezone(UTC) < when.end.astimezone(UTC), when
    inner = (*when.wishes, *when.alternatives, *when.exclude)
    assert outermost or not inner
    for other in inner:
        check(other, outermost=False)


@settings(max_examples=1500, deadline=None)
@given(text=texts, now=moments, beside=beside)
@example(text="bis vier", now=LAST, beside={"zone": "Asia/Kolkata"})
@example(text="gestern", now=FIRST, beside={"zone": "America/New_York"})
def test_there_is_an_answer_to_everything(text: str, now: datetime, beside: dict[str, Any]) -> None:
    read = understand_when(text, now=now, **beside)
    if isinstance(read, Unclear):
        assert read.question.endswith("?")
        assert read.key in TEXTS
    else:
        check(read)


def test_at_the_ends_of_the_calendar_nothing_can_be_planned() -> None:
    for now in (FIRST, LAST):
        read = understand_when("heute", now=now, zone="UTC")
        assert isinstance(read, Unclear)
        assert read.reason == "too_far"


def work(text: str) -> int:
    """How many lines of the reader run for a text, once what can be remembered of its words is: no clock, no luck."""
    understand_when(text, now=NOW, zone="Europe/Berlin")
    lines = 0

    def count(*_: object) -> Trace:
        nonlocal lines
        lines += 1
        return count

    def enter(frame: FrameType, *_: object) -> Trace | None:
        return count if frame.f_code.co_filename.startswith(READER) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        understand_when(text, now=NOW, zone="Europe/Berlin")
    finally:
        sys.settrace(before)
    return lines


def check_linear(piece: str) -> None:
    line = piece * LONGEST_TALK
    half, whole = work(line[: LONGEST_TALK // 2]), work(line[:LONGEST_TALK])
    assert whole > LONGEST_TALK // 10
    assert whole < 2.2 * half, (half, whole)


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_twice_the_words_of_a_kind_take_about_twice_the_work(kind: str) -> None:
    check_linear(f"{BY_KIND[kind][0]} ")


@pytest.mark.parametrize(
    "piece",
    [
        *("1-", "1 ", "montag, ", "nicht montag ", "am 5. oder ", "ein und ", "um zehn, äh, ", "drei. "),
        *(
            "nicht am 5. und 6., ",
            "von montag bis ",
            "zwischen 3 und ",
            "weder montag noch ",
            "zwei tausend ",
        ),
        *("morgen um drei oder ", "donnerstac ", "montag, den 3., bis ", "ab drei bis ", "x"),
        *("seit montag ", "viertel vor ", "kurz vor ", "zwei wochen nach ", "naechste oder ", "anfang der "),
    ],
)
def test_twice_the_text_takes_about_twice_the_work(piece: str) -> None:
    check_linear(piece)
