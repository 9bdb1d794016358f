from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from zusage.core.signing import sign_retell
from zusage.inbound.voice.retell.signature import HEADER, is_signed

BODY = b'{"name":"check_availability"}'
NOW = 1_780_000_000_000


@pytest.mark.parametrize("name", [HEADER, HEADER.lower(), HEADER.upper()])
def test_a_signed_request_in_any_case_of_the_header(name: str) -> None:
    headers = Headers({name: sign_retell(BODY, "key", NOW)})
    assert is_signed(BODY, headers, ["other", "key"], NOW)


def test_without_header_key_or_time_it_is_not_signed() -> None:
    signed = Headers({HEADER: sign_retell(BODY, "key", NOW)})
    assert not is_signed(BODY, Headers({}), ["key"], NOW)
    assert not is_signed(BODY, signed, [], NOW)
    assert not is_signed(BODY, signed, ["key"], NOW + 300_001)
    assert not is_signed(BODY + b" ", signed, ["key"], NOW)


def test_a_header_that_is_no_ascii_is_not_signed() -> None:
    headers = Headers(raw=[(HEADER.lower().encode(), b"v=1780000000000,d=\xff\xfe")])
    assert not is_signed(BODY, headers, ["key"], NOW)
