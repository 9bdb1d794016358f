from __future__ import annotations

from collections.abc import Iterator

from zusage.sandbox.calcom._model import Booking, Webhook
from zusage.sandbox.calcom._render import hook_payload
from zusage.sandbox.calcom._state import State


async def notify(
    state: State, trigger: str, booking: Booking, *, old: Booking | None = None, **more: object
) -> None:
    """Tell the subscribers of an event what happened to a booking; several subscriptions are told several times."""
    payload = hook_payload(state.world, booking, old=old) | more
    await state.hooks.send(_subscribers(state, trigger, booking), trigger, payload)


def _subscribers(state: State, trigger: str, booking: Booking) -> Iterator[Webhook]:
    for hook in list(state.world.webhooks.values()):
        if (
            hook.active
            and hook.account == booking.account
            and trigger in hook.triggers
            and _meant(hook, booking)
        ):
            yield hook


def _meant(hook: Webhook, booking: Booking) -> bool:
    if hook.event_type_id is not None:
        return hook.event_type_id == booking.event_type_id
    return hook.organization_id is not None or hook.user_id in booking.host_ids
