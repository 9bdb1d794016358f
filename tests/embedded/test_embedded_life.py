"""The embedded servers start, are shared, survive crashes, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import valkey
from embedded_user import UserProcess

from support.servers import start_test_servers
from zusage.adapters.embedded import EmbeddedError, EmbeddedServers, EmbeddedUrls, erase, running
from zusage.adapters.embedded._process import LAUNCH


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def birth(urls: EmbeddedUrls) -> object:
    """When this PostgreSQL started: two equal answers came from one process."""
    return ask(urls.admin, "SELECT pg_postmaster_start_time()")


def remember(urls: EmbeddedUrls, text: str) -> None:
    with psycopg.connect(urls.migrate) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def forget(urls: EmbeddedUrls) -> None:
    with psycopg.connect(urls.migrate) as connection:
        connection.execute("DROP TABLE IF EXISTS note")


def remembered(urls: EmbeddedUrls) -> object:
    return ask(urls.migrate, "SELECT string_agg(text, ',' ORDER BY text) FROM note")


def kill(folder: Path, name: str) -> None:
    """End a server of `folder` as a crash would, and wait until nothing of it is left."""
    os.kill(int((folder / "zusage" / "servers" / f"{name}.pid").read_text()), signal.SIGKILL)


def wait_for(found: Callable[[], bool]) -> None:
    for _ in range(200):
        if found():
            return
        time.sleep(0.02)
    raise AssertionError


def test_starts_answers_and_stops(folder: Path) -> None:
    told: list[str] = []
    with start_test_servers(folder, progress=told) as servers:
        assert running(folder / "zusage") == servers.urls
        assert ask(servers.urls.app, "SELECT current_user") == "zusage_app"
        assert ask(servers.urls.jobs, "SELECT current_database()") == "zusage"
        with valkey.Valkey.from_url(servers.urls.valkey) as cache:
            assert cache.set("a", "b")
    assert running(folder / "zusage") is None
    assert [line.split()[0] for line in told] == ["making", "starting"]


def test_a_second_start_finds_the_data(rested: Path) -> None:
    with start_test_servers(rested) as servers:
        forget(servers.urls)
        remember(servers.urls, "first")
        passwords = servers.urls.app.split("@")[0]
    with start_test_servers(rested) as servers:
        assert remembered(servers.urls) == "first"
        assert servers.urls.app.split("@")[0] == passwords


def test_the_last_user_of_one_process_stops_them(rested: Path) -> None:
    first, second = start_test_servers(rested), start_test_servers(rested)
    assert birth(first.urls) == birth(second.urls)
    first.stop()
    first.stop()
    assert running(rested / "zusage") is not None
    second.stop()
    assert running(rested / "zusage") is None


def test_processes_share_them_and_the_last_one_stops_them(rested: Path) -> None:
    users = [UserProcess(rested) for _ in range(3)]
    assert [user.line() for user in users] == ["ready"] * 3
    with start_test_servers(rested) as servers:
        born = birth(servers.urls)
        assert [user.leave() for user in users] == ["running"] * 3
        assert birth(servers.urls) == born
    for user in users:
        user.close()
    assert running(rested / "zusage") is None


def test_servers_left_by_a_killed_process_are_adopted(rested: Path) -> None:
    user = UserProcess(rested)
    assert user.line() == "ready"
    left = running(rested / "zusage")
    assert left is not None
    born = birth(left)
    user.kill()
    with start_test_servers(rested) as servers:
        assert birth(servers.urls) == born
    assert running(rested / "zusage") is None


def test_a_killed_postgres_comes_back_with_its_data(rested: Path) -> None:
    servers = start_test_servers(rested)
    forget(servers.urls)
    remember(servers.urls, "kept")
    kill(rested, "postgres")
    with start_test_servers(rested) as again:
        assert remembered(again.urls) == "kept"
    servers.stop()


def test_a_killed_valkey_comes_back_without_postgres_noticing(rested: Path) -> None:
    servers = start_test_servers(rested)
    born = birth(servers.urls)
    kill(rested, "valkey")
    with start_test_servers(rested) as again, valkey.Valkey.from_url(again.urls.valkey) as cache:
        assert cache.ping()
        assert birth(again.urls) == born
    servers.stop()


def test_a_rehearsed_crash_loses_nothing_that_was_stored(rested: Path) -> None:
    with start_test_servers(rested) as servers:
        forget(servers.urls)
        remember(servers.urls, "kept")
        servers.crash("postgres")
        servers.crash("valkey")
        wait_for(servers.revive)
        assert remembered(servers.urls) == "kept"


def test_what_died_is_revived_under_its_users(rested: Path) -> None:
    with start_test_servers(rested) as servers:
        forget(servers.urls)
        remember(servers.urls, "kept")
        assert not servers.revive()
        kill(rested, "postgres")
        kill(rested, "valkey")
        wait_for(servers.revive)
        assert remembered(servers.urls) == "kept"
        with valkey.Valkey.from_url(servers.urls.valkey) as cache:
            assert cache.ping()
        assert not servers.revive()
    assert not servers.revive(), "who has left revives nothing"


def test_everything_killed_leaves_nothing_in_the_way(rested: Path) -> None:
    user = UserProcess(rested)
    assert user.line() == "ready"
    left = running(rested / "zusage")
    assert left is not None
    forget(left)
    remember(left, "kept")
    user.kill()
    kill(rested, "postgres")
    kill(rested, "valkey")
    assert (rested / "zusage" / "servers" / "cluster" / "postmaster.pid").exists()
    with start_test_servers(rested) as servers:
        assert remembered(servers.urls) == "kept"


def test_a_stale_number_that_is_a_living_process_is_not_believed(rested: Path) -> None:
    with start_test_servers(rested) as servers:
        stale = servers.data_dir / "servers" / "cluster" / "postmaster.pid"
        lines = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    stale.chmod(0o644)
    with start_test_servers(rested) as servers:
        assert ask(servers.urls.app, "SELECT 1") == 1


def test_a_half_made_cluster_is_made_again(folder: Path, rested: Path) -> None:
    subprocess.run(["cp", "-a", rested / "zusage", folder], check=True)
    servers = folder / "zusage" / "servers"
    (servers / "cluster").rename(servers / "cluster.new")
    (servers / "cluster.new" / "PG_VERSION").unlink()
    with start_test_servers(folder) as again:
        assert ask(again.urls.app, "SELECT 1") == 1
    assert not (servers / "cluster.new").exists()


@pytest.mark.parametrize("seconds", [0.3, 0.5, 0.9])
def test_a_first_start_killed_at_any_moment_is_finished_by_the_next(folder: Path, seconds: float) -> None:
    user = UserProcess(folder)
    time.sleep(seconds)
    user.kill()
    with start_test_servers(folder) as servers:
        assert ask(servers.urls.jobs, "SELECT 1") == 1
        assert ask(
            servers.urls.admin, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'zusage'"
        ) == ("zusage_migrate")


def test_the_number_of_a_server_is_kept_although_whoever_started_it_is_gone(tmp_path: Path) -> None:
    """Else nobody could stop it any more."""
    hears, tells = os.pipe()
    os.close(hears)
    with os.fdopen(tells, "wb") as nobody:
        launch = ["sh", "-c", LAUNCH, "sh", str(tmp_path), "server", "sleep", "60"]
        subprocess.run(launch, stdout=nobody, stderr=subprocess.DEVNULL, check=False)
    number = int((tmp_path / "server.pid").read_text(encoding="utf-8"))
    assert number > 1
    os.kill(number, signal.SIGTERM)


def test_a_forked_child_keeps_nothing_running(rested: Path) -> None:
    user = UserProcess(rested)
    assert user.line() == "ready"
    assert user.leave("fork") == "gone"
    user.close()


def test_a_copied_project_shares_nothing_with_its_original(folder: Path, rested: Path) -> None:
    with start_test_servers(rested) as one:
        forget(one.urls)
        remember(one.urls, "both")
    subprocess.run(["cp", "-a", rested / "zusage", folder], check=True)
    with start_test_servers(rested) as one:
        shutil.copy(rested / "zusage" / "sockets", folder / "zusage" / "sockets")
        assert running(folder / "zusage") is None
        with start_test_servers(folder) as two:
            assert birth(one.urls) != birth(two.urls)
            remember(two.urls, "copy")
            assert (remembered(one.urls), remembered(two.urls)) == ("both", "both,copy")


def test_a_project_moved_while_it_rests_is_found_again(rested: Path) -> None:
    with start_test_servers(rested) as servers:
        forget(servers.urls)
        remember(servers.urls, "moved")
    moved = rested / "moved"
    moved.mkdir()
    (rested / "zusage").rename(moved / "zusage")
    with start_test_servers(moved) as servers:
        assert remembered(servers.urls) == "moved"
    (moved / "zusage").rename(rested / "zusage")


def test_a_removed_data_directory_does_not_keep_them_running(folder: Path) -> None:
    servers = start_test_servers(folder)
    urls = servers.urls
    shutil.rmtree(servers.data_dir)
    servers.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls.admin)


def test_erase_removes_everything_but_never_under_users(folder: Path) -> None:
    with start_test_servers(folder), pytest.raises(EmbeddedError, match="are running"):
        erase(folder / "zusage")
    erase(folder / "zusage")
    erase(folder / "zusage")
    assert not (folder / "zusage").exists()


def test_long_paths_with_blanks_and_umlauts(folder: Path) -> None:
    deep = folder / "Größe & Länge" / ("mit 'Strich' und ä" * 5) / ("b" * 80)
    deep.mkdir(parents=True)
    with start_test_servers(deep) as servers:
        assert len(str(servers.data_dir)) > 200
        assert ask(servers.urls.app, "SELECT 1") == 1
        with valkey.Valkey.from_url(servers.urls.valkey) as cache:
            assert cache.ping()


def test_databases_are_made_copied_and_dropped(servers: EmbeddedServers) -> None:
    source = servers.create_database("life_source")
    remember(source, "copied")
    copy = servers.create_database("life_copy", template="life_source")
    assert remembered(copy) == "copied"
    assert ask(copy.jobs, "SELECT current_database()") == "life_copy"
    with pytest.raises(EmbeddedError, match="already exists"):
        servers.create_database("life_copy")
    for name in ("life_copy", "life_source", "life_copy"):
        servers.drop_database(name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(copy.app)
