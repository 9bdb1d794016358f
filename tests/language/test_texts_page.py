"""docs/texts.md and the catalogue say the same.

The table of texts is written by this module: `python tests/language/test_texts_page.py` prints it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from zusage.language.german.overrides import check_override
from zusage.language.german.texts import TEXTS
from zusage.language.texts import Text

PAGE = Path(__file__).parents[2] / "docs" / "texts.md"


def row(key: str, text: Text) -> str:
    familiar = f"{text.formal}<br>du: {text.familiar}" if text.familiar else text.formal
    must = ", ".join(f"`{{{field}}}`" for field in text.fields if field in text.needs)
    return f"| `{key}` | {familiar} | {'fixed' if text.fixed else must} |"


def table() -> list[str]:
    return [row(key, text) for key, text in TEXTS.items()]


def test_the_page_lists_exactly_the_texts_of_the_catalogue() -> None:
    listed = re.findall(r"^\| `[a-z]+\.[a-z_]+` \|.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == table()


def test_the_page_explains_every_field() -> None:
    explained = set(re.findall(r"^\| `\{([a-z_]+)\}` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == {field for text in TEXTS.values() for field in text.fields}


def test_the_examples_of_the_page_are_accepted() -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        texts = tomllib.loads(example)["speech"]["texts"]
        own = {
            f"{group}.{name}": template for group, named in texts.items() for name, template in named.items()
        }
        assert own
        assert {key: check_override(key, template, "du") for key, template in own.items()} == {
            key: [] for key in own
        }


if __name__ == "__main__":
    print("\n".join(table()))
