from zusage.language.german import speak
from zusage.language.german.overrides import check_override
from zusage.language.german.people import (
    clean_name,
    excludes_staff,
    is_anyone,
    person_beside,
    understand_name,
    understand_staff,
)
from zusage.language.german.services import Catalogue, prepare, understand_service
from zusage.language.german.speech import Speech
from zusage.language.german.texts import question
from zusage.language.german.when import understand_when
from zusage.language.reading import Name, NoName

__all__ = [
    "Catalogue",
    "Name",
    "NoName",
    "Speech",
    "check_override",
    "clean_name",
    "excludes_staff",
    "is_anyone",
    "person_beside",
    "prepare",
    "question",
    "speak",
    "understand_name",
    "understand_service",
    "understand_staff",
    "understand_when",
]
