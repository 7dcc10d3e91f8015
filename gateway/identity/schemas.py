"""Sign-in over the wire (RFC 6749)."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from gateway.second_factor.schemas import RecoveryText
from services.kit.schemas import Id, Schema

Login = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._@-]{1,64}$")]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
GivenToken = Annotated[SecretStr, Field(min_length=1, max_length=16384)]
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - RFC 8693 2.1
TokenType = Literal[
    "urn:ietf:params:oauth:token-type:access_token",
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:jwt",
]
"""Kinds of token, RFC 8693 3."""
ACCESS_TOKEN: TokenType = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105


class TokenRequest(Schema):
    """`application/x-www-form-urlencoded`, as OAuth 2.0 has it. Spaces around a password belong to it."""

    model_config = ConfigDict(str_strip_whitespace=False)

    grant_type: Literal[
        "password",
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]
    username: Login | None = None
    password: Secret | None = None
    otp: Annotated[str, Field(pattern=r"^ *[0-9]{3} ?[0-9]{3} *$")] | None = Field(
        default=None, description="the one-time code of the second factor"
    )
    recovery_code: RecoveryText | None = Field(default=None, description="in place of a one-time code, once")
    refresh_token: Secret | None = None
    code: Secret | None = Field(
        default=None, description="of the authorization endpoint: good once, for a minute"
    )
    redirect_uri: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,512}$")] | None = Field(
        default=None, description="the one that the code was asked for with"
    )
    code_verifier: Annotated[SecretStr, Field(min_length=43, max_length=128)] | None = Field(
        default=None, description="whose SHA-256 the code was asked for with (RFC 7636)"
    )
    client_id: Login | None = None
    client_secret: Secret | None = None
    scope: Annotated[str, Field(pattern=r"^[\x21-\x7e ]{0,1000}$")] | None = None
    subject_token: GivenToken | None = Field(default=None, description="to be exchanged (RFC 8693)")
    subject_token_type: TokenType | None = None
    requested_token_type: Literal["urn:ietf:params:oauth:token-type:access_token"] | None = None
    delegation: Id | None = Field(default=None, description="of an agent: whose name to act in")


NextStep = Literal["change_password", "enrol_second_factor"]


class TokenAnswer(Schema):
    """An access token (JWT, RFC 9068) and, for people, the refresh token that replaces it once."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of the scheme
    expires_in: int = Field(description="seconds")
    scope: str
    refresh_token: str | None = None
    next_step: NextStep | None = Field(
        default=None,
        description="what has to be done first: the token is good for that alone; then sign in again",
    )
    issued_token_type: TokenType | None = Field(default=None, description="of an exchange (RFC 8693 2.2.1)")


class Me(Schema):
    """The caller, as the token says."""

    subject: str
    name: str
    roles: list[str]
    scopes: list[str]
    usccs: list[str]
    every_enterprise: bool
    session: str | None = Field(default=None, description="the sign-in; null for systems and devices")
    sites: list[str] | None = Field(default=None, description="permit numbers; null: no narrowing")
    acting_for: str | None = Field(default=None, description="the delegation; null: in the own right")
