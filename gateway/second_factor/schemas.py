"""The second factor over the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from services.kit.schemas import Schema

OtpCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]
RecoveryText = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z2-7]{4}(-?[A-Za-z2-7]{4}){3}$")
]


class FactorState(Schema):
    """Whether the account has a second factor, and whether it must."""

    confirmed_at: datetime | None = Field(description="null: none yet")
    required: bool = Field(description="whether one of the account's roles needs it")
    recovery_codes_left: int


class FactorBegin(Schema):
    """Begins with a new authenticator; where one holds, its code (or a recovery code) is needed as well."""

    model_config = ConfigDict(str_strip_whitespace=False)

    password: Annotated[SecretStr, Field(min_length=1, max_length=1024)]
    otp: OtpCode | None = None
    recovery_code: RecoveryText | None = None


class FactorPending(Schema):
    """What the authenticator app takes in, told this once."""

    secret: str = Field(description="base32, for typing")
    uri: str = Field(description="otpauth://totp/…, what the QR code says")
    qr_svg: str = Field(description="the QR code as an SVG image")
    qr_png: str = Field(description="the same as a data: URI of a PNG image")


class FactorConfirm(Schema):
    """The code that the new authenticator shows."""

    otp: OtpCode


class RecoveryCodes(Schema):
    """Ten codes, each good once in place of a one-time code. Told this once: print them."""

    recovery_codes: list[str]
