"""A change of password over the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr

from services.kit.schemas import Schema


class PasswordChange(Schema):
    """The present password and the one to come. Neither is stripped: spaces belong to a password."""

    model_config = ConfigDict(str_strip_whitespace=False)

    old_password: Annotated[SecretStr, Field(min_length=1, max_length=1024)]
    new_password: Annotated[
        SecretStr,
        Field(
            min_length=1,
            max_length=1024,
            description="12 characters or more, none of the common ones, without the login in it",
        ),
    ]
