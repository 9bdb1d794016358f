"""How to reach the servers: passwords, kept in the data directory, and the URLs made of them."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from zusage.adapters.embedded._errors import EmbeddedError
from zusage.adapters.private_files import create_private, read_private

DATABASE = "zusage"
ADMIN, MIGRATE, APP, JOBS = "zusage_admin", "zusage_migrate", "zusage_app", "zusage_jobs"
VALKEY_SOCKET = "valkey.sock"
PORT = 5432
_WHO = (ADMIN, MIGRATE, APP, JOBS, "valkey")


@dataclass(frozen=True)
class EmbeddedUrls:
    """How to reach one database as each role, and Valkey: libpq URLs and a `unix://` URL, passwords inside.

    `admin` is a superuser, `migrate` owns the database, `app` and `jobs` are subject to row-level security. `repr()`
    shows none of them."""

    admin: str = field(repr=False)
    migrate: str = field(repr=False)
    app: str = field(repr=False)
    jobs: str = field(repr=False)
    valkey: str = field(repr=False)


def passwords_file(data_dir: Path) -> Path:
    """Name the file with the servers' passwords, made with the cluster."""
    return data_dir / "passwords"


def has_data(data_dir: Path) -> bool:
    """Say whether servers were started in this directory before; starts and changes nothing."""
    return passwords_file(data_dir).exists()


def load_passwords(data_dir: Path) -> dict[str, str] | None:
    """Load each one's password by name; None when there are none yet."""
    text = read_private(passwords_file(data_dir))
    return None if text is None else {who: str(json.loads(text)[who]) for who in _WHO}


def make_passwords(data_dir: Path, *, cluster_exists: bool) -> dict[str, str]:
    """Load the passwords, or make them for a new cluster.

    :raises EmbeddedError: a cluster exists, but its passwords are gone."""
    known = load_passwords(data_dir)
    if known is not None:
        return known
    if cluster_exists:
        raise EmbeddedError(
            f"The file {passwords_file(data_dir)} is missing, and nothing opens the database without it.",
            mend="Put it back; if the data may go, remove the data directory and start again.",
        )
    made = {who: secrets.token_hex(24) for who in _WHO}
    create_private(passwords_file(data_dir), json.dumps(made))
    return made


def make_urls(sockets: Path, passwords: dict[str, str], database: str = DATABASE) -> EmbeddedUrls:
    """Build the URLs of one database behind the sockets in `sockets`."""

    def postgres(role: str) -> str:
        host = quote(str(sockets), safe="")
        return f"postgresql://{role}:{quote(passwords[role])}@/{quote(database, safe='')}?host={host}&port={PORT}"

    valkey = f"unix://:{quote(passwords['valkey'])}@{quote(str(sockets / VALKEY_SOCKET))}?db=0"
    return EmbeddedUrls(postgres(ADMIN), postgres(MIGRATE), postgres(APP), postgres(JOBS), valkey)
