"""What every tool works with: the call, the branch, the moment, and the doors to the use cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.app.availability.offers import Search
from zusage.app.availability.ports import LookAtCalendar
from zusage.app.booking.ports import ConfirmInline, OpenUnit
from zusage.app.calls.ports import Begun, CallHold, StoredOffer
from zusage.core.scheduling import day_bounds
from zusage.core.scheduling.calendar import CalendarView
from zusage.core.scheduling.masters import Service
from zusage.core.scheduling.plan import Option
from zusage.core.scheduling.wish import Wish
from zusage.core.values import Money, Period
from zusage.inbound.voice.arguments import Arguments
from zusage.inbound.voice.certainty import certainty, held_time
from zusage.inbound.voice.toolcall import ToolCall
from zusage.language.book import VoiceBook
from zusage.language.german import Speech, speak


@dataclass(frozen=True, slots=True)
class Talk:
    """One tool call in progress. `run.now` is the database's clock; everything is said in the branch's zone."""

    call: ToolCall
    run: Begun
    book: VoiceBook
    open_unit: OpenUnit
    new_token: Callable[[], str]
    confirm: ConfirmInline | None = None
    look: LookAtCalendar | None = None

    @property
    def args(self) -> Arguments:
        return self.call.args

    @property
    def here(self) -> speak.Here:
        return speak.Here(self.run.now, self.book.branch.zone)

    @property
    def speech(self) -> Speech:
        """What the agent says, as this company wants it."""
        return Speech(self.book.speech)

    @property
    def held(self) -> CallHold | None:
        """What is held for this call right now; a hold that ran out, or became an appointment, is not."""
        hold = self.run.hold
        return hold if hold and hold.status == "held" and hold.expires_at > self.run.now else None

    @property
    def held_start(self) -> datetime | None:
        """The start of what this call took last, though it may have run out by now; None once booked or given back."""
        hold = self.run.hold
        return hold.start if hold and hold.status == "held" else None

    @property
    def newest_offers(self) -> tuple[StoredOffer, ...]:
        """The offers that were named last, and together."""
        offers = self.run.offers
        return tuple(offer for offer in offers if offer.batch == offers[0].batch)

    def iso(self, instant: datetime) -> str:
        return instant.astimezone(ZoneInfo(self.book.branch.zone)).isoformat()

    def search(self, service: Service, wish: Wish, further: tuple[Wish, ...] = ()) -> Search:
        return Search(
            self.book,
            service,
            wish,
            self.run.now,
            self.run.call_id,
            further,
            calendar=self.look,
            own=held_time(self.run.hold) if self.look else {},
        )

    def wish_at(self, start: datetime, staff_id: UUID | None) -> Wish:
        """An exact wish; what else would do is looked for on its own local day first."""
        day = day_bounds(self.book.branch.zone, self.here.local(start).date())
        return Wish(day, exact=start, staff_id=staff_id)

    def staff_name(self, staff_id: UUID) -> str:
        member = self.book.member(staff_id)
        return member.name if member else ""

    def hold_data(self, token: str, expires_at: datetime, now: datetime) -> dict[str, Any]:
        """Tell of a hold; `now` is when it was taken or looked at, which may be later than the tool call began."""
        left = max(0, int((expires_at - now).total_seconds()))
        return {"token": token, "expires_at": self.iso(expires_at), "seconds_left": left}

    def plan_data(
        self, service: str, staff: str, start: datetime, end: datetime, price: Money
    ) -> dict[str, Any]:
        return {
            "service": service,
            "staff": staff,
            "start": self.iso(start),
            "end": self.iso(end),
            "price_cents": price.cents,
            "currency": price.currency,
        }


@dataclass(frozen=True, slots=True)
class NamedOffers:
    """Offers with their identity: to be stored, to be sent, to be said.

    `unsure`: for one at least the outside calendar could not be asked."""

    stored: tuple[StoredOffer, ...]
    data: list[dict[str, Any]]
    spoken: tuple[speak.SpokenOffer, ...]
    unsure: bool = False


def _start_of(option: Option) -> datetime:
    return option.start


def name_offers(
    talk: Talk,
    service: Service,
    options: tuple[Option, ...],
    view: CalendarView | None,
    *,
    staff_asked: bool,
) -> NamedOffers:
    """Give each option an ordinal and a token; the member of staff is said only where one was asked for.

    Options come best first; those that are said are put in the order of time, in which one expects to hear them."""
    batch = talk.new_token()
    said, rest = options[: speak.MOST_OFFERS], options[speak.MOST_OFFERS :]
    stored = tuple(
        StoredOffer(
            token=talk.new_token(),
            batch=batch,
            n=n,
            made_at=talk.run.now,
            service_id=service.id,
            staff_id=option.staff_id,
            start=option.start,
            end=option.end,
            price_cents=service.price.cents,
        )
        for n, option in enumerate((*sorted(said, key=_start_of), *rest), 1)
    )
    spoken = tuple(
        speak.SpokenOffer(offer.start, talk.staff_name(offer.staff_id) if staff_asked else "")
        for offer in stored
    )
    data = [
        {
            "n": offer.n,
            "token": offer.token,
            **talk.plan_data(
                service.name, talk.staff_name(offer.staff_id), offer.start, offer.end, service.price
            ),
            "spoken": speak.offer(spoken_offer, talk.here),
            "certainty": certainty("free", view, offer.staff_id, Period(offer.start, offer.end)).data,
        }
        for offer, spoken_offer in zip(stored, spoken, strict=True)
    ]
    unsure = any(not certainty("free", view, o.staff_id, Period(o.start, o.end)).seen for o in stored)
    return NamedOffers(stored, data, spoken, unsure)
