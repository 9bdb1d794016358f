"""A Cal.com to rehearse with: behaves as the real API v2 does, and misbehaves when asked to."""

from zusage.sandbox.calcom._accounts import (
    DEMO_KEY,
    USUAL_HOURS,
    Account,
    add_account,
    demo_world,
    world_from,
)
from zusage.sandbox.calcom._delivery import sign
from zusage.sandbox.calcom._faults import Asked, Fault
from zusage.sandbox.calcom._latency import Latency
from zusage.sandbox.calcom._model import Booking, EventType, Period, User
from zusage.sandbox.calcom._simulator import Simulator, running_simulator
from zusage.sandbox.calcom._world import World, unique_key

__all__ = [
    "DEMO_KEY",
    "USUAL_HOURS",
    "Account",
    "Asked",
    "Booking",
    "EventType",
    "Fault",
    "Latency",
    "Period",
    "Simulator",
    "User",
    "World",
    "add_account",
    "demo_world",
    "running_simulator",
    "sign",
    "unique_key",
    "world_from",
]
