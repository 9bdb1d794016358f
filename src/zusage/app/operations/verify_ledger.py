"""Prove on live data that every promise stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from zusage.app.operations.ports import Finding, LedgerEvidence


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at and what was found wrong; no findings means proven."""

    companies: int
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def proven(self) -> bool:
        return not self.findings


async def verify_ledger(*, evidence: LedgerEvidence) -> Proof:
    """Look through the schema and, company by company, through every claim, hold and appointment; writes nothing.

    Safe while the service runs: each check is one statement with one snapshot."""
    companies = await evidence.companies()
    parts = [await evidence.of_catalogue()]
    parts += [await evidence.of_company(company) for company in companies]
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    return Proof(len(companies), counts, tuple(finding for part in parts for finding in part.findings))
