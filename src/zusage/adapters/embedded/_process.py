"""One server process: started, recognised, and stopped the same way whoever started it.

It inherits a locked file and holds the lock as long as it or a child of it lives. So whether it lives is the kernel's
word: no process id that was given to another program, no file left by a crash can mislead."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from zusage.adapters.embedded._account import ScriptFailed
from zusage.adapters.embedded._errors import EmbeddedError
from zusage.adapters.embedded._locks import FileLock
from zusage.adapters.embedded._places import Places

Signals = tuple[tuple[str, float], ...]

_PAUSE = 0.01
_LOG_SIZE = 4_000_000
# The shell leaves at once, so the server is nobody's child here: no zombie, and Ctrl-C does not reach it. The number is
# kept before it is told: nobody may be there any more to hear it.
LAUNCH = f"""
set -e
cd "$1"; name=$2; shift 2
if [ -f "$name.log" ] && [ "$(wc -c <"$name.log")" -gt {_LOG_SIZE} ]; then mv -f "$name.log" "$name.log.1"; fi
"$@" >>"$name.log" 2>&1 </dev/null &
echo $! >"$name.pid"
cat "$name.pid"
"""
# Sent as the servers' account: a wrong number can hit nobody else's process.
_SIGNAL = 'kill -s "$1" "$(cat "$2" 2>/dev/null || echo "$3")"'


class ServerProcess:
    """The process called `name` of one data directory, running or not."""

    def __init__(self, name: str, places: Places) -> None:
        self.name = name
        self._places = places
        self._watch = FileLock(places.data_dir / f"{name}.lock")
        self._pid = ""

    def alive(self) -> bool:
        """Say whether it, or a child of it, runs."""
        return not self._watch.wait_free(0)

    def launch(self, *command: str | Path) -> None:
        """Start it; returns before it is ready. Call only when it is not alive.

        :raises EmbeddedError: it cannot be run at all."""
        places = self._places
        with self.lock() as lock:
            try:
                self._pid = places.account.run(
                    LAUNCH, places.servers, self.name, *command, fds=[lock.fd]
                ).strip()
            except ScriptFailed as failed:
                raise EmbeddedError.from_output(f"{self.name} cannot be started.", failed.output) from failed

    def lock(self) -> FileLock:
        """Take the lock that says it lives, to be inherited by what is started under it.

        :raises EmbeddedError: it lives already."""
        lock = FileLock(self._places.data_dir / f"{self.name}.lock")
        if not lock.take(seconds=1):
            lock.close()
            raise EmbeddedError(f"Another {self.name} serves {self._places.data_dir}.", mend="Start again.")
        return lock

    def adopt(self) -> None:
        """Learn the number of a process that somebody else started, should its file vanish later."""
        with contextlib.suppress(ScriptFailed):
            self._pid = self._places.account.run(
                'cat "$1"', self._places.servers / f"{self.name}.pid"
            ).strip()

    def wait_ready(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready()`; False when that takes longer than `seconds` or the process dies."""
        until = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > until or not self.alive():
                return False
            time.sleep(_PAUSE)
        return True

    def signal(self, name: str) -> None:
        """Send a signal (`INT`, `TERM` …); a process that is gone is fine."""
        with contextlib.suppress(ScriptFailed):
            self._places.account.run(_SIGNAL, name, self._pid_path, self._pid)

    def stop(self, *signals: tuple[str, float]) -> None:
        """Send signals, each with the seconds to wait for the end before the next one.

        :raises EmbeddedError: it outlives them all."""
        for name, seconds in signals:
            if not self.alive():
                return
            self.signal(name)
            if self._watch.wait_free(seconds):
                return
        if self.alive():
            raise EmbeddedError(f"{self.name} does not stop.", mend=f"See {self.log_path}.", log=self.log())

    def close(self) -> None:
        """Stop watching; the server is not touched."""
        self._watch.close()

    @property
    def _pid_path(self) -> Path:
        return self._places.servers / f"{self.name}.pid"

    @property
    def log_path(self) -> Path:
        return self._places.servers / f"{self.name}.log"

    def log(self) -> str:
        """Read the end of its log."""
        try:
            return self._places.account.run('tail -n 20 "$1"', self.log_path)
        except ScriptFailed as failed:
            return failed.output
