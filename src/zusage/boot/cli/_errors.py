"""What can go wrong for a user, as a sentence and an exit code."""

from __future__ import annotations

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

__all__ = ["FOUND", "WRONG", "ProblemError", "UsageError", "explain"]

_DEBUG = "Set ZUSAGE_DEBUG=1 to see where."

_KEPT_FROM_IT = (
    SettingsError,
    SecretKeyError,
    ScenarioError,
    AddressError,
    VocabularyError,
    CalendarSetupError,
    SecretUnreadable,
    ConnectionRefused,
    EmbeddedError,
    TargetUnreachableError,
)
_FOUND_IN_THE_FILE = (CompanyFileError, LoadError)


def explain(error: Exception) -> tuple[int, str] | None:
    """Give exit code and sentence for what a user can mend; None for what only a developer can."""
    if isinstance(error, _FOUND_IN_THE_FILE):
        return FOUND, str(error)
    if isinstance(error, _KEPT_FROM_IT):
        return WRONG, str(error)
    if isinstance(error, LedgerBusy):
        return WRONG, f"The database is too busy; try again. ({error})"
    if isinstance(error, psycopg.Error | PoolTimeout):
        return _database(error)
    return explain_usage(error)


def _database(error: Exception) -> tuple[int, str] | None:
    first = str(error).strip().split("\n", 1)[0]
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return (
            WRONG,
            f"The role may not do that: {first}. `zusage db roles` prints what each role needs. {_DEBUG}",
        )
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return WRONG, "The schema is missing; run `zusage db upgrade`."
    if isinstance(error, psycopg.OperationalError | PoolTimeout):
        return WRONG, (
            f"The database cannot be reached: {first}. "
            "Look whether it runs and whether ZUSAGE_DATABASE_URL, ZUSAGE_JOBS_URL and ZUSAGE_MIGRATE_URL are right."
        )
    return None
