"""Secrets of companies at rest: AES-256-GCM under the operator's keys.

A sealed secret is: version (1 byte), key id (8 bytes), nonce (12 bytes), ciphertext with tag."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zusage.adapters.private_files import create_private
from zusage.app.operations.ports import SecretUnreadable

_VERSION = b"\x01"
_KEY_BYTES, _ID_BYTES, _NONCE_BYTES = 32, 8, 12
_HEAD_BYTES = len(_VERSION) + _ID_BYTES
_TAG_BYTES = 16
_KEY_FILE = "secret_keys"


class SecretKeyError(Exception):
    """The operator's secret keys are missing or unusable. The message never contains a key."""


class SealedSecretError(SecretUnreadable):
    """A sealed secret cannot be opened: another key, another context, or a damaged value."""


class SecretBox:
    """Seals secrets under the first of several keys and opens what any of them sealed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """:raises SecretKeyError: there is no key, or one is not 32 bytes long."""
        if not keys:
            raise SecretKeyError("At least one secret key is needed.")
        for number, key in enumerate(keys, start=1):
            if len(key) != _KEY_BYTES:
                raise SecretKeyError(f"Secret key {number} has {len(key)} bytes; it needs {_KEY_BYTES}.")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._hash_keys = [hmac.digest(key, b"zusage fingerprint", hashlib.sha256) for key in keys]
        self._current = _key_id(keys[0])

    def encrypt(self, plaintext: str, context: str) -> bytes:
        """Seal `plaintext`; it opens only with the same `context`, such as `company:<uuid>:retell_key`.

        Sealing the same text twice gives two different values."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        head = _VERSION + self._current
        sealed = self._ciphers[self._current].encrypt(nonce, plaintext.encode(), head + context.encode())
        return head + nonce + sealed

    def decrypt(self, blob: bytes, context: str) -> str:
        """Open what `encrypt` sealed for the same `context`, under any of the keys.

        :raises SealedSecretError: no key of ours sealed it, the context differs, or it is damaged."""
        head, nonce, sealed = (
            blob[:_HEAD_BYTES],
            blob[_HEAD_BYTES:][:_NONCE_BYTES],
            blob[_HEAD_BYTES + _NONCE_BYTES :],
        )
        if head[:1] != _VERSION or len(sealed) < _TAG_BYTES:
            raise SealedSecretError("This is not a sealed secret, or one of a newer version.")
        cipher = self._ciphers.get(head[1:])
        if cipher is None:
            raise SealedSecretError(
                f"The key {head[1:].hex()} that sealed this secret is not among the secret keys."
            )
        try:
            return cipher.decrypt(nonce, sealed, head + context.encode()).decode()
        except InvalidTag:
            raise SealedSecretError("The secret was sealed for another purpose, or is damaged.") from None

    def fingerprints(self, plaintext: str, kind: str) -> tuple[bytes, ...]:
        """Hash `plaintext` under each key, the encrypting one first: equal secrets of a kind give equal hashes.

        Without the keys they cannot be made, so not even a short secret can be guessed from them."""
        said = kind.encode() + b"\0" + plaintext.encode()
        return tuple(hmac.digest(key, said, hashlib.sha256) for key in self._hash_keys)

    def is_current(self, blob: bytes) -> bool:
        """Say whether the first key sealed it; if not, rotation seals it again."""
        return blob[:_HEAD_BYTES] == _VERSION + self._current

    def __repr__(self) -> str:
        return f"<SecretBox of {len(self._ciphers)} keys>"


def generate_key() -> bytes:
    """Make a new random key of 32 bytes."""
    return secrets.token_bytes(_KEY_BYTES)


def parse_keys(text: str) -> list[bytes]:
    """Read keys from comma-separated base64, the encrypting one first; standard and URL-safe letters are both fine.

    :raises SecretKeyError: says which key, counted from 1, is wrong and how."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise SecretKeyError("No secret key is set.")
    return [_parse_key(part, number) for number, part in enumerate(parts, start=1)]


def format_keys(keys: Sequence[bytes]) -> str:
    """Write keys the way `parse_keys` reads them."""
    return ",".join(base64.b64encode(key).decode() for key in keys)


def load_or_create_keys(data_dir: Path) -> list[bytes]:
    """Load the keys in `data_dir/secret_keys`, made (one key, mode 0600) when there is none; safe to race.

    :raises SecretKeyError: the file cannot be read or written, or what stands in it is no key."""
    path = key_file(data_dir)
    try:
        if not path.exists():
            create_private(path, format_keys([generate_key()]) + "\n")
        return parse_keys(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise SecretKeyError(f"The secret keys in {path} cannot be used ({type(error).__name__}).") from error
    except SecretKeyError as error:
        raise SecretKeyError(f"{error} See {path}.") from None


def key_file(data_dir: Path) -> Path:
    """Name the file of `load_or_create_keys`."""
    return data_dir / _KEY_FILE


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"zusage key id" + key).digest()[:_ID_BYTES]


def _parse_key(text: str, number: int) -> bytes:
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise SecretKeyError(f"Secret key {number} is not base64.") from None
    if len(key) != _KEY_BYTES:
        raise SecretKeyError(f"Secret key {number} has {len(key)} bytes; it needs {_KEY_BYTES}.")
    return key
