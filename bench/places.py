"""Where the bench runs: an embedded PostgreSQL that waits for the disk, databases with salons, server processes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import psycopg

from bench.floor import Given
from bench.sentences import KEY
from zusage.adapters.crypto import SecretBox, format_keys, generate_key
from zusage.adapters.embedded import EmbeddedServers, EmbeddedUrls
from zusage.adapters.postgres import migrate
from zusage.adapters.postgres.companies import PostgresCompanies
from zusage.adapters.postgres.database import Database
from zusage.app.operations.company_file import parse_company_file
from zusage.app.operations.load_company import load_company

_SALON = Path(__file__).parent / "salon.toml"
_NAMES = ["Anna", "Berta", "Carla", "Dora", "Emil", "Fritz", "Greta", "Hanna", "Ida", "Jonas"]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_READY = 30.0


@dataclass(frozen=True)
class Place:
    """One database with salons, and how its servers are set."""

    urls: EmbeddedUrls
    valkey: str
    companies: int
    folder: Path
    key: bytes = field(repr=False, default_factory=generate_key)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "ZUSAGE_DATABASE_URL": self.urls.app,
            "ZUSAGE_JOBS_URL": self.urls.jobs,
            "ZUSAGE_VALKEY_URL": self.valkey,
            "ZUSAGE_SECRET_KEYS": format_keys([self.key]),
            "ZUSAGE_PLATFORM_KEYS": KEY,
            "ZUSAGE_RATE_PER_COMPANY": "100000000",
            "ZUSAGE_DATA_DIR": str(self.folder),
            "ZUSAGE_LOG_LEVEL": "warning",
        }


class Places:
    """Makes databases on one embedded PostgreSQL with fsync on, in a folder that goes with it."""

    def __init__(self, servers: EmbeddedServers, folder: Path) -> None:
        self._servers, self._folder, self._made = servers, folder, 0
        template = servers.create_database("bench_template")
        migrate.upgrade(template.migrate)

    def make(
        self,
        companies: int = 1,
        *,
        staff: int = 10,
        chairs: int = 8,
        hold_seconds: int = 600,
        salon: Path = _SALON,
    ) -> Place:
        """Make a database with so many salons, the first ten loaded, the others copied from the first."""
        self._made += 1
        urls = self._servers.create_database(f"bench_{self._made}", template="bench_template")
        place = Place(urls, self._servers.urls.valkey, companies, self._folder)
        loaded = range(min(companies, 10))
        texts = [salon_text(salon, n, staff=staff, chairs=chairs, hold_seconds=hold_seconds) for n in loaded]
        asyncio.run(_load(place, texts))
        if companies > len(loaded):
            copy_salons(urls, len(loaded), companies)
        vacuum(urls)
        return place

    def version(self) -> str:
        with psycopg.connect(self._servers.urls.admin) as connection:
            return str(connection.info.parameter_status("server_version"))


@contextmanager
def places() -> Iterator[Places]:
    with tempfile.TemporaryDirectory(prefix="zusage-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with EmbeddedServers.start(folder / "zusage", elsewhere=folder / "elsewhere") as servers:
            yield Places(servers, folder)


def salon_text(salon: Path, number: int, *, staff: int, hold_seconds: int, chairs: int = 0) -> str:
    """Fill in the company file of one salon."""
    people = "\n".join(
        f'[[staff]]\nkey = "person-{number}-{n}"\nname = "{name} Muster"\ndoes = "all"\n'
        for n, name in enumerate(_NAMES[:staff])
    )
    text = salon.read_text(encoding="utf-8")
    filled = {"n": number, "staff": people, "chairs": chairs, "hold_seconds": hold_seconds}
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


async def _load(place: Place, texts: list[str]) -> None:
    database = Database(place.urls.app, size=2)
    await database.open()
    try:
        for text in texts:
            file = parse_company_file(text, source="salon.toml")
            store = PostgresCompanies(database)
            await load_company(file, store=store, seal=SecretBox([place.key]), environment={})
    finally:
        await database.close()


_COPIED = (
    "company", "branch", "opening_hours", "resource", "service", "branch_service", "segment", "skill",
)  # fmt: skip


def copy_salons(urls: EmbeddedUrls, first: int, end: int) -> None:
    """Copy the first salon under other company ids; keys are unique by company, so only its own and its agent change."""
    with psycopg.connect(urls.admin) as connection:
        connection.execute(
            "CREATE TEMP TABLE fresh AS SELECT n, md5('company-' || n)::uuid AS id FROM generate_series(%s::int, %s) AS n",
            [first, end - 1],
        )
        for table in _COPIED:
            connection.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object('company_id', f.id) ||"
                " CASE WHEN to_jsonb(t) ? 'catalogue_hash' THEN jsonb_build_object('key', 'bench-' || f.n)"
                f" ELSE '{{}}' END)).* FROM {table} t, fresh f"
                " WHERE t.company_id = (SELECT company_id FROM directory.company WHERE key = 'bench-0')"
            )
        connection.execute(
            "INSERT INTO directory.company (key, company_id, name) SELECT 'bench-' || n, id, 'Salon ' || n FROM fresh"
        )
        connection.execute(
            "INSERT INTO directory.line SELECT 'agent', 'agent_bench_' || f.n, f.id, l.branch_id"
            " FROM fresh f, directory.line l WHERE l.value = 'agent_bench_0'"
        )


def fill_calls(place: Place, rows: int) -> Given:
    """Make the calls and holds that the floor and the bare hold work with, so that they need not make them."""
    with psycopg.connect(place.urls.admin) as connection:
        row = connection.execute("SELECT company_id, branch_id FROM branch LIMIT 1").fetchone()
        assert row is not None
        company, branch = row
        for kind in ("call", "floor"):
            connection.execute(
                "INSERT INTO call (company_id, call_id, branch_id, provider, external_id, first_seen_at, last_seen_at)"
                " SELECT %s, md5(%s || '-' || n)::uuid, %s, 'bench', %s || n, now(), now() FROM generate_series(0, %s) AS n",
                [company, kind, branch, kind, rows],
            )
        connection.execute(
            "INSERT INTO hold (company_id, hold_id, call_id, branch_id, token, status, service_id, staff_id, starts_at,"
            " ends_at, price_cents, currency, plan, claims, created_at, expires_at)"
            " SELECT %s, md5('hold-' || n)::uuid, md5('floor-' || n)::uuid, %s, 'floor-' || n, 'held',"
            " gen_random_uuid(), gen_random_uuid(), now(), now() + interval '1 hour', 0, 'EUR', '{}', 1, now(),"
            " now() + interval '1 day' FROM generate_series(0, %s) AS n",
            [company, branch, rows],
        )
        service = connection.execute(
            "SELECT service_id::text FROM service WHERE key = 'herrenschnitt'"
        ).fetchone()
        assert service is not None
        staff, chairs = (
            [
                str(r[0])
                for r in connection.execute("SELECT resource_id FROM resource WHERE kind = %s", [kind])
            ]
            for kind in ("staff", "chair")
        )
    vacuum(place.urls)
    return Given(place.urls.app, 10, str(company), str(service[0]), staff, chairs)


def fill_claims(place: Place, rows: int) -> None:
    """Store so many appointments' claims of the years before, back to back on every resource of every company."""
    with psycopg.connect(place.urls.admin) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE claim DROP CONSTRAINT claim_no_overlap")
        connection.execute(
            "INSERT INTO claim (company_id, resource_id, starts_at, ends_at, binding, appointment_id)"
            " SELECT r.company_id, r.resource_id, s, s + interval '30 minutes', true, r.resource_id"
            " FROM resource r, generate_series(0, %s / (SELECT count(*) FROM resource)) AS n,"
            " LATERAL (SELECT date_trunc('hour', now()) - interval '2 days' - n * interval '30 minutes' AS s) AS at",
            [rows],
        )
        connection.execute(
            "ALTER TABLE claim ADD CONSTRAINT claim_no_overlap EXCLUDE USING gist"
            " (company_id WITH =, resource_id WITH =, during WITH &&) WHERE (binding)"
        )
    vacuum(place.urls)


