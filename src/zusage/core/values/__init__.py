from zusage.core.values.ids import uuid7
from zusage.core.values.money import Money
from zusage.core.values.period import Period

__all__ = ["Money", "Period", "uuid7"]
