"""A running stack of processes as the tests' towns see it."""

from __future__ import annotations

from infra.local.stack import Stack
from infra.process_table import PROCESSES
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from tests.support.stack import TestStack


def seen_from_a_town(stack: Stack) -> TestStack:
    """Without its applications and keys: the town signs in as anybody does."""
    urls = {spec.name: stack.url(spec.name) for spec in PROCESSES}
    nobodys = KeyRing.generate()
    return TestStack(
        urls=urls,
        databases={"gateway": stack.environment["STEPPE_GATEWAY_DATABASE_URL"]},
        apps={},
        token_keys=KeyRing.from_private_jwks(nobodys),
        private_keys=nobodys,
        shared=SharedSettings(issuer=urls["gateway"]),
    )
