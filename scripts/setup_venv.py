"""Make .venv hold the hash-pinned packages of a set (base or dev) and this project; do nothing when it does already."""
# ruff: noqa: INP001, S603, T201 - a script for the terminal that runs Python and pip

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
# Installed packages of dev include those of base.
COVERS = {"base": ("base", "dev"), "dev": ("dev",)}


def main(name: str) -> int:
    """Set up; return the exit code. Two at once wait for each other."""
    try:
        VENV.mkdir(exist_ok=True)
        with (VENV / ".setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return 0 if any(is_current(each) for each in COVERS[name]) else install(name)
    except OSError as error:
        return fail(
            f"The virtual environment .venv cannot be written ({error.strerror}): is the disk full, or the folder not yours?"
        )


def is_current(name: str) -> bool:
    """Say whether this very set was installed here, by a Python that still works."""
    stamp = VENV / f".installed-{name}"
    return stamp.is_file() and stamp.read_text() == fingerprint(name) and works("-c", "")


def fingerprint(name: str) -> str:
    """Sum up what the installed packages depend on. The path counts: a moved project would run its old code."""
    digest = hashlib.sha256(os.fsencode(Path.cwd()))
    for path in (*requirement_files(name), Path("pyproject.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def requirement_files(name: str) -> list[Path]:
    """Name the pinned lists of a set."""
    return [Path("requirements") / f"{each}.txt" for each in ("build", name)]


def works(*arguments: str) -> bool:
    """Say whether the environment's Python runs with `arguments`."""
    try:
        return subprocess.run([PYTHON, *arguments], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(name: str) -> int:
    """Make the environment if it does not work, and install the set and the project."""
    if not works("-m", "pip", "--version") and not make():
        return 1
    say("Installing the pinned packages (a minute at the first time) …")
    lists = [argument for path in requirement_files(name) for argument in ("-r", str(path))]
    if not pip("--require-hashes", "--no-deps", *lists) or not pip(
        "--no-deps", "--no-build-isolation", "-e", "."
    ):
        return fail(
            "Installing failed, see above: is the package index reachable, and is this Linux (glibc) or macOS on x86-64 or ARM64?"
        )
    (VENV / f".installed-{name}").write_text(fingerprint(name))
    return 0


def make() -> bool:
    """Make the environment; say what is missing when Python came without its tools for that."""
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = ".".join(map(str, sys.version_info[:2]))
        fail(
            f"Python {version} came without venv: install it (Debian, Ubuntu: apt install python{version}-venv)."
        )
        return False
    say("Making the virtual environment .venv …")
    done = subprocess.run([sys.executable, "-m", "venv", "--prompt", "zusage", str(VENV)], check=False)
    if done.returncode:
        fail("The virtual environment .venv cannot be made, see above; `make clean` and try again.")
    return not done.returncode


def pip(*arguments: str) -> bool:
    """Run pip quietly in the environment."""
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "-qq",
        "--no-input",
        "--disable-pip-version-check",
        *arguments,
    ]
    return subprocess.run(command, env={**os.environ, "PIP_USER": "0"}, check=False).returncode == 0


def say(line: str) -> None:
    """Tell the user what takes its time."""
    print(line, flush=True)


def fail(line: str) -> int:
    """Tell the user what is wrong; return the exit code for it."""
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
