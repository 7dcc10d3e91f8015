"""Delegations over the wire."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from gateway.delegation.rules import Right, Standing
from gateway.identity.schemas import Login, Secret
from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.schemas import Day, LongText, Moment, Name, Schema


class Extent(Schema):
    """How far a delegation goes."""

    rights: list[Right] = Field(min_length=1, max_length=len(Right))
    sites: Annotated[list[PermitNumber], Field(min_length=1, max_length=200)] | None = Field(
        description="permit numbers; null: all of the enterprise"
    )
    valid_until: Day | None = Field(description="the last day; null: until it is withdrawn")


class DelegationCreate(Extent):
    """An invitation: to an agent who has an account, or to whoever is given the one-time code."""

    uscc: Uscc
    login: Login | None = Field(default=None, description="of the agent; null: a one-time code is made")
    note: Name | None = Field(default=None, description="what is entrusted, for both sides to read")


class Answer(Schema):
    """What the agent says to an invitation."""

    answer: Literal["accept", "decline"]


class CodeAnswer(Answer):
    """The same, by the one-time code."""

    code: Secret


class Registration(Schema):
    """An account for an agent who has none, made by accepting an invitation. Spaces around a password belong to it."""

    model_config = ConfigDict(str_strip_whitespace=False)

    code: Secret
    login: Login
    name: Name
    password: Secret = Field(
        description="12 characters or more, none of the common ones, without the login in it"
    )


class Ending(Schema):
    """Why a delegation ends."""

    reason: LongText | None = None


class AgentRead(Schema):
    """Who acts."""

    id: uuid.UUID
    login: str
    name: str


class DelegationRead(Schema):
    """One delegation, as both sides see it."""

    id: uuid.UUID
    uscc: str
    rights: list[Right]
    sites: list[str] | None
    valid_until: date | None
    note: str | None
    standing: Standing
    version: int = Field(description="counts every step; a token under an older one no longer holds")
    invited_by: str = Field(description="account of the representative")
    invited_at: Moment
    answer_until: date = Field(description="the last day for an answer")
    invited_login: str | None
    agent: AgentRead | None = Field(description="once the invitation is accepted")
    answered_at: Moment | None
    ended_at: Moment | None
    ended_by: str | None
    reason: str | None


class DelegationInvited(DelegationRead):
    """The invitation, with the one-time code that is shown once and kept nowhere."""

    code: str | None = Field(
        default=None,
        description="hand it to the agent; not in a repeated answer, nor where a login was invited",
    )
