"""When a watched state is told: once it has lasted, once, and its end as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zusage.app.alerts._lines import digest
from zusage.app.alerts._watching import Change, observe
from zusage.app.alerts.ports import PendingAlert, Watched

NOW = datetime(2027, 3, 2, 10, tzinfo=UTC)


def play(subject: str, states: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """What is told at which minute, of what is seen at which minute."""
    watched: dict[str, Watched] = {}
    told: list[tuple[int, str]] = []
    for minute, state in states:
        watched, changes = observe(watched, {subject: state}, NOW + timedelta(minutes=minute))
        told += [(minute, change.state) for change in changes]
    return told


@pytest.mark.parametrize(
    ("subject", "states", "told"),
    [
        ("health", [(0, "healthy"), (60, "healthy")], []),
        ("health", [(0, "critical"), (1, "critical"), (90, "critical")], [(0, "critical")]),
        ("health", [(0, "degraded"), (5, "healthy"), (30, "healthy")], []),
        ("health", [(0, "degraded"), (9, "degraded"), (10, "degraded"), (11, "degraded")], [(10, "degraded")]),
        ("health", [(0, "critical"), (5, "healthy"), (15, "healthy")], [(0, "critical"), (15, "healthy")]),
        ("health", [(0, "critical"), (5, "healthy"), (6, "critical"), (60, "critical")], [(0, "critical")]),
        ("breaker writes", [(0, "open"), (9, "open"), (10, "open")], [(10, "open")]),
        ("breaker reads", [(0, "open"), (10, "open"), (11, "closed"), (16, "closed")], [(10, "open"), (16, "closed")]),
        ("observing", [(0, "off"), (1, "on"), (2, "on"), (3, "off")], [(1, "on"), (3, "off")]),
    ],
)  # fmt: skip
def test_what_is_told_and_when(
    subject: str, states: list[tuple[int, str]], told: list[tuple[int, str]]
) -> None:
    assert play(subject, states) == told


def test_a_change_says_since_when_it_is_so() -> None:
    watched, none = observe({}, {"health": "degraded"}, NOW)
    later, changes = observe(watched, {"health": "degraded"}, NOW + timedelta(minutes=12))
    assert (none, changes) == ([], [Change("health", "degraded", NOW)])
    assert later == {"health": Watched("degraded", NOW, "degraded")}


def test_what_is_not_there_any_more_is_forgotten() -> None:
    watched, _ = observe({}, {"health": "critical"}, NOW)
    assert observe(watched, {}, NOW) == ({}, [])


def test_a_digest_stays_short() -> None:
    alerts = [PendingAlert(n, f"line {n}", NOW, 0, ()) for n in range(25)]
    title, body = digest("salon", alerts)
    assert title == "Zusage: 25 things to know about salon"
    assert body.splitlines()[:2] == ["line 0", "line 1"]
    assert body.splitlines()[-1] == "… and 5 more: `zusage alerts list --company salon`."
    assert digest("salon", alerts[:1]) == ("Zusage: one thing to know about salon", "line 0")
