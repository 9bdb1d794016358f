"""Look at a company's calendar unasked, and leave what is wrong with it for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

import structlog

from zusage.app.calendar_setup.account import is_not_for_us
from zusage.app.calendar_setup.check_calendar import check_calendar
from zusage.app.calendar_setup.ports import CalendarUnusable, SetupCalendars, SetupStore

log = structlog.get_logger()

_KEY_REFUSED = "key_refused"


class NightlyStore(SetupStore, Protocol):
    async def note_check(self, company_id: UUID, errors: Mapping[str, int], text: str) -> None:
        """Keep that the calendar was looked at, with how many errors of which code.

        One review item of the company stands open while there are any; without any it is closed."""


async def check_nightly(company_id: UUID, *, store: NightlyStore, calendars: SetupCalendars) -> None:
    """Check every service, segment and person of a company against its calendar, as `zusage calcom check` does.

    Errors open a review item that names their codes, nobody and nothing personal; it closes by itself with the first
    check that finds none. A calendar that does not answer is no finding: the next hour tries again.

    :raises LedgerBusy: the database is too busy; trying again is safe.
    :raises SecretUnreadable: no key opens the calendar's key."""
    key = next((each.key for each in await store.companies() if each.company_id == company_id), None)
    if key is None:
        return
    try:
        report = await check_calendar(key, store=store, calendars=calendars)
    except CalendarUnusable as error:
        if not is_not_for_us(error):
            log.warning("calendar_not_checked", company_id=str(company_id), reason=str(error))
            return
        errors = Counter([_KEY_REFUSED])
    else:
        errors = Counter(each.code for each in report.findings if each.level == "error")
    await store.note_check(company_id, errors, _sentence(key, errors))
    if errors:
        log.error("calendar_needs_review", company_id=str(company_id), errors=dict(errors))


def _sentence(key: str, errors: Mapping[str, int]) -> str:
    found = ", ".join(f"{count} × {code}" if count > 1 else code for code, count in sorted(errors.items()))
    return f"{found}; `zusage calcom check {key}` says where, and how to mend it."
