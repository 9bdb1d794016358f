from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.core.signing import sign_retell, verify_retell

BODY = '{"name":"check_availability","args":{"when":"nächsten Dienstag"}}'.encode()
NOW = 1_780_000_000_000
HEADER = "v=1780000000000,d=afb74edd82346789839e8665e84a31eca175f42629dde082c53316332db55499"


def test_the_platforms_own_test_vector() -> None:
    assert sign_retell(BODY, "key_test", NOW) == HEADER
    assert verify_retell(BODY, HEADER, ["key_test"], NOW)


@pytest.mark.parametrize("keys", [["key_test"], ["old", "key_test"], ["key_test", "new"], ["", "key_test"]])
def test_any_of_several_keys_fits(keys: list[str]) -> None:
    assert verify_retell(BODY, HEADER, keys, NOW)


@pytest.mark.parametrize("keys", [[], [""], ["key_tes"], ["KEY_TEST"], ["key_test "]])
def test_other_keys_do_not_fit(keys: list[str]) -> None:
    assert not verify_retell(BODY, HEADER, keys, NOW)


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_key_never_fits_even_when_it_signed(blank: str) -> None:
    assert not verify_retell(BODY, sign_retell(BODY, blank, NOW), [blank], NOW)


@pytest.mark.parametrize(("shift", "fits"), [(0, True), (300_000, True), (300_001, False), (-300_000, True)])
def test_five_minutes_either_way(shift: int, fits: bool) -> None:
    assert verify_retell(BODY, HEADER, ["key_test"], NOW + shift) is fits
    assert verify_retell(BODY, HEADER, ["key_test"], NOW - shift) is fits


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "v=,d=",
        HEADER.upper(),
        f" {HEADER}",
        f"{HEADER}\n",
        f"{HEADER},d=00",
        HEADER.replace("1780000000000", "-1780000000000"),
        HEADER.replace("1780000000000", "1780000000000.0"),
        HEADER.replace("1780000000000", "١٧٨٠٠٠٠٠٠٠٠٠٠"),
        HEADER.replace("d=a", "d=ä"),
        "v=" + "1" * 5000 + HEADER[15:],
        HEADER * 10_000,
        HEADER[15:] + ",v=1780000000000",
    ],
)
def test_anything_but_the_exact_form_is_refused(header: str | None) -> None:
    assert not verify_retell(BODY, header, ["key_test"], NOW)


def test_the_raw_bytes_are_signed_not_their_meaning() -> None:
    assert not verify_retell(BODY + b" ", HEADER, ["key_test"], NOW)
    broken = b"\xff\xfe{"
    assert verify_retell(broken, sign_retell(broken, "key_test", NOW), ["key_test"], NOW)


def test_every_key_is_tried_whichever_fits() -> None:
    tried: list[str] = []

    def keys() -> Iterator[str]:
        for key in ("key_test", "second", "third"):
            tried.append(key)
            yield key

    assert verify_retell(BODY, HEADER, keys(), NOW)
    assert tried == ["key_test", "second", "third"]


@given(st.text(max_size=200))
def test_no_header_raises(header: str) -> None:
    assert not verify_retell(BODY, header, ["key_test"], NOW)
