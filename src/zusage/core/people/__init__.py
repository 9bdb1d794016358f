"""People as the rules see them: a phone number in one form, a name as a key."""

from zusage.core.people._names import normalise_name
from zusage.core.people._phones import normalise_phone

__all__ = ["normalise_name", "normalise_phone"]
