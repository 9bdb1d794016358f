"""Connect a company's calendar: check the key, keep it sealed, and ask to be told of changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from zusage.app.calendar_setup.account import Asking
from zusage.app.calendar_setup.addresses import calendar_server, mail_domain, public_address
from zusage.app.calendar_setup.companies import find_company
from zusage.app.calendar_setup.ports import CalendarSetupError, SetupCalendars, SetupStore
from zusage.app.calendar_setup.subscribe import HookOutcome, HookReach, subscribe
from zusage.app.mirror.connection import CalendarConnection, CalendarMapping
from zusage.app.mirror.ports import Account, CalendarAccess


@dataclass(frozen=True, slots=True)
class ConnectWish:
    """What to connect. `server` is cal.com, cal.eu, or the URL of one's own; None keeps what is stored.

    `public_url` is where this installation is reached from outside; without it no webhook is asked for. `replace`
    lets another account take the place of the connected one: who is whom is then to be said anew. `courtesy` turns on
    or off that holds are hidden from web bookers, `unreachable` says what is offered while the calendar does not answer;
    None keeps it."""

    company: str
    api_key: str
    server: str | None = None
    email_domain: str | None = None
    public_url: str | None = None
    replace: bool = False
    courtesy: bool | None = None
    unreachable: Literal["offer", "hide"] | None = None


@dataclass(frozen=True, slots=True)
class Connected:
    """What came of it; `changed_account`: another one than before, so the mapping was forgotten. `going_on`: so many
    phases of appointments had waited for a key that is accepted."""

    company: str
    base_url: str
    account: Account
    hook: HookOutcome
    hook_reach: HookReach
    changed_account: bool
    courtesy: bool
    unreachable: Literal["offer", "hide"]
    going_on: int = 0


async def connect_calendar(
    wish: ConnectWish,
    *,
    store: SetupStore,
    calendars: SetupCalendars,
    new_token: Callable[[], str],
) -> Connected:
    """Connect a calendar, or renew the key of a connected one, and let what waited for it go on; repeating it changes
    nothing more.

    Branches are not mirrored yet: `map_calendar` brings them in once it is known who is whom.

    :param new_token: makes unguessable texts of at least 32 characters for the webhook's address and secret.
    :raises CalendarSetupError: there is no such company, something is missing, or the key is of another account.
    :raises CalendarUnusable: the key is wrong, or the calendar does not answer.
    :raises ConnectionRefused: another company has this key already."""
    company_id = await find_company(store, wish.company)
    before = await store.load_connection(company_id)
    public_url = public_address(wish.public_url) if wish.public_url else None
    access = _access(company_id, wish, before)
    asking = Asking(calendars.of(access))
    account = await asking(asking.calendar.me)
    changed = before is not None and _another(before, access, account)
    if before is not None and changed and not wish.replace:
        raise CalendarSetupError(_refusal(wish, account, before))
    connection = _connection(access, account, wish, None if changed else before, new_token)
    # Before it is asked for: what comes to the address at once finds its secret here.
    await store.save_connection(connection)
    if changed:
        await store.save_mapping(company_id, CalendarMapping())
    going_on = 0 if changed else await store.key_accepted(company_id)
    hook, reach = await subscribe(asking, account, connection, public_url)
    return Connected(
        wish.company,
        access.base_url,
        account,
        hook,
        reach,
        changed,
        courtesy=connection.courtesy_holds,
        unreachable=connection.unreachable,
        going_on=going_on,
    )


def _access(company_id: UUID, wish: ConnectWish, before: CalendarConnection | None) -> CalendarAccess:
    if not wish.api_key.strip():
        raise CalendarSetupError("The API key is empty.")
    if any(not 33 <= ord(letter) <= 126 for letter in wish.api_key.strip()):  # noqa: PLR2004 - printable ASCII
        raise CalendarSetupError("The API key has blanks or letters that no key has; copy it once more.")
    known = before.base_url if before is not None else calendar_server("cal.com")
    base_url = calendar_server(wish.server) if wish.server else known
    per_minute = before.per_minute if before is not None else 120
    return CalendarAccess(company_id, base_url, wish.api_key.strip(), per_minute)


def _another(before: CalendarConnection, access: CalendarAccess, account: Account) -> bool:
    return (before.base_url, before.account_id) != (access.base_url, account.user_id)


def _refusal(wish: ConnectWish, account: Account, before: CalendarConnection) -> str:
    return (
        f"{wish.company} is connected with the account {before.username} ({before.account_id}) at {before.base_url}, "
        f"and this key belongs to {account.username} ({account.user_id}). If that is meant, say --replace: who is whom "
        "is then forgotten, and what was booked in the old account stays there unwatched."
    )


def _connection(
    access: CalendarAccess,
    account: Account,
    wish: ConnectWish,
    before: CalendarConnection | None,
    new_token: Callable[[], str],
) -> CalendarConnection:
    if before is not None:
        return replace(
            before,
            api_key=access.api_key,
            username=account.username,
            email_domain=mail_domain(wish.email_domain) if wish.email_domain else before.email_domain,
            hook_secret=before.hook_secret or new_token(),
            hook_address=before.hook_address or new_token(),
            courtesy_holds=before.courtesy_holds if wish.courtesy is None else wish.courtesy,
            unreachable=wish.unreachable or before.unreachable,
        )
    if not wish.email_domain:
        raise CalendarSetupError(
            "Name a domain of the company with --email-domain: Cal.com wants an address for everybody who is booked, "
            "and writes to it; callers get addresses there that lead nowhere else."
        )
    return CalendarConnection(
        company_id=access.company_id,
        base_url=access.base_url,
        api_key=access.api_key,
        account_id=account.user_id,
        username=account.username,
        email_domain=mail_domain(wish.email_domain),
        branches={},
        hook_secret=new_token(),
        hook_address=new_token(),
        courtesy_holds=bool(wish.courtesy),
        unreachable=wish.unreachable or "offer",
    )
