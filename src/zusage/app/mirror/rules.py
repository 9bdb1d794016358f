"""The rules of the mirror: what to do about a row, and what an outcome makes of it. Pure.

Every rule here closes a hole of the protocols; the numbers are theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from zusage.app.mirror.rows import Action, MirrorRow, Outcome, ReviewKind

LEASE_SECONDS = 45.0
"""How long a run may take: the longest request (15 s), a look-up and a slow database."""

_FIRST_DELAYS = (1.0, 5.0, 30.0)
_MINUTE, _LONGEST_DELAY = 60.0, 4 * 3600.0
_GIVE_UP = timedelta(days=1)

_BETWEEN_LOOKS = timedelta(seconds=10)
_LOOK_DELAYS = (10.0, 20.0, 65.0, 60.0)
_LATE_COMMIT = timedelta(seconds=90)
_FEWEST_LOOKS = 2
_WATCH = timedelta(minutes=10)
# An answer came: nothing of that request is on its way any more.
_ANSWERED = ("taken", "out_of_bounds", "invalid")
_LEAVING_DELAY, _LONGEST_HOLD_BACK = 2.0, 300.0


def next_step(row: MirrorRow, now: datetime) -> Action | Literal["wait", "unmapped", "misfit"]:
    """Say what is to be done about a row now; "wait" also where nothing is.

    Unknown is looked up before anything is sent again (6). A create waits for what leaves its host and time (12)."""
    if row.next_at is None or row.next_at > now or row.review_at is not None or row.lease is not None:
        return "wait"
    if row.known == "unknown":
        return "look"
    if row.wanted == "absent":
        return "cancel" if row.known == "present" else "wait"
    if row.target is None:
        return "unmapped"
    if timedelta(minutes=row.target.length_min) != row.end - row.start and not row.target.send_length:
        return "misfit"
    return "wait" if row.leaving or row.known == "present" else "create"


def waits_for_leaving(row: MirrorRow, now: datetime) -> bool:
    """Say whether a create is due but for what still leaves its host and time (12)."""
    return bool(row.leaving) and next_step(replace(row, leaving=()), now) == "create"


def is_refused(row: MirrorRow) -> bool:
    """Say whether the calendar refused a phase for good, and it was not found there by one look at least."""
    if row.wanted == "absent" or row.leaving or row.failure not in (*_ANSWERED, "wrong"):
        return False
    return (row.known == "none" and row.review_at is not None) or (row.known == "unknown" and row.looks > 0)


def recovered(row: MirrorRow, now: datetime) -> MirrorRow:
    """Free a row whose lease is over: what was being sent is unknown, and may have left until then (5)."""
    if row.lease_until is None or row.lease_until > now:
        return row
    free = replace(row, lease=None, lease_until=None)
    if row.known != "sending":
        return free
    lost = Outcome(
        "create", "unknown", failure="interrupted", text="The process ended before the answer came."
    )
    return replace(
        _failed(free, lost, now), known="unknown", sent_at=row.lease_until, looks=0, looked_at=None
    )


def leased(row: MirrorRow, action: Action, lease: UUID, now: datetime) -> MirrorRow:
    """Take a row for an action. A create is marked as on its way before it is: no request without that row (5)."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    taken = replace(row, lease=lease, lease_until=until)
    return replace(taken, known="sending", sent_at=now, looks=0) if action == "create" else taken


def held_back(row: MirrorRow, now: datetime) -> MirrorRow:
    """Ask again shortly, later the longer it lasts: something that leaves is still in the way (12)."""
    waited = (now - row.created_at).total_seconds()
    pause = min(max(_LEAVING_DELAY, waited / 4), _LONGEST_HOLD_BACK)
    return replace(row, next_at=now + timedelta(seconds=pause))


def delay(attempts: int, jitter: float) -> float:
    """Give the seconds before the next try after so many: 1, 5, 30, then minutes that double, give or take a fifth.

    `jitter` is between 0 and 1."""
    if attempts <= len(_FIRST_DELAYS):
        return _FIRST_DELAYS[max(attempts, 1) - 1]
    doubled = _MINUTE * 2.0 ** min(attempts - len(_FIRST_DELAYS) - 1, 16)
    return min(doubled, _LONGEST_DELAY) * (0.8 + 0.4 * jitter)


def after(  # noqa: PLR0911 - one line for each kind of outcome
    row: MirrorRow, outcome: Outcome, now: datetime, jitter: float
) -> tuple[MirrorRow, ReviewKind | None]:
    """Apply what came of an action to the row as it is now, and say what a person must look at, if anything.

    What is wanted may have changed meanwhile; then the next round goes on from what is known."""
    free = replace(row, lease=None, lease_until=None)
    match outcome.kind:
        case "confirmed":
            return _settled(_with_uid(free, outcome.uid, "present"), now), None
        case "moved":
            return _moved(free, outcome, now)
        case "ended":
            return _ended(free, outcome, now)
        case "missing":
            return _missing(free, now)
        case "doubtful":
            doubt = _failed(replace(free, known="unknown", looks=0, looked_at=None), outcome, now)
            return replace(doubt, next_at=now + timedelta(seconds=_FIRST_DELAYS[0])), None
        case "refused":
            return _refused(free, outcome, now)
        case _:
            return _retried(free, outcome, now, jitter)


def learned(row: MirrorRow, outcome: Outcome, now: datetime) -> tuple[MirrorRow, str | None]:
    """Take what a run saw that had lost its lease: a uid where none was known; a second one is an orphan (20)."""
    if outcome.uid is None or outcome.kind != "confirmed" or outcome.uid in row.uids:
        return row, None
    if row.uid is not None or row.known in ("none", "absent"):
        return row, outcome.uid
    return _settled(_with_uid(row, outcome.uid, "present"), now), None


