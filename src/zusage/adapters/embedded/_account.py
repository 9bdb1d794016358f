"""The account that the servers run as, and everything that is done in its name."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zusage.adapters.embedded._errors import EmbeddedError

_ENV = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}
_UID_BITS = 0xFFFFFFFF
_LIMIT = 120


@dataclass(frozen=True)
class Account:
    """Who runs the servers; `switch` says whether that is somebody else than this process (only root can)."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def choose(cls, name: str) -> Account:
        """Choose the caller's own account, or for root the existing unprivileged account `name`.

        :raises EmbeddedError: the account does not exist or is root."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switch=False)
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            raise EmbeddedError(
                f"PostgreSQL never runs as root, and the account {name!r} to run it as does not exist.",
                mend="Name an existing unprivileged account.",
            ) from None
        return cls._somebody(entry.pw_uid & _UID_BITS, entry.pw_gid & _UID_BITS)

    @classmethod
    def owner_of(cls, folder: Path) -> Account:
        """Choose whoever owns an existing server folder: PostgreSQL starts for nobody else.

        :raises EmbeddedError: the folder belongs to a user that this process cannot act for."""
        info = folder.lstat()
        if os.geteuid() == 0:
            return cls._somebody(info.st_uid, info.st_gid)
        if info.st_uid != os.geteuid():
            raise EmbeddedError(
                f"{folder} belongs to user {info.st_uid}, not to you ({os.geteuid()}).",
                mend="Start as that user, or use another data directory.",
            )
        return cls(info.st_uid, info.st_gid, switch=False)

    @classmethod
    def _somebody(cls, uid: int, gid: int) -> Account:
        if uid == 0:
            raise EmbeddedError(
                "PostgreSQL never runs as root.", mend="Name an existing unprivileged account."
            )
        return cls(uid, gid, switch=True)

    def run(self, script: str, *args: str | Path, stdin: str = "", fds: Sequence[int] = ()) -> str:
        """Run a shell script as this account with `args` as $1, $2 …; return what it printed.

        Nothing of the caller's environment, terminal or folder reaches it; files it makes are private (umask 077).

        :raises EmbeddedError: it cannot be run.
        :raises ScriptFailed: it ended with an error."""
        command = ["/bin/sh", "-c", script, "sh", *map(str, args)]
        try:
            # Arguments are handed over as "$1" …, never pasted into the script.
            done = subprocess.run(  # noqa: S603
                command,
                input=stdin.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_ENV,
                umask=0o077,
                start_new_session=True,
                pass_fds=fds,
                timeout=_LIMIT,
                check=False,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
            )
        except subprocess.TimeoutExpired:
            raise EmbeddedError(
                f"A step took longer than {_LIMIT} s.", mend="Is the disk very slow or full?"
            ) from None
        except OSError as error:
            raise EmbeddedError.from_os(f"Nothing can be run as user {self.uid}.", error) from error
        output = done.stdout.decode(errors="replace")
        if done.returncode:
            raise ScriptFailed(output)
        return output

    def can(self, script: str, *args: str | Path) -> bool:
        """Ask a yes-or-no question as this account; the exit code of `script` answers."""
        try:
            self.run(script, *args)
        except ScriptFailed:
            return False
        return True

    def own(self, folder: Path) -> None:
        """Make `folder` if needed, private to this account."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.switch and folder.lstat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)


class ScriptFailed(Exception):  # noqa: N818 - an answer that its caller turns into a sentence
    """A script ended with an error; `output` is what it printed."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output
