"""How callers are understood and spoken to: readings of words, the threshold of services, address and texts."""

from __future__ import annotations

from decimal import Decimal
from typing import cast, get_args

from zusage.app.operations.company_file._records import Understanding
from zusage.app.operations.company_file._table import Table
from zusage.language.book import THRESHOLD
from zusage.language.german.overrides import check_override
from zusage.language.policy_words import PolicyError, list_policies, read_policy
from zusage.language.settings import Address, SpeechSettings

# What has passed is always asked about: nobody books a day that is over.
_NOT_FOR_COMPANIES = frozenset({"past"})
_LOWEST, _HIGHEST, _NO_NUMBER = Decimal("0.3"), Decimal("0.95"), Decimal("NaN")
_LONGEST_TEMPLATE = 500


def read_understanding(root: Table) -> Understanding:
    """Read `[understanding]`; what the file does not name has the default, also a later version's."""
    table = root.table("understanding")
    if table is None:
        return Understanding()
    chosen = {name: value for name in _policies() if (value := _read_policy(table, name))}
    threshold = _read_threshold(table)
    table.finish()
    return Understanding(chosen, threshold)


def _policies() -> list[str]:
    return [each.name for each in list_policies() if each.name not in _NOT_FOR_COMPANIES]


def _read_policy(table: Table, name: str) -> str:
    value = table.text(name, "")
    if value:
        try:
            read_policy(name, value)
        except PolicyError as error:
            table.problem(name, str(error))
    return value


def _read_threshold(table: Table) -> float:
    value = table.raw("threshold")
    if value is None:
        return THRESHOLD
    number = (
        Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else _NO_NUMBER
    )
    if number.is_nan() or not _LOWEST <= number <= _HIGHEST:
        table.problem(
            "threshold", f"must be a number from {_LOWEST} to {_HIGHEST}, as threshold = {THRESHOLD}"
        )
        return THRESHOLD
    return float(number)


def read_speech(root: Table) -> SpeechSettings:
    """Read `[speech]` with its `[speech.texts]`."""
    table = root.table("speech")
    if table is None:
        return SpeechSettings()
    address = cast("Address", table.choice("address", "Sie", get_args(Address)))
    texts = table.table("texts")
    overrides = {} if texts is None else _read_texts(texts, address)
    table.finish()
    return SpeechSettings(address, overrides)


def _read_texts(table: Table, address: Address, group: str = "") -> dict[str, str]:
    """Read texts by key; without quotes TOML reads the dot of a key as a table within, which means the same."""
    texts: dict[str, str] = {}
    for name, value in table.rest().items():
        key = f"{group}{name}"
        if isinstance(value, dict):
            texts |= _read_texts(Table(value, table.at(name), table.report), address, f"{key}.")
            continue
        texts[key] = table.text(name, "", longest=_LONGEST_TEMPLATE)
        for message in check_override(key, texts[key], address) if texts[key] else ():
            table.problem(name, message)
    return texts
