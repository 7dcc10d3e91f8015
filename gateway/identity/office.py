"""What sign-in needs of the process; `app.state.sign_in`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.guessing.service import Guessing
from gateway.identity.tokens import TokenMint
from gateway.second_factor.service import Factors
from services.kit.database import Database


@dataclass(frozen=True, slots=True)
class SignIn:
    """The mint, the counter of attempts, and the database for what must not wait for a request's transaction."""

    mint: TokenMint
    refresh_lifetime: timedelta
    database: Database
    guessing: Guessing
    factors: Factors


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody signs in, as the account's holder will read it."""

    address: str | None = None
    client: str | None = None
