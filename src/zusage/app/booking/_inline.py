"""Ask the calendar while the caller waits: what it refuses is undone before anything was said (D4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from zusage.app.availability.offers import Search
from zusage.app.availability.with_calendar import with_calendar
from zusage.app.booking._attempts import AFTERWARDS, Later, refused, windows_around
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import Booked, ConfirmInline, LedgerUnit, OpenUnit
from zusage.app.calls.ports import Answer, Begun
from zusage.core.scheduling.wish import Refusal

_REASON = "Der Kalender nimmt diesen Termin nicht an"


@dataclass(frozen=True, slots=True)
class Inline:
    """How to ask inside the call, and what for: `search` finds other times (None: there are none to name)."""

    confirm: ConfirmInline | None
    search: Search | None
    start: datetime

    def later(
        self, run: Begun, open_unit: OpenUnit, answer_of: Callable[[Booked | Refused], Answer]
    ) -> Later:
        """Give what a booking that waits for the calendar does instead of answering at once."""

        async def put_off(outcome: object, unit: LedgerUnit) -> Callable[[], Awaitable[Answer]] | None:
            confirm = self.confirm
            if confirm is None or not isinstance(outcome, Booked) or outcome.wait is None:
                return None
            # A repeat of the tool call waits meanwhile, and finds it booked if we die.
            await unit.prolong(run, outcome.wait + AFTERWARDS)
            await unit.commit()
            return lambda: self._conclude(confirm, outcome, run, open_unit, answer_of)

        return put_off

    async def _conclude(
        self,
        confirm: ConfirmInline,
        booked: Booked,
        run: Begun,
        open_unit: OpenUnit,
        answer_of: Callable[[Booked | Refused], Answer],
    ) -> Answer:
        """Wait for the calendar; then say that it is booked, or undo everything and name other times."""
        appointment_id = booked.appointment_id
        assert appointment_id is not None
        verdict = await confirm(run.company_id, appointment_id, booked.wait or 0.0)

        async def finish(search: Search | None) -> Answer:
            async with open_unit(run.company_id) as unit:
                outcome: Booked | Refused = booked
                if verdict == "refused" and await unit.undo(appointment_id, _REASON):
                    outcome = await self._refused(search, unit)
                answer = answer_of(outcome)
                await unit.finish(run, answer)
                await unit.commit()
            return answer

        if verdict != "refused" or self.search is None:
            return await finish(self.search)
        return await with_calendar(self.search, windows_around(self.search), finish)

    async def _refused(self, search: Search | None, unit: LedgerUnit) -> Refused:
        refusal = Refusal("not_free")
        return await refused(search, self.start, refusal, unit) if search else Refused(refusal)
