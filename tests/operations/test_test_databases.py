"""The guard round the suite itself, and the fixtures it stands on."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from support.database import (
    Clock,
    Databases,
    DatabaseUrls,
    NotATestDatabaseError,
    OutsideServer,
    OwnServer,
    refuse_other_databases,
)
from zusage.adapters.embedded import EmbeddedServers
from zusage.adapters.postgres.migrate import head, schema_state


@pytest.mark.parametrize("name", ["zusage", "production", "test", "zusage_test_old", "_TEST", ""])
def test_incident_76_tests_refuse_any_database_not_named_for_them(name: str) -> None:
    with pytest.raises(NotATestDatabaseError, match="_test"):
        refuse_other_databases(name)
    # No server stands there: the refusal comes before anything is connected to.
    with pytest.raises(NotATestDatabaseError):
        OutsideServer(f"postgresql://nobody@127.0.0.1:1/{name}")


def test_incident_76_even_the_own_server_gives_and_drops_only_test_databases(
    servers: EmbeddedServers,
) -> None:
    host = OwnServer(servers)
    with pytest.raises(NotATestDatabaseError):
        host.create("zusage_other", None)
    with pytest.raises(NotATestDatabaseError):
        host.drop("zusage")
    with psycopg.connect(servers.urls.admin) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("zusage",)


def test_a_server_of_ones_own_serves_the_suite_without_new_passwords(servers: EmbeddedServers) -> None:
    OwnServer(servers).create("zusage_outside_test", None)
    made = Databases(OutsideServer(make_conninfo(servers.urls.admin, dbname="zusage_outside_test")))
    urls = made.migrated()
    try:
        assert schema_state(urls.app).current == head()
        for url, role in (
            (urls.migrate, "zusage_migrate"),
            (urls.app, "zusage_app"),
            (urls.jobs, "zusage_jobs"),
        ):
            with psycopg.connect(url) as connection:
                row = connection.execute(
                    "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
                )
                assert row.fetchone() == (role, False)
        with psycopg.connect(servers.urls.app) as connection:  # the roles' own passwords still open
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        made.drop(urls)
        made.close()
        servers.drop_database("zusage_outside_test")


def test_each_test_has_its_own_database_and_clock(database: DatabaseUrls, clock: Clock) -> None:
    assert database.name.endswith("_test")
    clock.advance(7200)
    with psycopg.connect(database.app) as connection:
        row = connection.execute(
            "SELECT zusage_now() - clock_timestamp() > interval '119 minutes'"
        ).fetchone()
    assert row == (True,)
