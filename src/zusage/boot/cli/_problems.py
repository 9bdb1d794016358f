"""What a user can mend, as far as it needs no server to be known: light to import, see `_late`."""

from __future__ import annotations

FOUND, WRONG = 1, 2
"""How every command ends but for 0, when all is well: with FOUND where it has done what it was asked and what it tells
wants somebody, with WRONG where something kept it from that: the arguments, a setting, a server that is away."""


class UsageError(Exception):
    """Arguments that cannot be used; the message is a sentence."""


class ProblemError(Exception):
    """Something keeps a command from what it is asked; the message says what and how to mend it."""


def explain_usage(error: Exception) -> tuple[int, str] | None:
    """Give exit code and sentence for wrong arguments and unreadable files; None for everything else."""
    if isinstance(error, UsageError):
        return WRONG, str(error)
    if isinstance(error, ProblemError):
        return WRONG, str(error)
    if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError):
        return WRONG, f"{error.filename}: {error.strerror}."
    return None
