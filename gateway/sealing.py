"""What one server secret is good for: sealing small secrets that lie in the database, and keyed digests of others.

Whoever reads the database alone, a backup for instance, can open nothing and try nothing. The secret is one or more
keys of 32 bytes in base64url, separated by spaces: the first seals and hashes, all of them open, so that it can be
exchanged. From each key a key of its own is derived for each purpose (HKDF, RFC 5869).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES, _NONCE_BYTES, _NAME_BYTES = 32, 12, 4


class SecretInvalid(ValueError):  # noqa: N818 - reads as the sentence it is
    """The secret cannot be used; the message never holds any of it."""


class SealBroken(Exception):  # noqa: N818 - reads as the sentence it is
    """What was sealed was changed, belongs to something else, or was sealed with a key that is gone."""


class Seal:
    """Seals and hashes with the first key, opens and recognises with all. Shows no key."""

    __slots__ = ("_keys",)

    def __init__(self, text: str) -> None:
        try:
            keys = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in text.split()]
        except (binascii.Error, ValueError):
            raise SecretInvalid("a key is no base64url") from None
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise SecretInvalid(f"expected one or more keys of {KEY_BYTES} bytes, separated by spaces")
        self._keys = keys

    def __repr__(self) -> str:
        return f"Seal({len(self._keys)} keys)"

    @staticmethod
    def generate() -> str:
        """A new secret of one key."""
        return secrets.token_urlsafe(KEY_BYTES)

    def seal(self, plain: bytes, *, purpose: str, of: str) -> bytes:
        """AES-256-GCM: name of the key, nonce, ciphertext. `of` is what it belongs to: it opens for nothing else."""
        key = _derived(self._keys[0], purpose)
        nonce = os.urandom(_NONCE_BYTES)
        return _name(key) + nonce + AESGCM(key).encrypt(nonce, plain, of.encode())

    def open(self, sealed: bytes, *, purpose: str, of: str) -> bytes:
        """What was sealed for `of`; raises SealBroken."""
        name, rest = sealed[:_NAME_BYTES], sealed[_NAME_BYTES:]
        for key in (_derived(each, purpose) for each in self._keys):
            if hmac.compare_digest(_name(key), name):
                try:
                    return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], of.encode())
                except (InvalidTag, ValueError):
                    break
        raise SealBroken

    def digest(self, text: str, *, purpose: str) -> str:
        """HMAC-SHA-256 in hex, by the first key."""
        return self.digests(text, purpose=purpose)[0]

    def digests(self, text: str, *, purpose: str) -> list[str]:
        """The digests by each key, to look a text up by that was hashed before the secret was exchanged."""
        return [
            hmac.new(_derived(key, purpose), text.encode(), hashlib.sha256).hexdigest() for key in self._keys
        ]


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"steppe {purpose}".encode()).derive(key)


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"name of " + key).digest()[:_NAME_BYTES]
