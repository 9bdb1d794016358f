"""The embedded servers of one data directory, shared by every process that uses it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from zusage.adapters.embedded import _postgres
from zusage.adapters.embedded._account import Account
from zusage.adapters.embedded._errors import EmbeddedError
from zusage.adapters.embedded._locks import FileLock
from zusage.adapters.embedded._places import (
    Places,
    find_sockets,
    prepare_data_dir,
    prepare_elsewhere,
    prepare_servers,
    prepare_sockets,
    remove_sockets,
    servers_elsewhere,
)
from zusage.adapters.embedded._postgres import STOP_POSTGRES
from zusage.adapters.embedded._process import ServerProcess, Signals
from zusage.adapters.embedded._programs import Programs, find_programs
from zusage.adapters.embedded._urls import ADMIN, EmbeddedUrls, load_passwords, make_passwords, make_urls
from zusage.adapters.embedded._valkey import STOP_VALKEY, launch_valkey, valkey_answers

ServerName = Literal["postgres", "valkey"]

ELSEWHERE = Path("/var/lib/zusage")
_TURN = 60.0
# A crash may have left much to replay; a server found running has no such excuse.
_READY, _READY_ADOPTED = 120.0, 5.0


def _silent(_line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class _Plan:
    """What a start needs to know about its data directory."""

    places: Places
    elsewhere: Path
    passwords: dict[str, str]
    settings: Mapping[str, str]
    progress: Callable[[str], None]

    @property
    def urls(self) -> EmbeddedUrls:
        return make_urls(self.places.sockets, self.passwords)


class EmbeddedServers:
    """PostgreSQL and Valkey of one data directory; made by `start`, usable as a context manager.

    Every process that uses the directory starts them; the first really does, the last to stop really stops them."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._users = FileLock(plan.places.data_dir / "users.lock")
        self._process_id = os.getpid()
        self._postgres = ServerProcess("postgres", plan.places)
        self._valkey = ServerProcess("valkey", plan.places)

    @classmethod
    def start(
        cls,
        data_dir: Path,
        *,
        account: str = "nobody",
        settings: Mapping[str, str] | None = None,
        elsewhere: Path = ELSEWHERE,
        progress: Callable[[str], None] = _silent,
    ) -> EmbeddedServers:
        """Start the servers of `data_dir`, or join those that run; returns when both take connections.

        :param account: who runs them when the caller is root; ignored otherwise.
        :param settings: PostgreSQL settings by name, on top of ours; servers that already run keep theirs.
        :param elsewhere: where data and programs go that `account` could not reach (only as root).
        :param progress: told in short lines what takes its time.
        :raises EmbeddedError: they cannot be started; says what to do."""
        chosen = Account.choose(account)
        home = prepare_data_dir(data_dir)
        try:
            with _turn(home):
                folder, owner = prepare_servers(home, chosen, elsewhere=elsewhere)
                passwords = make_passwords(home, cluster_exists=_postgres.has_cluster(folder, owner))
                places = Places(home, owner, folder, prepare_sockets(home, owner))
                servers = cls(_Plan(places, elsewhere, passwords, settings or {}, progress))
                servers._bring_up()
        except OSError as error:
            raise EmbeddedError.from_os(f"The servers of {home} cannot be started.", error) from error
        return servers

    @property
    def urls(self) -> EmbeddedUrls:
        """How to reach the database `zusage` as each role, and Valkey."""
        return self._plan.urls

    @property
    def data_dir(self) -> Path:
        """The real path of the data directory."""
        return self._plan.places.data_dir

    @property
    def log_path(self) -> Path:
        """PostgreSQL's log; its folder belongs to the servers' account."""
        return self._postgres.log_path

    def create_database(self, name: str, *, template: str | None = None) -> EmbeddedUrls:
        """Make a database owned by the migrating role, a copy of `template` if given; return its URLs.

        :raises EmbeddedError: there is one of that name, or someone is connected to the template."""
        _postgres.create_database(self.urls.admin, name, template)
        return make_urls(self._plan.places.sockets, self._plan.passwords, name)

    def drop_database(self, name: str) -> None:
        """Remove a database and disconnect whoever uses it; one that is not there is fine.

        :raises EmbeddedError: the server refuses."""
        _postgres.drop_database(self.urls.admin, name)

    def revive(self) -> bool:
        """Start again what died since; says whether something had. URLs stay as they were; safe in a thread.

        :raises EmbeddedError: a server cannot be started.
        :raises OSError: the data directory cannot be used."""
        if self._users.fd < 0 or not self.data_dir.is_dir():
            return False
        if self._postgres.alive() and self._valkey.alive():
            return False
        with _turn(self.data_dir):
            self._launch()
        return True

    def crash(self, name: ServerName) -> None:
        """Kill a server at once, as a crash would; `revive` starts it again. For rehearsals."""
        process = self._postgres if name == "postgres" else self._valkey
        process.signal("KILL")

    def stop(self) -> None:
        """Leave the servers, and stop them if nobody else uses them. Stopping twice, or in a forked child, is fine.

        :raises EmbeddedError: a server does not stop."""
        if self._process_id != os.getpid() or self._users.fd < 0:
            return
        if not self.data_dir.is_dir():
            # Somebody removed the data directory under us: nobody else can find these servers.
            self._leave()
            return
        with _turn(self.data_dir):
            self._leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _bring_up(self) -> None:
        if not self._users.take(shared=True, seconds=1):
            raise EmbeddedError(f"{self.data_dir} is being removed.", mend="Start again in a moment.")
        try:
            self._adopt()
            self._launch()
            _postgres.prepare_roles(self.urls.admin, self._plan.passwords)
        except BaseException:
            self._leave()
            raise

    def _adopt(self) -> None:
        """Join the servers that run; stop one that runs without answering."""
        for process, ready, stops in self._all():
            if process.alive():
                process.adopt()
                if not process.wait_ready(ready, _READY_ADOPTED):
                    process.stop(*stops)

    def _launch(self) -> None:
        """Start the servers that do not run, both at once, and wait for them."""
        programs = None if self._postgres.alive() and self._valkey.alive() else self._find_programs()
        if programs is not None:
            self._launch_missing(programs)
        for process, ready, _ in self._all():
            if not process.wait_ready(ready, _READY):
                raise EmbeddedError.from_output(
                    f"{process.name} does not start; its log: {process.log_path}.", process.log()
                )

    def _launch_missing(self, programs: Programs) -> None:
        plan, places = self._plan, self._plan.places
        if not self._valkey.alive():
            launch_valkey(self._valkey, places, programs.valkey, plan.passwords["valkey"])
        if self._postgres.alive():
            return
        if not _postgres.has_cluster(places.servers, places.account):
            plan.progress(f"making the database in {places.servers}")
            _postgres.create_cluster(
                self._postgres,
                places,
                programs.bin,
                plan.passwords[ADMIN],
                durable=plan.settings.get("fsync") != "off",
            )
        plan.progress("starting PostgreSQL and Valkey")
        _postgres.launch_postgres(self._postgres, places, programs.bin, plan.settings)

    def _find_programs(self) -> Programs:
        places = self._plan.places
        elsewhere = prepare_elsewhere(self._plan.elsewhere) if places.account.switch else self._plan.elsewhere
        return find_programs(places.account, elsewhere=elsewhere)

    def _all(self) -> tuple[tuple[ServerProcess, Callable[[], bool], Signals], ...]:
        """Both servers, each with how to ask whether it is ready and how to stop it."""
        admin, sockets, password = self.urls.admin, self._plan.places.sockets, self._plan.passwords["valkey"]
        return (
            (self._postgres, lambda: _postgres.answers(admin), STOP_POSTGRES),
            (self._valkey, lambda: valkey_answers(sockets, password), STOP_VALKEY),
        )

    def _leave(self) -> None:
        """Give up our use; the last one stops the servers. Under the turn."""
        try:
            if self._users.take():
                self._stop_processes()
                shutil.rmtree(self._plan.places.sockets.parent, ignore_errors=True)
        finally:
            for lock in (self._postgres, self._valkey, self._users):
                lock.close()

    def _stop_processes(self) -> None:
        if self._valkey.alive():
            self._valkey.signal("TERM")
        self._postgres.stop(*STOP_POSTGRES)
        self._valkey.stop(*STOP_VALKEY)


