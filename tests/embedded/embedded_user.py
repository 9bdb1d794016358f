"""Another process that uses the embedded servers of a folder, to be ended politely or not."""

from __future__ import annotations

import pwd
import signal
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import os, sys
from pathlib import Path
from support.servers import start_test_servers
from zusage.adapters.embedded import EmbeddedError, running
import encodings.idna
folder, uid, gid = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if uid:
    os.setgroups([]); os.setgid(gid); os.setuid(uid)
try:
    servers = start_test_servers(folder)
except EmbeddedError as error:
    print("error", error.what, flush=True)
    sys.exit(3)
print("ready", flush=True)
order = sys.stdin.readline().strip()
if order == "fork":
    child = os.fork()
    if not child:
        sys.stdin.readline()
        os._exit(0)
servers.stop()
print("running" if running(folder / "zusage") else "gone", flush=True)
"""


class UserProcess:
    """A process that has started (or is starting) the servers of `folder`, as `account` if given (only root can)."""

    def __init__(self, folder: Path, *, account: str | None = None) -> None:
        entry = pwd.getpwnam(account) if account else None
        ids = [str(entry.pw_uid), str(entry.pw_gid)] if entry else ["0", "0"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(folder), *ids],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                "PYTHONPATH": str(Path(__file__).parents[1]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "LANG": "C.UTF-8",
            },
        )

    def line(self) -> str:
        """Wait for the next line it prints: `ready`, `error …`, then `running` or `gone` after `leave`."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def leave(self, order: str = "stop") -> str:
        """Let it stop its use; return whether it found the servers `running` or `gone` afterwards."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return self.line()

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.send_signal(signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """Let what waits for its input go, and wait for its end."""
        self._process.communicate(timeout=60)
