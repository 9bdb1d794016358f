"""The folders of one data directory, and who may trust what in them.

    <data dir>/           ours: locks, passwords, records         0700 (0711 when the servers run as another account)
    <data dir>/servers/   the servers' account: cluster and logs  0700
    <runtime>/zusage-*/s/ the servers' account: their sockets     0700, in a folder of ours with a name of its own

Where the servers' account cannot reach the data directory, `servers/` lies below a folder that it can reach, and the
file `elsewhere` says where."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from zusage.adapters.embedded._account import Account
from zusage.adapters.embedded._errors import EmbeddedError
from zusage.adapters.private_files import read_private, replace_private

# A socket's whole path has room for 103 bytes on macOS and 107 on Linux.
_LONGEST_BASE = 60
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_WRITABLE = 'test -d "$1" && test -w "$1" && test -x "$1"'


@dataclass(frozen=True)
class Places:
    """Where the servers of one data directory live: `servers` and `sockets` belong to `account`."""

    data_dir: Path
    account: Account
    servers: Path
    sockets: Path


def prepare_data_dir(data_dir: Path) -> Path:
    """Make the data directory if needed; return its real path.

    :raises EmbeddedError: it cannot be made, or belongs to another user."""
    try:
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        real = data_dir.resolve(strict=True)
        info = real.stat()
        if info.st_uid != os.geteuid():
            raise EmbeddedError(
                f"The data directory {real} belongs to user {info.st_uid}, not to you ({os.geteuid()}).",
                mend="Start as that user, or use another data directory.",
            )
        if info.st_mode & _OTHERS_WRITE:
            real.chmod(stat.S_IMODE(info.st_mode) & ~_OTHERS_WRITE)
    except OSError as error:
        raise EmbeddedError.from_os(f"The data directory {data_dir} cannot be used.", error) from error
    return real


def prepare_servers(data_dir: Path, account: Account, *, elsewhere: Path) -> tuple[Path, Account]:
    """Make or find the servers' folder; its account is the owner of an existing one, else `account`.

    :raises EmbeddedError: the account can reach no such folder, or the data lies elsewhere and is gone or another's."""
    servers = _find_servers(data_dir) or _make_servers(data_dir, account, elsewhere)
    if servers.lstat().st_uid == 0:
        # An earlier start died between making the folder and giving it away.
        account.own(servers)
    owner = Account.owner_of(servers)
    if not owner.can(_WRITABLE, servers):
        raise EmbeddedError(
            f"User {owner.uid}, who owns the database in {servers}, can no longer reach it.",
            mend="Move the project back, or give that user access to its folder.",
        )
    return servers, owner


def prepare_sockets(data_dir: Path, account: Account) -> Path:
    """Make or find the folder for the sockets of `data_dir`, with a path short enough for them."""
    sockets = find_sockets(data_dir)
    if sockets is None:
        outer = Path(tempfile.mkdtemp(prefix="zusage-", dir=_runtime(account)))
        outer.chmod(0o711 if account.switch else 0o700)
        replace_private(data_dir / "sockets", json.dumps({"path": str(outer), "of": _identity(data_dir)}))
        sockets = outer / "s"
    account.own(sockets)
    return sockets


def find_sockets(data_dir: Path) -> Path | None:
    """Find the folder with the sockets of `data_dir`; None when there is none that can be trusted."""
    text = read_private(data_dir / "sockets")
    if text is None:
        return None
    record = json.loads(text)
    outer = Path(record["path"])
    return outer / "s" if record["of"] == _identity(data_dir) and _is_ours(outer) else None


def remove_sockets(data_dir: Path) -> None:
    """Remove the folder with the sockets; fine when there is none."""
    sockets = find_sockets(data_dir)
    if sockets is not None:
        shutil.rmtree(sockets.parent, ignore_errors=True)


def servers_elsewhere(data_dir: Path) -> Path | None:
    """Find the folder outside `data_dir` that holds its servers' data, when there is one and it is this one's."""
    outside = _named_elsewhere(data_dir)
    return outside if outside is not None and _home_of(outside, data_dir) == data_dir else None


def _find_servers(data_dir: Path) -> Path | None:
    outside = servers_elsewhere(data_dir)
    if outside is not None:
        replace_private(outside / "home", str(data_dir))
        return outside / "servers"
    inside = data_dir / "servers"
    if inside.is_dir():
        return inside
    named = _named_elsewhere(data_dir)
    if named is not None:
        raise _lost(data_dir, named)
    return None


def _lost(data_dir: Path, named: Path) -> EmbeddedError:
    """Refuse to begin with an empty database where there was a full one."""
    home = _home_of(named, data_dir)
    empty = f"to begin with an empty database instead, remove {data_dir / 'elsewhere'}"
    if home is None:
        return EmbeddedError(
            f"The database of {data_dir} was in {named}, which is not there or not a folder of yours any more.",
            mend=f"Bring that folder back; {empty}.",
        )
    old, new, here = quote(str(named)), quote(f"{named}-copy"), quote(str(data_dir))
    copy = f"cp -a {old} {new} && printf %s {here} >{new}/home && printf %s {new} >{here}/elsewhere"
    return EmbeddedError(
        f"{data_dir} is a copy: its database is in {named}, and that belongs to {home}.",
        mend=f"To copy the database too, stop what uses {home} and run `{copy}`; {empty}.",
    )


def _named_elsewhere(data_dir: Path) -> Path | None:
    text = read_private(data_dir / "elsewhere")
    return Path(text) if text else None


def _home_of(outside: Path, data_dir: Path) -> Path | None:
    """Say whose a folder elsewhere is, None where it is nobody's; a project that was moved takes it along.

    A copied project must not share its data with the first."""
    home = read_private(outside / "home") if _is_ours(outside) else None
    if home is None:
        return None
    return Path(home) if _named_elsewhere(Path(home)) == outside else data_dir


def _make_servers(data_dir: Path, account: Account, elsewhere: Path) -> Path:
    inside = data_dir / "servers"
    account.own(inside)
    if account.can(_WRITABLE, inside):
        return inside
    inside.rmdir()
    outside = Path(tempfile.mkdtemp(prefix="data-", dir=prepare_elsewhere(elsewhere)))
    outside.chmod(0o711)
    account.own(outside / "servers")
    replace_private(outside / "home", str(data_dir))
    replace_private(data_dir / "elsewhere", str(outside))
    return outside / "servers"


def prepare_elsewhere(elsewhere: Path) -> Path:
    """Make the folder for what the servers' account cannot reach otherwise; only its owner may write there.

    :raises EmbeddedError: it is not ours alone."""
    elsewhere.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not _is_ours(elsewhere):
        raise EmbeddedError(
            f"{elsewhere} can be written by other users.", mend=f"Run `chmod go-w {elsewhere}`."
        )
    return elsewhere


def _runtime(account: Account) -> str:
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    bases = ["/tmp", tempfile.gettempdir()] if account.switch else [own, "/tmp", tempfile.gettempdir()]  # noqa: S108
    for base in bases:
        if len(base) <= _LONGEST_BASE and _PLAIN.fullmatch(base) and os.access(base, os.W_OK | os.X_OK):
            return base
    raise EmbeddedError("There is no folder for the servers' sockets.", mend="Make /tmp writable.")


def _identity(data_dir: Path) -> str:
    """Tell a folder from its copy: a moved one keeps this, a copied one gets another."""
    info = data_dir.stat()
    return f"{info.st_dev}:{info.st_ino}"


def _is_ours(folder: Path) -> bool:
    try:
        info = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and not info.st_mode & _OTHERS_WRITE
