"""From the text of a company file to checked records, or to all that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from decimal import Decimal

from zusage.app.operations.company_file._branches import read_branch
from zusage.app.operations.company_file._language import read_speech, read_understanding
from zusage.app.operations.company_file._lines import line_map
from zusage.app.operations.company_file._records import (
    BranchRecord,
    CompanyFile,
    ServiceRecord,
    StaffRecord,
    stable_id,
)
from zusage.app.operations.company_file._report import CompanyFileError, Path, Problem, Report
from zusage.app.operations.company_file._services import CURRENCIES, read_service
from zusage.app.operations.company_file._staff import read_member
from zusage.app.operations.company_file._table import Table

_SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHORTEST_KEY = 8


def parse_company_file(text: str, *, source: str) -> CompanyFile:
    """Read one company from TOML `text`; `source` names the file in messages. The same text gives the same ids.

    :raises CompanyFileError: with every problem found, in the order of the file; a syntax error stands alone."""
    data = _load(text, source)
    report = Report(line_map(text))
    company = _read_company(Table(data, (), report))
    if report.problems:
        raise CompanyFileError(report.problems, source=source)
    return company


def _load(text: str, source: str) -> dict[str, object]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise CompanyFileError([_syntax_problem(str(error), text)], source=source) from error


def _syntax_problem(message: str, text: str) -> Problem:
    place = _SYNTAX_PLACE.search(message)
    what = message[: place.start()] if place else message
    if place and place[1]:
        return Problem(int(place[1]), "", f"this is not TOML: {what} (column {place[2]})")
    return Problem(max(1, len(text.splitlines())), "", f"this is not TOML: {what} (at the end of the file)")


def _read_company(root: Table) -> CompanyFile:
    head = _required_table(root, "company")
    key, name = head.slug(), head.text("name")
    currency = head.choice("currency", "EUR", CURRENCIES)
    language = head.choice("language", "de", ("de",))
    keys, environment = _read_voice(root)
    understanding, speech = read_understanding(root), read_speech(root)
    branches = _read_branches(root, key)
    services = _read_services(root, key, currency, branches)
    staff = _read_staff(root, key, branches, services)
    _warn_of_idle_services(root, services, staff)
    _warn_of_missing_chairs(root, services, branches)
    head.finish()
    root.finish()
    return CompanyFile(
        id=stable_id(key, "company", key),
        key=key,
        name=name,
        currency=currency,
        language=language,
        signing_keys=keys,
        signing_key_envs=environment,
        branches=tuple(branches),
        staff=tuple(staff),
        services=tuple(services),
        understanding=understanding,
        speech=speech,
        warnings=tuple(root.report.warnings),
    )


def _required_table(root: Table, key: str) -> Table:
    table = root.table(key)
    if table is None and not root.has(key):
        root.problem(key, f"is missing; begin the file with [{key}], key and name")
    return table or Table({}, (key,), Report({}))


def _read_voice(root: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read the keys themselves and the names of the environment variables that hold one."""
    voice = root.table("voice")
    if voice is None:
        return (), ()
    keys = voice.texts("signing_keys")
    for position, key in enumerate(keys):
        if len(key) < _SHORTEST_KEY:
            message = f"a signing key has at least {_SHORTEST_KEY} characters"
            voice.report.problem(voice.at("signing_keys", position), message)
    name = voice.text("signing_key_env", "")
    if name and not _ENV_NAME.fullmatch(name):
        voice.problem("signing_key_env", f'"{name}" is no name of an environment variable')
    voice.finish()
    return keys, (name,) if name else ()


def _read_branches(root: Table, company_key: str) -> list[BranchRecord]:
    tables = root.tables("branch")
    if not tables:
        root.problem("branch", "is missing; a company needs at least one [[branch]]")
    branches = [read_branch(table, company_key=company_key) for table in tables]
    _refuse_twice(tables, "key", [record.branch.key for record in branches])
    _refuse_twice(tables, "name", [record.branch.name for record in branches])
    _refuse_shared(tables, "phone_numbers", [record.phone_numbers for record in branches])
    _refuse_shared(tables, "agents", [record.agents for record in branches])
    return branches


def _read_services(
    root: Table, company_key: str, currency: str, branches: Sequence[BranchRecord]
) -> list[ServiceRecord]:
    tables = root.tables("service")
    if not tables:
        root.problem("service", "is missing; a company needs at least one [[service]]")
    ids = {record.branch.key: record.branch.id for record in branches}
    services = [
        read_service(table, company_key=company_key, currency=currency, branch_ids=ids) for table in tables
    ]
    _refuse_twice(tables, "key", [record.service.key for record in services])
    _refuse_twice(tables, "name", [record.service.name for record in services])
    return services


def _read_staff(
    root: Table, company_key: str, branches: Sequence[BranchRecord], services: Sequence[ServiceRecord]
) -> list[StaffRecord]:
    tables = root.tables("staff")
    by_key = {record.branch.key: record for record in branches}
    members = [
        read_member(table, company_key=company_key, branches=by_key, services=services) for table in tables
    ]
    _refuse_twice(tables, "key", [member.key if member else "" for member in members])
    names = [(member.branch_id, member.staff.name.casefold()) if member else None for member in members]
    _refuse_twice(tables, "name", names, where=" at this branch; add what callers may say, as a family name")
    return [member for member in members if member is not None]


def _refuse_twice(
    tables: Sequence[Table], key: str, values: Sequence[object], *, where: str = "; make each one different"
) -> None:
    folded = [value.casefold() if isinstance(value, str) else value for value in values]
    for position, value in enumerate(folded):
        if value and value in folded[:position]:
            tables[position].problem(key, f"this {key} is already taken{where}")


def _refuse_shared(tables: Sequence[Table], key: str, values: Sequence[Iterable[str]]) -> None:
    seen: set[str] = set()
    for table, own in zip(tables, values, strict=True):
        for value in own:
            if value in seen:
                table.problem(key, f"{value} stands twice; it leads to one branch only")
            seen.add(value)


def _warn_of_idle_services(
    root: Table, services: Sequence[ServiceRecord], staff: Sequence[StaffRecord]
) -> None:
    """Warn of services that nobody can do at a branch that offers them."""
    for position, record in enumerate(services):
        able = {member.branch_id for member in staff if record.service.id in member.staff.skills}
        if not set(record.branch_ids) <= able:
            path: Path = root.at("service", position)
            where = "anywhere" if not able else "at every branch that offers it"
            root.report.warn(path, f'nobody does "{record.service.name}" {where}, so it is never free there')


def _warn_of_missing_chairs(
    root: Table, services: Sequence[ServiceRecord], branches: Sequence[BranchRecord]
) -> None:
    chairless = {record.branch.id: record.branch.key for record in branches if not record.chairs}
    for position, record in enumerate(services):
        places = [chairless[branch_id] for branch_id in record.branch_ids if branch_id in chairless]
        if places and any(segment.needs_chair for segment in record.service.segments):
            message = f"needs a chair, and there are none at {', '.join(places)}; it is never free there"
            root.report.warn(root.at("service", position), message)