def vacuum(urls: EmbeddedUrls) -> None:
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


@contextmanager
def served(place: Place, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run one `zusage serve` process on a free port, with more settings than the place's; gives its address once it is ready."""
    known = place.settings | dict(settings or {})
    with _process(["-m", "zusage", "serve", "--port", "0"], known, None) as url:
        until = time.monotonic() + _READY
        while not _is_ready(url):
            if time.monotonic() > until:
                raise TimeoutError(f"{url} is not ready")
            time.sleep(0.05)
        yield url


@contextmanager
def floored(given: Given) -> Iterator[str]:
    """Run the bench's own server; gives its address."""
    with _process(["-m", "bench.floor"], {}, json.dumps(asdict(given))) as url:
        yield url


@contextmanager
def _process(arguments: list[str], settings: Mapping[str, str], said: str | None) -> Iterator[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ZUSAGE_")}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment | {"PYTHONUNBUFFERED": "1", **settings},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdin is not None
        with process.stdin as stdin:
            stdin.write(f"{said or ''}\n")
        try:
            yield _address(process, log)
        finally:
            _end(process)


def _address(process: subprocess.Popen[str], log: IO[str]) -> str:
    """Wait until the process has named its address."""
    until = time.monotonic() + _READY
    while time.monotonic() < until:
        # Read at a place of its own: the position of a shared file is the writer's, too.
        told = os.pread(log.fileno(), 100_000, 0).decode(errors="replace")
        if found := _ADDRESS.search(told):
            return found[0]
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"the server does not start: {told}")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def _is_ready(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
        return bool(answer.status == 200)
    return False
