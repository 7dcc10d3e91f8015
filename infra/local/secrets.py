"""The secrets of a local stack: made on the first start, never replaced.

One folder for each process, one file for each secret, named as pydantic-settings' `secrets_dir` reads them
(the environment variable in lower case). Container orchestrators mount the same files.
"""

from __future__ import annotations

import base64
import importlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from infra.local.files import write_atomically

SAMPLE = "sample"
SAMPLE_PASSWORD = "sample_password"  # noqa: S105 - the name of a file
SAMPLE_OTP_SECRET = "sample_otp_secret"  # noqa: S105 - the name of a file
Wanted = tuple[str, str, Callable[[], str]]
"""Folder of the process, name of the file, and what makes its contents."""
_SIGNING, _SEALS = "services.kit.signing", "infra.local.seals"
"""Imported only where a key is missing: it takes a while."""


def make_secrets(folder: Path, services: tuple[str, ...]) -> list[Path]:
    """Make the secrets that are missing in `folder`; answers the files made. Folders 0700, files 0600."""
    sample: tuple[Wanted, ...] = (
        (SAMPLE, SAMPLE_PASSWORD, _readable_password),
        (SAMPLE, SAMPLE_OTP_SECRET, _otp_secret),
        *([("permits", "steppe_permits_seal", _trial_seal)] if "permits" in services else []),
    )
    return write_missing(folder, (*process_secrets(services), *sample))


def write_missing(folder: Path, wanted: Iterable[Wanted]) -> list[Path]:
    """Make those that are not in `folder` yet, and never replace one; answers the files made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for process, name, make in wanted:
        path = folder / process / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            write_atomically(path, make())
            made.append(path)
    return made


def sample_password(folder: Path) -> str:
    """The password of every sample account."""
    return (folder / SAMPLE / SAMPLE_PASSWORD).read_text(encoding="utf-8").strip()


def sample_otp_secret(folder: Path) -> str:
    """What makes the one-time codes of those sample accounts that need a second factor, in base32."""
    return (folder / SAMPLE / SAMPLE_OTP_SECRET).read_text(encoding="utf-8").strip()


def process_secrets(services: tuple[str, ...]) -> Iterator[Wanted]:
    """What the gateway and these services need wherever they run: signing keys and client secrets."""
    yield "gateway", "steppe_gateway_token_keys", _signing_keys
    yield "gateway", "steppe_gateway_secret", lambda: secrets.token_urlsafe(32)
    for service in services:
        yield service, f"steppe_{service}_receipt_keys", _signing_keys
        yield service, f"steppe_{service}_client_secret", lambda: secrets.token_urlsafe(32)
    if "credit" in services:  # its log signs with a key of its own
        yield "credit", "steppe_credit_log_key", _signing_keys


def _signing_keys() -> str:
    """A private Ed25519 key set (JWKS)."""
    return str(importlib.import_module(_SIGNING).KeyRing.generate())


def _trial_seal() -> str:
    return str(importlib.import_module(_SEALS).make_seal())


def _otp_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def _readable_password() -> str:
    """Four groups of four base32 letters, 80 bits: `abcd-efgh-ijkl-mnop`."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))
