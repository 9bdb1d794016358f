"""The rules of the mirror: what to do about a row, and what an outcome makes of it. Pure.

Every rule here closes a hole of the protocols; the numbers are theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from zusage.app.mirror import moving
from zusage.app.mirror.rows import Action, Known, MirrorRow, Outcome, ReviewKind

LEASE_SECONDS = 45.0
"""How long a run may take: the longest request (15 s), a look-up and a slow database."""

_FIRST_DELAYS = (1.0, 5.0, 30.0)
_MINUTE, _LONGEST_DELAY, _LONGEST_UNSENT = 60.0, 1800.0, 300.0
_GIVE_UP = timedelta(days=1)

_BETWEEN_LOOKS = timedelta(seconds=10)
_LOOK_DELAYS = (10.0, 20.0, 65.0, 60.0)
_LATE_COMMIT = timedelta(seconds=90)
_FEWEST_LOOKS = 2
WATCH = timedelta(minutes=10)
"""How long a create is looked for after it was sent that is not wanted any more: it may commit late (17)."""
# An answer came: nothing of that request is on its way any more.
_ANSWERED = ("taken", "out_of_bounds", "invalid")
_LEAVING_DELAY, _LONGEST_HOLD_BACK = 2.0, 300.0


Step = Action | Literal["wait", "rest", "unmapped", "misfit"]


def next_step(row: MirrorRow, now: datetime) -> Step:  # noqa: PLR0911 - one line for each step
    """Say what is to be done about a row now; "wait" also where nothing is, "rest" where it is as wanted.

    Unknown is looked up before anything is sent again (6). What is to stand waits for what leaves its host and time (12);
    what stood earlier goes once the new one stands, or before, where both cannot be."""
    if not moving.is_due(row, now) or row.known == "sending":
        return "wait"
    if row.known == "unknown":
        return "look"
    if row.known == "moving":
        return "trace"
    if row.wanted == "absent" and row.known == "present":
        return "cancel"
    if row.wanted == "absent" or (row.known == "present" and row.in_place):
        return "drop" if row.formers else "rest"
    if row.known == "present" and (row.place is None or row.place.host_id is None):
        return "trace"
    return _towards(row)


def _towards(row: MirrorRow) -> Step:
    """Say what brings a booking to where it is wanted."""
    if row.known == "absent":
        return "wait"
    if row.target is None:
        return "unmapped"
    if not moving.has_length(row):
        return "misfit"
    if row.known == "none" and moving.own_former_in_the_way(row) is not None:
        return "drop"
    if row.leaving:
        return "wait"
    return "create" if row.known == "none" else "move"


def waits_for_leaving(row: MirrorRow, now: datetime) -> bool:
    """Say whether a create or a move is due but for what still leaves its host and time (12)."""
    return bool(row.leaving) and next_step(replace(row, leaving=()), now) in ("create", "move")


def ends_move(row: MirrorRow, outcome: Outcome, review: ReviewKind | None) -> bool:
    """Say whether an open move is taken back after this: the calendar will not have the phase where it is wanted (10)."""
    asked = review == "mirror_refused" and outcome.action in ("create", "look")
    return (
        (asked or review == "mirror_not_moved")
        and row.wanted == "present"
        and row.failure in (*_ANSWERED, "wrong")
    )


def is_refused(row: MirrorRow) -> bool:
    """Say whether the calendar refused a phase for good, and it was not found there by one look at least."""
    if row.wanted == "absent" or _is_ours_in_the_way(row) or row.failure not in (*_ANSWERED, "wrong"):
        return False
    if row.known == "unknown":
        return row.looks > 0
    return row.review_at is not None and not (row.known == "present" and row.in_place)


def _is_ours_in_the_way(row: MirrorRow) -> bool:
    """Say whether a refusal as taken may be about a booking of ours that goes, or that came late and will go."""
    return bool(row.leaving) or row.may_arrive


def recovered(row: MirrorRow, now: datetime) -> MirrorRow:
    """Free a row whose lease is over: what was being sent is unknown, and may have left until then (5)."""
    if row.lease_until is None or row.lease_until > now:
        return row
    free = replace(row, lease=None, lease_until=None)
    if row.known not in ("sending", "moving"):
        return free
    lost = Outcome(
        "create", "unknown", failure="interrupted", text="The process ended before the answer came."
    )
    known: Known = "unknown" if row.known == "sending" else "moving"
    return replace(_failed(free, lost, now), known=known, sent_at=row.lease_until, looks=0, looked_at=None)


def leased(row: MirrorRow, action: Action, lease: UUID, now: datetime) -> MirrorRow:
    """Take a row for an action. A create or a move is marked as on its way before it is: no request without that row (5)."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    taken = replace(row, lease=lease, lease_until=until)
    if action == "create":
        return replace(taken, known="sending", sent_at=now, looks=0, place=row.wanted_place)
    return replace(taken, known="moving", sent_at=now, moving_to=row.start) if action == "move" else taken


