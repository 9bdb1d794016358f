"""Subscriptions to webhooks: of a user, an event type, or an organization."""

from __future__ import annotations

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._model import Json, Webhook
from zusage.sandbox.calcom._problems import nest, wrong_field

TRIGGERS = (
    *("BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_REJECTED"),
    *(
        "BOOKING_PAYMENT_INITIATED",
        "BOOKING_PAID",
        "BOOKING_NO_SHOW_UPDATED",
        "MEETING_STARTED",
        "MEETING_ENDED",
    ),
    *("OOO_CREATED", "FORM_SUBMITTED", "FORM_SUBMITTED_NO_EVENT", "RECORDING_READY", "INSTANT_MEETING"),
    *("RECORDING_TRANSCRIPTION_GENERATED", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW", "AFTER_GUESTS_CAL_VIDEO_NO_SHOW"),
    "DELEGATION_CREDENTIAL_ERROR",
)


async def create_webhook(call: Call) -> Answer:
    """Subscribe.

    :raises RefusalError: 400 for a field; 409, there is one for this URL already."""
    for name in ("subscriberUrl", "triggers", "active"):
        if call.body.get(name) is None:
            raise wrong_field(name, "should not be empty")
    owner = _owner(call)
    hook = Webhook(
        id=call.world.next_uuid(),
        account=call.caller.account,
        url="",
        triggers=[],
        user_id=owner.get("user_id"),
        event_type_id=owner.get("event_type_id"),
        organization_id=owner.get("organization_id"),
    )
    _fill(hook, call.body)
    if any(each.url == hook.url and _belongs(each, owner) for each in call.world.webhooks.values()):
        raise nest(409, "Webhook with this subscriberUrl already exists for this user")
    call.world.webhooks[hook.id] = hook
    return success(_shown(hook), 201)


async def list_webhooks(call: Call) -> Answer:
    return success([_shown(each) for each in _mine(call)])


async def get_webhook(call: Call) -> Answer:
    return success(_shown(_found(call)))


async def change_webhook(call: Call) -> Answer:
    hook = _found(call)
    _fill(hook, call.body)
    return success(_shown(hook))


async def delete_webhook(call: Call) -> Answer:
    hook = _found(call)
    del call.world.webhooks[hook.id]
    return success(_shown(hook))


def _owner(call: Call) -> dict[str, int]:
    if "event" in call.params:
        kind = call.event_type(int(call.params["event"]))
        if not call.owns(kind):
            raise nest(403, "User does not own this event type")
        return {"event_type_id": kind.id}
    if "organization" in call.params:
        if not call.caller.admin:
            raise nest(403, "RolesGuard - user is not an organization admin or owner")
        return {"organization_id": int(call.params["organization"])}
    return {"user_id": call.caller.user_id}


def _belongs(hook: Webhook, owner: dict[str, int]) -> bool:
    return all(getattr(hook, name) == value for name, value in owner.items())


def _mine(call: Call) -> list[Webhook]:
    owner = _owner(call)
    hooks = call.world.webhooks.values()
    return [each for each in hooks if each.account == call.caller.account and _belongs(each, owner)]


def _found(call: Call) -> Webhook:
    for hook in _mine(call):
        if hook.id == call.params["id"]:
            return hook
    raise nest(404, f"Webhook with id {call.params['id']} not found")


def _fill(hook: Webhook, body: Json) -> None:
    for trigger in body.get("triggers", []):
        if trigger not in TRIGGERS:
            raise wrong_field("triggers", "each value must be one of the trigger events")
    hook.url = body.get("subscriberUrl", hook.url)
    hook.triggers = list(body.get("triggers", hook.triggers))
    hook.active = bool(body.get("active", hook.active))
    hook.secret = body.get("secret", hook.secret)
    hook.payload_template = body.get("payloadTemplate", hook.payload_template)


def _shown(hook: Webhook) -> Json:
    shown: Json = {
        "id": hook.id,
        "subscriberUrl": hook.url,
        "active": hook.active,
        "triggers": hook.triggers,
        "secret": hook.secret,
        "payloadTemplate": hook.payload_template,
    }
    owners = {"userId": hook.user_id, "eventTypeId": hook.event_type_id, "orgId": hook.organization_id}
    return shown | {name: value for name, value in owners.items() if value is not None}
