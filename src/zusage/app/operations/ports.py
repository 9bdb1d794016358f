"""What the use cases of operations need from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

from zusage.app.errors import ZusageError
from zusage.app.operations.company_file import CompanyFile
from zusage.app.operations.watch import CompanySight, DatabaseSight
from zusage.core.values import Period


class LoadError(ZusageError):
    """A company file cannot be stored; the message is a sentence for its owner, and nothing was changed."""


class SecretUnreadable(ZusageError):  # noqa: N818
    """A sealed secret cannot be opened with the keys at hand."""


class Sealer(Protocol):
    """Seals secrets for storage; a sealed value opens only with the context it was sealed for."""

    def encrypt(self, plaintext: str, context: str) -> bytes: ...

    def decrypt(self, blob: bytes, context: str) -> str:
        """:raises SecretUnreadable: no key opens it."""

    def is_current(self, blob: bytes) -> bool:
        """Say whether the first key sealed it."""

    def fingerprints(self, plaintext: str, kind: str) -> tuple[bytes, ...]:
        """Hash a secret under each key, the first one's first: the same for every company, of no use without the keys."""


def secret_context(company_id: UUID, kind: str) -> str:
    """Name what a secret is for, so that a ciphertext is of no use in another row."""
    return f"company:{company_id}:{kind}"


def openable(seal: Sealer, sealed: Iterable[bytes], context: str) -> list[str]:
    """Open what can be opened, in this order; what no key opens is left out."""
    opened = []
    for blob in sealed:
        try:
            opened.append(seal.decrypt(blob, context))
        except SecretUnreadable:
            continue
    return opened


@dataclass(frozen=True, slots=True)
class CompanyName:
    company_id: UUID
    key: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class LineRef:
    """A number (E.164) or an agent that leads to a branch."""

    kind: Literal["number", "agent"]
    value: str
    branch_id: UUID


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret as it is stored; `fingerprint` is the first of those that the key that sealed it gives."""

    kind: str
    position: int
    sealed: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredAbsence:
    absence_id: UUID
    resource_id: UUID
    period: Period
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Time of one resource that a promise takes, buffers included."""

    resource_id: UUID
    kind: str
    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Promise:
    """An appointment that is not over, or a live hold (then `hold_id` stands and nobody has said a name).

    `served` is the time in which the staff member works on it, without gaps and buffers."""

    appointment_id: UUID | None
    hold_id: UUID | None
    branch_id: UUID
    branch: str
    zone: str
    service_id: UUID
    service: str
    staff_id: UUID
    staff: str
    attendee: str
    period: Period
    served: tuple[Period, ...]
    taken: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a promise cannot be kept as it stands: a stable `code`, and a sentence without its full stop."""

    code: Literal["branch", "service", "staff", "skill", "chair", "closed", "hours", "absence"]
    text: str


@dataclass(frozen=True, slots=True)
class StrandedPromise:
    promise: Promise
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CompanyState:
    """What is stored of a company; version 0 and nothing else where it is new. What rests counts, too."""

    version: int
    catalogue_hash: str
    name: str
    branch_keys: frozenset[str]
    resources: frozenset[UUID]
    lines: frozenset[LineRef]
    secrets: tuple[SealedSecret, ...]
    absences: Mapping[UUID, StoredAbsence]


@dataclass(frozen=True, slots=True)
class BranchOverview:
    key: str
    name: str
    zone: str
    active: bool
    numbers: tuple[str, ...]
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompanyOverview:
    company_id: UUID
    key: str
    name: str
    catalogue_version: int
    branches: tuple[BranchOverview, ...]


class CompanyUnit(Protocol):
    """One transaction of one company, rolled back unless `commit` was called.

    :raises LoadError: the database refuses what is written."""

    async def state(self) -> CompanyState:
        """Read what is stored, after waiting for whoever else is changing this company."""

    async def lock_resources(self, resources: Collection[UUID]) -> None:
        """Keep the time of these resources from being taken or given until the end; call before writing."""

    async def write_catalogue(self, file: CompanyFile, *, digest: str, version: int) -> None:
        """Store the masters; what is not in the file any more becomes inactive, and stays for what was booked."""

    async def put_lines(self, lines: Iterable[LineRef]) -> None:
        """Replace all lines.

        :raises LoadError: one belongs to another company; names the line, never the other."""

    async def secrets_taken(self, kind: str, fingerprints: Collection[bytes]) -> Collection[bytes]:
        """Tell which of these fingerprints belong to secrets of other companies."""

    async def put_secrets(self, kind: str, secrets: Sequence[SealedSecret]) -> None:
        """Replace all secrets of this kind.

        :raises LoadError: one belongs to another company."""

    async def block(self, absence: StoredAbsence) -> None:
        """Store an absence; each appointment and live hold that stands in it is noted for review."""

    async def unblock(self, absence_id: UUID) -> None: ...

    async def explain_absence(self, absence_id: UUID, reason: str) -> None: ...

    async def promises(self) -> Sequence[Promise]:
        """Read what is promised and not over, by start."""

    async def note_stranded(self, stranded: Iterable[StrandedPromise]) -> None:
        """Make a review item of each promise and reason, once for ever; absences have items of their own."""

    async def overview(self, company: CompanyName) -> CompanyOverview: ...

    async def commit(self) -> None: ...


class CompanyStore(Protocol):
    """`signing_kind` is the kind under which the voice platform's signing keys are kept."""

    signing_kind: str

    async def companies(self) -> Sequence[CompanyName]:
        """List all companies by key."""

    def unit(self, company_id: UUID) -> AbstractAsyncContextManager[CompanyUnit]: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the proof found wrong: a stable `code`, the rows or objects by id, and a sentence.

    `company` is the company's key, or empty where the database itself is meant."""

    code: str
    company: str
    ids: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Findings and how many rows of each kind were looked at."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]


class LedgerEvidence(Protocol):
    async def companies(self) -> Sequence[CompanyName]: ...

    async def of_company(self, company: CompanyName) -> Evidence: ...

    async def of_catalogue(self) -> Evidence:
        """Look whether every table, constraint, index, policy, trigger and function of the schema is in place."""


class Watch(Protocol):
    """Looks into the database; raises whatever the driver raises when it is away."""

    async def database(self) -> DatabaseSight: ...

    async def companies(self) -> Sequence[CompanyName]: ...

    async def company(self, company: CompanyName, *, calls: int) -> CompanySight:
        """Count, and give the last `calls` calls, the latest first."""


class Cache(Protocol):
    async def alive(self) -> bool:
        """Say whether the cache answers now; never raises."""


class Housekeeping(Protocol):
    async def due_companies(self, limit: int) -> list[UUID]: ...

    async def sweep(self, company_id: UUID, limit: int) -> int:
        """Expire at most `limit` overdue holds of one company and say how many; those in use are passed over."""
