"""A dialogue in the terminal: what a caller types goes through the real tools of the voice door."""

from zusage.sandbox.talk._conversation import Conversation
from zusage.sandbox.talk._shop import Shop, shop_of
from zusage.sandbox.talk._texts import HINTS

__all__ = ["HINTS", "Conversation", "Shop", "shop_of"]
