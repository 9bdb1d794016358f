"""What the rehearsing agent knows of the branch it answers for."""

from __future__ import annotations

from dataclasses import dataclass

from zusage.app.operations.company_file import BranchRecord, CompanyFile
from zusage.core.scheduling.masters import Week
from zusage.language.book import THRESHOLD
from zusage.language.german.states import state_of
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.policy_words import read_policies
from zusage.language.reading import ServiceEntry


@dataclass(frozen=True, slots=True)
class Shop:
    """A branch as an agent has it in its instructions: what is offered, by whom, where and when it is
    open, and how its company understands."""

    services: tuple[ServiceEntry, ...]
    staff: tuple[str, ...]
    zone: str
    region: str | None = None
    week: Week | None = None
    policies: Policies = DEFAULTS
    threshold: float = THRESHOLD


def shop_of(company: CompanyFile, record: BranchRecord) -> Shop:
    branch = record.branch
    offered = [each.service for each in company.services if branch.id in each.branch_ids]
    return Shop(
        tuple(ServiceEntry(s.key, s.name, s.category, s.synonyms) for s in offered),
        tuple(each.staff.name for each in company.staff if each.branch_id == branch.id),
        branch.zone,
        state_of(branch.country, branch.region),
        branch.week,
        read_policies(company.understanding.policies),
        company.understanding.threshold,
    )
