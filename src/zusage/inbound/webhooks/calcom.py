"""Cal.com's way in: signed webhooks at an address that nobody can guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

import structlog
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from zusage.app.calendar_setup.subscribe import HOOK_PATH
from zusage.app.free_times.forget_told import Forget, forget_nothing
from zusage.app.reconcile.note_hint import note_hint
from zusage.app.reconcile.ports import HintBox, HookDirectory, HookOwner
from zusage.core.signing import verify_calcom
from zusage.inbound.bodies import Refused, read_body
from zusage.inbound.webhooks.calcom_event import NotAnEventError, read_event

log = structlog.get_logger()

HEADER = "X-Cal-Signature-256"
MAX_BODY = 256_000
"""Bytes. A booking's webhook has a few thousand; answers to long questions of the event type come on top."""
_ADDRESS = re.compile(r"[A-Za-z0-9_-]{32,200}")
_NOBODY = ("no such address",)


@dataclass(frozen=True, slots=True)
class CalcomHookDoor:
    """The route of Cal.com's webhooks; `forget` is told whose time each is about."""

    hooks: HookDirectory
    box: HintBox
    forget: Forget = forget_nothing

    def routes(self) -> list[Route]:
        return [Route(f"{HOOK_PATH}{{address}}", self.webhook, methods=["POST"])]

    async def webhook(self, request: Request) -> Response:
        """One event: 200 once it is stored; nothing of it is done here, and Cal.com waits for the answer.

        401 for an address that is nobody's and for a wrong signature alike; 415, 413, 400 for what is no JSON of
        bounded size; 503 where it could not be stored: Cal.com may not repeat it, but the comparison finds it."""
        try:
            return await self._webhook(request)
        except Refused as refused:
            return refused.response
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            log.exception("webhook_failed", door="calcom")
            return JSONResponse({"error": "try again"}, status_code=503)

    async def _webhook(self, request: Request) -> Response:
        body = await read_body(request, most=MAX_BODY)
        owner = await self._owner(request.path_params["address"])
        # With nobody's address the same is computed: the time taken does not tell whether there is one.
        fits = verify_calcom(body, request.headers.get(HEADER), owner.secrets if owner else _NOBODY)
        if owner is None or not fits:
            if owner is not None and owner.unreadable:
                log.error("hook_secret_unreadable", company=str(owner.company_id), count=owner.unreadable)
            raise Refused(401, "the address or the signature is not good")
        try:
            event = read_event(body)
        except NotAnEventError:
            raise Refused(400, "send a JSON object") from None
        fresh = await note_hint(owner.company_id, event.hint, box=self.box)
        log.info("webhook", company=str(owner.company_id), trigger=event.hint.trigger, fresh=fresh)
        # After the answer, for which Cal.com waits.
        after = BackgroundTask(self.forget, owner.company_id, event.told) if fresh and event.told else None
        return JSONResponse({"status": "stored"}, background=after)

    async def _owner(self, address: str) -> HookOwner | None:
        return await self.hooks.find(address) if _ADDRESS.fullmatch(address) else None
