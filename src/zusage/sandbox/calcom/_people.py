"""What people do at Cal.com beside us: on the web page, in its calendar, in a connected one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from zusage.sandbox.calcom._call import Call
from zusage.sandbox.calcom._change import check_live, moved
from zusage.sandbox.calcom._create import somebody_elses
from zusage.sandbox.calcom._free import is_free
from zusage.sandbox.calcom._model import Booking, Json, Period
from zusage.sandbox.calcom._notify import notify
from zusage.sandbox.calcom._problems import CONFLICT, plain
from zusage.sandbox.calcom._state import State


class People:
    """Acts without the interface: no limits, no faults but those of webhooks, no checks of free time.

    `notify=False` keeps the webhooks quiet, as when they get lost. An unknown uid or id raises KeyError."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def book(
        self,
        event_type_id: int,
        start: datetime,
        *,
        name: str | None = None,
        quiet: bool = False,
        if_free: bool = False,
    ) -> str:
        """Book as a web visitor; returns the uid. `if_free`: only what the page would offer them.

        :raises RefusalError: 409, there is a booking at exactly this time, or it is not free."""
        kind = self._state.world.event_types[event_type_id]
        period = Period(start, start + timedelta(minutes=kind.length))
        if if_free and not is_free(self._state.world, kind, kind.hosts()[0], period):
            raise plain(409, CONFLICT)
        booking = somebody_elses(self._call(), kind, period)
        if name is not None:
            booking.attendee = replace(booking.attendee, name=name)
        self._state.world.insert(booking)
        await self._tell("BOOKING_CREATED", booking, quiet=quiet)
        return booking.uid

    async def cancel(self, uid: str, *, reason: str = "", quiet: bool = False) -> None:
        """Cancel; a booking that is cancelled already stays so."""
        booking = self._state.world.bookings[uid]
        if booking.live:
            booking.cancellation_reason = reason
            self._state.world.end(booking, "cancelled", self._state.clock.now())
            await self._tell("BOOKING_CANCELLED", booking, quiet=quiet)

    async def move(self, uid: str, start: datetime, *, quiet: bool = False) -> str:
        """Reschedule; returns the new uid, the old booking is cancelled.

        :raises RefusalError: 400, it is not live any more; 409, there is a booking at exactly this time."""
        old = self._state.world.bookings[uid]
        check_live(old)
        period = Period(start, start + (old.period.end - old.period.start))
        new = moved(self._call(), old, period, old.host_ids)
        if not quiet:
            await notify(self._state, "BOOKING_RESCHEDULED", new, old=old)
        return new.uid

    def reassign(self, uid: str, host_id: int) -> None:
        """Give it to somebody else; the uid stays, and no webhook tells of it.

        :raises KeyError: there is no such booking, or no such person.
        :raises RefusalError: 409, that host has a booking at exactly this time."""
        booking, host = self._state.world.bookings[uid], self._state.world.users[host_id]
        self._state.world.reassign(booking, host.id, self._state.clock.now())

    async def absent(self, uid: str, *, quiet: bool = False) -> None:
        """Note that the customer did not come."""
        booking = self._state.world.bookings[uid]
        booking.attendee = replace(booking.attendee, absent=True)
        booking.updated_at = self._state.clock.now()
        await self._tell("BOOKING_NO_SHOW_UPDATED", booking, quiet=quiet)

    def busy(self, user_id: int, start: datetime, end: datetime) -> None:
        """Write an entry into somebody's connected calendar; no webhook tells of it."""
        self._state.world.users[user_id].busy.append(Period(start, end))

    def hours(self, schedule_id: int, *, date: str, start: str | None = None, end: str | None = None) -> None:
        """Work other hours on a date (ISO), or not at all; no webhook tells of it."""
        overrides = self._state.world.schedules[schedule_id].overrides
        overrides.append({"date": date, "startTime": start or "00:00", "endTime": end or "00:00"})

    async def do(self, what: str, given: Json) -> Json:
        """Do one of these by its name, as the admin door asks; gives the uid of what it made.

        :raises ValueError: there is no such deed."""
        if what == "busy":
            self.busy(given["user_id"], _moment(given, "start"), _moment(given, "end"))
        elif what == "hours":
            self.hours(**given)
        elif what == "book":
            return {"uid": await self.book(**given | {"start": _moment(given, "start")})}
        elif what == "move":
            return {"uid": await self.move(**given | {"start": _moment(given, "start")})}
        elif what == "reassign":
            self.reassign(**given)
        elif what == "cancel":
            await self.cancel(**given)
        elif what == "absent":
            await self.absent(**given)
        else:
            raise ValueError(f"people do not {what!r}")
        return {}

    async def _tell(self, trigger: str, booking: Booking, *, quiet: bool) -> None:
        if not quiet:
            await notify(self._state, trigger, booking)

    def _call(self) -> Call:
        return Call(self._state, "people", "POST", "", {}, {}, {}, None, None)


def _moment(given: Json, name: str) -> datetime:
    return datetime.fromisoformat(given[name])
