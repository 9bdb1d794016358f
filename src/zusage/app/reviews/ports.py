"""What a person must look at: review items, with all that is needed to call somebody back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """An item with the appointment it is about, if it is about one. `start` in the branch's `zone`.

    `phone` is the customer's verified number, `contact_phone` one that was only said on the phone."""

    review_id: int
    kind: str
    created_at: datetime
    detail: Mapping[str, Any]
    resolved_at: datetime | None = None
    resolution: str | None = None
    appointment_id: UUID | None = None
    cancelled: bool = False
    start: datetime | None = None
    zone: str = "UTC"
    branch: str = ""
    service: str = ""
    staff: str = ""
    attendee: str = field(default="", repr=False)
    phone: str | None = field(default=None, repr=False)
    contact_phone: str | None = field(default=None, repr=False)

    @property
    def why(self) -> str:
        """Give the reason in words, as far as there are any."""
        return str(self.detail.get("text") or self.detail.get("reason") or "")

    @property
    def failure(self) -> str:
        """Say how the calendar refused it, "" where it did not."""
        return str(self.detail.get("failure") or "")


Resolved = Literal["resolved", "over", "unknown"]
"""over: it was resolved already. unknown: there is no such item."""
