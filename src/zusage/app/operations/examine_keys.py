"""Tell with which keys companies can be reached."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from zusage.app.operations.ports import CompanyStore, Sealer, openable, secret_context


@dataclass(frozen=True, slots=True)
class CompanyKeys:
    """How many signing keys of a company are `stored`, how many of them open, and whether one is `public`."""

    company: str
    stored: int
    opened: int
    public: bool


async def examine_keys(*, store: CompanyStore, seal: Sealer, public: Collection[str]) -> list[CompanyKeys]:
    """Open the signing keys of all companies, by key of the company; writes nothing, and no key leaves.

    :param public: keys that everybody knows, such as those of the demo."""
    found = []
    for company in await store.companies():
        async with store.unit(company.company_id) as unit:
            secrets = (await unit.state()).secrets
        sealed = [secret.sealed for secret in secrets if secret.kind == store.signing_kind]
        keys = openable(seal, sealed, secret_context(company.company_id, store.signing_kind))
        known = not set(public).isdisjoint(keys)
        found.append(CompanyKeys(company.key, len(sealed), len(keys), known))
    return found
