"""Whom we trust at the other end of a TLS connection."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The world's certificate authorities, for `verify=`; reading them anew for each client takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)
