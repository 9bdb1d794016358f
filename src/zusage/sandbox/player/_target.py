"""Where a scenario is played: an address, and the phone line that rings there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zusage.app.operations.company_file import BranchRecord, CompanyFile, Problem
from zusage.sandbox.player._scenario import Scenario, ScenarioError


@dataclass(frozen=True, slots=True)
class Target:
    """A running Zusage and one phone line of it; `zone` decides which day is today for the scenario."""

    base_url: str
    signing_key: str
    to_number: str
    agent_id: str
    zone: str = "Europe/Berlin"


def target_for(
    scenario: Scenario, companies: Sequence[CompanyFile], *, base_url: str, environ: Mapping[str, str]
) -> Target:
    """Find the phone line that a scenario rings among `companies`, and the key that signs for it.

    `environ` is asked for keys that do not stand in the file. Without a branch the company's first one is meant.

    :raises ScenarioError: no such company or branch, or it has no number or key."""
    company = next((each for each in companies if each.key == scenario.company), None)
    if company is None:
        known = ", ".join(each.key for each in companies)
        raise _error(scenario, "company", f'there is no company "{scenario.company}"; known are: {known}')
    record = _branch(scenario, company)
    number = scenario.to_number or next(iter(record.phone_numbers), None)
    agent = scenario.agent or next(iter(record.agents), None)
    key = next(iter([*company.signing_keys, *_from_environment(company, environ)]), None)
    if number is None or agent is None:
        raise _error(
            scenario, "branch", f'"{record.branch.key}" needs a phone number and an agent to be called'
        )
    if key is None:
        raise _error(scenario, "company", f'"{company.key}" has no signing key here; set {_names(company)}')
    return Target(base_url.rstrip("/"), key, number, agent, record.branch.zone)


def _branch(scenario: Scenario, company: CompanyFile) -> BranchRecord:
    by_key = {record.branch.key: record for record in company.branches}
    found = by_key.get(scenario.branch) if scenario.branch else company.branches[0]
    if found is None:
        known = ", ".join(by_key)
        raise _error(
            scenario, "branch", f'"{company.key}" has no branch "{scenario.branch}"; it has: {known}'
        )
    return found


def _from_environment(company: CompanyFile, environ: Mapping[str, str]) -> list[str]:
    return [environ[name] for name in company.signing_key_envs if environ.get(name)]


def _names(company: CompanyFile) -> str:
    return " or ".join(company.signing_key_envs) or "signing_keys in its file"


def _error(scenario: Scenario, field: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(1, field, message)], source=scenario.name)
