"""An account that a company of a company file would have made at Cal.com by hand.

Apart from the rest of the simulator, which needs neither company files nor the language they bring along."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.app.operations.company_file import CompanyFile, StaffRecord
from zusage.core.scheduling.masters import Branch, DayException, Service, Span, Week
from zusage.sandbox.calcom._accounts import Account, add_account
from zusage.sandbox.calcom._model import Json
from zusage.sandbox.calcom._world import World

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def add_company(world: World, company: CompanyFile, *, key: str) -> Account:
    """Add a company: its staff with their hours, and for each an event type per active segment of what they do.

    Event types are titled "Service" or "Service: Segment", in slugs "service" or "service-1"; they have no buffers."""
    account = add_account(world, company.key, key=key, people=())
    branches = {each.branch.id: each.branch for each in company.branches}
    for record in company.staff:
        branch = branches[record.branch_id]
        user = account.person(
            record.key,
            name=record.staff.name,
            time_zone=branch.zone,
            hours=list(_hours(record.staff.week or branch.week)),
        )
        world.schedules[user.schedule_id].overrides.extend(_overrides(branch))
        for each in company.services:
            if record.branch_id in each.branch_ids:
                _add_pieces(account, record, each.service, branch.grid_minutes)
    return account


def _add_pieces(account: Account, record: StaffRecord, service: Service, grid: int) -> None:
    if service.id not in record.staff.skills:
        return
    minutes = record.staff.skills[service.id] or tuple(each.minutes for each in service.segments)
    active = [number for number, segment in enumerate(service.segments) if segment.kind == "active"]
    for count, number in enumerate(active, start=1):
        one = len(active) == 1
        part = service.segments[number].name or f"Teil {count}"
        account.event_type(
            record.key,
            service.key if one else f"{service.key}-{count}",
            minutes[number],
            title=service.name if one else f"{service.name}: {part}",
            slot_interval=grid,
        )


def _hours(week: Week) -> Iterator[Json]:
    for day, spans in zip(_DAYS, week, strict=True):
        for span in spans:
            yield {"days": [day]} | _times(span)


def _overrides(branch: Branch) -> Iterator[Json]:
    for date, exception in branch.exceptions.items():
        for times in _exception(exception):
            yield {"date": date.isoformat()} | times


def _exception(exception: DayException) -> list[Json]:
    # A day off is an empty stretch, as Cal.com's own page writes it.
    return [_times(each) for each in exception.spans] or [{"startTime": "00:00", "endTime": "00:00"}]


def _times(span: Span) -> Json:
    return {"startTime": _clock(span.opens), "endTime": _clock(span.closes)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
