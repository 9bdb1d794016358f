"""Valkey: a cache that forgets everything when it stops, behind a socket and a password."""

from __future__ import annotations

import socket
from pathlib import Path

from zusage.adapters.embedded._places import Places
from zusage.adapters.embedded._process import ServerProcess
from zusage.adapters.embedded._urls import VALKEY_SOCKET

STOP_VALKEY = (("TERM", 3.0), ("KILL", 3.0))
_CONFIG = """\
port 0
unixsocket {socket}
unixsocketperm 700
requirepass {password}
save ""
appendonly no
maxmemory 64mb
maxmemory-policy allkeys-lru
daemonize no
"""


def launch_valkey(process: ServerProcess, places: Places, program: Path, password: str) -> None:
    """Start the server process. The password stands in a private file: arguments can be read by everyone."""
    config = _CONFIG.format(socket=places.sockets / VALKEY_SOCKET, password=password)
    places.account.run('cat >"$1"', places.servers / "valkey.conf", stdin=config)
    process.launch(program, places.servers / "valkey.conf")


def valkey_answers(sockets: Path, password: str) -> bool:
    """Say whether the server takes commands with this password."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            client.connect(str(sockets / VALKEY_SOCKET))
            client.sendall(f"AUTH {password}\r\n".encode())
            return client.recv(3) == b"+OK"
    except OSError:
        return False
