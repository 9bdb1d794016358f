"""Seal all secrets of all companies with the operator's first key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from zusage.app.operations.ports import (
    CompanyName,
    CompanyStore,
    SealedSecret,
    Sealer,
    SecretUnreadable,
    secret_context,
)


@dataclass(frozen=True, slots=True, order=True)
class LostSecret:
    """A secret that no key opens: of which company, what it is for, and which of several, counted from 1."""

    company: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class RotationReport:
    """How many secrets were sealed anew, how many had been before, and which none of the keys opens."""

    companies: int
    rotated: int
    current: int
    lost: tuple[LostSecret, ...]


async def rotate_secrets(*, store: CompanyStore, seal: Sealer) -> RotationReport:
    """Seal anew what another key than the first has sealed; afterwards the older keys may go, if nothing is lost.

    Each company is a transaction of its own: after an interruption, start again and the rest follows. Secrets that
    no key opens stay as they are.

    :raises LoadError: two companies have the same secret, which only loads under different keys at once can bring."""
    companies = await store.companies()
    results = [await _rotate_company(company, store, seal) for company in companies]
    return RotationReport(
        companies=len(companies),
        rotated=sum(rotated for rotated, _, _ in results),
        current=sum(current for _, current, _ in results),
        lost=tuple(sorted(secret for _, _, lost in results for secret in lost)),
    )


async def _rotate_company(
    company: CompanyName, store: CompanyStore, seal: Sealer
) -> tuple[int, int, list[LostSecret]]:
    rotated = current = 0
    lost: list[LostSecret] = []
    async with store.unit(company.company_id) as unit:
        secrets = (await unit.state()).secrets
        for kind, group in groupby(secrets, key=lambda secret: secret.kind):
            before = list(group)
            after = [_sealed_anew(company, secret, seal) for secret in before]
            lost += [LostSecret(company.key, kind, n) for n, new in enumerate(after, 1) if new is None]
            kept = [new or old for new, old in zip(after, before, strict=True)]
            changes = sum(new != old for new, old in zip(kept, before, strict=True))
            current += len(before) - changes - after.count(None)
            rotated += changes
            if changes:
                await unit.put_secrets(kind, kept)
        await unit.commit()
    return rotated, current, lost


def _sealed_anew(company: CompanyName, secret: SealedSecret, seal: Sealer) -> SealedSecret | None:
    """Give what is to be stored; None where no key opens it. What is current is opened too: it may be damaged."""
    context = secret_context(company.company_id, secret.kind)
    try:
        text = seal.decrypt(secret.sealed, context)
    except SecretUnreadable:
        return None
    if seal.is_current(secret.sealed):
        return secret
    fingerprint = seal.fingerprints(text, secret.kind)[0]
    return replace(secret, sealed=seal.encrypt(text, context), fingerprint=fingerprint)
