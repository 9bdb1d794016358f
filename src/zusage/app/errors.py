"""What a use case may meet and handle.

ZusageError
├── LedgerBusy         somebody else holds what we need for too long; trying again is safe
├── LedgerRefused      the referee refused a write the reading had promised; read again, then decide
├── LeaseLost          another process took this tool call over; nothing of ours was written
├── StillRunning       another process is at work on this very tool call
├── CalendarError      the external calendar did not do what was asked; its `kind` says what follows (mirror)
├── CalendarSetupError a calendar cannot be connected or mapped like this (calendar_setup)
│   └── CalendarUnusable   it cannot be asked: not connected, a wrong key, or not reachable
├── ConnectionRefused  a connection or mapping cannot be stored (mirror)
├── NotDelivered       an alert did not get through (alerts)
├── LoadError          a company file cannot be stored (operations)
├── SecretUnreadable   no key opens a sealed secret (operations)
└── VocabularyError    a word, service or branch that a company does not have (vocabulary)
"""

from __future__ import annotations


class ZusageError(Exception):
    """The root of the errors our own code raises on purpose."""


class LedgerBusy(ZusageError):  # noqa: N818
    """A lock or a statement took too long, or a deadlock was broken; nothing was written."""


class LedgerRefused(ZusageError):  # noqa: N818
    """A constraint or count contradicted what was read before; nothing was written."""


class LeaseLost(ZusageError):  # noqa: N818
    """The lease of a tool call passed to another process; the transaction was rolled back."""


class StillRunning(ZusageError):  # noqa: N818
    """Another process is at work on this very tool call and has not answered in time."""
