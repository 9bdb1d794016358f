"""The door of webhooks before a connected shop: served on a real socket, and subscribed to at the simulated Cal.com."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette

from support.mirrored import Mirrored, connect
from support.voice import served
from zusage.adapters.crypto import SecretBox
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.hooks import PostgresHooks
from zusage.app.calendar_setup.subscribe import HOOK_PATH, TRIGGERS
from zusage.core.signing import sign_calcom
from zusage.inbound.webhooks.calcom import HEADER, CalcomHookDoor

SECRET = "hook-secret-of-the-salon"
EVENTS = Path(__file__).parent.parent / "data" / "calcom_webhooks"


@dataclass
class Hooked:
    """`post` sends a body as Cal.com does, `hints` are the stored ones, the oldest first."""

    salon: Mirrored
    client: httpx2.AsyncClient

    async def post(
        self,
        body: bytes,
        *,
        address: str | None = None,
        secret: str = SECRET,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        sent = {"content-type": "application/json", HEADER: sign_calcom(body, secret)} | dict(headers or {})
        return await self.client.post(
            f"{HOOK_PATH}{address or address_of(self.salon)}", content=body, headers=sent
        )

    async def hints(self) -> list[dict[str, Any]]:
        rows = await self.salon.shop.rows("SELECT to_jsonb(h) FROM calendar_hint h ORDER BY received_at")
        return [dict(row[0]) for row in rows]  # type: ignore[call-overload]


@asynccontextmanager
async def hooked(salon: Mirrored, database: Database) -> AsyncIterator[Hooked]:
    """Serve the door and have the simulator tell it everything for as long as the block runs."""
    address = address_of(salon)
    await connect(salon, hook_secret=SECRET, hook_address=address)
    store = PostgresHooks(database, SecretBox([salon.key]))
    app = Starlette(routes=CalcomHookDoor(store, store).routes())
    async with served(app) as base_url, httpx2.AsyncClient(base_url=base_url, timeout=20) as client:
        body = {"subscriberUrl": f"{base_url}{HOOK_PATH}{address}", "triggers": TRIGGERS, "secret": SECRET}
        url = f"{salon.sim.base_url}/v2/organizations/{_organization(salon)}/webhooks"
        made = await client.post(
            url, json=body | {"active": True}, headers={"authorization": f"Bearer {_key(salon)}"}
        )
        assert made.status_code == 201, made.text
        yield Hooked(salon, client)


def address_of(salon: Mirrored) -> str:
    return hashlib.sha256(salon.shop.company_id.bytes).hexdigest()


def event(name: str, **payload: object) -> bytes:
    """A recorded shape of a webhook, its payload changed by what is given."""
    root = json.loads((EVENTS / f"{name}.json").read_text())
    root["payload"] |= payload
    return json.dumps(root).encode()


def _organization(salon: Mirrored) -> int:
    return next(iter(salon.sim.world.teams.values())).organization_id


def _key(salon: Mirrored) -> str:
    return next(key.token for key in salon.sim.world.keys.values() if key.admin)
