"""What is wrong with a connected calendar, before a caller finds out; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from zusage.app.calendar_setup.account import AccountPicture
from zusage.app.calendar_setup.map_calendar import mirrored_minutes, unbookable
from zusage.app.calendar_setup.propose import names_length
from zusage.app.calendar_setup.wishes import Piece, pieces_of, staff_of
from zusage.app.mirror.connection import CalendarMapping, HostMapping, SegmentMapping
from zusage.app.mirror.ports import BookingField, EventType
from zusage.core.scheduling import mapped_staff
from zusage.core.scheduling.masters import BranchBook

Level = Literal["error", "warning"]

_SENT = frozenset({"name", "email", "location", "rescheduleReason"})
"""Default fields that a booking of ours answers, or Cal.com by itself."""
_PHONE = frozenset({"attendeePhoneNumber", "smsReminderNumber"})
_DEFAULT = frozenset({"title", "notes", "guests", "attendeePhoneNumber"})
"""Default fields count only where they are shown; a question of one's own is demanded even if it is hidden."""
_MOMENTS = tuple(datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=15 * n) for n in range(50))
"""Moments in both halves of two years: zones that agree at all of them have the same rules."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it has to be. An error makes bookings fail or keeps callers from booking at all.

    `about` says where, `sentence` what, `mend` how to mend it."""

    level: Level
    code: str
    about: str
    sentence: str
    mend: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """What no event type may be that callers are booked on."""

    broken: Callable[[EventType], bool]
    level: Level
    code: str
    sentence: str
    mend: str


_RULES = (
    _Rule(
        lambda kind: kind.needs_confirmation,
        "error",
        "confirmation",
        "Bookings stay requests until somebody confirms them, and block nothing until then.",
        'Switch off "Requires confirmation".',
    ),
    _Rule(
        lambda kind: kind.needs_verified_email,
        "error",
        "email_verification",
        "Bookings need a verified address, and callers have none.",
        'Switch off "Requires booker email verification".',
    ),
    _Rule(
        lambda kind: kind.needs_login,
        "error",
        "login",
        "Only people who are logged in may book.",
        "Let everybody book.",
    ),
    _Rule(
        lambda kind: kind.seated,
        "error",
        "seats",
        "It is for several people at one time.",
        "Switch off seats, or map another event type.",
    ),
    _Rule(
        lambda kind: kind.recurring,
        "error",
        "recurring",
        "One booking becomes a series.",
        "Switch off recurring, or map another event type.",
    ),
    _Rule(
        lambda kind: kind.price > 0,
        "error",
        "price",
        "It must be paid at once, which nobody can on the phone.",
        "Take the payment out.",
    ),
    _Rule(
        lambda kind: kind.cancelling_off,
        "error",
        "cancelling",
        "Bookings cannot be cancelled.",
        "Allow cancelling.",
    ),
    _Rule(
        lambda kind: kind.limited,
        "warning",
        "limited",
        "It takes only so many bookings in a time or of one person, and refuses the next.",
        "Take the limit out.",
    ),
    _Rule(
        lambda kind: bool(kind.before_min or kind.after_min),
        "warning",
        "buffers",
        "It has buffers of its own, beside those of the company file.",
        "Set them to 0, and say buffers in the company file.",
    ),
)


@dataclass(frozen=True, slots=True)
class Examined:
    """All that is looked at: the connected branches, the account, and what is stored of it."""

    company: str
    books: Sequence[BranchBook]
    picture: AccountPicture
    mapping: CalendarMapping


def find_problems(seen: Examined) -> list[Finding]:
    """Look at hosts, event types, rules, zones and what is missing; errors first."""
    found = [*_about_hosts(seen), *_about_pieces(seen), *_about_missing(seen)]
    return sorted(dict.fromkeys(found), key=lambda each: each.level != "error")


