"""What can go wrong with the embedded servers, said in sentences that a user can act on."""

from __future__ import annotations

_LOG_LINES = 12
_MENDS = (
    ("no space left", "Free some disk space and start again."),
    (
        "incompatible with server",
        "The folder was made by another PostgreSQL version: move it away, or use that version.",
    ),
    ("could not create shared memory", "Raise the system's shared memory limit, or stop other databases."),
    ("cannot allocate memory", "Free some memory and start again."),
    ("permission denied", "Give the folder back to the user who runs this, or use another data directory."),
    ("file exists", "Name a folder as data directory, not a file."),
    ("not a directory", "Name a folder as data directory, not a file."),
    ("bad interpreter", "Create the virtual environment again: `make clean`, then start again."),
)
_UNKNOWN = "Read the lines below; if the data may go, remove the data directory and start again."


class EmbeddedError(Exception):
    """The embedded servers cannot be started, reached or stopped.

    `str()` is the whole message for a terminal: what failed and where, how to mend it, the end of the log."""

    def __init__(self, what: str, *, mend: str, log: str = "") -> None:
        self.what = what
        self.mend = mend
        self.log = "\n".join(log.strip().splitlines()[-_LOG_LINES:])
        super().__init__("\n".join(part for part in (f"{what} {mend}", self.log) if part))

    @classmethod
    def from_output(cls, what: str, output: str) -> EmbeddedError:
        """Build the error of a program that failed, with the mend that fits what it printed."""
        return cls(what, mend=mend_for(output), log=output)

    @classmethod
    def from_os(cls, what: str, error: OSError) -> EmbeddedError:
        """Build the error of a failed file operation."""
        return cls(f"{what} ({error})", mend=mend_for(str(error)))


def mend_for(output: str) -> str:
    """Name the step that mends what `output` complains about."""
    text = output.lower()
    return next((mend for needle, mend in _MENDS if needle in text), _UNKNOWN)