def rested(row: MirrorRow, now: datetime) -> MirrorRow:
    """Let go of a row that was due and is as wanted; who of ours its host is may have changed."""
    place = row.place if row.place is None else replace(row.place, staff_id=row.staff_id)
    return _settled(replace(row, place=place) if row.wanted == "present" else row, now)


def held_back(row: MirrorRow, now: datetime) -> MirrorRow:
    """Ask again shortly, later the longer it lasts: something that leaves is still in the way (12)."""
    waited = (now - row.created_at).total_seconds()
    pause = min(max(_LEAVING_DELAY, waited / 4), _LONGEST_HOLD_BACK)
    return replace(row, next_at=now + timedelta(seconds=pause))


def delay(attempts: int, jitter: float, *, unsent: bool = False) -> float:
    """Give the seconds before the next try after so many: 1, 5, 30, then minutes that double, give or take a fifth.

    At most half an hour; five minutes where nothing was sent (`unsent`): trying costs little, and once the calendar is
    back what was promised must not stay for sale there. `jitter` is between 0 and 1."""
    if attempts <= len(_FIRST_DELAYS):
        return _FIRST_DELAYS[max(attempts, 1) - 1]
    doubled = _MINUTE * 2.0 ** min(attempts - len(_FIRST_DELAYS) - 1, 16)
    return min(doubled, _LONGEST_UNSENT if unsent else _LONGEST_DELAY) * (0.8 + 0.4 * jitter)


def after(  # noqa: PLR0911 - one line for each kind of outcome
    row: MirrorRow, outcome: Outcome, now: datetime, jitter: float, watch: timedelta = WATCH
) -> tuple[MirrorRow, ReviewKind | None]:
    """Apply what came of an action to the row as it is now, and say what a person must look at, if anything.

    What is wanted may have changed meanwhile; then the next round goes on from what is known."""
    free = replace(row, lease=None, lease_until=None)
    match outcome.kind:
        case "confirmed":
            return _settled(_standing(free, outcome), now), None
        case "stands":
            return _not_moved(free, outcome, now), None
        case "moved":
            return _moved(free, outcome, now)
        case "ended":
            return _ended(free, outcome, now)
        case "missing":
            return _missing(free, now, watch)
        case "doubtful":
            known: Known = "moving" if outcome.action == "move" else "unknown"
            doubt = _failed(replace(free, known=known, looks=0, looked_at=None), outcome, now)
            return replace(doubt, next_at=now + timedelta(seconds=_FIRST_DELAYS[0])), None
        case "refused":
            return _refused(free, outcome, now, jitter)
        case _:
            return _retried(free, outcome, now, jitter)


def learned(
    row: MirrorRow, outcome: Outcome, now: datetime, *, same_intent: bool = True
) -> tuple[MirrorRow, str | None]:
    """Take what a run saw that had lost its lease: a uid where none was known; a second one is an orphan (20).

    What became of a move is read from the old uid, so nothing is lost with its answer."""
    created = outcome.action in ("create", "look") and outcome.kind == "confirmed"
    if outcome.uid is None or not created or outcome.uid in row.uids:
        return row, None
    if row.uid is not None or row.known in ("none", "absent") or not same_intent:
        return row, outcome.uid
    return _settled(_standing(row, outcome), now), None


def _standing(row: MirrorRow, outcome: Outcome) -> MirrorRow:
    there = _with_uids(row, outcome, "present")
    return replace(there, place=outcome.place or row.place, moving_to=None)


def _with_uids(row: MirrorRow, outcome: Outcome, known: Literal["present", "absent"]) -> MirrorRow:
    """Keep the whole chain: each move gave a new uid, and the last one counts."""
    uid = outcome.uid or row.uid
    told = (*outcome.chain, uid) if uid is not None else outcome.chain
    uids = (*row.uids, *(each for each in dict.fromkeys(told) if each not in row.uids))
    return replace(row, known=known, uid=uid, uids=uids)


def _not_moved(row: MirrorRow, outcome: Outcome, now: datetime) -> MirrorRow:
    """It stands where it was. A move sent a moment ago may still arrive; sending it again would meet it, nothing else."""
    here = replace(row, known="present", place=outcome.place or row.place, moving_to=None)
    sent = row.sent_at or row.created_at
    if row.known == "moving" and here.settled and now - sent < _LATE_COMMIT:
        pause = min(now + _BETWEEN_LOOKS, sent + _LATE_COMMIT)
        return replace(row, next_at=pause)
    return replace(here, next_at=now)


def _settled(row: MirrorRow, now: datetime) -> MirrorRow:
    """Nothing is to be done any more; or, if what is wanted has changed, the next thing at once."""
    clean = replace(row, attempts=0, failure=None, failure_text="", failing_since=None, review_at=None)
    if row.settled:
        return replace(clean, next_at=None, settled_at=now)
    return replace(clean, next_at=now, settled_at=None)


def _moved(row: MirrorRow, outcome: Outcome, now: datetime) -> tuple[MirrorRow, ReviewKind | None]:
    if outcome.action == "drop":
        return _renamed(row, outcome, now), None
    there = _standing(row, outcome)
    if row.wanted == "absent":
        return replace(there, next_at=now), None
    # The shop's decision: a person carries it out here or takes it back; never we (2).
    return _in_review(there, "changed", outcome.text, now), "mirror_changed_there"


