"""Locks on files: the kernel gives them back when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self

_OPEN: weakref.WeakSet[FileLock] = weakref.WeakSet()
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_PAUSE = 0.02


class FileLock:
    """One `flock` on one file, created with mode 0600. A forked child loses its copy, so it cannot keep the lock."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, _FLAGS, 0o600)
        _OPEN.add(self)

    def take(self, *, shared: bool = False, seconds: float = 0.0) -> bool:
        """Take the lock within `seconds`; False when another holder keeps it."""
        mode = fcntl.LOCK_NB | (fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        until = time.monotonic() + seconds
        while not self._try(mode):
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
        return True

    def wait_free(self, seconds: float) -> bool:
        """Wait until nobody holds the lock; holds nothing itself afterwards."""
        free = self.take(shared=True, seconds=seconds)
        if free:
            fcntl.flock(self.fd, fcntl.LOCK_UN)
        return free

    def close(self) -> None:
        """Give the lock back, unless a server inherited it. Closing twice is fine."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def _try(self, mode: int) -> bool:
        try:
            fcntl.flock(self.fd, mode)
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


def _forget_in_child() -> None:
    for lock in list(_OPEN):
        lock.close()


os.register_at_fork(after_in_child=_forget_in_child)
