"""What `make` says when the machine lacks something: one sentence that names the way out, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SH = shutil.which("sh") or "/bin/sh"
_OLD = 'case "$1" in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac'
_REAL = f'exec "{sys.executable}" "$@"'
_SHEBANG = "#!/bin/sh\n"


def without(module: str) -> str:
    """A Python that came without a part of its own library, as distributions ship it."""
    code = f"import runpy, sys; sys.modules['{module}'] = None; sys.argv[:] = sys.argv[1:]"
    run = f"{code}; runpy.run_path(sys.argv[0], run_name='__main__')"
    return f'case "$1" in -c) {_REAL} ;; *) exec "{sys.executable}" -c "{run}" "$@" ;; esac'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the setup reads, in a folder of its own with no environment yet; `bin` beside it is the whole PATH."""
    folder = tmp_path / "a project"
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (tmp_path / "bin").mkdir()
    return folder


def set_up(project: Path, stubs: dict[str, str], **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the setup where nothing but these programs is to be found."""
    found = project.parent / "bin"
    for name, body in stubs.items():
        (found / name).write_text(_SHEBANG + body + "\n", encoding="utf-8")
        (found / name).chmod(0o755)
    return subprocess.run(
        [_SH, "scripts/setup", "base"],
        cwd=project,
        env={"PATH": str(found), "LC_ALL": "C.UTF-8"} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def no_sentence(done: subprocess.CompletedProcess[str], *parts: str) -> str:
    """What keeps a run from having failed with one sentence that holds these parts; "" if nothing does."""
    good = (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    told = "Traceback" not in done.stderr and all(part in done.stderr for part in parts)
    return "" if good and told else f"exit {done.returncode}, {done.stdout!r}, {done.stderr!r}"


@pytest.mark.parametrize(
    ("stubs", "settings", "parts"),
    [
        ({}, {}, ("found no Python:", "apt install python3", "make PYTHON=")),
        ({}, {"PYTHON": "/nowhere/python3"}, ("found no Python:", "make PYTHON=")),
        ({"python3": _OLD, "python": _OLD}, {}, ("needs Python 3.11 or newer and found Python 3.9.2:",)),
        ({"python3": without("ensurepip")}, {}, ("came without venv", "-venv)")),
        ({"python3": without("venv")}, {}, ("came without venv", "-venv)")),
    ],
    ids=["no Python", "a named one that is none", "too old", "no ensurepip", "no venv"],
)
def test_what_is_missing_is_one_sentence(
    project: Path, stubs: dict[str, str], settings: dict[str, str], parts: tuple[str, ...]
) -> None:
    assert no_sentence(set_up(project, stubs, **settings), *parts) == ""
    assert not (project / ".venv" / "bin").exists()


def test_a_newer_python_is_found_behind_an_old_one(project: Path) -> None:
    done = set_up(project, {"python3": _OLD, "python3.12": without("venv")})
    assert no_sentence(done, f"Python {sys.version_info[0]}.{sys.version_info[1]} came without venv") == ""


@pytest.mark.parametrize("shut", ["file", "lock", "rights"])
def test_an_environment_that_cannot_be_written_is_one_sentence(project: Path, shut: str) -> None:
    if shut == "rights" and os.geteuid() == 0:
        pytest.skip("rights do not stop root")
    if shut == "file":
        (project / ".venv").touch()
    elif shut == "lock":
        (project / ".venv" / ".setup.lock").mkdir(parents=True)
    else:
        (project / ".venv").mkdir(mode=0o500)
    done = set_up(project, {"python3": _REAL})
    assert no_sentence(done, ".venv cannot be written", "folder not yours?") == ""
