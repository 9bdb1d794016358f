from zusage.language.german import sentences, speak
from zusage.language.german.people import clean_name, excludes_staff, is_anyone, understand_staff
from zusage.language.german.services import understand_service
from zusage.language.german.when import understand_when

__all__ = [
    "clean_name",
    "excludes_staff",
    "is_anyone",
    "sentences",
    "speak",
    "understand_service",
    "understand_staff",
    "understand_when",
]
