"""Say what of a company is what in its calendar, and from then on mirror its branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from zusage.app.calendar_setup.account import AccountPicture, Asking, read_account
from zusage.app.calendar_setup.companies import find_connection
from zusage.app.calendar_setup.ports import CalendarSetupError, Member, SetupCalendars, SetupStore
from zusage.app.calendar_setup.propose import HostProposal, Proposal, probe_slug, propose
from zusage.app.calendar_setup.wishes import read_wishes
from zusage.app.mirror.connection import (
    PROBE_MINUTES,
    BranchCalendar,
    CalendarConnection,
    CalendarMapping,
)
from zusage.app.mirror.ports import EventType, EventTypeWanted
from zusage.core.scheduling import is_mapped
from zusage.core.scheduling.masters import BranchBook


@dataclass(frozen=True, slots=True)
class MapWish:
    """What to map. `hosts` and `pieces` are decisions as `read_wishes` reads them; `branches` by key, () for all."""

    company: str
    hosts: Sequence[str] = ()
    pieces: Sequence[str] = ()
    branches: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MapView:
    """A proposal with all it was made of. `unbookable` are (branch, staff member, service) that would not be offered."""

    connection: CalendarConnection
    books: tuple[BranchBook, ...]
    picture: AccountPicture
    proposal: Proposal
    unbookable: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """Whether a host's probe event type was made; `problem` says why not."""

    host: HostProposal
    event_type_id: int | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was stored. `branches` are the keys of those that are mirrored from now on."""

    mapping: CalendarMapping
    branches: tuple[str, ...]
    probes: tuple[ProbeOutcome, ...] = field(default=())


async def view_mapping(wish: MapWish, *, store: SetupStore, calendars: SetupCalendars) -> MapView:
    """Read the account and propose a mapping; changes nothing.

    :raises CalendarSetupError: there is no such company or branch, or a decision cannot be read.
    :raises CalendarUnusable: no calendar is connected, its key is wrong, or it does not answer."""
    connection = await find_connection(store, wish.company)
    books = _chosen(await store.books(connection.company_id), wish.branches)
    stored = await store.load_mapping(connection.company_id)
    wishes = read_wishes(wish.hosts, wish.pieces, books)
    picture = await read_account(Asking(calendars.of(connection.access)))
    proposal = propose(books, picture, stored, wishes)
    return MapView(connection, books, picture, proposal, tuple(unbookable(books, proposal.mapping)))


async def apply_mapping(
    view: MapView, *, with_probes: bool, store: SetupStore, calendars: SetupCalendars
) -> Applied:
    """Store what was proposed, make the missing probe event types if wished, and mirror the branches from now on.

    Whoever is not mapped is not offered from the next tool call on. A branch in which nothing is mapped is left as it
    is. Repeating it makes nothing twice: a probe is known by its name.

    :raises CalendarSetupError: nothing at all is mapped.
    :raises ConnectionRefused: the database refuses it."""
    mapped = [book for book in view.books if _any_mapped(book, view.proposal.mapping)]
    if not mapped:
        raise CalendarSetupError("Nothing could be mapped, so nothing was stored; see what is missing.")
    probes = await _make_probes(view, calendars) if with_probes else ()
    mapping = _whole(await store.load_mapping(view.connection.company_id), view, probes)
    await store.save_mapping(view.connection.company_id, mapping)
    # After the mapping: a branch that is mirrored before would offer nobody in between.
    branches = dict(view.connection.branches)
    for book in mapped:
        branches.setdefault(book.branch.id, BranchCalendar())
    await store.save_connection(replace(view.connection, branches=branches))
    return Applied(mapping, tuple(book.branch.key for book in mapped), probes)


def unbookable(books: Sequence[BranchBook], mapping: CalendarMapping) -> list[tuple[str, str, str]]:
    """Tell who is not offered for what under a mapping: branch, staff member, service."""
    minutes = mirrored_minutes(mapping)
    return [
        (book.branch.key, member.name, service.name)
        for book in books
        for member in book.staff
        for service in book.services
        if service.id in member.skills and service.bookable_by_phone
        if not is_mapped(service, member, minutes)
    ]


def mirrored_minutes(mapping: CalendarMapping) -> dict[tuple[UUID, int, UUID], int]:
    return {(each.service_id, each.ordinal, each.staff_id): each.length_min for each in mapping.segments}


def _chosen(books: Sequence[BranchBook], keys: Sequence[str]) -> tuple[BranchBook, ...]:
    there = {book.branch.key: book for book in books}
    unknown = [key for key in keys if key not in there]
    if unknown:
        raise CalendarSetupError(
            f'There is no branch "{unknown[0]}"; there are: {", ".join(there) or "none"}.'
        )
    return tuple(there[key] for key in keys or there)


def _any_mapped(book: BranchBook, mapping: CalendarMapping) -> bool:
    minutes = mirrored_minutes(mapping)
    return any(is_mapped(service, member, minutes) for member in book.staff for service in book.services)


def _whole(stored: CalendarMapping, view: MapView, probes: Sequence[ProbeOutcome]) -> CalendarMapping:
    """Put the mapping of the branches that were looked at beside that of the others."""
    made = {each.host.member.id: each.event_type_id for each in probes if each.event_type_id is not None}
    seen = {member.id for book in view.books for member in book.staff}
    new = view.proposal.mapping
    hosts = [
        replace(each, probe_event_type_id=made.get(each.staff_id, each.probe_event_type_id))
        for each in new.hosts
    ]
    return CalendarMapping(
        (*hosts, *(each for each in stored.hosts if each.staff_id not in seen)),
        (*new.segments, *(each for each in stored.segments if each.staff_id not in seen)),
    )


async def _make_probes(view: MapView, calendars: SetupCalendars) -> tuple[ProbeOutcome, ...]:
    asking = Asking(calendars.of(view.connection.access))
    made: dict[int, ProbeOutcome] = {}
    outcomes = []
    for each in view.proposal.unprobed:
        host = each.host
        if host is None:
            continue
        if host.user_id not in made:
            made[host.user_id] = await _make_probe(asking, view.picture, each, host)
        outcomes.append(replace(made[host.user_id], host=each))
    return tuple(outcomes)


async def _make_probe(
    asking: Asking, picture: AccountPicture, proposal: HostProposal, host: Member
) -> ProbeOutcome:
    """Make the event type whose free times are all of a host's: for oneself a personal one, for others one of the team."""
    wanted = EventTypeWanted(
        title=f"Zusage: freie Zeiten {host.name or host.username}",
        slug=probe_slug(host.user_id),
        length_min=PROBE_MINUTES,
        slot_interval=PROBE_MINUTES,
        notice_min=0,
        hidden=True,
    )
    calendar, team = asking.calendar, picture.team_of.get(host.user_id)
    if host.user_id == picture.account.user_id:
        create = partial(calendar.create_event_type, wanted)
    elif team is not None:
        create = partial(calendar.create_team_event_type, team, host.user_id, wanted)
    else:
        return ProbeOutcome(
            proposal, None, f"{host.name} is in no team of this account, and only a team can make it"
        )
    try:
        kind: EventType = await asking(create)
    except CalendarSetupError as error:
        return ProbeOutcome(proposal, None, str(error))
    return ProbeOutcome(proposal, kind.event_type_id)
