"""The consent form over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from services.kit.schemas import Schema

Text = Annotated[str, StringConstraints(max_length=1024)]


class Consent(Schema):
    """What the page sends back: the app's request as it was, and the person's answer to it."""

    model_config = ConfigDict(str_strip_whitespace=False)

    client_id: Text = ""
    redirect_uri: Text = ""
    response_type: Text = ""
    scope: Text = ""
    state: Text | None = None
    code_challenge: Text = ""
    code_challenge_method: Text = ""
    decision: Literal["allow", "deny"]
    username: Text = ""
    password: Annotated[SecretStr, Field(max_length=1024)] = SecretStr("")
    otp: Text = ""
