"""What the operator reads: one line for each matter, what it is and what to do; ids and times, never a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from zusage.app.alerts._watching import BREAKER, HEALTH, Change
from zusage.app.alerts.ports import Condition, FailedOrphan, News, OpenReview, PendingAlert
from zusage.app.mirror.circuits import CircuitView
from zusage.app.mirror.health import action_for
from zusage.app.reviews.advice import advice_for

_MOST_LINES = 20


def review_line(company: str, review: OpenReview) -> News:
    what = f" of appointment {review.appointment_id}" if review.appointment_id else ""
    when = f" on {_wall(review.start, review.zone)}" if review.start else ""
    advice = advice_for(
        review.kind,
        company,
        appointment_id=review.appointment_id,
        cancelled=review.cancelled,
        failure=review.failure,
    )
    return News(
        f"review {review.review_id}",
        f"Review item {review.review_id} ({review.kind}){what}{when}: {advice} "
        f"Who it is: `zusage reviews list --company {company}`.",
    )


def orphan_line(company: str, orphan: FailedOrphan) -> News:
    still = "" if orphan.resting else ", which is tried again for a day"
    return News(
        # One line for all that is tried; told again if somebody let it be tried again, and that failed too.
        f"orphan {orphan.uid} {orphan.found_at.isoformat()}",
        f"Booking {orphan.uid} in Cal.com ({orphan.why}) is wanted by nothing here and could not be cancelled{still}: "
        f"cancel it there, then `zusage orphans resolve {orphan.uid} --company {company} --apply`.",
    )


def change_line(condition: Condition, change: Change, circuits: Sequence[CircuitView]) -> News:
    subject = f"{change.subject} {change.state} {change.since.isoformat()}"
    if change.subject == HEALTH:
        return News(subject, _health(condition, change))
    if change.subject.startswith(BREAKER):
        return News(subject, _breaker(condition.company, change, circuits))
    return News(subject, _observing(condition, change))


def digest(company: str, alerts: Sequence[PendingAlert]) -> tuple[str, str]:
    """Put several alerts into one message: title and body."""
    lines = [alert.text for alert in alerts[:_MOST_LINES]]
    if len(alerts) > _MOST_LINES:
        lines.append(f"… and {len(alerts) - _MOST_LINES} more: `zusage alerts list --company {company}`.")
    things = "one thing" if len(alerts) == 1 else f"{len(alerts)} things"
    return f"Zusage: {things} to know about {company}", "\n".join(lines)


def _health(condition: Condition, change: Change) -> str:
    figures = condition.figures
    if change.state == "healthy" or figures is None:
        return f"The calendar of {condition.company} is healthy again since {_utc(change.since)}; nothing is to be done."
    return (
        f"The calendar of {condition.company} is {change.state} since {_utc(change.since)}: {figures.reviews} to review, "
        f"{figures.failing_day} failing for a day, {figures.late} late by an hour "
        f"(the oldest {figures.oldest_pending / 60:.0f} min), {figures.success:.0%} success in 24 h. "
        f"{action_for(condition.company, figures)}"
    )


def _breaker(company: str, change: Change, circuits: Sequence[CircuitView]) -> str:
    door = change.subject.removeprefix(BREAKER)
    if change.state == "closed":
        return (
            f"Cal.com answers again ({door}) for {company} since {_utc(change.since)}; nothing is to be done."
        )
    reason = next((each.reason for each in circuits if each.door == door and each.reason), "no answer")
    return (
        f"Cal.com has not answered ({door}) for {company} since {_utc(change.since)} ({reason}): look at its status page and "
        f"at `zusage calcom check {company}`; it is tried once a minute."
    )


def _observing(condition: Condition, change: Change) -> str:
    company = condition.company
    if change.state == "off":
        return f"Zusage acts on differences in the calendar of {company} again since {_utc(change.since)}."
    because = f" ({condition.observe_reason})" if condition.observe_reason else ""
    return (
        f"Zusage only observes the calendar of {company} since {_utc(change.since)}{because} and mends no difference: "
        f"look at `zusage mirror diff --company {company}`; if it is right, "
        f"`zusage mirror repair --company {company} --apply` lets it act again."
    )


def _wall(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M} ({zone})"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%d.%m.%Y %H:%M} UTC"
