from zusage.language.german import sentences, speak
from zusage.language.german.when import understand_when

__all__ = ["sentences", "speak", "understand_when"]
