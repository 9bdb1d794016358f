from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.when_cases import FROM_MODELS, IN_SHOP, REFUSED, SPOKEN, WORDS_ONLY
from zusage.core.scheduling.masters import Span
from zusage.language.german import speak, understand_when
from zusage.language.german._text import LONGEST_TALK
from zusage.language.german.speak import Here
from zusage.language.reading import Unclear, When

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=BERLIN)
SHOP_WEEK = ((Span(540, 1170),),) * 6 + ((),)


def when(
    text: str, *, now: datetime = NOW, week: tuple[tuple[Span, ...], ...] | None = None
) -> When | Unclear:
    return understand_when(text, now=now, zone="Europe/Berlin", week=week)


def clear(text: str, *, now: datetime = NOW) -> When:
    read = when(text, now=now)
    assert isinstance(read, When), read
    return read


def described(read: When | Unclear) -> str:
    if isinstance(read, Unclear):
        return read.reason
    if read.kind == "open_start":
        return f"until {read.end:%d.%m. %H:%M}"
    if read.kind == "open_end" or read.end is None:
        return f"{'from ' if read.kind == 'open_end' else ''}{read.start:%d.%m. %H:%M}"
    return _interval(read.start, read.end)


def _interval(start: datetime, end: datetime) -> str:
    last = (end - timedelta(minutes=1)).date()
    if (start.hour, start.minute, end.hour, end.minute) == (0, 0, 0, 0):
        return f"{start:%d.%m.}" if last == start.date() else f"{start:%d.%m.}-{last:%d.%m.}"
    assert last == start.date()
    return f"{start:%d.%m. %H:%M}-{'24:00' if end.date() > last else f'{end:%H:%M}'}"


@pytest.mark.parametrize(("text", "expected"), [*SPOKEN, *WORDS_ONLY, *FROM_MODELS, *REFUSED])
def test_reads_what_was_said(text: str, expected: str) -> None:
    assert described(when(text)) == expected


@pytest.mark.parametrize(("text", "expected"), IN_SHOP)
def test_opening_hours_decide_between_morning_and_evening(text: str, expected: str) -> None:
    assert described(when(text, week=SHOP_WEEK)) == expected


def test_the_table_is_large_enough() -> None:
    assert len(SPOKEN) + len(WORDS_ONLY) + len(FROM_MODELS) + len(REFUSED) + len(IN_SHOP) >= 120


def test_every_doubt_asks_a_question_of_one_line() -> None:
    for text, _ in REFUSED:
        read = when(text)
        if isinstance(read, Unclear):
            assert read.question.endswith("?")
            assert "\n" not in read.question


def test_a_bare_day_is_the_whole_local_day_and_assumes_nothing() -> None:
    read = clear("am Dienstag")
    assert (read.kind, read.grain, read.assumed) == ("interval", "day", ())
    assert read.start == datetime(2026, 11, 24, tzinfo=BERLIN)
    assert read.end == datetime(2026, 11, 25, tzinfo=BERLIN)


def test_the_day_of_the_time_change_has_25_hours() -> None:
    read = clear("31.10.2027")
    assert read.end is not None
    assert read.end.astimezone(UTC) - read.start.astimezone(UTC) == timedelta(hours=25)


def test_the_hour_that_comes_twice_is_asked_about() -> None:
    read = when("31.10.2027 02:30")
    assert isinstance(read, Unclear)
    assert read.reason == "dst_twice"
    both = [other.start.astimezone(UTC) for other in read.alternatives]
    assert both == [datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1)]


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("14 Uhr", ("today",)),
        ("9 Uhr", ("tomorrow",)),
        ("05.11.2023 14:00", ("year",)),
        ("5. November 14:00", ("year",)),
        ("24.12.", ()),
        ("am 24.", ("month",)),
        ("morgen um drei", ("afternoon",)),
        ("morgen 15 Uhr", ()),
        ("morgen um neun", ()),
        ("2026-11-24 14:00", ()),
    ],
)
def test_says_what_it_assumed(text: str, assumed: tuple[str, ...]) -> None:
    assert clear(text).assumed == assumed


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("nächsten Dienstag", ["01.12."]),
        ("Mittwoch", ["18.11."]),
        ("kommenden Dienstag", []),
        ("morgen um drei", ["19.11. 03:00"]),
        ("heute oder morgen um 9", ["19.11. 21:00"]),
        ("morgen um drei oder um vier", ["19.11. 03:00"]),
    ],
)
def test_keeps_other_fair_readings(text: str, others: list[str]) -> None:
    assert [described(other) for other in clear(text).alternatives] == others


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("Montag oder Dienstag", ["23.11.", "24.11."]),
        ("Dienstag oder Montag", ["24.11.", "23.11."]),
        ("morgen um drei oder um vier", ["19.11. 15:00", "19.11. 16:00"]),
        ("Montag", ["23.11."]),
    ],
)
def test_keeps_every_wish_that_was_named_in_order(text: str, wishes: list[str]) -> None:
    assert [described(wish) for wish in clear(text).choices] == wishes


