"""What can go wrong for a user, as a sentence and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg_pool import PoolTimeout

from zusage.adapters.crypto import SecretKeyError
from zusage.adapters.embedded import EmbeddedError
from zusage.app.calendar_setup.ports import CalendarSetupError
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.connection import ConnectionRefused
from zusage.app.operations.company_file import CompanyFileError
from zusage.app.operations.ports import LoadError, SecretUnreadable
from zusage.app.vocabulary.ports import VocabularyError
from zusage.boot.cli._problems import FOUND, WRONG, ProblemError, UsageError, explain_usage
from zusage.boot.serving import AddressError
from zusage.boot.settings import SettingsError
from zusage.sandbox.player import ScenarioError, TargetUnreachableError

__all__ = ["FOUND", "WRONG", "ProblemError", "UsageError", "explain", "unknown_as_wrong"]

_DEBUG = "Set ZUSAGE_DEBUG=1 to see where."

_CODES: dict[type[Exception], int] = {
    SettingsError: WRONG,
    SecretKeyError: WRONG,
    ScenarioError: WRONG,
    AddressError: WRONG,
    VocabularyError: WRONG,
    CalendarSetupError: WRONG,
    SecretUnreadable: WRONG,
    ConnectionRefused: FOUND,
    EmbeddedError: FOUND,
    CompanyFileError: FOUND,
    LoadError: FOUND,
    TargetUnreachableError: FOUND,
}


def explain(error: Exception) -> tuple[int, str] | None:
    """Give exit code and sentence for what a user can mend; None for what only a developer can."""
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            return code, str(error)
    if isinstance(error, LedgerBusy):
        return FOUND, f"The database is too busy; try again. ({error})"
    if isinstance(error, psycopg.Error | PoolTimeout):
        return _database(error)
    return explain_usage(error)


@contextmanager
def unknown_as_wrong() -> Iterator[None]:
    """Let whatever keeps a command from finding out end with 2, where its 1 means something else.

    :raises UsageError: in place of what was raised, with its sentence."""
    try:
        yield
    except Exception as error:
        known = explain(error)
        if known is None:
            raise
        raise UsageError(known[1]) from error


def _database(error: Exception) -> tuple[int, str] | None:
    first = str(error).strip().split("\n", 1)[0]
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return (
            FOUND,
            f"The role may not do that: {first}. `zusage db roles` prints what each role needs. {_DEBUG}",
        )
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return FOUND, "The schema is missing; run `zusage db upgrade`."
    if isinstance(error, psycopg.OperationalError | PoolTimeout):
        return FOUND, (
            f"The database cannot be reached: {first}. "
            "Look whether it runs and whether ZUSAGE_DATABASE_URL, ZUSAGE_JOBS_URL and ZUSAGE_MIGRATE_URL are right."
        )
    return None
