"""Store a company as its file describes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Literal
from uuid import UUID

from zusage.app.operations.company_file import Absence, CompanyFile, stable_id
from zusage.app.operations.ports import (
    CompanyState,
    CompanyStore,
    CompanyUnit,
    LineRef,
    LoadError,
    SealedSecret,
    Sealer,
    StoredAbsence,
    StrandedPromise,
    openable,
    secret_context,
)
from zusage.app.operations.stranded import find_stranded

# Absences of the file have ids made of its words (version 5); what people enter elsewhere has other ids and stays.
_OF_A_FILE = 5

Part = Literal["catalogue", "lines", "signing keys", "absences"]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading did. `changed` names the parts that differed; empty means that no master was written.

    `stranded` are all promises that cannot be kept as they stand, whichever load brought it about: appointments that
    are not over and live holds, by start. Each is a review item."""

    key: str
    created: bool
    catalogue_version: int
    changed: tuple[Part, ...]
    stranded: tuple[StrandedPromise, ...] = ()

    @property
    def outcome(self) -> Literal["created", "changed", "unchanged"]:
        if self.created:
            return "created"
        return "changed" if self.changed else "unchanged"


async def load_company(
    file: CompanyFile, *, store: CompanyStore, seal: Sealer, environment: Mapping[str, str]
) -> LoadReport:
    """Bring what is stored of a company to what its file says: all of it, or nothing; repeating changes nothing.

    What was promised stands, whatever the file says; the report names what it was promised on and is gone.

    :param environment: where the variables stand that the file names for signing keys.
    :raises LoadError: a variable is missing; a number, agent, signing key or the key itself is another company's; or
        the database refuses.
    :raises LedgerBusy: the company's time was locked for too long; trying again is safe."""
    wanted = _Wanted(file, _signing_keys(file, environment))
    async with store.unit(file.id) as unit:
        state = await unit.state()
        _refuse_another(file, state)
        changed = tuple(wanted.differences(state, store.signing_kind, seal))
        version = state.version + ("catalogue" in changed)
        if changed:
            # All of them: whoever books meanwhile is seen below, or sees the change.
            await unit.lock_resources(wanted.resources | state.resources)
            await _write(unit, wanted, state, changed, version)
        if "signing keys" in changed:
            await _write_keys(unit, wanted, store.signing_kind, seal)
        stranded = find_stranded(file, await unit.promises(), wanted.all_absences(state))
        await unit.note_stranded(stranded)
        await unit.commit()
    return LoadReport(file.key, state.version == 0, version, changed, tuple(stranded))


def _refuse_another(file: CompanyFile, state: CompanyState) -> None:
    """Refuse a file that has nothing but its key in common with what is stored: it is another company's."""
    if state.version == 0 or file.name == state.name:
        return
    if state.branch_keys.isdisjoint(record.branch.key for record in file.branches):
        raise LoadError(
            f'The key "{file.key}" belongs to another company already, with another name and other branches; '
            "nothing was changed. A new company needs a key of its own. "
            "To give this one a new name and new branches, load the name first, then the branches."
        )


class _Wanted:
    """What the file asks for, in the shape of what is stored."""

    def __init__(self, file: CompanyFile, keys: tuple[str, ...]) -> None:
        self.file = file
        self.keys = keys
        self.digest = catalogue_digest(file)
        self.lines = frozenset(_lines(file))
        self.absences = {absence.absence_id: absence for absence in _absences(file)}
        self.resources = {record.staff.id for record in file.staff}
        self.resources |= {chair.id for record in file.branches for chair in record.chairs}

    def all_absences(self, state: CompanyState) -> list[StoredAbsence]:
        """List the absences once the file is loaded: its own, and those that were entered elsewhere."""
        elsewhere = [a for a in state.absences.values() if a.absence_id.version != _OF_A_FILE]
        return [*self.absences.values(), *elsewhere]

    def differences(self, state: CompanyState, kind: str, seal: Sealer) -> Iterator[Part]:
        if self.digest != state.catalogue_hash:
            yield "catalogue"
        if self.lines != state.lines:
            yield "lines"
        if list(self.keys) != _known_keys(self.file.id, state, kind, seal):
            yield "signing keys"
        if self.absences != {a.absence_id: a for a in _of_the_file(state)}:
            yield "absences"


