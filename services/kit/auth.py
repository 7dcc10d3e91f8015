"""Who calls, and what they may do. Services check the token themselves: being behind the gateway proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fastapi import Request, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

from services.kit.problems import Forbidden, Unauthorized
from services.kit.roles import BUREAU_ROLES, OF_INSTALLATION
from services.kit.texts import Text

oauth2 = OAuth2PasswordBearer(tokenUrl="/v1/auth/token", auto_error=False, scheme_name="oauth2")


DELEGABLE_VERBS = frozenset({"read", "file"})
"""What may be done in somebody's name. Everything else signs or decides, and that nobody does for another."""


@dataclass(frozen=True, slots=True)
class RowScope:
    """Which rows a caller may read: those of these enterprises (USCC), or all.

    A caller who is narrowed to sites has its enterprise in `partly`, not in `usccs`: what knows no sites then shows
    it nothing.
    """

    everything: bool
    usccs: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    """Enterprises of which only the rows of `sites` are the caller's."""
    sites: frozenset[str] = frozenset()

    def covers(self, uscc: str) -> bool:
        """Whether every row of this enterprise is the caller's."""
        return self.everything or uscc in self.usccs

    def covers_site(self, uscc: str, site: str | None) -> bool:
        """Whether the rows of this site of the enterprise are the caller's; of all of it where `site` is None."""
        return self.covers(uscc) or (uscc in self.partly and site in self.sites)


EVERY_ROW = RowScope(everything=True)
"""Of the service's own work, which has seen to it otherwise that whoever it is for may know."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person or system, as its token says."""

    subject: str
    name: str
    roles: tuple[str, ...]
    scopes: frozenset[str]
    usccs: tuple[str, ...] = ()
    every_enterprise: bool = False
    session: str | None = None
    """The sign-in that the token comes from (claim `sid`); None for systems."""
    sites: frozenset[str] | None = None
    """The sites that it is narrowed to (claim `sites`); None: all of its enterprises."""
    acting_for: str | None = None
    """The delegation that it acts under, `{delegation_id}.{version}`; None: in its own right."""
    app: str | None = None
    """The app of somebody else's that acts for the person (claim `client_id`); None: none."""
    purposes: tuple[str, ...] = ()
    """What a system was registered to read unpublished data for (claim `purposes`)."""

    @property
    def caller(self) -> str:
        """Whose idempotency keys its requests use: in somebody's name it is another caller than in its own."""
        delegation = (self.acting_for or "").partition(".")[0]
        return f"{self.subject}/{delegation}" if delegation else self.subject

    @property
    def of_bureau(self) -> bool:
        return not BUREAU_ROLES.isdisjoint(self.roles)

    @property
    def says_purpose(self) -> bool:
        """Whether it reads other people's unpublished data: staff of the bureau, and systems that see every row.

        The installation's own services do not say one: they read what their neighbours write, all day.
        """
        return self.of_bureau or (self.every_enterprise and OF_INSTALLATION not in self.roles)

    @property
    def rows(self) -> RowScope:
        if self.sites is None:
            return RowScope(everything=self.every_enterprise, usccs=self.usccs)
        return RowScope(everything=False, partly=self.usccs, sites=self.sites)


def delegable(scopes: Iterable[str]) -> frozenset[str]:
    """Those of these scopes (`service:verb`) that a delegation may carry."""
    return frozenset(scope for scope in scopes if scope.rpartition(":")[2] in DELEGABLE_VERBS)


def current_principal(request: Request) -> Principal | None:
    """The caller of this request; None for the public."""
    principal: Principal | None = getattr(request.state, "principal", None)
    return principal


async def signed_in(
    request: Request, wanted: SecurityScopes, _token: str | None = Security(oauth2)
) -> Principal:
    """The caller, who must be signed in and hold every scope that the endpoint names."""
    principal = current_principal(request)
    if principal is None:
        raise Unauthorized()
    missing = [scope for scope in wanted.scopes if scope not in principal.scopes]
    if missing:
        raise Forbidden(
            Text(zh="缺少权限：{scopes}", en="Missing scope: {scopes}").format(scopes=" ".join(missing)),
            missing_scopes=missing,
        )
    return principal


def requires(*scopes: str) -> Callable[..., Principal]:
    """`Annotated[Principal, requires("permits:read")]` as a parameter type is the endpoint's authorisation."""
    dependency: Callable[..., Principal] = Security(signed_in, scopes=list(scopes))
    return dependency
