"""What ended, over the wire."""

from pydantic import Field

from services.kit.schemas import Schema


class EndingsRead(Schema):
    """What ended of late; the access tokens that rest on it are to be refused."""

    position: str = Field(description="the `after` of the next call")
    sessions: list[str] = Field(
        description="the claim `sid` of tokens whose sign-in was ended; `sub` of systems that were disabled"
    )
    delegations: list[str] = Field(
        description="`{delegation_id}.{version}`: tokens whose claim `acting_for` names an older version"
    )
