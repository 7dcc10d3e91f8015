"""Third-party apps that people sign in to: what may be registered and asked for, and how a code is bound. Pure.

The authorization code grant of OAuth 2.0 (RFC 6749 4.1) as RFC 9700 has it: PKCE with S256 only (RFC 7636), redirect
addresses compared as they stand, codes that are good once and for a minute, the issuer named in the answer (RFC 9207).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

CODE_LIFETIME = timedelta(seconds=60)
VERIFIER = r"^[A-Za-z0-9._~-]{43,128}$"
"""RFC 7636 4.1."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_STATE = re.compile(r"[\x21-\x7e]{1,1024}")
_URI = re.compile(r"[\x21-\x7e]{1,512}")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
APP_VERBS = frozenset({"read", "file", "submit", "state", "check", "scan", "carry", "receive"})
"""What an app may be given to do: nothing that administers, decides or hands rights on."""


class Fault(StrEnum):
    """Errors of RFC 6749 4.1.2.1 that are told to the app."""

    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    INVALID_REQUEST = "invalid_request"
    INVALID_SCOPE = "invalid_scope"
    ACCESS_DENIED = "access_denied"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks for at the authorization endpoint."""

    response_type: str
    scopes: frozenset[str]
    state: str | None
    code_challenge: str
    code_challenge_method: str


def fault_of(asked: Asked, allowed: Collection[str]) -> Fault | None:
    """What is wrong with a request whose app and redirect address are known to be right."""
    if asked.response_type != "code":
        return Fault.UNSUPPORTED_RESPONSE_TYPE
    if asked.code_challenge_method != "S256" or not _CHALLENGE.fullmatch(asked.code_challenge):
        return Fault.INVALID_REQUEST
    if asked.state is not None and not _STATE.fullmatch(asked.state):
        return Fault.INVALID_REQUEST
    if not asked.scopes or not asked.scopes <= set(allowed):
        return Fault.INVALID_SCOPE
    return None


def may_be_given(scope: str) -> bool:
    """Whether a scope (`service:verb`) may be registered for an app."""
    return scope.rpartition(":")[2] in APP_VERBS and not scope.startswith(("endings:", "audit:", "accounts:"))


def redirect_fault(uri: str) -> str | None:
    """Why this cannot be the redirect address of an app; None where it can.

    https anywhere, http on the loopback (RFC 8252 7.3), or a scheme of the app's own that is a reversed domain (7.1).
    """
    if not _URI.fullmatch(uri) or "#" in uri or "\\" in uri:
        return "1 to 512 visible ASCII characters without #"
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "no address"
    if parts.username is not None or parts.password is not None:
        return "no name or password in it"
    if parts.scheme == "https":
        return None if host else "no host"
    if parts.scheme == "http":
        return None if host in ("127.0.0.1", "::1") else "http only for 127.0.0.1 and [::1]"
    return None if _PRIVATE_SCHEME.fullmatch(parts.scheme) else "https, or a scheme such as org.example.app"


def form_target(uri: str) -> str:
    """What a Content-Security-Policy has to name so that a form may lead there."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def answered(uri: str, **members: str | None) -> str:
    """The redirect address with the members of an answer behind what it has already (RFC 6749 3.1.2)."""
    query = urlencode({name: value for name, value in members.items() if value is not None})
    return f"{uri}{'&' if '?' in uri else '?'}{query}"


def challenge_of(verifier: str) -> str:
    """`BASE64URL(SHA256(verifier))`, RFC 7636 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proves(verifier: str, challenge: str) -> bool:
    """Whether who has `verifier` began the request with `challenge`."""
    return hmac.compare_digest(challenge_of(verifier), challenge)