async def _write(
    unit: CompanyUnit, wanted: _Wanted, state: CompanyState, changed: Collection[Part], version: int
) -> None:
    if "catalogue" in changed:
        await unit.write_catalogue(wanted.file, digest=wanted.digest, version=version)
    if "lines" in changed:
        await unit.put_lines(sorted(wanted.lines))
    await _write_absences(unit, wanted, state)


async def _write_absences(unit: CompanyUnit, wanted: _Wanted, state: CompanyState) -> None:
    for known in _of_the_file(state):
        if known.absence_id not in wanted.absences:
            await unit.unblock(known.absence_id)
    for absence in wanted.absences.values():
        before = state.absences.get(absence.absence_id)
        if before is None:
            await unit.block(absence)
        elif before.reason != absence.reason:
            await unit.explain_absence(absence.absence_id, absence.reason)


async def _write_keys(unit: CompanyUnit, wanted: _Wanted, kind: str, seal: Sealer) -> None:
    """Store the signing keys, unless one is another company's, which could then sign for this one's calls."""
    fingerprints = [seal.fingerprints(key, kind) for key in wanted.keys]
    taken = await unit.secrets_taken(kind, [each for group in fingerprints for each in group])
    for number, group in enumerate(fingerprints, start=1):
        if not set(taken).isdisjoint(group):
            raise LoadError(f"Signing key {number} belongs to another company already; nothing was changed.")
    context = secret_context(wanted.file.id, kind)
    sealed = [seal.encrypt(key, context) for key in wanted.keys]
    await unit.put_secrets(
        kind, [SealedSecret(kind, n, sealed[n], group[0]) for n, group in enumerate(fingerprints)]
    )


def _of_the_file(state: CompanyState) -> Iterator[StoredAbsence]:
    return (a for a in state.absences.values() if a.absence_id.version == _OF_A_FILE)


def _signing_keys(file: CompanyFile, environment: Mapping[str, str]) -> tuple[str, ...]:
    missing = [name for name in file.signing_key_envs if not environment.get(name)]
    if missing:
        raise LoadError(
            f"The signing key of {file.key} stands in {missing[0]}, but that variable is not set."
        )
    found = (*file.signing_keys, *(environment[name] for name in file.signing_key_envs))
    return tuple(dict.fromkeys(found))


def _known_keys(company_id: UUID, state: CompanyState, kind: str, seal: Sealer) -> list[str] | None:
    """Open the stored keys; None where one cannot be opened, which differs from every list of keys."""
    sealed = [secret.sealed for secret in state.secrets if secret.kind == kind]
    opened = openable(seal, sealed, secret_context(company_id, kind))
    return opened if len(opened) == len(sealed) else None


def _lines(file: CompanyFile) -> Iterator[LineRef]:
    for record in file.branches:
        yield from (LineRef("number", number, record.branch.id) for number in record.phone_numbers)
        yield from (LineRef("agent", agent, record.branch.id) for agent in record.agents)


def _absences(file: CompanyFile) -> Iterator[StoredAbsence]:
    """Name each absence by whose it is and when: other dates are another absence."""
    for member in file.staff:
        for absence in member.absences:
            yield _stored(file.key, member.key, member.staff.id, absence)
    for record in file.branches:
        for chair, absence in record.chair_absences:
            # No staff member has such a key: a slash is none of its characters.
            yield _stored(file.key, f"{record.branch.key}/{chair.name}", chair.id, absence)


def _stored(company_key: str, whose: str, resource_id: UUID, absence: Absence) -> StoredAbsence:
    period = absence.period
    words = f"{whose}/{period.start.isoformat()}/{period.end.isoformat()}"
    return StoredAbsence(stable_id(company_key, "absence", words), resource_id, period, absence.reason)


def catalogue_digest(file: CompanyFile) -> str:
    """Give a hash of the masters: not of lines, keys and absences, which change without a new catalogue."""
    masters = replace(
        file,
        signing_keys=(),
        signing_key_envs=(),
        warnings=(),
        branches=tuple(
            replace(record, phone_numbers=(), agents=(), chair_absences=()) for record in file.branches
        ),
        staff=tuple(replace(record, absences=()) for record in file.staff),
    )
    return hashlib.sha256(json.dumps(_plain(masters), sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    """Turn records into what JSON can say, the same for the same content."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | None) else str(value)
