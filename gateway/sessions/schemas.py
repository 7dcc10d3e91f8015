"""Sessions over the wire."""

import uuid
from datetime import datetime

from pydantic import Field

from services.kit.schemas import Schema


class SessionRead(Schema):
    """One living sign-in of the caller."""

    id: uuid.UUID
    begun_at: datetime
    last_used_at: datetime = Field(description="the sign-in, or the newest refresh of its token")
    expires_at: datetime
    address: str | None
    client: str | None = Field(description="what the client said that it is (User-Agent)")
    second_factor: bool = Field(description="whether a one-time code was given")
    current: bool = Field(default=False, description="whether it is the one that asks")
