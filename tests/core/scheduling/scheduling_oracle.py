"""The rules once more, slow and obvious: every minute of the window is tried and every minute of the plan looked at.

Written without a look at the fast way: sets of minutes, a clock that is read minute by minute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from holidays import country_holidays

from zusage.core.scheduling.masters import BranchBook, Service, Span, Staff
from zusage.core.scheduling.plan import Busy
from zusage.core.values import Period

MINUTE = timedelta(minutes=1)
Found = tuple[datetime, UUID, frozenset[UUID]]


@cache
def clock(zone: str, day: date) -> list[tuple[datetime, int]]:
    """Read the clock through one local day: (instant, minutes it shows), in order of real time."""
    tz = ZoneInfo(zone)
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    shown = []
    for _ in range(48 * 60):
        local = instant.astimezone(tz)
        if local.date() == day:
            shown.append((instant, local.hour * 60 + local.minute))
        instant += MINUTE
    return shown


@cache
def spans_as_minutes(zone: str, day: date, spans: tuple[Span, ...]) -> frozenset[datetime]:
    """Open from the first moment the clock shows `opens` or more until the first it shows `closes` or more."""
    inside: set[datetime] = set()
    shown = clock(zone, day)
    for span in spans:
        first = next((i for i, (_, m) in enumerate(shown) if m >= span.opens), len(shown))
        last = next((i for i, (_, m) in enumerate(shown) if m >= span.closes), len(shown))
        inside.update(instant for instant, _ in shown[first:last])
    return frozenset(inside)


def day_spans(book: BranchBook, day: date) -> tuple[Span, ...]:
    branch = book.branch
    if day in branch.exceptions:
        return branch.exceptions[day].spans
    if branch.closed_on_holidays and day in country_holidays("DE", subdiv=branch.region, years=day.year):
        return ()
    return branch.week[day.weekday()]


def taken_minutes(periods: Iterable[Period]) -> set[datetime]:
    taken: set[datetime] = set()
    for period in periods:
        minute = period.start.replace(second=0, microsecond=0)
        while minute < period.end:
            taken.add(minute)
            minute += MINUTE
    return taken


class Oracle:
    def __init__(self, book: BranchBook, service: Service, busy: Busy, days: list[date]) -> None:
        zone = book.branch.zone
        self.book, self.service, self.zone = book, service, zone
        self.taken = {resource: taken_minutes(periods) for resource, periods in busy.items()}
        self.open = {m for d in days for m in spans_as_minutes(zone, d, day_spans(book, d))}
        self.work = {
            member.id: self.open
            if member.week is None
            else {m for d in days for m in spans_as_minutes(zone, d, member.week[d.weekday()])}
            for member in book.staff
        }

    def find(self, window: Period, now: datetime, staff_id: UUID | None, *, ignore_grid: bool) -> set[Found]:
        found: set[Found] = set()
        start = window.start.replace(second=0, microsecond=0)
        while start < window.end:
            if start >= window.start and self.may_start(start, now):
                for member in self.book.staff:
                    if staff_id in (None, member.id):
                        found.update(self.option(member, start, ignore_grid=ignore_grid))
            start += MINUTE
        return found

    def may_start(self, start: datetime, now: datetime) -> bool:
        tz = ZoneInfo(self.zone)
        local = start.astimezone(tz)
        last_day = now.astimezone(tz).date() + timedelta(days=self.service.max_advance_days)
        early_enough = start >= now + timedelta(minutes=self.service.min_notice_minutes)
        return early_enough and local.date() <= last_day and local.fold == 0

    def option(self, member: Staff, start: datetime, *, ignore_grid: bool) -> list[Found]:
        if self.service.id not in member.skills:
            return []
        own = member.skills[self.service.id]
        lengths = own if own is not None else [s.minutes for s in self.service.segments]
        work: set[datetime] = set()
        seat: set[datetime] = set()
        everything: list[datetime] = []
        for segment, length in zip(self.service.segments, lengths, strict=True):
            part = [start + MINUTE * (len(everything) + n) for n in range(length)]
            everything += part
            work.update(part if segment.kind == "active" else ())
            seat.update(part if segment.needs_chair else ())
        if not set(everything) <= self.open or not work <= self.work[member.id]:
            return []
        before, after = self.service.buffer_before, self.service.buffer_after
        claimed = work | {min(work) - MINUTE * (n + 1) for n in range(before)}
        claimed |= {max(work) + MINUTE * (n + 1) for n in range(after)}
        if claimed & self.taken.get(member.id, set()):
            return []
        if not ignore_grid and not self.shaped(member, everything, work, claimed):
            return []
        if not seat:
            return [(start, member.id, frozenset())]
        if self.service.segments[0].needs_chair:
            seat |= {start - MINUTE * (n + 1) for n in range(before)}
        if self.service.segments[-1].needs_chair:
            seat |= {everything[-1] + MINUTE * (n + 1) for n in range(after)}
        chairs = frozenset(c.id for c in self.book.chairs if not seat & self.taken.get(c.id, set()))
        return [(start, member.id, chairs)] if chairs else []

    def shaped(
        self, member: Staff, everything: list[datetime], work: set[datetime], claimed: set[datetime]
    ) -> bool:
        local = everything[0].astimezone(ZoneInfo(self.zone))
        taken = self.taken.get(member.id, set())
        return (
            (local.hour * 60 + local.minute) % self.book.branch.grid_minutes == 0
            or min(claimed) - MINUTE in taken
            or max(claimed) + MINUTE in taken
            or max(work) + MINUTE not in self.work[member.id]
            or everything[-1] + MINUTE not in self.open
        )
