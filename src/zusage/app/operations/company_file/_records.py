"""What a company file says, checked and with ids: the input of the loader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from zusage.app.operations.company_file._report import Problem
from zusage.core.scheduling.masters import Branch, Chair, Service, Staff
from zusage.core.values import Period
from zusage.language.book import THRESHOLD
from zusage.language.settings import SpeechSettings

_NAMESPACE = UUID("6b5ad0f2-8d1f-5e0b-9a5c-1f0f2a7c7b11")


def stable_id(company_key: str, kind: str, key: str) -> UUID:
    """Give the id of one part of a company: the same three words always give the same id.

    `kind` is "company", "branch", "staff", "chair" or "service"; the key of a chair is "<branch>/<chair>"."""
    return uuid5(_NAMESPACE, f"{company_key}\x1f{kind}\x1f{key}")


@dataclass(frozen=True, slots=True)
class Absence:
    """Time a staff member is away or a chair cannot be used, as instants; whole days in the file end with the day they
    name."""

    period: Period
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BranchRecord:
    """A branch with what belongs to it alone; numbers are E.164, both they and agents unique in the company.

    `chair_absences` name chairs of `chairs` only; those of one chair do not overlap."""

    branch: Branch
    phone_numbers: tuple[str, ...]
    agents: tuple[str, ...]
    chairs: tuple[Chair, ...]
    chair_absences: tuple[tuple[Chair, Absence], ...] = ()


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """Someone who serves at one branch; `staff.skills` names only services which that branch offers."""

    key: str
    branch_id: UUID
    staff: Staff
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A service and the branches that offer it: never empty, all of them where the file says nothing."""

    service: Service
    branch_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """How callers are understood: `policies` by name as the file writes them (checked), only those it names."""

    policies: Mapping[str, str] = field(default_factory=dict)
    threshold: float = THRESHOLD


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """One company as its file describes it; everything in the order of the file.

    `signing_keys` stand in the file, `signing_key_envs` name environment variables that hold one each.
    `warnings` are worth a look but hinder nothing (a service nobody does)."""

    id: UUID
    key: str
    name: str
    currency: str
    language: str
    signing_keys: tuple[str, ...]
    signing_key_envs: tuple[str, ...]
    branches: tuple[BranchRecord, ...]
    staff: tuple[StaffRecord, ...]
    services: tuple[ServiceRecord, ...]
    understanding: Understanding = field(default_factory=Understanding)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    warnings: tuple[Problem, ...] = ()
