"""The one rule of how well a company's calendar is in step, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from zusage.app.mirror.circuits import CircuitView
from zusage.app.operations.check_ready import WORKER_MAY_REST

Health = Literal["healthy", "degraded", "critical"]

_MOST_LATE = 10
_LEAST_SUCCESS = 0.95


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why mirrors are not as wanted: the failure, how many have it, the newest text, some of their appointments."""

    failure: str
    count: int
    text: str
    appointments: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OpenReviews:
    """Open review items of one kind: how many, the oldest for how many seconds, some of their numbers."""

    kind: str
    count: int
    oldest: float
    reviews: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MirrorFigures:
    """What is counted of one company. Ages in seconds.

    `pending` is not yet as wanted, and being worked on; `late` of them for over an hour. `unattended` is how long no
    worker was seen, as far as anything is pending. `failing_day` fails for over a day, or was not even tried in it,
    orphans too; the oldest failure is `oldest_failing` old. `reviews` are all open review items, of any kind.
    `worked_on` had an attempt in the last 24 hours, and `succeeded` of these are as wanted. `orphans` are all
    open ones, `resting_orphans` those nobody tries to cancel any more. `blocked` is how long the calendar still lets
    nothing of the company's key through. `observed` says why the reconciler only looks, "" where it acts; `compared` is
    how long ago all weeks were compared, None where they never were."""

    mirrors: int = 0
    pending: int = 0
    late: int = 0
    oldest_pending: float = 0.0
    unknown: int = 0
    failing_day: int = 0
    reviews: int = 0
    orphans: int = 0
    resting_orphans: int = 0
    worked_on: int = 0
    succeeded: int = 0
    paused: bool = False
    blocked: float = 0.0
    oldest_failing: float = 0.0
    observed: str = ""
    compared: float | None = None
    unattended: float = 0.0
    troubles: tuple[Trouble, ...] = ()
    open_reviews: tuple[OpenReviews, ...] = ()

    @property
    def success(self) -> float:
        return self.succeeded / self.worked_on if self.worked_on else 1.0


@dataclass(frozen=True, slots=True)
class MirrorStatus:
    company_id: UUID
    company: str
    health: Health
    action: str
    figures: MirrorFigures
    circuits: tuple[CircuitView, ...] = ()


class FiguresStore(Protocol):
    async def connected(self) -> Sequence[tuple[UUID, str]]:
        """List the companies with a calendar, ids and keys, by key."""

    async def figures(self, company_id: UUID) -> MirrorFigures: ...


def judge(figures: MirrorFigures) -> Health:
    """Critical: a person must look, or something fails for over a day. Degraded: more than 10 late by an hour, or any
    while the mirror is paused, or less than 95 % success in 24 hours. Else healthy."""
    if figures.reviews or figures.resting_orphans or figures.failing_day:
        return "critical"
    most_late = 0 if figures.paused else _MOST_LATE
    if figures.late > most_late or figures.success < _LEAST_SUCCESS:
        return "degraded"
    return "healthy"


def action_for(company: str, figures: MirrorFigures) -> str:
    """Say in one sentence what a person should do; "" where nothing is to be done."""
    if held := _held(company, figures):
        return held
    if figures.reviews:
        return f"Do what each open review item says: `zusage reviews list --company {company}`."
    if figures.failing_day:
        cause = "".join(f" ({(each.text or each.failure).rstrip('.')})" for each in figures.troubles[:1])
        return (
            f"Mend the cause{cause}, then "
            f"`zusage mirror retry --company {company} --apply`; without --apply it lists what is stuck."
        )
    if figures.resting_orphans:
        return f"Cancel them in Cal.com by hand: `zusage orphans list --company {company}`."
    if judge(figures) == "degraded":
        return "Look whether Cal.com answers and a worker runs; what is pending is tried again by itself."
    return ""


def _held(company: str, figures: MirrorFigures) -> str:
    if figures.paused:
        return f"The mirror is paused; `zusage mirror resume --company {company} --apply` lets it go on."
    if figures.observed:
        return (
            "Nothing is taken over from Cal.com or taken back there until you say so: look at "
            f"`zusage mirror diff --company {company}`, then `zusage mirror repair --company {company} --apply`."
        )
    if figures.unattended > WORKER_MAY_REST:
        return (
            f"No worker was seen for {figures.unattended / 60:.0f} min, and what is pending waits for one: start "
            "`zusage worker`, or `zusage serve` with ZUSAGE_WORKER=true; where one runs, its log says why it "
            "gets no jobs (job_worker_failed)."
        )
    return ""


async def mirror_status(
    store: FiguresStore, *, company: str | None = None
) -> list[tuple[UUID, str, MirrorFigures]]:
    """Count for all connected companies, or for the one with that key."""
    return [
        (company_id, key, await store.figures(company_id))
        for company_id, key in await store.connected()
        if company in (None, key)
    ]


def worst(healths: Sequence[Health]) -> Health:
    for health in ("critical", "degraded"):
        if health in healths:
            return health
    return "healthy"
