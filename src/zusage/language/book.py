"""What a call needs to know of its branch: what the rules need, and how its company listens and speaks."""

from __future__ import annotations

from dataclasses import dataclass, field

from zusage.core.scheduling.masters import BranchBook
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.settings import SpeechSettings

THRESHOLD = 0.6
"""How sure a service must be to be taken without asking, where a company says nothing."""


@dataclass(frozen=True, slots=True)
class VoiceBook(BranchBook):
    """A branch's book with its company's language settings; each has the default where the company named none.

    `policies` say what ambiguous words about time mean here, `threshold` in [0, 1] how sure a service must be."""

    policies: Policies = DEFAULTS
    threshold: float = THRESHOLD
    speech: SpeechSettings = field(default_factory=SpeechSettings)