def _ended(row: MirrorRow, outcome: Outcome, now: datetime) -> tuple[MirrorRow, ReviewKind | None]:
    if outcome.action == "drop":
        formers = tuple(former for former in row.formers if former.uid not in outcome.chain)
        return _settled(replace(row, formers=formers), now), None
    gone = replace(_with_uids(row, outcome, "absent"), moving_to=None)
    if row.wanted == "absent":
        return _settled(gone, now), None
    return _in_review(gone, "cancelled", outcome.text, now), "mirror_cancelled_there"


def _renamed(row: MirrorRow, outcome: Outcome, now: datetime) -> MirrorRow:
    """An earlier booking that is to go has a newer uid by now."""
    formers = tuple(
        replace(former, uid=outcome.uid or former.uid) if former.uid in outcome.chain else former
        for former in row.formers
    )
    return replace(row, formers=formers, next_at=now)


def _missing(row: MirrorRow, now: datetime, watch: timedelta) -> tuple[MirrorRow, ReviewKind | None]:
    """Count a look that found nothing. Not found is not "not created": lists lag, and requests commit late (6)."""
    apart = row.looked_at is None or now - row.looked_at >= _BETWEEN_LOOKS
    seen = replace(row, looks=row.looks + 1, looked_at=now) if apart else row
    sent = row.sent_at or row.created_at
    if row.wanted == "absent":
        # A request that commits late would leave a booking nobody wants (17).
        if seen.looks >= _FEWEST_LOOKS and now - sent >= watch:
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


def _refused(
    row: MirrorRow, outcome: Outcome, now: datetime, jitter: float = 0.5
) -> tuple[MirrorRow, ReviewKind | None]:
    """Nothing was done, for a reason. A refusal by our own leaving booking is none (12); others a person sees.

    What will not go there is asked to for a day all the same, while a person is told at once: else it would be left over.
    What is not wanted any more, or elsewhere by now, was refused for nothing: the next thing comes at once."""
    known: Known = {"create": "none", "move": "present"}.get(outcome.action, row.known)  # type: ignore[assignment]
    failed = _failed(replace(row, known=known, moving_to=None), outcome, now)
    if outcome.failure == "taken" and _is_ours_in_the_way(row):
        pause = max(_FIRST_DELAYS[1], delay(failed.attempts, jitter) if row.may_arrive else 0.0)
        return replace(failed, next_at=now + timedelta(seconds=pause)), None
    if outcome.action in ("cancel", "drop") and outcome.failure != "auth":
        told = row.failure == failed.failure
        retried, overdue = _retried(row, outcome, now, jitter)
        return retried, overdue or (None if told else "mirror_refused")
    other = not row.in_place if outcome.action == "create" else row.moving_to != row.start
    if outcome.action in ("create", "move") and (row.wanted == "absent" or other):
        return _settled(failed, now), None
    failure = outcome.failure or "refused"
    if outcome.action == "move" and failure != "auth" and failed.place is not None:
        text = f"In Cal.com it still stands at {failed.place.start:%d.%m.%Y %H:%M} UTC: {outcome.text}"
        return _in_review(failed, failure, text, now), "mirror_not_moved"
    return _in_review(failed, failure, outcome.text, now), "mirror_refused"


def _retried(
    row: MirrorRow, outcome: Outcome, now: datetime, jitter: float
) -> tuple[MirrorRow, ReviewKind | None]:
    """Try again later, with growing pauses, for a day."""
    failed = _failed(row, outcome, now)
    if outcome.action == "move":
        sent = failed.sent_at if outcome.kind == "again" else now
        known: Known = "present" if outcome.kind == "again" else "moving"
        failed = replace(failed, known=known, sent_at=sent)
    elif outcome.action == "create":
        if outcome.kind == "unknown":
            failed = replace(failed, known="unknown", sent_at=now, looks=0, looked_at=None)
        else:
            failed = replace(failed, known="none")
    if failed.settled:
        return _settled(failed, now), None
    if failed.failing_since is not None and now - failed.failing_since >= _GIVE_UP:
        return _in_review(failed, outcome.failure or outcome.kind, outcome.text, now), "mirror_overdue"
    pause = max(delay(failed.attempts, jitter, unsent=outcome.kind == "again"), outcome.retry_after or 0.0)
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
    row: MirrorRow, step: Literal["unmapped", "misfit"], now: datetime
) -> tuple[MirrorRow, ReviewKind]:
    """Give up a row that cannot be sent as the mapping is; a person mends the mapping and retries it."""
    text = "No event type is mapped to this service and member of staff."
    if step == "misfit" and row.target is not None:
        minutes = int((row.end - row.start).total_seconds() // 60)
        text = f"The event type lasts {row.target.length_min} minutes, the phase {minutes}."
    return _in_review(row, step, text, now), "mirror_unmapped"