def _with_uid(row: MirrorRow, uid: str | None, known: Literal["present", "absent"]) -> MirrorRow:
    if uid is None:
        return replace(row, known=known)
    uids = row.uids if uid in row.uids else (*row.uids, uid)
    return replace(row, known=known, uid=uid, uids=uids)


def _settled(row: MirrorRow, now: datetime) -> MirrorRow:
    """Nothing is to be done any more; or, if what is wanted has changed, the next thing at once."""
    clean = replace(row, attempts=0, failure=None, failure_text="", failing_since=None, review_at=None)
    if row.settled:
        return replace(clean, next_at=None, settled_at=now)
    return replace(clean, next_at=now, settled_at=None)


def _moved(row: MirrorRow, outcome: Outcome, now: datetime) -> tuple[MirrorRow, ReviewKind | None]:
    there = _with_uid(row, outcome.uid, "present")
    if row.wanted == "absent":
        return replace(there, next_at=now), None
    # The shop's decision: a person carries it out here or takes it back; never we (2).
    return _in_review(there, "changed", outcome.text, now), "mirror_changed_there"


def _ended(row: MirrorRow, outcome: Outcome, now: datetime) -> tuple[MirrorRow, ReviewKind | None]:
    gone = _with_uid(row, outcome.uid, "absent")
    if row.wanted == "absent":
        return _settled(gone, now), None
    return _in_review(gone, "cancelled", outcome.text, now), "mirror_cancelled_there"


def _missing(row: MirrorRow, now: datetime) -> tuple[MirrorRow, ReviewKind | None]:
    """Count a look that found nothing. Not found is not "not created": lists lag, and requests commit late (6)."""
    apart = row.looked_at is None or now - row.looked_at >= _BETWEEN_LOOKS
    seen = replace(row, looks=row.looks + 1, looked_at=now) if apart else row
    sent = row.sent_at or row.created_at
    if row.wanted == "absent":
        # A request that commits late would leave a booking nobody wants (17).
        if seen.looks >= _FEWEST_LOOKS and now - sent >= _WATCH:
            return _settled(replace(seen, known="absent"), now), None
        return _look_again(seen, now), None
    answered = row.failure in _ANSWERED
    if seen.looks < _FEWEST_LOOKS or not (answered or now - sent >= _LATE_COMMIT):
        return _look_again(seen, now), None
    none = replace(seen, known="none", looks=0, looked_at=None)
    if not answered:
        return replace(none, next_at=now), None
    return _refused(none, Outcome("look", "refused", failure=row.failure, text=row.failure_text), now)


def _look_again(row: MirrorRow, now: datetime) -> MirrorRow:
    pause = _LOOK_DELAYS[min(max(row.looks, 1), len(_LOOK_DELAYS)) - 1]
    return replace(row, next_at=now + timedelta(seconds=pause))


def _refused(row: MirrorRow, outcome: Outcome, now: datetime) -> tuple[MirrorRow, ReviewKind | None]:
    """Nothing is there, for a reason. A refusal by our own leaving booking is none (12); others a person sees."""
    known = "none" if outcome.action == "create" else row.known
    failed = _failed(replace(row, known=known), outcome, now)
    if outcome.failure == "taken" and row.leaving:
        return replace(failed, next_at=now + timedelta(seconds=_FIRST_DELAYS[1])), None
    if row.wanted == "absent" and known == "none":
        return _settled(failed, now), None
    return _in_review(failed, outcome.failure or "refused", outcome.text, now), "mirror_refused"


def _retried(
    row: MirrorRow, outcome: Outcome, now: datetime, jitter: float
) -> tuple[MirrorRow, ReviewKind | None]:
    """Try again later, with growing pauses, for a day."""
    failed = _failed(row, outcome, now)
    if outcome.action == "create":
        if outcome.kind == "unknown":
            failed = replace(failed, known="unknown", sent_at=now, looks=0, looked_at=None)
        else:
            failed = replace(failed, known="none")
    if failed.settled:
        return _settled(failed, now), None
    if failed.failing_since is not None and now - failed.failing_since >= _GIVE_UP:
        return _in_review(failed, outcome.failure or outcome.kind, outcome.text, now), "mirror_overdue"
    pause = max(delay(failed.attempts, jitter), outcome.retry_after or 0.0)
    return replace(failed, next_at=now + timedelta(seconds=pause)), None


def _failed(row: MirrorRow, outcome: Outcome, now: datetime) -> MirrorRow:
    return replace(
        row,
        attempts=row.attempts + 1,
        failure=outcome.failure or outcome.kind,
        failure_text=outcome.text,
        failing_since=row.failing_since or now,
    )


def _in_review(row: MirrorRow, failure: str, text: str, now: datetime) -> MirrorRow:
    failed = replace(row, failure=failure, failure_text=text, failing_since=row.failing_since or now)
    return replace(failed, review_at=now, next_at=None)


def unbookable(
    row: MirrorRow, plan: Literal["unmapped", "misfit"], now: datetime
) -> tuple[MirrorRow, ReviewKind]:
    """Give up a row that cannot be sent as the mapping is; a person mends the mapping and retries it."""
    text = "No event type is mapped to this service and member of staff."
    if plan == "misfit" and row.target is not None:
        minutes = int((row.end - row.start).total_seconds() // 60)
        text = f"The event type lasts {row.target.length_min} minutes, the phase {minutes}."
    return _in_review(row, plan, text, now), "mirror_unmapped"
