from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.core.people import normalise_phone


@pytest.mark.parametrize(
    "raw",
    [
        "+4915112345678",
        "004915112345678",
        "4915112345678",
        "015112345678",
        "15112345678",
        "0151 / 123 456-78",
        "+49 (0) 151 12345678",
        " +49\u00a0151\u00a012345678 ",
        4915112345678,
        15112345678,
        "sip:+4915112345678@trunk.example.com",
        "sip:%2B4915112345678@trunk.example.com;user=phone",
        '"Anna" <sip:+4915112345678;ext=1@trunk.example.com>',
        "tel:+49-151-12345678",
    ],
)
def test_one_mobile_number_in_many_spellings(raw: object) -> None:
    assert normalise_phone(raw) == "+4915112345678"


def test_other_countries_and_regions() -> None:
    assert normalise_phone("+43 1 5880081") == "+4315880081"
    assert normalise_phone("01 5880081", region="AT") == "+4315880081"
    assert normalise_phone("030 12345678") == "+493012345678"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "   ",
        "anonymous",
        "Anonymous",
        "sip:anonymous@anonymous.invalid",
        "Restricted",
        "unknown",
        "private",
        "withheld",
        "unterdrückt",
        "+266696687",
        "+7378742833",
        "+86282452253",
        "0151123456",
        "0123456789",
        "1234567890",
        "00000000000",
        "110",
        "+49",
        "+1",
        "0800-FLOWERS",
        "{{user_number}}",
        "+4915112345678\x00",
        "0151 12345678 oder 0171 1234567",
        "+" + "1" * 10_000,
        "1" * 119,
        10**30,
        -15112345678,
        True,
        15112345678.0,
        ["+4915112345678"],
        {"number": "+4915112345678"},
    ],
)
def test_withheld_invented_and_impossible_numbers_are_none(raw: object) -> None:
    assert normalise_phone(raw) is None


@given(st.one_of(st.text(max_size=60), st.text("+0123456789 -()/", max_size=30), st.integers()))
def test_whatever_comes_out_is_stable(raw: object) -> None:
    number = normalise_phone(raw)
    assert number is None or normalise_phone(number) == number
