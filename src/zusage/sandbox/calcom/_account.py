"""Who one is, one's working hours and connected calendars."""

from __future__ import annotations

from datetime import datetime

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._model import Json, Period, Schedule, iso, parse_moment, time_zones
from zusage.sandbox.calcom._problems import nest, wrong_field
from zusage.sandbox.calcom._render import schedule_json

_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


async def get_me(call: Call) -> Answer:
    user = call.world.users[call.caller.user_id]
    organization = next((each for each in call.world.teams.values() if each.account == user.account), None)
    return success(
        {
            "id": user.id,
            "username": user.username,
            "email": user.email,
            "name": user.name,
            "avatarUrl": None,
            "bio": None,
            "timeZone": user.time_zone,
            "weekStart": "Monday",
            "timeFormat": 24,
            "defaultScheduleId": user.schedule_id,
            "organizationId": organization.organization_id if organization else None,
        }
    )


async def list_schedules(call: Call) -> Answer:
    mine = [each for each in call.world.schedules.values() if each.owner_id == call.caller.user_id]
    return success([schedule_json(each) for each in mine])


async def list_team_schedules(call: Call) -> Answer:
    """Give the schedules of everybody in the caller's account."""
    team = call.world.teams.get(int(call.params["team"]))
    if team is None or team.account != call.caller.account:
        raise nest(404, f"Team with id {call.params['team']} not found")
    owners = {each.id for each in call.world.users.values() if each.account == team.account}
    theirs = [each for each in call.world.schedules.values() if each.owner_id in owners]
    return success([schedule_json(each) for each in theirs])


async def get_default_schedule(call: Call) -> Answer:
    user = call.world.users[call.caller.user_id]
    return success(schedule_json(call.world.schedules[user.schedule_id]))


async def get_schedule(call: Call) -> Answer:
    return success(schedule_json(_mine(call)))


async def create_schedule(call: Call) -> Answer:
    """:raises RefusalError: 400, no name or no time zone."""
    usual: list[Json] = [{"days": _WEEKDAYS, "startTime": "09:00", "endTime": "17:00"}]
    schedule = Schedule(call.world.next_id(), call.caller.user_id, "", "UTC", usual, is_default=False)
    for name in ("name", "timeZone"):
        if not call.body.get(name):
            raise wrong_field(name, "should not be empty")
    _fill(call, schedule)
    call.world.schedules[schedule.id] = schedule
    return success(schedule_json(schedule), 201)


async def change_schedule(call: Call) -> Answer:
    schedule = _mine(call)
    _fill(call, schedule)
    return success(schedule_json(schedule))


async def list_busy_times(call: Call) -> Answer:
    """Give the busy times of the connected calendar; bookings are not among them."""
    within = Period(_day(call, "dateFrom"), _day(call, "dateTo"))
    busy = call.world.users[call.caller.user_id].busy
    shown = [
        {"start": iso(each.start), "end": iso(each.end), "source": "sim-calendar"}
        for each in busy
        if each.overlaps(within)
    ]
    return success(shown)


async def list_calendars(call: Call) -> Answer:
    user = call.world.users[call.caller.user_id]
    calendar = {"externalId": user.email, "name": user.name, "primary": True, "readOnly": False}
    connected = {"integration": {"slug": "sim-calendar"}, "credentialId": user.id, "calendars": [calendar]}
    return success({"connectedCalendars": [connected], "destinationCalendar": calendar})


def _day(call: Call, name: str) -> datetime:
    try:
        return parse_moment(call.query[name])
    except (KeyError, ValueError):
        raise wrong_field(name, "must be a valid ISO 8601 date string") from None


def _mine(call: Call) -> Schedule:
    text = call.params["id"]
    schedule = call.world.schedules.get(int(text)) if text.isdigit() else None
    owner = call.world.users.get(schedule.owner_id) if schedule else None
    if schedule is None or owner is None or owner.account != call.caller.account:
        raise nest(404, f"Schedule with id {text} not found")
    if owner.id != call.caller.user_id and not call.caller.admin:
        raise nest(403, "User does not own this schedule")
    return schedule


def _fill(call: Call, schedule: Schedule) -> None:
    body = call.body
    if body.get("timeZone", "UTC") not in time_zones():
        raise wrong_field("timeZone", "must be a valid IANA time-zone")
    schedule.name = body.get("name", schedule.name)
    schedule.time_zone = body.get("timeZone", schedule.time_zone)
    schedule.availability = body.get("availability", schedule.availability)
    schedule.overrides = body.get("overrides", schedule.overrides)
    if body.get("isDefault"):
        schedule.is_default = True
        call.world.users[schedule.owner_id].schedule_id = schedule.id
