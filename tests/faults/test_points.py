"""The points of the fault matrix: in production nothing happens there."""

from __future__ import annotations

from zusage.adapters.crypto import SecretBox, generate_key
from zusage.adapters.postgres.ledger import PostgresLedger
from zusage.app.points import Point, Reach, pass_by
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.boot.wiring import Parts, Rehearsal, build_parts, mirroring_of

_BOX = SecretBox([generate_key()])
_NOWHERE = "postgresql://app@localhost/none_test"
_SERVERS = Servers(app=_NOWHERE, jobs=_NOWHERE, migrate=None, valkey=None)


def _reached(parts: Parts) -> dict[str, Reach]:
    """What is called at the points, by the part that passes them."""
    ledger = parts.retell.desk.open_unit
    assert isinstance(ledger, PostgresLedger)
    return {
        "ledger": ledger.reach,
        "calendar": parts.calendars.client.reach,
        "inline": parts.confirm.mirroring.reach,
    }


async def test_production_passes_by_at_every_point() -> None:
    parts = build_parts(Settings(worker=False), _SERVERS, _BOX)
    assert _reached(parts) == {"ledger": pass_by, "calendar": pass_by, "inline": pass_by}
    assert mirroring_of(parts.app, _BOX, parts.calendars).reach is pass_by


async def test_control_a_rehearsal_arrives_at_every_part() -> None:
    """Else what is read above would not be what is called."""

    async def stop(_point: Point) -> None:
        raise AssertionError

    parts = build_parts(Settings(worker=False), _SERVERS, _BOX, Rehearsal(reach=stop))
    assert _reached(parts) == {"ledger": stop, "calendar": stop, "inline": stop}
