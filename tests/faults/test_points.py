"""The points of the fault matrix: in production nothing happens there."""

from __future__ import annotations

from zusage.adapters.crypto import SecretBox, generate_key
from zusage.app.points import pass_by
from zusage.boot.servers import Servers
from zusage.boot.settings import Settings
from zusage.boot.wiring import build_parts, mirroring_of


async def test_production_passes_by_at_every_point() -> None:
    box = SecretBox([generate_key()])
    nowhere = "postgresql://app@localhost/none_test"
    servers = Servers(app=nowhere, jobs=nowhere, migrate=None, valkey=None)
    parts = build_parts(Settings(worker=False), servers, box)
    assert parts.rehearsal.reach is pass_by
    assert mirroring_of(parts.app, box, parts.calendars).reach is pass_by
