from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.core.people import normalise_name


@pytest.mark.parametrize(
    ("spoken", "key"),
    [
        ("Anna Müller", "anna müller"),
        ("  ANNA \n MÜLLER ", "anna müller"),
        ("Anna Mu\u0308ller", "anna müller"),
        ("Herr Dr. Hans Weiß", "hans weiss"),
        ("Frau Prof. Dr. Ay\u015fe Yılmaz", "ayşe yılmaz"),
        ("Michael Herr", "michael herr"),
        ("Herr Herr", "herr"),
        ("Frau", "frau"),
        ("", ""),
        (" \t", ""),
    ],
)
def test_names_that_are_the_same_share_a_key(spoken: str, key: str) -> None:
    assert normalise_name(spoken) == key


def test_different_people_keep_different_keys() -> None:
    assert normalise_name("Anna Müller") != normalise_name("Anna Mueller")
    assert normalise_name("Anna Maria") != normalise_name("Maria Anna")


@given(st.text("aÄßéŞ .HerrFaudDp\u0301\u00a0\t", max_size=40))
def test_a_key_is_its_own_key(name: str) -> None:
    assert normalise_name(normalise_name(name)) == normalise_name(name)
