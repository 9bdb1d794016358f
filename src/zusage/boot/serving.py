"""The serving process: a socket, the server behind it, and a note of where it can be found."""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from zusage.adapters.embedded import EmbeddedError
from zusage.adapters.private_files import read_private, replace_private
from zusage.boot.http import create_app
from zusage.boot.logging import configure_logging
from zusage.boot.servers import Servers, open_servers, secret_box
from zusage.boot.settings import Settings, load_settings
from zusage.boot.wiring import build_parts

log = structlog.get_logger()

_BACKLOG = 512
_NEXT_PORTS = 50
_LAST_ANSWERS = 10
_LOOK_SECONDS, _SLOWEST_LOOK = 2.0, 30.0
_NOTE = "serving-{}.json"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - the addresses to translate
_WORKER_APP = "zusage.boot.serving:worker_app"


class AddressError(Exception):
    """The server cannot listen there; the message says why and what to do."""


def bind(host: str, port: int, *, search: bool) -> socket.socket:
    """Bind a socket; with `search` a taken port is passed over for one of the next fifty. Port 0 takes any.

    :raises AddressError: the address is taken, not ours, or needs other rights."""
    for candidate in range(port, min(port + _NEXT_PORTS, 65535) if search and port else port + 1):
        try:
            return _bind(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not search:
                raise AddressError(_reason(host, candidate, error)) from error
    raise AddressError(f"All ports from {port} to {port + _NEXT_PORTS - 1} are taken; name one with --port.")


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # Listening at once: between two processes that have only bound, the second would find out too late.
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    bound.set_inheritable(True)
    return bound


def _reason(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"{host!r} is no address of this machine; --host takes one, 127.0.0.1 for this machine alone."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken; stop what uses it, or choose another one with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may only be used by root; choose one above 1023 with --port."
    return f"Cannot listen on {host}, port {port}: {error.strerror}."


def base_url(listening: socket.socket) -> str:
    """Say where people and phones on this machine reach it."""
    host, port = listening.getsockname()[:2]
    host = _ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(settings: Settings, servers: Servers, listening: socket.socket) -> None:
    """Serve in this process until SIGTERM or SIGINT, which it raises again once the last answers are out.

    :raises SettingsError: see `build_parts` and `secret_box`."""
    parts = build_parts(settings, servers, secret_box(settings))
    uvicorn.Server(_config(create_app(parts))).run(sockets=[listening])


def serve_by_many(listening: socket.socket, workers: int) -> bool:
    """Serve by several processes that are kept alive, until SIGTERM or SIGINT; False when one could not start."""
    supervisor = Multiprocess(_config(_WORKER_APP, workers), sockets=[listening])
    supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def worker_app() -> Starlette:
    """Build the application in one of several processes: settings from the environment, servers found or joined."""
    settings = load_settings()
    configure_logging(settings)
    servers = ExitStack().enter_context(open_servers(settings, progress=lambda _line: None))
    return create_app(build_parts(settings, servers, secret_box(settings)))


@contextmanager
def serving_beside(
    settings: Settings, servers: Servers, listening: socket.socket
) -> Iterator[threading.Thread]:
    """Serve in a thread for as long as the block runs; the block starts when calls are answered.

    :raises RuntimeError: the server ended before it was ready; the log says why."""
    parts = build_parts(settings, servers, secret_box(settings))
    server = _ReadyServer(_config(create_app(parts)))
    thread = threading.Thread(target=server.run, args=([listening],), name="server", daemon=True)
    thread.start()
    try:
        server.wait_until_ready(thread)
        yield thread
    finally:
        server.should_exit = True
        thread.join()


class _ReadyServer(uvicorn.Server):
    """A server that tells another thread when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._changed = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._changed.set()

    def wait_until_ready(self, thread: threading.Thread) -> None:
        while not self._changed.wait(0.05):
            if not thread.is_alive():
                raise RuntimeError("the server ended before it was ready")


def _config(app: Starlette | str, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        log_config=None,
        access_log=False,
        lifespan="on",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )


@contextmanager
def kept_alive(servers: Servers, *, every: float = _LOOK_SECONDS) -> Iterator[None]:
    """Start the embedded servers again when they die while the block runs; others are not ours to start."""
    if servers.revive is None:
        yield
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep_alive, args=(servers.revive, over, every), name="keeper")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep_alive(revive: Callable[[], bool], over: threading.Event, every: float) -> None:
    failures = 0
    while not over.wait(min(every * 2**failures, _SLOWEST_LOOK)):
        try:
            if revive():
                log.warning("embedded_servers_started_again")
            failures = 0
        except (EmbeddedError, OSError) as error:
            failures = min(failures + 1, 5)
            log.error("embedded_servers_do_not_start", reason=str(error))  # noqa: TRY400 - the reason is a sentence


@contextmanager
def noted(data_dir: Path, url: str) -> Iterator[None]:
    """Keep a note of this process and its URL in the data directory, where `find_serving` looks.

    Each process has a note of its own: of two that serve from one directory, one must not take the other's along."""
    for path in data_dir.glob(_NOTE.format("*")):
        if not list(_living(path)):
            path.unlink(missing_ok=True)
    path = data_dir / _NOTE.format(os.getpid())
    replace_private(path, json.dumps({"pid": os.getpid(), "base_url": url}))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_serving(data_dir: Path) -> str | None:
    """Find the base URL of the process that serves from this data directory now, of several the latest started."""
    found = [each for path in data_dir.glob(_NOTE.format("*")) for each in _living(path)]
    return max(found)[1] if found else None


def _living(path: Path) -> Iterator[tuple[int, str]]:
    """Give when a note was written and its URL, if it can be read and its process lives."""
    with suppress(ValueError, OSError, TypeError, KeyError):
        note = json.loads(read_private(path) or "{}")
        if _lives(int(note["pid"])):
            yield path.stat().st_mtime_ns, str(note["base_url"])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