def _about_hosts(seen: Examined) -> Iterator[Finding]:
    names = {member.id: member.name for member in staff_of(seen.books)}
    hosts = [host for host in seen.mapping.hosts if host.staff_id in names]
    shared = Counter(host.host_id for host in hosts)
    kinds = seen.picture.event_types
    for host in hosts:
        name = names[host.staff_id]
        if seen.picture.member(host.host_id) is None:
            yield _error(
                "host_gone",
                name,
                f"Nobody has the number {host.host_id} in this account any more.",
                f'Invite {name} at Cal.com, or say who it is: zusage calcom map {seen.company} --host "{name}=ID" --apply',
            )
        if shared[host.host_id] > 1:
            both = ", ".join(names[each.staff_id] for each in hosts if each.host_id == host.host_id)
            yield _error(
                "host_shared",
                both,
                "They share one calendar, so Cal.com refuses the second of two at one time.",
                "Give each of them an account of their own at Cal.com, and map again.",
            )
        yield from _about_probe(seen, host, name, kinds)


def _about_probe(
    seen: Examined, host: HostMapping, name: str, kinds: dict[int, EventType]
) -> Iterator[Finding]:
    mend = f"zusage calcom map {seen.company} --apply makes it."
    if host.probe_event_type_id is None:
        yield _warning(
            "probe_missing",
            name,
            "There is no event type that tells all free times at once; each service has to be asked for.",
            mend,
        )
        return
    kind = kinds.get(host.probe_event_type_id)
    if kind is None or kind.host_ids != (host.host_id,):
        yield _warning("probe_gone", name, "The event type that tells their free times is gone.", mend)
    elif kind.notice_min or kind.horizon_days is not None or kind.before_min or kind.after_min:
        yield _warning(
            "probe_limited",
            name,
            f"{_titled(kind)} has a notice, a horizon or buffers, so it hides times that are free.",
            "Take them out at Cal.com.",
        )


@dataclass(frozen=True, slots=True)
class _Linked:
    """A piece with the event type it is mapped to, which is in the account."""

    company: str
    piece: Piece
    link: SegmentMapping
    kind: EventType
    host_id: int | None

    @property
    def about(self) -> str:
        return f"{self.piece.label} with {self.piece.member.name}"

    @property
    def again(self) -> str:
        return _again(self.company, self.piece)


def _again(company: str, piece: Piece) -> str:
    return f'zusage calcom map {company} --set "{piece.said}=ID" --apply'


def _about_pieces(seen: Examined) -> Iterator[Finding]:
    links = {(each.service_id, each.ordinal, each.staff_id): each for each in seen.mapping.segments}
    hosts = {each.staff_id: each.host_id for each in seen.mapping.hosts}
    for piece in pieces_of(seen.books):
        link = links.get(piece.key)
        if link is None:
            continue
        kind = seen.picture.event_types.get(link.event_type_id)
        if kind is None:
            yield _error(
                "event_type_gone",
                f"{piece.label} with {piece.member.name}",
                f"The event type {link.event_type_id} is not in this account.",
                _again(seen.company, piece),
            )
        else:
            linked = _Linked(seen.company, piece, link, kind, hosts.get(piece.member.id))
            yield from _about_linked(seen, linked)


def _about_linked(seen: Examined, linked: _Linked) -> Iterator[Finding]:
    if linked.kind.is_managed_parent:
        yield _error(
            "managed_parent",
            linked.about,
            f"{_titled(linked.kind)} is only the template of a managed event type: it has no free times and cannot be "
            "booked.",
            f"Take the person's own copy: {linked.again}",
        )
        return
    yield from _about_length(linked)
    if linked.kind.host_ids != (linked.host_id,):
        name = linked.piece.member.name
        yield _error(
            "host",
            linked.about,
            f"{_titled(linked.kind)} is not with {name} alone, so Cal.com may choose another.",
            f"Take one that is with {name} alone: {linked.again}",
        )
    yield from _about_rules(linked.kind)
    yield from _about_limits(linked.piece, linked.kind)
    yield from _about_zone(seen, linked)


def _about_length(linked: _Linked) -> Iterator[Finding]:
    piece, link, kind = linked.piece, linked.link, linked.kind
    lengths = kind.lengths or (kind.length_min,)
    if link.length_min != piece.minutes:
        yield _error(
            "length_changed",
            linked.about,
            f"It takes {piece.minutes} min now, and was mapped with {link.length_min}; it is not offered.",
            f"zusage calcom map {linked.company} --apply",
        )
    elif piece.minutes not in lengths:
        yield _error(
            "length",
            linked.about,
            f"It takes {piece.minutes} min, and {_titled(kind)} {_listed(lengths)} min.",
            f"Set the length at Cal.com, or map another: {linked.again}",
        )
    elif link.send_length != names_length(kind, piece.minutes):
        yield _error(
            "length_choice",
            linked.about,
            f"{_titled(kind)} has one length now where it had several, or the other way round.",
            f"zusage calcom map {linked.company} --apply",
        )


