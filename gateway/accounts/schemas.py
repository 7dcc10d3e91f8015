"""Accounts and departments over the wire."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from gateway.identity.schemas import Login
from services.kit.identifiers.types import Uscc
from services.kit.schemas import Name, Schema

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", examples=["permits-office"])]
Role = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", examples=["clerk"])]
Roles = Annotated[list[Role], Field(min_length=1, max_length=20)]
Usccs = Annotated[list[Uscc], Field(max_length=200)]


class AccountCreate(Schema):
    """A person: of enterprises (`usccs`), or of the bureau (`department`)."""

    login: Login
    name: Name
    roles: Roles
    usccs: Usccs = Field(default_factory=list)
    department: Code | None = None


class AccountChange(Schema):
    """What changes; what is left out stays. Other roles, enterprises or departments end the account's sessions."""

    name: Name | None = None
    roles: Roles | None = None
    usccs: Usccs | None = None
    department: Code | None = None


class AccountRead(Schema):
    """An account, without anything secret."""

    id: uuid.UUID
    login: str
    name: str
    roles: list[str]
    usccs: list[str]
    department: str | None
    created_at: datetime
    disabled_at: datetime | None
    password_changed_at: datetime | None
    password_temporary: bool = Field(description="an administrator has set it: its person has to replace it")
    blocked_until: datetime | None = Field(
        default=None, description="too many attempts to sign in; not told in lists"
    )


class AccountWithPassword(AccountRead):
    """An account whose password was just set. The answer to a repeated request goes without the password."""

    temporary_password: str | None = Field(
        default=None, description="told this once; good for setting one's own password only"
    )


class DepartmentContent(Schema):
    """A department of the bureau."""

    code: Code
    name: Name


class DepartmentRead(DepartmentContent):
    """A department and since when it is known."""

    created_at: datetime