@pytest.mark.parametrize(
    ("text", "excluded", "weekly"),
    [
        ("nur nicht freitags", ["20.11."], [True]),
        ("nicht am Freitag", ["20.11."], [False]),
        ("nächste Woche, nur nicht Dienstag und Donnerstag", ["24.11.", "26.11."], [False, False]),
        ("unter der Woche nachmittags", ["21.11.", "22.11."], [True, True]),
        ("Dienstag um 10", [], []),
    ],
)
def test_keeps_what_is_refused(text: str, excluded: list[str], weekly: list[bool]) -> None:
    read = clear(text)
    assert [described(other) for other in read.exclude] == excluded
    assert [other.weekly for other in read.exclude] == weekly


def test_a_part_of_day_narrows_each_day() -> None:
    read = clear("nächste Woche vormittags")
    assert read.daily == Span(540, 720)
    assert clear("nachmittags").daily == Span(780, 1080)


def test_a_weekday_that_contradicts_the_date_offers_both() -> None:
    read = when("Dienstag, den 26. November")
    assert isinstance(read, Unclear)
    assert [described(other) for other in read.alternatives] == ["26.11.", "24.11."]
    assert read.question == "Meinen Sie Donnerstag, den 26. November oder Dienstag, den 24. November?"


def test_answers_in_the_zone_that_was_asked_for() -> None:
    read = understand_when(
        "morgen 14 Uhr", now=datetime(2026, 11, 18, 23, 30, tzinfo=UTC), zone="Europe/Berlin"
    )
    assert isinstance(read, When)
    assert read.start == datetime(2026, 11, 20, 14, tzinfo=BERLIN)
    assert read.start.utcoffset() == timedelta(hours=1)


def test_every_quarter_hour_is_understood_as_it_is_spoken() -> None:
    for quarter in range(96):
        at = datetime(2026, 11, 20, quarter // 4, quarter % 4 * 15, tzinfo=BERLIN)
        assert clear(speak.moment(at, Here(NOW, "Europe/Berlin"))).start == at


def test_every_day_of_three_years_is_understood_as_it_is_spoken() -> None:
    here = Here(NOW, "Europe/Berlin")
    for ahead in range(3 * 365):
        day = date(2026, 11, 18) + timedelta(days=ahead)
        at = datetime(day.year, day.month, day.day, 7 + ahead % 14, ahead % 4 * 15, tzinfo=BERLIN)
        if at >= NOW:
            assert clear(speak.moment(at, here)).start == at


@settings(max_examples=300, deadline=None)
@given(now=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)), minutes=st.integers(1, 500 * 24 * 4))  # noqa: DTZ001
def test_any_moment_is_understood_as_it_is_spoken(now: datetime, minutes: int) -> None:
    start = now.replace(minute=0, second=0, microsecond=0, tzinfo=UTC).astimezone(BERLIN)
    at = (start.astimezone(UTC) + timedelta(minutes=15 * minutes)).astimezone(BERLIN)
    spoken = speak.moment(at, Here(start, "Europe/Berlin"))
    if at.utcoffset() != at.replace(fold=1 - at.fold).utcoffset():
        assert described(when(spoken, now=start)) == "dst_twice", spoken
        return
    assert clear(spoken, now=start).start.replace(fold=0) == at.replace(fold=0), spoken


_TIME_WORDS = st.lists(
    st.sampled_from(
        [
            *sorted({word for text, _ in (*SPOKEN, *FROM_MODELS) for word in text.split()}),
            "@0@",
            "|",
            "25:61",
            "32.",
            "9999",
        ]
    ),
    max_size=12,
)


@settings(max_examples=700, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        _TIME_WORDS.map(" ".join),
        st.binary(max_size=80).map(lambda b: b.decode("latin-1")),
    )
)
def test_no_text_is_an_exception(text: str) -> None:
    read = when(text)
    assert isinstance(read, When | Unclear)
    if isinstance(read, When) and read.end is not None:
        assert read.start < read.end


def test_of_a_very_long_text_the_end_is_read() -> None:
    assert described(when("x" * 100_000 + " morgen")) == "19.11."
    assert described(when("morgen " + "x" * LONGEST_TALK)) == "no_time_said"
    told = "ich war gestern schon da, und es war so schön bei Ihnen, " * 12
    assert (
        described(when(f"am Freitag um drei, {told} ach nein, lieber doch am Montag um vier"))
        == "23.11. 16:00"
    )
    assert described(when("9" * 100_000)) == "no_time_said"
    assert described(when("montag " * 20_000)) == "23.11."


@pytest.mark.parametrize(
    "text", ["\x00", "١٢:٣٠", "明天下午三点", "🕒", "\u202emorgen", "½ 3", "²³.¹¹.", "@0@", "um @7@"]
)
def test_foreign_scripts_and_control_characters_are_harmless(text: str) -> None:
    assert isinstance(when(text), When | Unclear)