def _about_rules(kind: EventType) -> Iterator[Finding]:
    about = _titled(kind)
    for rule in _RULES:
        if rule.broken(kind):
            yield Finding(rule.level, rule.code, about, rule.sentence, rule.mend)
    yield from (_asked(about, each) for each in kind.fields if _is_asked(each))


def _is_asked(field: BookingField) -> bool:
    shown = not field.hidden or field.slug not in _DEFAULT
    return field.required and shown and field.slug not in _SENT


def _asked(about: str, field: BookingField) -> Finding:
    if field.slug in _PHONE:
        return _warning(
            "phone_required",
            about,
            "It demands a phone number; callers who hide theirs cannot be booked.",
            "Make the field optional.",
        )
    return _error(
        "required_field",
        about,
        f'It demands an answer to "{field.slug}", which callers are not asked for.',
        "Make the field optional; hiding it is not enough.",
    )


def _about_limits(piece: Piece, kind: EventType) -> Iterator[Finding]:
    service = piece.service
    if kind.notice_min > service.min_notice_minutes:
        yield _error(
            "notice",
            f"{_titled(kind)}, {service.name}",
            f"It takes bookings {kind.notice_min} min ahead at the latest, and here {service.min_notice_minutes} are enough.",
            "Set the minimum notice at Cal.com to 0, or the service's to as much.",
        )
    if kind.horizon_days is not None and kind.horizon_days < service.max_advance_days:
        yield _error(
            "horizon",
            f"{_titled(kind)}, {service.name}",
            f"It takes bookings {kind.horizon_days} days ahead at most, and here {service.max_advance_days} are offered.",
            "Take the limit out at Cal.com, or set the service's to as little.",
        )


def _about_zone(seen: Examined, linked: _Linked) -> Iterator[Finding]:
    branch = linked.piece.branch
    schedule = seen.picture.schedule_of(linked.kind, linked.host_id or 0)
    if schedule is None or _same_zone(schedule.zone, branch.zone):
        return
    yield _error(
        "zone",
        f'working hours "{schedule.name}" of {linked.piece.member.name}',
        f"They are in {schedule.zone}, and {branch.name} is in {branch.zone}.",
        f"Set the time zone of these working hours to {branch.zone}.",
    )


def _about_missing(seen: Examined) -> Iterator[Finding]:
    minutes = mirrored_minutes(seen.mapping)
    for book in seen.books:
        for service in book.services:
            able = [member for member in book.staff if service.id in member.skills]
            if service.bookable_by_phone and able and not mapped_staff(service, able, minutes):
                yield _error(
                    "service_unmapped",
                    f"{service.name}, {book.branch.name}",
                    "It is mapped with nobody, so it is never offered.",
                    f"zusage calcom map {seen.company}",
                )
    for branch, member, service_name in unbookable(seen.books, seen.mapping):
        yield _warning(
            "unmapped",
            f"{service_name} with {member}, {branch}",
            f"It is not mapped, so {member} is never offered for it.",
            f"zusage calcom map {seen.company}",
        )


def _same_zone(one: str, other: str) -> bool:
    """Zones are the same for us if their names or their rules are: Europe/Berlin and Europe/Busingen, say."""
    if one == other:
        return True
    try:
        return _rules(one) == _rules(other)
    except (KeyError, ValueError):
        return False


def _rules(zone: str) -> tuple[object, ...]:
    return tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in _MOMENTS)


def _error(code: str, about: str, sentence: str, mend: str) -> Finding:
    return Finding("error", code, about, sentence, mend)


def _warning(code: str, about: str, sentence: str, mend: str) -> Finding:
    return Finding("warning", code, about, sentence, mend)


def _titled(kind: EventType) -> str:
    return f'"{kind.title}" ({kind.event_type_id})'


def _listed(lengths: Sequence[int]) -> str:
    return " or ".join(str(each) for each in lengths)
