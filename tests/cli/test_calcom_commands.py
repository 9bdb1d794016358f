"""`zusage calcom` on a database of one's own and a Cal.com in a thread beside it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from cli_process import Ended, own_servers

from calendar_setup.salon import COMPANY, DOMAIN, FILE, KEY, NOW, salon_world
from support.database import DatabaseUrls
from zusage.sandbox.calcom import EventType, Simulator, running_simulator

Run = Callable[[str, Mapping[str, str]], Ended]
Own = Callable[..., Ended]
PUBLIC = "https://telefon.salon-drei.example"
_PATIENCE = 20


class _SimulatorThread:
    """A simulator in an event loop of its own, since the commands bring theirs."""

    def __init__(self) -> None:
        self.simulator: Simulator | None = None
        self._ready, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> Simulator:
        self._thread.start()
        assert self._ready.wait(_PATIENCE)
        assert self.simulator is not None
        return self.simulator

    def stop(self) -> None:
        self._over.set()
        self._thread.join(_PATIENCE)

    async def _serve(self) -> None:
        world, _ = salon_world()
        async with running_simulator(world=world, now=NOW, rate_per_minute=None) as simulator:
            self.simulator = simulator
            self._ready.set()
            await asyncio.to_thread(self._over.wait)


@pytest.fixture
def sim() -> Iterator[Simulator]:
    thread = _SimulatorThread()
    yield thread.start()
    thread.stop()


@pytest.fixture
def own(quick: Run, database: DatabaseUrls, tmp_path: Path) -> Own:
    """Runs commands in this process on a database in which the salon is loaded; words are settings."""
    servers = own_servers(database)
    (tmp_path / "salon.toml").write_text(FILE, encoding="utf-8")
    assert quick("company load salon.toml", servers).code == 0
    return lambda command, **settings: quick(command, servers | settings)


@pytest.fixture
def connected(own: Own, sim: Simulator) -> Own:
    ended = own(connect(sim), ZUSAGE_CALCOM_KEY=KEY)
    assert ended.code == 0, ended.said
    return own


def connect(sim: Simulator, more: str = "") -> str:
    return f"calcom connect {COMPANY} --server {sim.base_url} --email-domain {DOMAIN} {more}".strip()


def kind(sim: Simulator, slug: str) -> EventType:
    return next(each for each in sim.world.event_types.values() if each.slug == slug)


def is_clean(ended: Ended) -> bool:
    """Whether neither the key nor a traceback was shown."""
    return KEY not in ended.said and "Traceback" not in ended.said


def test_from_a_key_to_a_calendar_in_which_nothing_is_wrong(own: Own, sim: Simulator) -> None:
    ended = own(connect(sim), ZUSAGE_CALCOM_KEY=KEY, ZUSAGE_PUBLIC_URL=PUBLIC)
    assert (ended.code, is_clean(ended)) == (0, True)
    assert f"{COMPANY} is connected with anna" in ended.out
    assert "Cal.com tells changes from now on." in ended.out
    (hook,) = sim.world.webhooks.values()
    assert hook.url.startswith(f"{PUBLIC}/api/calcom/webhook/")
    assert hook.url.rpartition("/")[2] not in ended.said
    assert str(hook.secret) not in ended.said

    polite = own(connect(sim, "--courtesy"), ZUSAGE_CALCOM_KEY=KEY, ZUSAGE_PUBLIC_URL=PUBLIC)
    assert (polite.code, "hidden from web bookers" in polite.out, "hidden" in ended.out) == (0, True, False)

    hiding = own(connect(sim, "--unreachable hide"), ZUSAGE_CALCOM_KEY=KEY, ZUSAGE_PUBLIC_URL=PUBLIC)
    assert (hiding.code, "nothing is offered that was not seen" in hiding.out) == (0, True)
    wrong = own(connect(sim, "--unreachable never"), ZUSAGE_CALCOM_KEY=KEY, ZUSAGE_PUBLIC_URL=PUBLIC)
    assert (wrong.code, "offer" in wrong.err) == (2, True)

    shown = own(f"calcom map {COMPANY}")
    assert (shown.code, "Stored" in shown.out) == (0, False)
    assert "Damenhaarschnitt" in shown.out
    unmapped = own(f"calcom check {COMPANY}")
    assert (unmapped.code, "No branch is mirrored yet" in unmapped.out) == (2, True)

    stored = own(f"calcom map {COMPANY} --apply --yes")
    assert stored.code == 0, stored.said
    assert "5 pieces are mapped" in stored.out
    assert "Ben: free times are read from the event type" in stored.out
    checked = own(f"calcom check {COMPANY}")
    assert (checked.code, "✓" in checked.out) == (0, True), checked.said
    assert all(is_clean(each) for each in (shown, unmapped, stored, checked))


def test_how_a_calendar_is_used_is_shown_and_changed_without_its_key(connected: Own) -> None:
    early = connected(f"calcom settings {COMPANY} --confirm inline")
    assert (early.code, "--apply` comes first" in early.err) == (2, True)
    assert connected(f"calcom map {COMPANY} --apply --yes").code == 0

    shown = connected(f"calcom settings {COMPANY}")
    assert (shown.code, "at once" in shown.out, "120" in shown.out) == (0, True, True)
    changed = connected(
        f"calcom settings {COMPANY} --confirm inline --wait-ms 2500 --unreachable hide --json"
    )
    assert changed.code == 0, changed.said
    said = json.loads(changed.out)
    assert (said["unreachable"], said["courtesy"], said["per_minute"]) == ("hide", False, 120)
    assert list(said["branches"].values()) == [{"confirm": "inline", "wait_ms": 2500}]
    assert "after Cal.com has it, 2500 ms at most" in connected(f"calcom settings {COMPANY}").out

    for wrong, says in (
        ("--wait-ms 5", "100 to 20000 ms, not 5"),
        ("--branch nord", 'No branch "nord" is mirrored'),
    ):
        refused = connected(f"calcom settings {COMPANY} {wrong}")
        assert (refused.code, says in " ".join(refused.err.split())) == (2, True), refused.said


def test_the_key_comes_from_a_pipe_as_well(own: Own, sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))
    ended = own(connect(sim))
    assert (ended.code, is_clean(ended)) == (0, True), ended.said


def test_a_key_cannot_be_an_argument_and_must_be_given(
    own: Own, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert "No API key was given" in own(connect(sim)).err
    for argument in (KEY, f"--key {KEY}", f"--api-key {KEY}"):
        assert own(connect(sim, argument)).code == 2
    assert list(sim.journal.requests) == []


def test_without_anybody_to_ask_no_probe_is_made(connected: Own, sim: Simulator) -> None:
    before = len(sim.world.event_types)
    ended = connected(f"calcom map {COMPANY} --apply")
    assert (ended.code, len(sim.world.event_types)) == (0, before), ended.said
    assert "Without a probe event type: Anna, Ben." in ended.out
    checked = connected(f"calcom check {COMPANY}")
    assert checked.code == 1
    assert "--public-url" in checked.out


def test_json_says_all_that_the_tables_say(connected: Own, sim: Simulator) -> None:
    kind(sim, "maennerschnitt").title = kind(sim, "maennerschnitt").slug = "bart"
    ended = connected(f"calcom map {COMPANY} --json")
    assert ended.code == 1
    said = json.loads(ended.out)
    assert said["stored"] is None
    assert said["not_offered"] == [{"branch": "mitte", "staff": "Ben", "service": "Herrenschnitt"}]
    pieces = {each["piece"]: each for each in said["pieces"]}
    assert pieces["damenschnitt@Anna"]["chosen"]["event_type_id"] == kind(sim, "damenhaarschnitt").id
    assert (pieces["herrenschnitt@Ben"]["chosen"], "make" in pieces["herrenschnitt@Ben"]["missing"]) == (
        None,
        True,
    )

    number = kind(sim, "bart").id
    stored = json.loads(
        connected(f"calcom map {COMPANY} --apply --yes --json --set herrenschnitt@Ben={number}").out
    )
    assert (stored["stored"]["branches"], stored["stored"]["pieces"]) == (["mitte"], 5)
    assert {each["problem"] for each in stored["stored"]["probes"]} == {None}

    kind(sim, "bart").confirmation = True
    checked = connected(f"calcom check {COMPANY} --json")
    report = json.loads(checked.out)
    assert (checked.code, report["state"]) == (2, "failing")
    assert [each["code"] for each in report["findings"]] == ["confirmation", "no_webhook"]
    assert all(is_clean(each) for each in (ended, checked))


@pytest.mark.parametrize(
    ("command", "key", "says"),
    [
        ("connect", "cal_live_wrong", "Cal.com refuses this API key"),
        ("connect nobody", KEY, f'There is no company "nobody"; there are: {COMPANY}.'),
        ("connect --server http://127.0.0.1:9", KEY, "Cal.com cannot be asked now"),
        ("connect --server ftp://x.example", KEY, "is no address of a Cal.com"),
        ("connect --email-domain gmail.com", KEY, "belongs to others"),
        ("map", "", f"{COMPANY} has no calendar yet"),
        ("check", "", f"zusage calcom connect {COMPANY}"),
        ("check nobody", "", "There is no company"),
    ],
)
def test_what_goes_wrong_is_a_sentence(own: Own, sim: Simulator, command: str, key: str, says: str) -> None:
    name, *rest = command.split()
    company = rest.pop(0) if rest and not rest[0].startswith("-") else COMPANY
    usual = {"--server": sim.base_url, "--email-domain": DOMAIN} if name == "connect" else {}
    given = usual | dict(zip(rest[::2], rest[1::2], strict=True))
    options = " ".join(f"{option} {value}" for option, value in given.items())
    ended = own(f"calcom {name} {company} {options}".strip(), ZUSAGE_CALCOM_KEY=key)
    assert (ended.code, says in " ".join(ended.err.split())) == (2, True), ended.said
    assert is_clean(ended)
    assert key not in ended.said or not key


def test_a_server_that_went_away_is_a_sentence_too(
    connected: Own, sim: Simulator, database: DatabaseUrls
) -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute("UPDATE calendar_connection SET base_url = 'http://127.0.0.1:9'")
    for command in ("map", "check"):
        ended = connected(f"calcom {command} {COMPANY}")
        assert (ended.code, "cannot be asked now" in ended.err, is_clean(ended)) == (2, True, True), (
            ended.said
        )


def test_other_secret_keys_are_a_sentence(connected: Own) -> None:
    other = connected("secrets new-key").out.strip()
    ended = connected(f"calcom check {COMPANY}", ZUSAGE_SECRET_KEYS=other)
    assert (ended.code, "not among the secret keys" in ended.err, is_clean(ended)) == (2, True, True), (
        ended.said
    )


@pytest.mark.parametrize("command", ["connect", "map", "check"])
def test_every_command_has_an_example(quick: Run, command: str) -> None:
    ended = quick(f"calcom {command} --help", {})
    assert (ended.code, f"zusage calcom {command}" in ended.out) == (0, True)


def test_at_a_terminal_the_key_is_asked_for_and_not_shown(
    own: Own, sim: Simulator, database: DatabaseUrls, tmp_path: Path
) -> None:
    assert own("company list").code == 0
    terminal, inner = os.openpty()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZUSAGE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "zusage", *connect(sim).split()],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=tmp_path,
        env=clean | own_servers(database),
        start_new_session=True,
    )
    os.close(inner)
    said = _read_until(terminal, b"not shown")
    os.write(terminal, f"{KEY}\n".encode())
    said += _read_until(terminal, b"Next: ")
    assert process.wait(_PATIENCE) == 0
    os.close(terminal)
    assert KEY.encode() not in said
    assert b"is connected with anna" in said


def _read_until(terminal: int, words: bytes) -> bytes:
    said = b""
    while words not in said:
        assert select.select([terminal], [], [], 60)[0], said
        said += os.read(terminal, 65536)
    return said
