"""Secrets at rest: what is sealed opens only for its purpose, and keys can be rotated without a gap."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.adapters.crypto import (
    SealedSecretError,
    SecretBox,
    SecretKeyError,
    format_keys,
    generate_key,
    load_or_create_keys,
    parse_keys,
)

CONTEXT = "company:0190:retell_key"
BOX = SecretBox([generate_key()])


@given(st.text(), st.text())
def test_opens_what_it_sealed(plaintext: str, context: str) -> None:
    assert BOX.decrypt(BOX.encrypt(plaintext, context), context) == plaintext


def test_seals_the_same_text_differently_each_time() -> None:
    assert BOX.encrypt("key_1", CONTEXT) != BOX.encrypt("key_1", CONTEXT)


def test_does_not_open_for_another_company() -> None:
    sealed = BOX.encrypt("key_1", CONTEXT)
    with pytest.raises(SealedSecretError, match="another purpose"):
        BOX.decrypt(sealed, "company:0191:retell_key")


def test_does_not_open_with_another_key() -> None:
    sealed = BOX.encrypt("key_1", CONTEXT)
    with pytest.raises(SealedSecretError, match="not among the secret keys"):
        SecretBox([generate_key()]).decrypt(sealed, CONTEXT)


@given(st.data())
def test_notices_every_flipped_bit(data: st.DataObject) -> None:
    sealed = bytearray(BOX.encrypt("key_1", CONTEXT))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealedSecretError):
        BOX.decrypt(bytes(sealed), CONTEXT)


@given(st.binary(max_size=40))
def test_refuses_what_was_never_sealed(blob: bytes) -> None:
    with pytest.raises(SealedSecretError):
        BOX.decrypt(blob, CONTEXT)


def test_rotation_keeps_old_secrets_readable_and_knows_them() -> None:
    old, new = generate_key(), generate_key()
    sealed = SecretBox([old]).encrypt("key_1", CONTEXT)
    rotated = SecretBox([new, old])
    assert rotated.decrypt(sealed, CONTEXT) == "key_1"
    assert not rotated.is_current(sealed)
    again = rotated.encrypt(rotated.decrypt(sealed, CONTEXT), CONTEXT)
    assert rotated.is_current(again)
    assert SecretBox([new]).decrypt(again, CONTEXT) == "key_1"


def test_parses_what_it_formats_in_order() -> None:
    keys = [generate_key(), generate_key()]
    assert parse_keys(format_keys(keys)) == keys
    assert parse_keys(f" {base64.urlsafe_b64encode(keys[0]).decode()} ,") == keys[:1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "No secret key is set"),
        (" , ", "No secret key is set"),
        ("geheim!", "Secret key 1 is not base64"),
        (f"{format_keys([b'k' * 32])},YWJj", "Secret key 2 has 3 bytes; it needs 32"),
        ("ä" * 44, "Secret key 1 is not base64"),
    ],
)
def test_says_which_key_is_wrong_without_showing_it(text: str, message: str) -> None:
    with pytest.raises(SecretKeyError, match=message) as caught:
        parse_keys(text)
    assert all(part not in str(caught.value) for part in text.split(",") if part.strip())


def test_refuses_no_keys_and_short_keys() -> None:
    with pytest.raises(SecretKeyError, match="At least one"):
        SecretBox([])
    with pytest.raises(SecretKeyError, match="Secret key 2 has 5 bytes"):
        SecretBox([generate_key(), b"short"])


def test_shows_no_key_when_printed() -> None:
    key = generate_key()
    shown = repr(SecretBox([key])) + str(SecretBox([key]))
    assert key.hex() not in shown
    assert repr(key) not in shown
    assert format_keys([key]) not in shown


def test_makes_a_private_key_file_once(tmp_path: Path) -> None:
    first = load_or_create_keys(tmp_path)
    assert load_or_create_keys(tmp_path) == first
    assert len(first) == 1
    assert stat.S_IMODE((tmp_path / "secret_keys").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_keys"]


def test_racing_starts_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: load_or_create_keys(tmp_path), range(16)))
    assert all(keys == made[0] for keys in made)


def test_a_damaged_key_file_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret_keys"
    path.write_text("not a key")
    with pytest.raises(SecretKeyError, match=r"Secret key 1 is not base64\. See .*secret_keys"):
        load_or_create_keys(tmp_path)
    assert path.read_text() == "not a key"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SecretKeyError, match="cannot be used"):
        load_or_create_keys(tmp_path / "nowhere")
