"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), signed with Ed25519. Pure.

A checkpoint is the text `origin\\nsize\\nbase64(root)\\n`; a signed note is a text, a blank line and lines
`— name base64(key id || signature)`. A verifier key (vkey) is `name+hex(key id)+base64(type || public key)`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.kit.texts import Text

ED25519 = b"\x01"
MAX_SIGNATURES = 100
MAX_NOTE = 100_000
_NAME = r"[^\s+]+"
_VKEY = re.compile(rf"({_NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]+=*)")
_SIGNATURE = re.compile(rf"\u2014 ({_NAME}) ([A-Za-z0-9+/]+=*)")
_SIZE = re.compile(r"0|[1-9]\d{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteInvalid(Exception):  # noqa: N818 - reads as the sentence it is
    """A note or checkpoint that proves nothing. `code` is stable, `reason` says why."""

    def __init__(self, code: str, reason: Text) -> None:
        super().__init__(f"{code}: {reason.en}")
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose signature is believed: a name and its Ed25519 key."""

    name: str
    key: Ed25519PublicKey = field(repr=False)

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name || 0x0A || type || public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed_key).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(self._typed_key)}"

    @property
    def _typed_key(self) -> bytes:
        return ED25519 + self.key.public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself at one size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def read_vkey(text: str) -> Verifier:
    """The verifier that a vkey names; NoteInvalid where it is none, or its key id does not fit."""
    found = _VKEY.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        typed = _from_base64(found[3])
        verifier = Verifier(found[1], Ed25519PublicKey.from_public_bytes(typed[1:]))
        if typed[:1] != ED25519 or verifier.key_id.hex() != found[2]:
            raise ValueError
    except ValueError:
        reason = Text(zh="不是有效的Ed25519验证公钥（vkey）", en="no valid Ed25519 verifier key (vkey)")
        raise NoteInvalid("vkey_invalid", reason) from None
    return verifier


def sign_note(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """The signed note of `text`, which ends with a newline; ValueError for a name or text that cannot be signed."""
    if not re.fullmatch(_NAME, name) or not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("a note ends with a newline, and its key's name has no space and no plus")
    verifier = Verifier(name, key.public_key())
    return f"{text}\n\u2014 {name} {_base64(verifier.key_id + key.sign(text.encode()))}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """The text that at least one of the verifiers signed; NoteInvalid where none did.

    Signatures of unknown keys are passed over; a bad one of a known key refuses the whole note.
    """
    text, signatures = _parts(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed = False
    for name, blob in signatures:
        verifier = known.get((name, blob[:4]))
        if verifier is None:
            continue
        try:
            verifier.key.verify(blob[4:], text.encode())
        except InvalidSignature:
            reason = Text(
                zh="检查点的签名与内容不符", en="the signature of the checkpoint does not fit its text"
            )
            raise NoteInvalid("note_signature", reason) from None
        signed = True
    if not signed:
        reason = Text(zh="检查点不是由所给公钥签名的", en="the checkpoint is not signed by the key given")
        raise NoteInvalid("note_unknown_key", reason)
    return text


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, separator, block = note.rpartition("\n\n")
    lines = block.removesuffix("\n").split("\n")
    good = separator and block.endswith("\n") and len(note) <= MAX_NOTE and len(lines) <= MAX_SIGNATURES
    found = [_SIGNATURE.fullmatch(line) for line in lines]
    try:
        if not good or _CONTROL.search(note):
            raise ValueError
        signatures = [(line[1], _from_base64(line[2])) for line in found if line is not None]
        if len(signatures) != len(lines):
            raise ValueError
    except ValueError:
        raise _malformed() from None
    return f"{text}\n", signatures


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text says; extension lines after the third are passed over."""
    origin, *rest = text.removesuffix("\n").split("\n")
    try:
        size, root = rest[0], _from_base64(rest[1])
        if not origin or not _SIZE.fullmatch(size) or len(root) != 32 or not text.endswith("\n"):
            raise ValueError
    except (ValueError, IndexError):
        raise _malformed() from None
    return Checkpoint(origin, int(size), root)


def said_by(note: str) -> Checkpoint:
    """The checkpoint that a note says, whoever signed it: for those who know the log otherwise."""
    return read_checkpoint(_parts(note)[0])


def open_checkpoint(note: str, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint that a verifier signed; its origin must be the name of a verifier (C2SP tlog-checkpoint)."""
    verifiers = list(verifiers)
    checkpoint = read_checkpoint(open_note(note, verifiers))
    if checkpoint.origin not in {verifier.name for verifier in verifiers}:
        reason = Text(zh="检查点来自另一日志", en="the checkpoint is of another log")
        raise NoteInvalid("checkpoint_origin", reason)
    return checkpoint


def _malformed() -> NoteInvalid:
    return NoteInvalid(
        "note_malformed", Text(zh="不是有效的已签名检查点", en="not a well-formed signed checkpoint")
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_base64(text: str) -> bytes:
    """Strict: the one base64 form of the bytes; ValueError for any other."""
    data = base64.b64decode(text, validate=True)
    if _base64(data) != text:
        raise ValueError("not the one base64 form")
    return data
