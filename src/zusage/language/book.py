"""What a call needs to know of its branch: what the rules need, and how its company listens and speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from zusage.core.scheduling.masters import BranchBook
from zusage.language.german import Catalogue, prepare
from zusage.language.policies import DEFAULTS, Policies
from zusage.language.reading import ServiceEntry
from zusage.language.settings import SpeechSettings

THRESHOLD = 0.6
"""How sure a service must be to be taken without asking, where a company says nothing."""


@dataclass(frozen=True)
class VoiceBook(BranchBook):
    """A branch's book with its company's language settings; each has the default where the company named none.

    `policies` say what ambiguous words about time mean here, `threshold` in [0, 1] how sure a service must be."""

    policies: Policies = DEFAULTS
    threshold: float = THRESHOLD
    speech: SpeechSettings = field(default_factory=SpeechSettings)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The services as they are listened for, keyed by their ids; made ready once, and gone with the book."""
        return prepare(
            [ServiceEntry(str(one.id), one.name, one.category, one.synonyms) for one in self.services]
        )
