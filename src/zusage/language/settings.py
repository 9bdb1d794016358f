"""How a company wants to be spoken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Address = Literal["Sie", "du"]
"""How the agent addresses callers."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """The address of callers, and texts of the company's own: key of the catalogue -> template (docs/texts.md)."""

    address: Address = "Sie"
    overrides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