def running(data_dir: Path) -> EmbeddedUrls | None:
    """Look whether the servers of `data_dir` run and answer; starts, locks and changes nothing.

    :raises EmbeddedError: the data directory cannot be read."""
    try:
        if not data_dir.is_dir():
            return None
        home = data_dir.resolve()
        sockets, passwords = find_sockets(home), load_passwords(home)
    except OSError as error:
        raise EmbeddedError.from_os(f"The data directory {data_dir} cannot be read.", error) from error
    if sockets is None or passwords is None:
        return None
    urls = make_urls(sockets, passwords)
    answering = _postgres.answers(urls.admin) and valkey_answers(sockets, passwords["valkey"])
    return urls if answering else None


def erase(data_dir: Path) -> None:
    """Remove a data directory with all its data, here and elsewhere; one that is not there is fine.

    :raises EmbeddedError: its servers are in use or left running, or it cannot be removed."""
    if not data_dir.is_dir():
        return
    home = prepare_data_dir(data_dir)
    with _turn(home), FileLock(home / "users.lock") as users:
        if not users.take() or running(home) is not None:
            raise EmbeddedError(f"The servers of {home} are running.", mend="Stop what uses them first.")
        outside = servers_elsewhere(home)
        remove_sockets(home)
        try:
            if outside is not None:
                shutil.rmtree(outside)
            shutil.rmtree(home)
        except OSError as error:
            raise EmbeddedError.from_os(f"{home} cannot be removed.", error) from error


def _turn(data_dir: Path) -> FileLock:
    """Take the turn to start or stop the servers of `data_dir`; closing it gives it back."""
    lock = FileLock(data_dir / "start.lock")
    if not lock.take(seconds=_TURN):
        lock.close()
        raise EmbeddedError(
            f"Another process has been starting or stopping the servers of {data_dir} for {_TURN:.0f} s.",
            mend="Look for a `zusage` that hangs, and end it.",
        )
    return lock
